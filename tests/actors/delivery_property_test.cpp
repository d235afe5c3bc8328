#include "actors/messages.hpp"
#include "actors/outbound_router.hpp"
#include "actors/partition_consumer.hpp"
#include "actors/room_directory.hpp"
#include "actors/socket_rooms.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/faulty_link.hpp"
#include "tests/support/rules.hpp"
#include "tests/support/scripted_log.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <deque>
#include <map>

namespace weir {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t partitions = 2, nodes = 2, rooms = 3;
constexpr int steps = 250;

/// A socket in one room, which now and then can take no more and catches up
/// later; it lets go of what it has seen, so that its credit comes back.
struct member {
  std::string room;
  positions since;
  std::vector<positions> joins;
  std::map<std::int32_t, std::vector<std::int64_t>> offsets; // by partition
  socket_ptr socket = std::make_shared<const socket_identity>();
  room_actor handle;
  std::map<std::int32_t, socket_rooms::place> places;
  std::optional<member_actor> me;
  bool catches_up = false;
  int fell_behind = 0, lost = 0;

  void on_joined(const join_answered& x) {
    joins.push_back(x.behind.empty() ? x.from : x.behind);
    handle = x.handle;
    for (auto& [partition, next] : x.from)
      places[partition] = {partition, false, next};
    for (auto& [partition, next] : x.behind)
      places[partition] = {partition, true, next};
  }

  /// Events are `["e",[partition,offset]]`. False: it is behind now.
  bool take(const room_events& x, test::interleaving& choice) {
    auto& at = places
                 .try_emplace(x.partition,
                              socket_rooms::place{x.partition, false, x.from})
                 .first->second;
    if (x.from > at.next)
      return std::exchange(at.behind, true);
    lost += x.lost;
    auto frames = x.frames ? std::string_view{*x.frames} : "";
    for (auto& event : x.events) {
      auto frame = engineio::next_frame(frames);
      frames.remove_prefix(frame.size);
      if (event.offset < at.next)
        continue;
      if (choice.once_in(8)) {
        at.next = event.offset;
        at.behind = true;
        ++fell_behind;
        return false;
      }
      int partition = -1;
      long offset = -1;
      std::sscanf(std::string{frame.bytes}.c_str(), "42[\"e\",[%d,%ld]]",
                  &partition, &offset);
      BOOST_TEST(offset == event.offset);
      offsets[partition].push_back(offset);
    }
    at.next = std::max(at.next, x.to);
    return true;
  }

  positions behind() const {
    positions result;
    for (auto& [partition, x] : places)
      if (x.behind)
        result[partition] = x.next;
    return result;
  }

  catch_up request(std::size_t budget) {
    catches_up = budget > 0;
    return {socket, 1, behind(), budget};
  }
};

/// Several nodes that read the same partitions; the one consumer that each
/// partition has moves about, and the links to it lose and double batches.
struct world : test::deterministic_actor_system {
  explicit world(std::uint32_t seed)
    : faults(std::make_shared<test::link_faults>(
      test::link_faults{test::interleaving{seed}})) {
    group = keep_probe(system.spawn([](consumer_group_actor::pointer) {
      return consumer_group_actor::behavior_type{
        [](group_event) {},
        [](const commit_position&) {},
        [](query_status) { return group_status{}; },
        [](drain) {},
      };
    }));
    for (std::size_t i = 0; i < nodes; ++i) {
      routers.push_back(keep(spawn_outbound_router(home, 600)));
      directories.push_back(keep(spawn_room_directory(
        home, {rules, {home}, 10, 1000, 1h}, routers.back())));
    }
    for (std::size_t i = 0; i < partitions; ++i)
      move_partition(i);
    for (auto& x : routers)
      self->send(x, topic_known{"topic", partitions});
  }

  // -- what may happen --------------------------------------------------------

  void append() {
    auto p = choice().below(partitions);
    auto value = "[" + std::to_string(p) + "," + std::to_string(logs[p].end())
                 + "]";
    logs[p].append(room_name(choice().below(rooms)), value);
    if (choice().once_in(5))
      logs[p].skip(choice().below(3));
  }

  void join() {
    auto& x = members.emplace_back();
    x.room = room_name(choice().below(rooms));
    if (choice().once_in(3))
      for (std::int32_t i = 0; i < static_cast<std::int32_t>(partitions); ++i)
        x.since[i] = 0;
    x.me = spawn_member(x);
    self->send(directories[choice().below(nodes)],
               join_room{*x.me,
                         {x.socket, ""},
                         &rules->at(0).mappings()[0],
                         x.room,
                         x.room,
                         1,
                         x.since});
  }

  member_actor spawn_member(member& x) {
    return keep_probe(system.spawn([&x, this](member_actor::pointer me) {
      return member_actor::behavior_type{
        [&x](const join_answered& y) { x.on_joined(y); },
        [&x, me, this](const deliver_events& y) {
          if (!x.take(*y.events, choice()))
            weir::tell(me, x.handle, x.request(0));
        },
        [&x](const caught_up& y) {
          auto& at = x.places[y.partition];
          if (at.next >= y.at)
            at.behind = false;
          x.catches_up = x.catches_up && !x.behind().empty();
        },
        [&x](const budget_spent&) { x.catches_up = false; },
        [](const lag_exceeded&) {},
        [](const deliver_local&) {},
        [](const room_closed&) {},
      };
    }));
  }

  void catch_up_members(std::size_t budget) {
    for (auto& x : members)
      if (!x.catches_up && !x.behind().empty())
        caf::send_as(*x.me, x.handle, x.request(budget));
  }

  /// A new consumer reads the partition, from the log's start.
  void move_partition(std::size_t i) {
    if (consumers[i])
      self->send(*consumers[i], revoke_partition{});
    auto partition = static_cast<std::int32_t>(i);
    consumers[i] = keep(spawn_partition_consumer(
      home, {{"topic", partition}, 1'000'000}, logs[i].log_at(0), group));
    for (auto& router : routers) {
      if (choice().once_in(2))
        self->send(router, partition_revoked{"topic", partition});
      auto link = home.spawn<test::link_actor, test::faulty_link_state>(
        *consumers[i], faults);
      self->send(router, partition_assigned{"topic", partition, keep(link)});
    }
  }

  void step() {
    if (choice().once_in(2))
      append();
    if (choice().once_in(15) && members.size() < 12)
      join();
    if (choice().once_in(40))
      move_partition(choice().below(partitions));
    if (choice().once_in(20))
      scheduler.advance_time(200ms);
    if (choice().once_in(10))
      catch_up_members(1 + choice().below(100));
    choice().run(scheduler, choice().below(30));
  }

  /// No more faults; what a lost batch has cost in credit is given anew.
  void heal() {
    faults->healed = true;
    for (std::size_t i = 0; i < partitions; ++i)
      move_partition(i);
    for (int i = 0; i < 200; ++i) {
      catch_up_members(1000);
      advance(200ms);
    }
  }

  // -- what must hold ---------------------------------------------------------

  /// Everything from where the join said on, once, in order. (What came before
  /// that while a lost batch was made up for may be there too.)
  void check(member& x) const {
    BOOST_TEST_REQUIRE(x.joins.size() == 1u);
    BOOST_TEST(x.lost == 0);
    BOOST_TEST(x.behind().empty());
    for (auto [partition, from] : x.since.empty() ? x.joins[0] : x.since) {
      auto& got = x.offsets[partition];
      auto begin = got.empty() ? from : std::min(from, got.front());
      std::vector<std::int64_t> expected;
      for (auto& y : logs[static_cast<std::size_t>(partition)].records())
        if (y.key == x.room && y.offset >= begin)
          expected.push_back(y.offset);
      BOOST_TEST(got == expected, boost::test_tools::per_element());
    }
  }

  test::interleaving& choice() { return faults->choice; }

  static std::string room_name(std::uint32_t i) {
    return "room:" + std::to_string(i);
  }

  std::shared_ptr<test::link_faults> faults;
  routes_ptr rules = test::rules_of(
    {test::nsp("/", {test::mapping("room:{i}", "topic", {"e"})})});
  std::array<test::scripted_log, partitions> logs;
  std::deque<member> members; // stay where they are
  std::array<std::optional<partition_consumer_actor>, partitions> consumers;
  std::vector<outbound_router_actor> routers;
  std::vector<room_directory_actor> directories;
  consumer_group_actor group;
};

BOOST_DATA_TEST_CASE(every_member_gets_every_record_once_in_partition_order,
                     boost::unit_test::data::xrange(1u, 31u), seed) {
  world w{seed};
  for (int i = 0; i < steps; ++i)
    w.step();
  w.heal();
  BOOST_TEST(w.faults->dropped > 0);
  BOOST_TEST(w.faults->doubled > 0);
  BOOST_TEST(w.members.size() > 2u);
  std::size_t n = 0;
  int fell_behind = 0;
  for (auto& x : w.members) {
    w.check(x);
    n += x.offsets[0].size();
    fell_behind += x.fell_behind;
  }
  BOOST_TEST(n > 0u);
  BOOST_TEST(fell_behind > 0);
}

} // namespace

} // namespace weir
