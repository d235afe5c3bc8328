#include "actors/client/socket_rooms.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/options/limits.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/interleaving.hpp"
#include "tests/support/more_seeds.hpp"
#include "tests/support/rules.hpp"
#include "tests/support/scripted_log.hpp"
#include "transport/kafka/partitioner.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_partitions = 2;

/// With two of them a step is full: each turn goes far beyond its share.
constexpr std::size_t record_size = read_step / 2;

/// How a client reads.
enum class pace {
  quick,
  slow,
  silent, ///< never: it has asked once, and its outbox is full
};

/// A socket in one room. What it has been sent it handles some time later, as
/// a CONNECTION does, whatever its client does.
struct member {
  std::string room;
  pace reads = pace::quick;
  bool has_left = false;
  bool has_asked = false;
  socket_ptr socket = std::make_shared<const socket_identity>();
  std::optional<member_actor> me;
  room_actor handle; ///< null: the join is on its way
  socket_rooms::membership at;
  std::vector<std::int64_t> offsets;
  std::deque<deliver_events> unhandled;

  void on_joined(const join_answered& x) {
    BOOST_TEST_REQUIRE((x.error == emit_errc::none));
    handle = x.handle;
    for (auto& [partition, next] : x.from)
      at.readers.emplace_back(partition, next);
    for (auto& [partition, next] : x.behind)
      at.in(partition, next).begin_before(next);
  }

  void handle_next() {
    auto x = std::move(unhandled.front());
    unhandled.pop_front();
    auto& events = *x.events;
    auto& reader = at.in(events.partition, std::min(events.from, events.to));
    if (!reader.take(x, false).has_events)
      return;
    if (reads == pace::silent)
      return reader.stop_at(reader.next());
    for (auto& event : events.events)
      if (event.offset >= reader.next())
        offsets.push_back(event.offset);
    reader.finish(x);
  }

  bool is_to_get_all() const { return !has_left && reads != pace::silent; }
};

/// A node with memory for few rooms at a time, and a room for each record.
struct world : test::deterministic_actor_system {
  world(std::uint32_t seed, std::size_t replays, std::uint32_t partitions,
        std::size_t window)
    : choice(seed), count(partitions) {
    router = keep(spawn_outbound_router(executor, 600, replays));
    directory = keep(spawn_room_directory(
      executor, {rules, {executor}, 10, mib, 1h, true, window, 2 * window},
      *router));
    self->send(*router, topic_known{"topic", static_cast<std::int32_t>(count)});
  }

  static std::string room_name(std::uint32_t i) {
    return "room:" + std::to_string(i);
  }

  // -- what may happen --------------------------------------------------------

  void append(const std::string& room, std::size_t size = record_size) {
    auto p = kafka::partition_of(room, static_cast<std::int32_t>(count));
    stored[room].push_back(logs[static_cast<std::size_t>(p)].append(
      room, '"' + std::string(size, 'x') + '"'));
  }

  member& join(const std::string& room, pace reads) {
    auto& x = members.emplace_back();
    x.room = room;
    x.reads = reads;
    x.me = spawn_member(x);
    positions since;
    for (std::uint32_t i = 0; i < count; ++i)
      since[static_cast<std::int32_t>(i)] = 0;
    self->send(*directory, join_room{*x.me,
                                     {x.socket, ""},
                                     &rules->at(0).mappings()[0],
                                     room,
                                     room,
                                     1,
                                     since});
    return x;
  }

  member_actor spawn_member(member& x) {
    return keep_probe(system.spawn([&x](member_actor::pointer) {
      return member_actor::behavior_type{
        [&x](const join_answered& y) { x.on_joined(y); },
        [&x](const deliver_events& y) {
          if (!x.has_left)
            x.unhandled.push_back(y);
        },
        [&x](const read_done& y) {
          // It comes behind its events.
          while (!x.unhandled.empty())
            x.handle_next();
          if (auto* reader = x.at.find(y.partition))
            BOOST_TEST(reader->end_ask(y.id, y.live));
        },
        [](const deliver_local&) {},
        [](const room_closed&) {},
        [](const disconnect_socket&) {},
      };
    }));
  }

  void leave(member& x) {
    self->send(*directory, leave_room{x.socket, x.room});
    x.has_left = true;
    x.unhandled.clear();
  }

  void ask(member& x, std::size_t max_bytes) {
    x.has_asked = true;
    for (auto& reader : x.at.readers)
      if (reader.is_to_ask()) {
        reader.ask(++x.at.reads);
        caf::send_as(*x.me, x.handle,
                     read_room{x.socket, 1, reader.partition(), reader.next(),
                               max_bytes, x.at.reads});
      }
  }

  bool is_to_ask(const member& x) {
    if (x.has_left || !x.handle)
      return false;
    return !x.has_asked || x.reads == pace::quick
           || (x.reads == pace::slow && choice.once_in(5));
  }

  void ask_all() {
    for (auto& x : members)
      if (is_to_ask(x))
        ask(x, 1
                 + choice.below(x.reads == pace::silent ? record_size
                                                        : 2 * read_step));
  }

  void handle_some() {
    for (auto& x : members)
      while (!x.unhandled.empty() && !choice.once_in(3))
        x.handle_next();
  }

  /// A new consumer reads the partition, from some time ago.
  void assign(std::uint32_t i) {
    revoke(i);
    auto partition = static_cast<std::int32_t>(i);
    auto end = static_cast<std::uint32_t>(logs[i].end());
    consumers[i] = keep(spawn_partition_consumer(
      executor, {{"topic", partition}, 2000},
      logs[i].log_at({end - choice.below(std::min(end, 2u) + 1)}), group));
    self->send(*router, partition_assigned{"topic", partition, *consumers[i]});
  }

  void revoke(std::uint32_t i) {
    if (!consumers[i])
      return;
    self->send(*std::exchange(consumers[i], std::nullopt), revoke_partition{});
    if (choice.once_in(2))
      self->send(*router,
                 partition_revoked{"topic", static_cast<std::int32_t>(i)});
  }

  void step() {
    if (choice.once_in(2) && members.size() < 40)
      come(choice.below(rooms));
    if (choice.once_in(12))
      append(room_name(choice.below(rooms)));
    if (auto* x = some_member(); x && choice.once_in(15) && x->handle)
      leave(*x);
    if (choice.once_in(60))
      assign(choice.below(count));
    if (choice.once_in(120))
      revoke(choice.below(count));
    handle_some();
    ask_all();
    if (choice.once_in(8))
      scheduler.advance_time(1s);
    choice.run(scheduler, choice.below(40));
  }

  void come(std::uint32_t room) {
    auto some = std::array{pace::quick, pace::slow, pace::silent};
    auto reads = some[choice.below(3)];
    join(room_name(room), room < silent_rooms ? pace::silent : reads);
  }

  member* some_member() {
    if (members.empty())
      return nullptr;
    auto& x = members[choice.below(static_cast<std::uint32_t>(members.size()))];
    return x.has_left ? nullptr : &x;
  }

  /// Nothing new happens, but what was under way goes on.
  void calm(int rounds) {
    for (std::uint32_t i = 0; i < count; ++i)
      if (!consumers[i])
        assign(i);
    for (; rounds > 0; --rounds) {
      handle_some();
      ask_all();
      advance(200ms);
    }
  }

  // -- what must hold ---------------------------------------------------------

  /// Returns how many.
  std::size_t check_all_have_got_theirs() {
    std::size_t result = 0;
    for (auto& x : members)
      if (x.is_to_get_all()) {
        result += x.offsets.empty() ? 0 : 1;
        BOOST_TEST(!x.at.is_behind());
        BOOST_TEST(x.offsets == stored[x.room],
                   boost::test_tools::per_element());
      }
    return result;
  }

  void check_nothing_is_left() {
    for (auto& x : members)
      if (!x.has_left)
        leave(x);
    advance(1s);
    BOOST_TEST(gauge(system, metrics::replay_bytes)->value() == 0);
    BOOST_TEST(gauge(system, metrics::replays_waiting)->value() == 0);
  }

  test::interleaving choice;
  std::uint32_t count;
  std::uint32_t rooms = 14;
  std::uint32_t silent_rooms = 0; ///< in so many of them no client reads
  routes_ptr rules = test::rules_of(
    {test::nsp("/", {test::mapping("room:{i}", "topic", {"e"})})});
  std::array<test::scripted_log, most_partitions> logs;
  std::map<std::string, std::vector<std::int64_t>> stored;
  std::deque<member> members; // stay where they are
  std::array<std::optional<partition_consumer_actor>, most_partitions>
    consumers;
  consumer_group_actor group
    = keep_probe(system.spawn([](consumer_group_actor::pointer) {
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
  std::optional<outbound_router_actor> router;
  std::optional<room_directory_actor> directory;
};

BOOST_AUTO_TEST_SUITE(every_room_gets_its_turn)

// Their fetches are paused, having been sent more than their share: with debts
// that nobody pays, the reader would send nothing to anybody of this node.
BOOST_AUTO_TEST_CASE(while_the_clients_of_many_others_do_not_read) {
  world w{1, 512, 1, 256};
  for (std::uint32_t i = 0; i < w.rooms; ++i)
    for (int n = 0; n < 4; ++n)
      w.append(world::room_name(i));
  w.calm(1);
  for (std::uint32_t i = 0; i + 2 < w.rooms; ++i)
    w.join(world::room_name(i), pace::silent);
  w.calm(50);
  for (auto i = w.rooms - 2; i < w.rooms; ++i)
    w.join(world::room_name(i), pace::quick);
  w.calm(50);
  BOOST_TEST(w.check_all_have_got_theirs() == 2u);
  w.check_nothing_is_left();
}

BOOST_DATA_TEST_CASE(in_any_order_of_events,
                     boost::unit_test::data::xrange(1u,
                                                    41u + test::more_seeds()),
                     seed) {
  test::interleaving setting{seed};
  world w{seed, std::array<std::size_t, 4>{1, 2, 512, mib}[setting.below(4)],
          1 + setting.below(2),
          std::array<std::size_t, 2>{256, mib}[setting.below(2)]};
  w.silent_rooms = setting.below(w.rooms);
  for (std::uint32_t i = 0; i < w.rooms; ++i)
    for (auto n = setting.below(8); n > 0; --n)
      w.append(world::room_name(i), 1 + setting.below(record_size * 3 / 2));
  for (std::uint32_t i = 0; i < w.count; ++i)
    w.assign(i);
  for (int i = 0; i < 150; ++i)
    w.step();
  auto last = world::room_name(w.rooms - 1);
  w.append(last);
  w.join(last, pace::quick);
  w.calm(300);
  BOOST_TEST(w.check_all_have_got_theirs() > 0u);
  w.check_nothing_is_left();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
