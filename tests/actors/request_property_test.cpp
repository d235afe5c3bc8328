// Whatever clients ask for, in whatever order, and whatever comes between: each
// request with an ack gets one answer, and who was told "ok" gets events; also
// where a webhook decides, late, wrongly or never, where mappings change
// meanwhile, and where tokens end or are renewed.

#include "actors/client/answers.hpp"
#include "actors/client/connection.hpp"
#include "actors/client/connection_registry.hpp"
#include "actors/cluster/socket_directory.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/interleaving.hpp"
#include "tests/support/rules.hpp"
#include "tests/support/scripted_log.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/kafka/partitioner.hpp"
#include "transport/socketio/json_slice.hpp"

#include <caf/event_based_actor.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <charconv>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace weir {

namespace {

using namespace std::chrono_literals;

constexpr std::int32_t partitions = 2;
constexpr std::uint32_t rooms = 3, clients = 3;
constexpr int steps = 120;

std::string room_name(std::uint32_t i) {
  return "room:" + std::to_string(i);
}

std::int32_t home_partition_of(const std::string& room) {
  return kafka::partition_of(room, partitions);
}

/// By another mapping, which has them in the same partitions: so that positions
/// in one are positions in the other.
std::string prefix_like(const std::string& name) {
  for (int n = 0;; ++n) {
    auto result = name + std::to_string(n) + ":";
    auto is_alike = [&](std::uint32_t i) {
      return home_partition_of(result + std::to_string(i))
             == home_partition_of(room_name(i));
    };
    if (is_alike(0) && is_alike(1) && is_alike(2))
      return result;
  }
}

std::string text_at(std::string_view json, std::string_view pointer) {
  auto value = json::at(json, pointer);
  return value ? json::string_value(*value).value_or("") : "";
}

/// What a client has asked of one room, in the order in which it did.
struct room_request {
  std::uint64_t ack_id = 0;
  bool is_join = false;
  bool is_answered = false;
  bool is_ok = false;
  bool is_lost = false;  ///< with its connection: nobody knows what it did
  std::int64_t from = 0; ///< of an answered join: its offset
  std::size_t seen = 0;  ///< events of the room that came before its answer
};

/// One namespace of a client, as the model has it.
struct client_socket {
  std::string nsp; ///< as in packets: "" or "/b,"
  std::string sid, pid, offset;
  bool is_connected = false;
  bool is_connecting = false;
  std::map<std::uint64_t, int> answers; ///< by ack id
  std::map<std::uint64_t, bool> tokens; ///< likewise: whether it is a good one
  std::map<std::string, std::vector<room_request>> requests; ///< by room
  std::map<std::string, std::vector<std::int64_t>> events;   ///< likewise
  std::set<std::string> offsets; ///< that joins have got

  void forget() {
    requests.clear(), events.clear(), answers.clear(), tokens.clear();
  }

  room_request* request_of(std::uint64_t ack_id) {
    for (auto& [room, xs] : requests)
      for (auto& x : xs)
        if (x.ack_id == ack_id)
          return &x;
    return nullptr;
  }

  enum class state { in, out, unknown };

  /// Where its answers leave it, and the last join that was answered "ok".
  std::pair<state, const room_request*> state_in(const std::string& room) {
    std::pair<state, const room_request*> result{state::out, nullptr};
    for (auto& x : requests[room]) {
      if (!x.is_answered || x.is_lost)
        result = {state::unknown, nullptr};
      else if (x.is_ok && x.is_join)
        result = {state::in, &x};
      else if (x.is_ok)
        result = {state::out, nullptr};
    }
    return result;
  }
};

struct client {
  std::string address; ///< by which a webhook tells clients apart
  std::shared_ptr<test::fake_session> session;
  std::array<client_socket, 2> sockets{client_socket{""}, client_socket{"/b,"}};
  std::uint64_t last_ack = 0;
  bool is_stopping = false;
};

/// A topic, and who reads it.
struct topic_model {
  std::array<test::scripted_log, partitions> logs;
  std::array<std::optional<partition_consumer_actor>, partitions> consumers;
  std::array<std::int64_t, partitions> starts{}; ///< of the next readers
  bool is_read = false;
};

/// What a webhook has been asked.
struct open_question {
  auth::decision_question content;
  auth::webhook::respond respond;
};

/// A connection, as what tells it of other mappings knows it.
struct listed {
  connection_actor handle;
  std::shared_ptr<connection_registry> registry;
};

/// Who decides who may come, and for how long.
enum class gate { none, webhook, tokens };

struct world : test::deterministic_actor_system {
  explicit world(std::uint32_t seed, gate by = gate::none)
    : choice(seed),
      has_webhook(by == gate::webhook),
      has_tokens(by == gate::tokens) {
    topics["later"];
    limits.unanswered_emits = 6;
    limits.outbox = 400;
    limits.room_name = 20;
    auto main = test::nsp("/", {mapping_to("room:")});
    main.recovery = 2min;
    auto other = test::nsp("/b", {mapping_to("room:")});
    if (has_webhook)
      main.webhook = other.webhook = {"connect", "join"};
    if (has_tokens)
      take_tokens(main, other);
    for (auto* x : {&main, &other})
      x->locals
        = {{{"typing"}, local_target::room, "/0/room", "types", {}, 0},
           {{"ask"}, local_target::none, "", "", local_ack::echo, 0},
           {{"both"}, local_target::room, "/0/room", "", local_ack::echo, 0}};
    nsps = {main, other};
    rules = test::rules_of(nsps);
    group = keep_probe(system.spawn([](consumer_group_actor::pointer) {
      return consumer_group_actor::behavior_type{
        [](const read_interim&) {},
        [](group_event) {},
        [](const commit_position&) {},
        [](query_status) { return group_status{}; },
        [](const check_topics&) { return topics_checked{}; },
        [](const use_topics&) {},
        [](drain) {},
      };
    }));
    router = keep(spawn_outbound_router(executor, 600, mib));
    read_topic("topic");
    directory = keep(spawn_room_directory(
      executor, {rules, {executor}, 10, 1000, 2s}, spawn_watcher()));
    sockets = keep(spawn_socket_directory(executor));
    for (auto& x : all) {
      x.address = std::to_string(&x - all.data());
      open(x);
    }
  }

  /// What the consumers read is gone before the system is.
  ~world() {
    for (auto& [name, topic] : topics)
      end_consumers(topic);
    run();
    questions.clear();
    run();
  }

  /// Passes on what rooms and their directory want of the router, and knows
  /// the rooms.
  outbound_router_actor spawn_watcher() {
    return keep_probe(system.spawn([this](outbound_router_actor::pointer me) {
      auto pass = [this, me](auto& x) { weir::tell(me, router, x); };
      return outbound_router_actor::behavior_type{
        [](const record_batch&) {},
        [](const keys_added&) {},
        [](const local_event&) {},
        [](const partition_assigned&) {},
        [](const partition_revoked&) {},
        [](const topic_known&) {},
        [](const partitions_unreachable&) {},
        [this, pass](const add_room& x) {
          open_rooms.push_back(x.room);
          BOOST_TEST(topics.at(x.topic).is_read);
          pass(x);
        },
        [pass](const remove_room& x) { pass(x); },
        [pass](const start_replay& x) { pass(x); },
        [pass](const pace_replay& x) { pass(x); },
        [pass](const stop_replay& x) { pass(x); },
        [](const grant_credit&) {},
        [pass](const relay_event& x) { pass(x); },
      };
    }));
  }

  // -- clients ----------------------------------------------------------------

  void open(client& x) {
    x.session = std::make_shared<test::fake_session>();
    x.session->limit = limits.outbox;
    x.session->request().address = x.address;
    x.is_stopping = false;
    connection_context context{
      executor,  rules,
      limits,    1000,
      45s,       inbound,
      directory, sockets,
      signer,    [this] { return "s" + std::to_string(++last_id); }};
    context.now = [this] { return now(); };
    context.tokens = tokens;
    context.all = std::make_shared<connection_registry>();
    auto registry = context.all;
    context.ask_webhook = [this](auto question, auto respond) {
      questions.push_back({std::move(question), std::move(respond)});
    };
    auto connection = keep(spawn_connection(
      std::make_shared<const connection_context>(std::move(context)),
      x.session));
    x.session->before_call = [this, connection] { lend_thread_to(connection); };
    connections.push_back({connection, std::move(registry)});
    run_until_attached(x);
  }

  void run_until_attached(client& x) {
    while (!x.session->is_attached())
      choice.run(scheduler, 1);
  }

  void send(client& x, const std::string& packet) { x.session->feed(packet); }

  /// A socket that may ask for something now.
  client_socket* talker(client& x) {
    auto& socket = x.sockets[choice.below(2)];
    auto may = socket.is_connected && x.session->is_open()
               && x.session->is_read() && !x.is_stopping;
    return may ? &socket : nullptr;
  }

  void connect(client& x) {
    auto& socket = x.sockets[choice.below(2)];
    if (socket.is_connected || socket.is_connecting || !x.session->is_open()
        || !x.session->is_read())
      return;
    socket.is_connecting = true;
    send(x, "0" + socket.nsp + payload_of(x, socket));
  }

  std::string payload_of(const client& x, const client_socket& socket) {
    std::string auth;
    if (has_tokens)
      auth += R"(,"token":")" + make_token(x.address, some_life()) + '"';
    if (!socket.pid.empty())
      auth += R"(,"pid":")" + socket.pid + R"(","offset":")" + socket.offset
              + '"';
    return auth.empty() ? "" : "{" + auth.substr(1) + "}";
  }

  /// The acks that it still waits for have to come at once.
  void leave_namespace(client& x) {
    auto* socket = talker(x);
    if (!socket)
      return;
    send(x, "1" + socket->nsp.substr(0, socket->nsp.find(',')));
    receive(x);
    for (auto& [ack_id, n] : socket->answers)
      BOOST_TEST(n == 1, "ack " << ack_id << " was given " << n << " times");
    socket->forget();
    socket->is_connected = false;
    socket->pid.clear();
  }

  std::string begin_request(client& x, client_socket& socket) {
    auto id = ++x.last_ack;
    socket.answers[id] = 0;
    return "2" + socket.nsp + std::to_string(id);
  }

  void join(client& x) {
    if (auto* socket = talker(x))
      join(x, *socket, room_name(choice.below(rooms)));
  }

  void join(client& x, client_socket& its_socket, const std::string& room) {
    auto* socket = &its_socket;
    auto begin = begin_request(x, *socket);
    std::string options;
    if (choice.once_in(4))
      options = R"(,{"since":")" + some_offset(*socket, room) + "\"}";
    socket->requests[room].push_back({x.last_ack, true});
    send(x, begin + R"(["join",")" + room + '"' + options + "]");
  }

  /// One that an earlier join has got, the log's begin, or none at all.
  std::string some_offset(const client_socket& socket,
                          const std::string& room) {
    if (choice.once_in(5))
      return "nonsense";
    if (choice.once_in(5))
      return std::to_string(home_partition_of(room)) + ":1000000";
    auto own = std::to_string(home_partition_of(room)) + ":";
    for (auto& x : socket.offsets)
      if (x.starts_with(own) && choice.once_in(2))
        return x;
    return own + "0";
  }

  void leave(client& x) {
    auto* socket = talker(x);
    if (!socket)
      return;
    auto room = room_name(choice.below(rooms));
    auto begin = begin_request(x, *socket);
    socket->requests[room].push_back({x.last_ack, false});
    send(x, begin + R"(["leave",")" + room + "\"]");
  }

  /// Everything else that has an answer, and what has none.
  void ask(client& x) {
    auto* socket = talker(x);
    if (!socket)
      return;
    auto room = R"({"room":")" + room_name(choice.below(rooms)) + "\"}";
    auto bare = "2" + socket->nsp;
    switch (choice.below(8)) {
      case 7:
        return renew(x, *socket);
      case 0:
        return send(x, begin_request(x, *socket) + R"(["say",)" + room + "]");
      case 1:
        return send(x, bare + R"(["say",)" + room + "]");
      case 2:
        return send(x, bare + R"(["typing",)" + room + "]");
      case 3:
        return send(x, begin_request(x, *socket) + R"(["ask",1])");
      case 4:
        return send(x, begin_request(x, *socket) + R"(["both",)" + room + "]");
      case 5:
        return send(x, begin_request(x, *socket) + R"(["join","cellar"])");
      default:
        return send(x, begin_request(x, *socket)
                         + R"(["join","room:a-name-that-is-too-long"])");
    }
  }

  // -- tokens -----------------------------------------------------------------

  static constexpr std::string_view secret
    = "a secret that is as long as HS256 wants it";

  void take_tokens(namespace_options& main, namespace_options& other) {
    main.auth = auth_policy::required;
    other.auth = auth_policy::optional;
    jwt_options x;
    x.algorithms = {"HS256"};
    x.token = {"auth:/token"};
    x.leeway = 1s;
    x.expiry_notice = 3s;
    tokens = std::make_shared<const authenticator>(
      x, std::make_shared<const auth::current_keys>(
           std::make_shared<const auth::key_set>(
             std::vector{auth::key_from_secret(std::string{secret})})));
  }

  std::int64_t now() {
    auto passed = system.clock().now().time_since_epoch();
    return 1000
           + std::chrono::duration_cast<std::chrono::seconds>(passed).count();
  }

  /// Seconds: some end soon.
  std::int64_t some_life() {
    return !is_healed && choice.once_in(2) ? 2 + choice.below(4) : 100'000;
  }

  std::string make_token(const std::string& user, std::int64_t life,
                         std::string_view by = secret) {
    using auth::algorithm;
    return test::make_token(
      test::header_of(algorithm::hs256),
      R"({"sub":")" + user + R"(","exp":)" + std::to_string(now() + life) + "}",
      test::token_key::of_secret(std::string{by}), algorithm::hs256);
  }

  /// By a token of its own, or by something else, which may cost it the
  /// connection. Where there are none it is an event as any other.
  void renew(client& x, client_socket& socket) {
    auto begin = begin_request(x, socket) + R"(["weir:token")";
    auto what = choice.below(6);
    socket.tokens[x.last_ack] = what > 3;
    if (what == 0)
      return send(x, begin + "]");
    if (what == 1)
      return send(x, begin + ",17]");
    auto text = what == 2   ? make_token("somebody else", 600)
                : what == 3 ? make_token(x.address, 600, std::string(42, 'x'))
                            : make_token(x.address, some_life());
    send(x, begin + ",\"" + text + "\"]");
  }

  /// The network fails, and takes some of what was sent last with it. The node
  /// may not know.
  void cut(client& x) {
    if (!x.session->is_open())
      return;
    receive(x, true);
    if (choice.once_in(2))
      x.session->hang_up();
    else
      lost_sessions.push_back(x.session);
    come_back(x);
  }

  /// On a new connection. What was asked for on the old one may be done.
  void come_back(client& x) {
    for (auto& socket : x.sockets) {
      for (auto& [room, requests] : socket.requests)
        for (auto& y : requests)
          y.is_lost = y.is_lost || !y.is_answered;
      std::erase_if(socket.answers, [](auto& y) { return y.second == 0; });
      if (socket.pid.empty())
        socket.forget();
      socket.is_connected = socket.is_connecting = false;
    }
    open(x);
  }

  // -- what clients get -------------------------------------------------------

  /// `is_cut`: some of the last is lost.
  void receive(client& x, bool is_cut = false) {
    auto packets = x.session->take();
    if (is_cut && !packets.empty())
      packets.resize(choice.below(static_cast<std::uint32_t>(packets.size())));
    for (auto& packet : packets)
      take(x, packet);
  }

  void take(client& x, std::string_view packet) {
    auto type = packet.front();
    packet.remove_prefix(1);
    auto is_other = packet.starts_with("/b");
    auto& socket = x.sockets[is_other ? 1 : 0];
    if (is_other)
      packet.remove_prefix(std::min(packet.size(), socket.nsp.size()));
    if (type == '0')
      on_connected(x, socket, packet);
    else if (type == '2')
      on_event(socket, packet);
    else if (type == '3')
      on_ack(x, socket, packet);
    else if (type == '4' && socket.is_connecting && denials > 0)
      socket.is_connecting = false, ++kept_out;
    else
      BOOST_ERROR("a packet that is not expected: " << type << packet);
  }

  void on_connected(const client& x, client_socket& socket,
                    std::string_view json) {
    check_allowed(x, socket, "");
    auto sid = text_at(json, "/sid");
    if (sid != socket.sid)
      socket.forget();
    else
      ++recovered;
    socket.sid = sid;
    socket.pid = text_at(json, "/pid");
    socket.is_connected = true;
    socket.is_connecting = false;
  }

  void on_event(client_socket& socket, std::string_view json) {
    BOOST_TEST(socket.is_connected);
    auto elements = json::elements(json);
    if (!socket.pid.empty())
      socket.offset = *json::string_value(elements.back());
    if (elements[0] == R"("weir:left")")
      on_left(socket, text_at(json, "/1/room"), text_at(json, "/1/reason"));
    if (elements[0] != R"("say")")
      return;
    auto room = text_at(json, "/1/room");
    auto [state, joined] = socket.state_in(room);
    BOOST_TEST((state != client_socket::state::out),
               "an event of " << room << " for who is not in it");
    auto number = *json::at(json, "/1/at");
    std::int64_t at = -1;
    std::from_chars(number.data(), number.data() + number.size(), at);
    socket.events[room].push_back(at);
  }

  /// It has come back, and the webhook does not let it into the room again; or
  /// the room is another one now, or none.
  void on_left(client_socket& socket, const std::string& room,
               const std::string& reason) {
    if (reason == "mapping_gone" || reason == "mapping_changed")
      BOOST_TEST(rules->version() > 1u);
    else
      BOOST_TEST(denials > 0);
    room_request left;
    left.is_answered = left.is_ok = true;
    socket.requests[room].push_back(left);
    ++rooms_left;
  }

  /// Whether the webhook has ever let the client in there.
  void check_allowed(const client& x, const client_socket& socket,
                     const std::string& room) {
    auto nsp = socket.nsp.empty() ? "/" : "/b";
    if (has_webhook)
      BOOST_TEST(allowed.contains({x.address, nsp, room}),
                 x.address << " is in " << nsp << " " << room);
  }

  void on_ack(const client& x, client_socket& socket, std::string_view text) {
    std::uint64_t id = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                        id);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    BOOST_TEST(++socket.answers[id] == 1, "ack " << id << " comes twice");
    ++answered;
    if (auto i = socket.tokens.find(id); has_tokens && i != socket.tokens.end())
      check_renewal(text_at(text, "/0/status"), i->second);
    auto* request = socket.request_of(id);
    if (request == nullptr)
      return;
    request->is_answered = true;
    request->is_ok = text_at(text, "/0/status") == "ok";
    auto room = text_at(text, "/0/room");
    request->seen = socket.events[room].size();
    if (!request->is_ok)
      return;
    auto offset = text_at(text, "/0/offset");
    auto from = read_offset(offset);
    BOOST_TEST_REQUIRE(from.has_value(), "no offset: " << text);
    socket.offsets.insert(offset);
    if (!request->is_join)
      return;
    check_allowed(x, socket, room);
    request->from = from->next.at(home_partition_of(room));
  }

  void check_renewal(std::string_view status, bool is_good) {
    BOOST_TEST(status == (is_good ? "ok" : "error"));
    ++(is_good ? renewed : not_renewed);
  }

  // -- the others -------------------------------------------------------------

  void append() {
    auto room = room_name(choice.below(rooms));
    auto& prefix = has_changes ? prefixes[choice.below(3)] : prefixes[0];
    auto key = key_by(prefix, room);
    auto& log = topics.at(topic_of(prefix))
                  .logs[static_cast<std::size_t>(home_partition_of(room))];
    auto value = R"({"room":")" + room + R"(","at":)"
                 + std::to_string(log.end()) + "}";
    stored[key].push_back(log.append(key, value));
  }

  void answer_emit() {
    if (emits.empty())
      return;
    auto i = emits.begin()
             + choice.below(static_cast<std::uint32_t>(emits.size()));
    auto emitter = i->emitter;
    emits_answered batch;
    do {
      auto is_stored = choice.once_in(2);
      batch.all.push_back({i->ack, i->cost,
                           is_stored ? emit_errc::none : emit_errc::timeout,
                           "no", &rules->at(1).mappings()[0], 0, 1});
      emits.erase(i);
      i = std::find_if(emits.begin(), emits.end(),
                       [&](auto& x) { return x.emitter == emitter; });
    } while (i != emits.end() && choice.once_in(2));
    self->send(emitter, std::move(batch));
  }

  inbound_router_actor spawn_router_probe() {
    return keep_probe(system.spawn([this](inbound_router_actor::pointer) {
      return inbound_router_actor::behavior_type{[this](emit_events& x) {
        std::move(x.all->begin(), x.all->end(), std::back_inserter(emits));
      }};
    }));
  }

  /// `is_good`: it allows everything but one room to one client.
  void answer_question(bool is_good = false) {
    if (questions.empty())
      return;
    auto i = questions.begin()
             + choice.below(static_cast<std::uint32_t>(questions.size()));
    auto x = std::move(*i);
    questions.erase(i);
    auto is_never = x.content.address == "2" && x.content.room == room_name(0);
    if (!is_never && (is_good || !choice.once_in(3))) {
      allowed.insert({x.content.address, x.content.nsp, x.content.room});
      return x.respond(auth::decision{.allow = true});
    }
    ++denials;
    if (choice.once_in(2))
      x.respond(auth::decision{});
    else if (choice.once_in(2))
      x.respond(std::nullopt); // otherwise the webhook is gone
  }

  void assign(const std::string& name, std::int32_t partition) {
    auto i = static_cast<std::size_t>(partition);
    auto& x = topics.at(name);
    if (x.consumers[i])
      return;
    x.consumers[i]
      = keep(spawn_partition_consumer(executor, {{name, partition}, 1'000'000},
                                      x.logs[i].log_at(x.starts[i]), group));
    self->send(router, partition_assigned{name, partition, *x.consumers[i]});
  }

  void read_topic(const std::string& name) {
    self->send(router, topic_known{name, partitions});
    topics[name].is_read = true;
  }

  void end_consumers(topic_model& x) {
    for (auto& y : x.consumers)
      if (y)
        self->send_exit(*std::exchange(y, {}), caf::exit_reason::kill);
  }

  void fail_room() {
    if (open_rooms.empty())
      return;
    auto& x
      = open_rooms[choice.below(static_cast<std::uint32_t>(open_rooms.size()))];
    self->send_exit(x, caf::exit_reason::kill);
  }

  // -- other mappings ---------------------------------------------------------

  /// That of the last prefix is read only while it has to be.
  std::string topic_of(const std::string& prefix) const {
    return prefix == prefixes[2] ? "later" : "topic";
  }

  mapping_options mapping_to(const std::string& prefix) const {
    auto result = test::mapping("room:{i}", topic_of(prefix), {"say"});
    result.key = prefix + "{i}";
    result.allow = {{"anyone"}, {"anyone"}, {"anyone"}};
    return result;
  }

  static std::string key_by(const std::string& prefix,
                            const std::string& room) {
    return prefix + room.substr(room.find(':') + 1);
  }

  /// The directory hears of it at once, and connections one after the other.
  void use_mappings(std::vector<mapping_options> x) {
    nsps[0].mappings = std::move(x);
    rules = std::make_shared<const routes>(nsps, limits_options{}.room_name,
                                           rules);
    if (has_later())
      begin_later();
    self->send(directory, use_routes{rules});
    if (!has_later())
      release_later();
    std::erase_if(connections, [](auto& y) { return is_over(y.handle); });
    for (auto& y : connections)
      untold.emplace_back(y, rules);
  }

  bool has_later() const {
    auto all = rules->topics();
    return std::find(all.begin(), all.end(), "later") != all.end();
  }

  /// Its partitions have readers before any mapping has it; where these begin,
  /// they have yet to say.
  void begin_later() {
    if (topics["later"].is_read)
      return;
    read_topic("later");
    for (std::int32_t i = 0; i < partitions; ++i)
      assign("later", i);
    ++begun;
  }

  void release_later() {
    if (!topics["later"].is_read)
      return;
    keep(system.spawn(
      [this, version = rules->version()](caf::event_based_actor* me) {
        me->request(directory, caf::infinite, release_topic{"later"})
          .then([this, version] {
            if (version == rules->version())
              end_later();
          });
      }));
  }

  /// Who reads it next begins where these have ended.
  void end_later() {
    auto& x = topics["later"];
    if (!std::exchange(x.is_read, false))
      return;
    self->send(router, topic_known{"later", 0});
    for (std::int32_t i = 0; i < partitions; ++i) {
      self->send(router, partition_revoked{"later", i});
      x.starts[static_cast<std::size_t>(i)]
        = x.logs[static_cast<std::size_t>(i)].end();
    }
    end_consumers(x);
    ++ended;
  }

  /// Some give the same rooms, two other ones, one none.
  void change_mappings() {
    if (rules->version() == most_routes)
      return;
    auto as_before = mapping_to("room:");
    auto alike = as_before;
    alike.events.push_back("tell");
    auto hall = test::mapping("hall", "topic");
    hall.join = join_policy::automatic;
    switch (choice.below(7)) {
      case 0:
        return use_mappings({});
      case 1:
        return use_mappings({mapping_to(prefixes[1])});
      case 5:
      case 6:
        return use_mappings({mapping_to(prefixes[2])});
      case 2:
        return use_mappings({hall, as_before});
      case 3:
        return use_mappings({alike});
      default:
        return use_mappings({as_before});
    }
  }

  void tell_one() {
    if (untold.empty())
      return;
    auto [x, table] = std::move(untold.front());
    untold.pop_front();
    if (is_over(x.handle))
      return;
    lend_thread_to(x.handle);
    for (auto i = x.registry->from(""); i != x.registry->end(); ++i)
      i->second->use(*table);
  }

  void end_changes() {
    use_mappings({mapping_to(prefixes[choice.below(3)])});
    while (!untold.empty())
      tell_one();
    run();
    settle();
  }

  void join_everywhere() {
    for (auto& x : all)
      for (auto& socket : x.sockets)
        for (std::uint32_t i = 0; i < rooms; ++i) {
          if (x.session->is_read() && socket.is_connected)
            join(x, socket, room_name(i));
          advance(300ms);
          while (!questions.empty())
            answer_question(true);
          settle();
        }
  }

  // -- a run ------------------------------------------------------------------

  void step() {
    auto& x = all[choice.below(clients)];
    // Several packets in one segment.
    for (auto n = choice.below(4); n > 0; --n) {
      auto what = choice.below(20);
      if (what < 8)
        join(x);
      else if (what < 13)
        leave(x);
      else if (what < 18)
        ask(x);
      else if (what < 19)
        connect(x);
      else if (choice.once_in(4))
        leave_namespace(x);
    }
    if (choice.once_in(3))
      connect(x);
    if (choice.once_in(2))
      append();
    if (choice.once_in(3))
      answer_emit();
    for (auto n = questions.empty() ? 0 : choice.below(4); n > 0; --n)
      answer_question();
    if (choice.once_in(15))
      assign("topic", static_cast<std::int32_t>(choice.below(partitions)));
    if (choice.once_in(25))
      fail_room();
    if (has_changes && choice.once_in(6))
      change_mappings();
    for (auto n = untold.empty() ? 0 : choice.below(3); n > 0; --n)
      tell_one();
    if (choice.once_in(25))
      cut(x);
    if (choice.once_in(20))
      x.session->stop_reading();
    if (choice.once_in(10))
      x.session->drain();
    if (choice.once_in(60) && x.session->is_open()) {
      x.is_stopping = true;
      x.session->ask_to_close();
    }
    if (choice.once_in(10))
      scheduler.advance_time(choice.once_in(3) ? 2s : 300ms);
    choice.run(scheduler, choice.below(25));
    settle();
  }

  void settle() {
    for (auto& x : all) {
      receive(x);
      BOOST_TEST(!x.session->is_aborted());
      if (!x.session->is_open())
        come_back(x);
    }
  }

  void heal() {
    is_healed = true;
    if (has_changes)
      end_changes();
    for (std::int32_t i = 0; i < partitions; ++i)
      assign("topic", i);
    for (int i = 0; i < 40; ++i) {
      while (!emits.empty())
        answer_emit();
      while (!questions.empty())
        answer_question(true);
      for (auto& x : all) {
        x.session->drain();
        connect(x);
      }
      advance(300ms);
      settle();
    }
    if (has_changes)
      join_everywhere();
    for (std::uint32_t i = 0; i < (has_changes ? 12 : 4) * rooms; ++i)
      append();
    for (int i = 0; i < 10; ++i) {
      for (auto& x : all)
        x.session->drain();
      advance(300ms);
      settle();
    }
  }

  void check() {
    BOOST_TEST(topics["later"].is_read == has_later());
    for (auto& x : all) {
      BOOST_TEST(x.session->is_read());
      for (auto& socket : x.sockets) {
        BOOST_TEST(socket.is_connected);
        for (auto& [id, n] : socket.answers)
          BOOST_TEST(n == 1, "ack " << id << " was given " << n << " times");
        for (std::uint32_t i = 0; i < rooms; ++i)
          check_room(socket, room_name(i));
      }
    }
  }

  void check_room(client_socket& socket, const std::string& room) {
    auto [state, joined] = socket.state_in(room);
    if (state != client_socket::state::in)
      return;
    ++members;
    auto from = joined->from;
    std::vector<std::int64_t> got, expected;
    auto& events = socket.events[room];
    for (auto i = joined->seen; i < events.size(); ++i)
      if (events[i] >= from)
        got.push_back(events[i]);
    auto is_main = socket.nsp.empty();
    auto* route = rules->at(is_main ? 0 : 1).mapping_of(room);
    BOOST_TEST_REQUIRE(route);
    for (auto at : stored[route->key_of(room).value()])
      if (at >= from)
        expected.push_back(at);
    BOOST_TEST(got == expected, boost::test_tools::per_element());
  }

  /// The node stops: it answers first.
  void stop() {
    for (auto& x : all) {
      for (int i = 0; i < 2; ++i)
        join(x), ask(x), leave(x);
      x.session->ask_to_close();
    }
    run();
    while (!emits.empty())
      answer_emit();
    while (!questions.empty())
      answer_question();
    run();
    for (auto& x : all) {
      receive(x);
      BOOST_TEST(!x.session->is_open());
      for (auto& socket : x.sockets)
        for (auto& [id, n] : socket.answers)
          BOOST_TEST(n == 1, "ack " << id << " was given " << n << " times");
    }
  }

  test::interleaving choice;
  std::vector<namespace_options> nsps;
  routes_ptr rules;
  bool has_changes = false;
  /// Of keys, by mapping.
  const std::array<std::string, 3> prefixes{"room:", prefix_like("other"),
                                            prefix_like("later")};
  std::vector<listed> connections;
  std::deque<std::pair<listed, routes_ptr>> untold; ///< of which table
  limits_options limits;
  std::vector<emit_event> emits;
  inbound_router_actor inbound = spawn_router_probe();
  std::shared_ptr<const schemas::recovery_signer> signer
    = std::make_shared<const schemas::recovery_signer>("0123456789abcdef");
  consumer_group_actor group;
  outbound_router_actor router;
  room_directory_actor directory;
  socket_directory_actor sockets;
  std::map<std::string, topic_model> topics;
  std::map<std::string, std::vector<std::int64_t>> stored; ///< by key
  std::vector<room_actor> open_rooms;
  std::vector<std::shared_ptr<test::fake_session>> lost_sessions;
  bool has_webhook, has_tokens;
  bool is_healed = false; ///< tokens last
  std::shared_ptr<const authenticator> tokens;
  std::vector<open_question> questions;
  /// What was ever allowed: client, namespace, room (empty: entering).
  std::set<std::tuple<std::string, std::string, std::string>> allowed;
  std::array<client, clients> all;
  int last_id = 0;
  int answered = 0, recovered = 0, members = 0;
  int denials = 0, kept_out = 0, rooms_left = 0;
  int begun = 0, ended = 0; ///< of the topic that is not always read
  int renewed = 0, not_renewed = 0;
};

void run_through(world& w) {
  for (int i = 0; i < steps; ++i)
    w.step();
  w.heal();
  w.check();
  w.stop();
}

BOOST_DATA_TEST_CASE(each_request_gets_one_answer_and_who_is_in_gets_events,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int answered = 0, recovered = 0, members = 0;
  world w{seed};
  run_through(w);
  answered += w.answered, recovered += w.recovered, members += w.members;
  if (seed == 200) {
    BOOST_TEST(answered > 5000);
    BOOST_TEST(recovered > 100);
    BOOST_TEST(members > 300);
  }
}

BOOST_DATA_TEST_CASE(also_where_a_webhook_decides_late_or_never,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int denials = 0, recovered = 0, members = 0;
  static int kept_out = 0, rooms_left = 0;
  world w{seed, gate::webhook};
  run_through(w);
  denials += w.denials, recovered += w.recovered, members += w.members;
  kept_out += w.kept_out, rooms_left += w.rooms_left;
  if (seed == 200) {
    BOOST_TEST(denials > 2000);
    BOOST_TEST(recovered > 100);
    BOOST_TEST(members > 100);
    BOOST_TEST(kept_out > 500);
    BOOST_TEST(rooms_left > 20);
  }
}

BOOST_DATA_TEST_CASE(also_where_mappings_change,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int answered = 0, recovered = 0, members = 0, rooms_left = 0;
  static int begun = 0, ended = 0;
  world w{seed};
  w.has_changes = true;
  run_through(w);
  begun += w.begun, ended += w.ended;
  answered += w.answered, recovered += w.recovered, members += w.members;
  rooms_left += w.rooms_left;
  if (seed == 200) {
    BOOST_TEST(answered > 5000);
    BOOST_TEST(recovered > 50);
    BOOST_TEST(members > 1000);
    BOOST_TEST(rooms_left > 500);
    BOOST_TEST(begun > 300);
    BOOST_TEST(ended > 200);
  }
}

BOOST_DATA_TEST_CASE(also_where_tokens_end_and_are_renewed,
                     boost::unit_test::data::xrange(1u, 101u), seed) {
  static int renewed = 0, not_renewed = 0, recovered = 0, members = 0;
  static std::int64_t expired = 0;
  world w{seed, gate::tokens};
  run_through(w);
  renewed += w.renewed, not_renewed += w.not_renewed;
  recovered += w.recovered, members += w.members;
  expired += count(w.system, metrics::tokens_expired)->value();
  if (seed == 100) {
    BOOST_TEST(renewed > 50);
    BOOST_TEST(not_renewed > 100);
    BOOST_TEST(recovered > 50);
    BOOST_TEST(members > 100);
    BOOST_TEST(expired > 50);
  }
}

BOOST_DATA_TEST_CASE(also_where_both_do,
                     boost::unit_test::data::xrange(1u, 101u), seed) {
  world w{seed, gate::webhook};
  w.has_changes = true;
  run_through(w);
}

} // namespace

} // namespace weir
