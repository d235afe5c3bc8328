#include "tests/actors/request_world.hpp"

#include "actors/contract/catching_up.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "tests/support/rules.hpp"
#include "transport/kafka/partitioner.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::requests {

using namespace std::chrono_literals;

std::string room_name(std::uint32_t i) {
  return "room:" + std::to_string(i);
}

std::int32_t home_partition_of(const std::string& room) {
  return kafka::partition_of(room, partitions);
}

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

world::world(std::uint32_t seed, gate by)
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
world::~world() {
  for (auto& [name, topic] : topics)
    end_consumers(topic);
  run();
  questions.clear();
  run();
}

/// Passes on what rooms and their directory want of the router, and knows
/// the rooms.
outbound_router_actor world::spawn_watcher() {
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

inbound_router_actor world::spawn_router_probe() {
  return keep_probe(system.spawn([this](inbound_router_actor::pointer) {
    return inbound_router_actor::behavior_type{[this](emit_events& x) {
      std::move(x.all->begin(), x.all->end(), std::back_inserter(emits));
    }};
  }));
}

void world::open(client& x) {
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
    std::make_shared<const connection_context>(std::move(context)), x.session));
  x.session->before_call = [this, connection] { lend_thread_to(connection); };
  connections.push_back({connection, std::move(registry)});
  run_until_attached(x);
}

void world::run_until_attached(client& x) {
  while (!x.session->is_attached())
    choice.run(scheduler, 1);
}

// -- the others ---------------------------------------------------------------

void world::append() {
  auto room = room_name(choice.below(rooms));
  auto& prefix = has_changes ? prefixes[choice.below(3)] : prefixes[0];
  auto key = key_by(prefix, room);
  auto& log = topics.at(topic_of(prefix))
                .logs[static_cast<std::size_t>(home_partition_of(room))];
  auto value = R"({"room":")" + room + R"(","at":)" + std::to_string(log.end())
               + "}";
  stored[key].push_back(log.append(key, value));
}

void world::answer_emit() {
  if (emits.empty())
    return;
  auto i = emits.begin()
           + choice.below(static_cast<std::uint32_t>(emits.size()));
  auto emitter = i->emitter;
  emits_answered batch;
  do {
    auto is_stored = choice.once_in(2);
    batch.all.push_back({i->ack, i->cost,
                         is_stored ? emit_errc::none : emit_errc::timeout, "no",
                         &rules->at(1).mappings()[0], 0, 1});
    emits.erase(i);
    i = std::find_if(emits.begin(), emits.end(),
                     [&](auto& x) { return x.emitter == emitter; });
  } while (i != emits.end() && choice.once_in(2));
  self->send(emitter, std::move(batch));
}

/// `is_good`: it allows everything but one room to one client.
void world::answer_question(bool is_good) {
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

void world::assign(const std::string& name, std::int32_t partition) {
  auto i = static_cast<std::size_t>(partition);
  auto& x = topics.at(name);
  if (x.consumers[i])
    return;
  x.consumers[i]
    = keep(spawn_partition_consumer(executor, {{name, partition}, 1'000'000},
                                    x.logs[i].log_at(x.starts[i]), group));
  self->send(router, partition_assigned{name, partition, *x.consumers[i]});
}

void world::read_topic(const std::string& name) {
  self->send(router, topic_known{name, partitions});
  topics[name].is_read = true;
}

void world::end_consumers(topic_model& x) {
  for (auto& y : x.consumers)
    if (y)
      self->send_exit(*std::exchange(y, {}), caf::exit_reason::kill);
}

void world::fail_room() {
  if (open_rooms.empty())
    return;
  auto& x
    = open_rooms[choice.below(static_cast<std::uint32_t>(open_rooms.size()))];
  self->send_exit(x, caf::exit_reason::kill);
}

} // namespace weir::requests
