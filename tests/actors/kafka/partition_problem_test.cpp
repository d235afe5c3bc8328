// The way of an error from a partition's queue to those whom it concerns.

#include "actors/contract/catching_up.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/room/room_directory.hpp"
#include "tests/actors/kafka/partition_consumer_fixture.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"
#include "transport/kafka/partitioner.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <deque>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

constexpr auto tick = 200ms;
const kafka::kafka_error broken{"_BAD_COMPRESSION", "cannot be unpacked"};

/// Two nodes, each with rooms and a router, and the consumers of two partitions
/// that both of them subscribe to.
struct world : test::deterministic_actor_system {
  static constexpr std::int32_t partitions = 2;

  struct member {
    std::vector<join_answered> joins;
    member_actor handle;
    socket_ptr socket = std::make_shared<const socket_identity>();
  };

  /// `known`: whether partition 1 has told where it begins before its problem.
  void start(bool known) {
    logs[1].set_known(known);
    for (auto& x : routers)
      x = keep(spawn_outbound_router(executor, 1000, 1000));
    for (std::size_t i = 0; i < routers.size(); ++i)
      directories[i] = keep(spawn_room_directory(
        executor, {rules, {executor}, 10, 1000, 5s}, routers[i]));
    for (auto& x : routers)
      tell(x, topic_known{"topic", partitions});
    for (std::int32_t i = 0; i < partitions; ++i)
      assign(i);
  }

  void assign(std::int32_t i) {
    auto& log = logs[static_cast<std::size_t>(i)];
    auto consumer = keep(spawn_partition_consumer(
      executor, {{"topic", i}, 100'000}, log.log_at({0}), group));
    for (auto& x : routers)
      tell(x, partition_assigned{"topic", i, consumer});
    consumers.push_back(consumer);
  }

  /// A room whose key belongs to the partition.
  static std::string room_in(std::int32_t partition, int n = 0) {
    for (int i = 0;; ++i) {
      auto name = "r" + std::to_string(i);
      if (kafka::partition_of(name, partitions) == partition && n-- == 0)
        return name;
    }
  }

  /// Joins on a node, and continues until it is answered.
  join_answered join(std::size_t node, const std::string& room) {
    auto& x = begin_join(node, room);
    advance(5s);
    BOOST_TEST_REQUIRE(x.joins.size() == 1u);
    return x.joins[0];
  }

  member& begin_join(std::size_t node, const std::string& room) {
    auto& x = members.emplace_back();
    x.handle = spawn_member(x);
    tell(
      directories[node],
      join_room{
        x.handle, {x.socket, "1"}, &rules->at(0).mappings()[0], room, room, 1});
    return x;
  }

  member_actor spawn_member(member& x) {
    return keep_probe(system.spawn([&x](member_actor::pointer) {
      return member_actor::behavior_type{
        [&x](const join_answered& y) { x.joins.push_back(y); },
        [](const deliver_events&) {},
        [](const read_done&) {},
        [](const deliver_local&) {},
        [](const room_closed&) {},
        [](const disconnect_socket&) {},
      };
    }));
  }

  routes_ptr rules
    = test::rules_of({test::nsp("/", {test::mapping("{id}", "topic", {"e"})})});
  std::array<test::scripted_log, partitions> logs;
  std::vector<commit_position> positions;
  std::array<outbound_router_actor, 2> routers;
  std::array<room_directory_actor, 2> directories;
  std::vector<partition_consumer_actor> consumers;
  std::deque<member> members; // stay where they are
  consumer_group_actor group
    = keep_probe(system.spawn([this](consumer_group_actor::pointer) {
        return consumer_group_actor::behavior_type{
          [](const read_interim&) {},
          [](group_event) {},
          [this](commit_position& x) { positions.push_back(std::move(x)); },
          [](query_status) { return group_status{}; },
          [](const check_topics&) { return topics_checked{}; },
          [](const use_topics&) {},
          [](drain) {},
        };
      }));
};

BOOST_FIXTURE_TEST_SUITE(a_partition_that_cannot_be_read, world)

BOOST_AUTO_TEST_CASE(is_named_to_clients_of_every_node) {
  start(true);
  logs[1].set_problem(broken);
  advance(tick);
  for (std::size_t node : {0, 1}) {
    auto answer = join(node, room_in(1));
    BOOST_TEST(answer.error == emit_errc::unavailable);
    BOOST_TEST(answer.message == "partition topic/1: cannot be unpacked");
    BOOST_TEST(join(node, room_in(0)).error == emit_errc::none);
  }
}

BOOST_AUTO_TEST_CASE(takes_joins_when_it_can_be_read_again) {
  start(true);
  logs[1].set_problem(broken);
  advance(tick);
  logs[1].set_problem({});
  advance(tick);
  BOOST_TEST(join(0, room_in(1)).error == emit_errc::none);
}

// Who waits for another partition's place waits for the same.
BOOST_AUTO_TEST_CASE(is_named_where_it_keeps_a_room_from_being_complete) {
  start(false);
  auto& early = begin_join(0, room_in(0));
  logs[1].set_problem(broken);
  advance(tick);
  BOOST_TEST_REQUIRE(early.joins.size() == 1u);
  BOOST_TEST(early.joins[0].message == "partition topic/1: cannot be unpacked");
  BOOST_TEST(join(1, room_in(0, 1)).message
             == "partition topic/1: cannot be unpacked");
  logs[1].set_problem({});
  logs[1].set_known(true);
  advance(tick);
  for (auto partition : {0, 1})
    BOOST_TEST(join(0, room_in(partition, 2)).error == emit_errc::none);
}

BOOST_AUTO_TEST_CASE(is_named_by_whoever_reads_it_next) {
  start(true);
  logs[1].set_problem(broken);
  advance(tick);
  for (auto& x : routers)
    tell(x, partition_revoked{"topic", 1});
  assign(1);
  advance(tick);
  BOOST_TEST(join(1, room_in(1)).message
             == "partition topic/1: cannot be unpacked");
}

BOOST_AUTO_TEST_CASE(has_another_reader_that_has_no_problem) {
  start(true);
  logs[1].set_problem(broken);
  advance(tick);
  for (auto& x : routers)
    tell(x, partition_revoked{"topic", 1});
  end(consumers[1]);
  logs[1].set_problem({});
  assign(1);
  BOOST_TEST(join(1, room_in(1)).error == emit_errc::none);
}

// The topic's own says more than what comes of it in each of its partitions.
BOOST_AUTO_TEST_CASE(is_not_named_where_the_whole_topic_has_a_problem) {
  start(true);
  logs[1].set_problem(broken);
  advance(tick);
  for (auto& x : routers)
    tell(x, topic_known{"topic", partitions, "topic topic: denied"});
  BOOST_TEST(join(0, room_in(1)).message == "topic topic: denied");
  for (auto& x : routers)
    tell(x, topic_known{"topic", partitions, {}});
  BOOST_TEST(join(0, room_in(1, 1)).message
             == "partition topic/1: cannot be unpacked");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_error_of_a_partition,
                         test::partition_consumer_fixture)

BOOST_AUTO_TEST_CASE(goes_to_the_group_with_the_position) {
  start();
  tick();
  BOOST_TEST(!positions.back().problem);
  log.set_problem(broken);
  tick();
  BOOST_TEST((positions.back().problem == broken));
  BOOST_TEST(positions.back().errors == 1u);
  log.set_problem({});
  tick();
  BOOST_TEST(!positions.back().problem);
}

BOOST_AUTO_TEST_CASE(goes_to_the_group_before_a_position_is_known) {
  log.set_known(false);
  start();
  log.set_problem(broken);
  tick();
  BOOST_TEST_REQUIRE(!positions.empty());
  BOOST_TEST((positions.back().problem == broken));
  BOOST_TEST(positions.back().next == -1);
}

BOOST_AUTO_TEST_CASE(is_reported_once_and_when_it_changes) {
  start();
  subscribe_as(a, {"x"});
  a.added.clear();
  log.set_problem(broken);
  tick(), tick();
  log.set_problem({"_BAD_MSG", "another one"});
  tick();
  log.set_problem({});
  tick(), tick();
  texts told;
  for (auto& x : a.added)
    if (auto why = take_problem(x.keys))
      told.push_back(*why);
  BOOST_TEST(told
               == (texts{"partition topic/3: cannot be unpacked",
                         "partition topic/3: another one", ""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_not_reported_to_who_has_gone) {
  start();
  subscribe_as(a, {"x"});
  subscribe_as(b, {"x"});
  tell_as(a.handle, consumer, unsubscribe{1});
  end(b.handle);
  auto before = a.added.size() + b.added.size();
  log.set_problem(broken);
  tick();
  BOOST_TEST(a.added.size() + b.added.size() == before);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
