// Back ends put a room's records into any partition, records are deleted, also
// before anybody has read them, partitions are added, of which nodes hear one
// after the other, members go away and come back, to any node, and nodes and
// readers begin again with no more than what Kafka keeps for them; applications
// in the group read for a while, too, and commit what they have read.

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
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/interleaving.hpp"
#include "tests/support/more_seeds.hpp"
#include "tests/support/printing.hpp"
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
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

constexpr kafka::log_id log_id = 7;
constexpr std::size_t partitions = 6, nodes = 2, rooms = 4;
constexpr std::size_t partitions_at_first = 2;
constexpr int steps = 400;

/// A socket in one room. Its client keeps its positions, as a recovery offset
/// does, and comes back with them.
struct member {
  std::string room;
  std::size_t node = 0;
  socket_ptr socket;
  room_actor handle;
  socket_rooms::membership at;
  std::map<std::int32_t, std::vector<std::int64_t>> got; // by partition
  std::map<std::int32_t, std::vector<std::pair<std::int64_t, std::int64_t>>>
    gaps; ///< that it was notified of: [from, to)
  /// Where the logs ended when it had its first answer.
  std::map<std::int32_t, std::int64_t> owed;
  bool is_in = false;   ///< a node takes it for a member
  bool is_back = false; ///< and has said so
  bool resumes = false; ///< it has been in before
  int visits = 0;
  std::int32_t of_partitions = 0;

  positions position() const {
    positions result;
    for (auto& x : at.readers)
      result[x.partition()] = x.next();
    return result;
  }

  void on_joined(const join_answered& x) {
    is_back = true;
    handle = x.handle;
    of_partitions = x.of_partitions;
    at.readers.clear();
    for (auto& [partition, next] : x.from)
      at.readers.emplace_back(partition, next);
    for (auto& [partition, next] : x.behind)
      at.in(partition, next).begin_before(next);
  }

  void take(const deliver_events& delivery) {
    auto& x = *delivery.events;
    auto& reader = at.in(x.partition, x.from);
    auto result = reader.take(delivery, at.knows_log(x.log));
    if (result.lost)
      gaps[x.partition].emplace_back(result.lost->from, result.lost->to);
    for (auto& event : x.events)
      if (result.has_events && event.offset >= reader.next())
        got[x.partition].push_back(event.offset);
    if (result.has_events)
      reader.finish(delivery);
  }

  /// Its session is over: the client knows that it may have missed something.
  void begin_again() {
    at.readers.clear();
    got.clear();
    gaps.clear();
    resumes = false;
  }
};

struct world : test::deterministic_actor_system {
  explicit world(std::uint32_t seed) : choice(seed) {
    group = keep_probe(system.spawn([this](consumer_group_actor::pointer) {
      return consumer_group_actor::behavior_type{
        [](const read_interim&) {},
        [](group_event) {},
        [this](const commit_position& x) { committed[x.partition] = x; },
        [](query_status) { return group_status{}; },
        [](const check_topics&) { return topics_checked{}; },
        [](const use_topics&) {},
        [](drain) {},
      };
    }));
    for (auto& x : logs)
      x.set_log(log_id);
    for (std::uint32_t i = 0; i < count; ++i)
      start_reader(i);
    for (std::size_t i = 0; i < nodes; ++i)
      start_node(i);
  }

  // -- what may happen --------------------------------------------------------

  /// Most records are where they belong.
  void append() {
    auto room = room_name(choice.below(rooms));
    auto p = choice.once_in(4)
               ? choice.below(count)
               : static_cast<std::uint32_t>(
                 kafka::partition_of(room, static_cast<int>(count)));
    stored[p].emplace_back(logs[p].append(room, "[]"), room);
  }

  void delete_some() {
    auto& log = logs[choice.below(count)];
    auto n = static_cast<std::uint32_t>(log.end() - log.begin());
    log.delete_before(log.begin() + choice.below(n + 1));
  }

  /// Its reader begins before or after nodes hear of it.
  void add_partition() {
    if (count == partitions)
      return;
    auto i = count++;
    if (choice.once_in(2))
      start_reader(i);
    else
      to_start.push_back(i);
  }

  void start_added() {
    for (auto i : std::exchange(to_start, {}))
      start_reader(i);
  }

  void tell_count(std::size_t node) {
    if (std::exchange(known[node], count) != count)
      self->send(*routers[node], topic_known{"topic", count_of(node)});
  }

  std::int32_t count_of(std::size_t node) const {
    return static_cast<std::int32_t>(known[node]);
  }

  void come() {
    auto& x = members.emplace_back();
    x.room = room_name(choice.below(rooms));
    join(x);
  }

  /// Each time as another socket, whose connection hears nothing of the last.
  void join(member& x) {
    x.is_in = true;
    x.is_back = false;
    x.socket = std::make_shared<const socket_identity>();
    x.node = choice.below(nodes);
    ++x.visits;
    ask_to_join(x, spawn_connection(x));
  }

  void ask_to_join(member& x, const member_actor& me) {
    join_room request{me,     {x.socket, ""}, &rules->at(0).mappings()[0],
                      x.room, x.room,         1};
    request.since = x.position();
    request.of_partitions = x.of_partitions;
    request.resumes = x.resumes;
    self->send(directories[x.node]->handle, std::move(request));
  }

  member_actor spawn_connection(member& x) {
    return keep_probe(
      system.spawn([&x, visit = x.visits, this](member_actor::pointer me) {
        auto is_over = [&x, visit] { return !x.is_in || x.visits != visit; };
        return member_actor::behavior_type{
          [=, &x, this](const join_answered& y) {
            if (!is_over())
              on_joined(x, me, y);
          },
          [=, &x](const deliver_events& y) {
            if (is_over() || !x.is_back)
              return;
            x.take(y);
            read_missing(x, me);
          },
          [=, &x](const read_done& y) {
            auto* reader = x.at.find(y.partition);
            if (is_over() || !x.is_back || !reader)
              return;
            BOOST_TEST(reader->end_ask(y.id, y.live));
            read_missing(x, me);
          },
          [](const deliver_local&) {},
          [](const room_closed&) {},
          [](const disconnect_socket&) {},
        };
      }));
  }

  /// While a node has not read so far, the client waits.
  void on_joined(member& x, const member_actor& me, const join_answered& y) {
    if (y.error == emit_errc::unavailable)
      return ask_to_join(x, me);
    if (y.error != emit_errc::none) {
      BOOST_TEST_INFO(y.message);
      BOOST_TEST((x.resumes && is_partly_gone(x)));
      x.begin_again();
      return ask_to_join(x, me);
    }
    x.on_joined(y);
    for (std::size_t i = 0; i < partitions; ++i)
      if (!x.resumes)
        x.owed[static_cast<std::int32_t>(i)] = logs[i].end();
    x.resumes = true;
    read_missing(x, me);
  }

  /// Whether records are deleted that its position names.
  bool is_partly_gone(const member& x) const {
    return std::any_of(x.at.readers.begin(), x.at.readers.end(), [&](auto& y) {
      auto partition = static_cast<std::size_t>(y.partition());
      return y.next() < logs[partition].begin();
    });
  }

  static void read_missing(member& x, const member_actor& me) {
    for (auto& reader : x.at.readers)
      if (reader.is_to_ask()) {
        reader.ask(++x.at.reads);
        caf::send_as(me, x.handle,
                     read_room{x.socket, 1, reader.partition(), reader.next(),
                               1'000'000, x.at.reads});
      }
  }

  void go(member& x) {
    x.is_in = false;
    self->send(directories[x.node]->handle,
               leave_room{x.socket, x.room, {}, true});
  }

  /// Another reader resumes from what was committed, on the same node or not.
  void start_reader(std::size_t i) {
    auto partition = static_cast<std::int32_t>(i);
    if (consumers[i])
      self->send(*consumers[i], revoke_partition{});
    auto last = committed.find(partition);
    if (last != committed.end()) {
      logs[i].set_note(last->second.note);
      logs[i].set_committed_log(last->second.log);
    }
    auto from = last == committed.end() ? 0 : last->second.next;
    consumers[i] = keep(
      spawn_partition_consumer(executor, {{"topic", partition}, 1'000'000},
                               logs[i].log_at(from), group));
    for (auto& x : routers)
      if (x)
        self->send(*x, partition_assigned{"topic", partition, *consumers[i]});
  }

  /// An application is given a partition by the group, reads on, and commits as
  /// all but us do: an offset. It leaves, and we resume there.
  void take_by_stranger() {
    auto p = choice.below(count);
    auto partition = static_cast<std::int32_t>(p);
    if (!consumers[p])
      return;
    self->send(*consumers[p], revoke_partition{});
    consumers[p].reset();
    for (auto& x : routers)
      if (x)
        self->send(*x, partition_revoked{"topic", partition});
    choice.run(scheduler, choice.below(200));
    commit_position read;
    read.topic = "topic";
    read.partition = partition;
    auto from = committed.contains(partition) ? committed[partition].next : 0;
    auto left = static_cast<std::uint32_t>(logs[p].end() - from);
    read.next = from + choice.below(left + 1);
    committed[partition] = read;
    to_start.push_back(p);
  }

  struct directory {
    room_directory_actor handle;
  };

  void start_node(std::size_t i) {
    routers[i] = keep(spawn_outbound_router(executor, 10'000, 100'000));
    directories[i] = directory{keep(spawn_room_directory(
      executor, {rules, {executor}, 10, 1000, 1h, true, 2000, 5000},
      *routers[i]))};
    known[i] = count;
    self->send(*routers[i], topic_known{"topic", count_of(i)});
    for (std::size_t p = 0; p < count; ++p)
      if (consumers[p])
        self->send(*routers[i],
                   partition_assigned{"topic", static_cast<std::int32_t>(p),
                                      *consumers[p]});
  }

  /// It is killed and comes back, with the readers that it had.
  void restart_node() {
    auto i = choice.below(nodes);
    for (auto& x : members)
      if (x.node == i)
        x.is_in = false;
    self->send_exit(directories[i]->handle, caf::exit_reason::kill);
    self->send_exit(*routers[i], caf::exit_reason::kill);
    routers[i].reset();
    for (std::size_t p = 0; p < count; ++p)
      if (consumers[p] && choice.once_in(2))
        start_reader(p);
    start_node(i);
  }

  void step() {
    if (choice.once_in(2))
      append();
    if (choice.once_in(20) && members.size() < 12)
      come();
    if (!members.empty() && choice.once_in(8)) {
      auto& x
        = members[choice.below(static_cast<std::uint32_t>(members.size()))];
      if (x.is_in && x.is_back)
        go(x);
      else if (!x.is_in)
        join(x);
    }
    if (choice.once_in(40))
      delete_some();
    if (choice.once_in(90))
      add_partition();
    if (choice.once_in(10))
      start_added();
    if (choice.once_in(10))
      tell_count(choice.below(nodes));
    if (auto p = choice.below(count); choice.once_in(50) && consumers[p])
      start_reader(p);
    if (choice.once_in(80))
      restart_node();
    if (has_strangers && choice.once_in(60))
      take_by_stranger();
    if (choice.once_in(10))
      scheduler.advance_time(200ms);
    if (choice.once_in(60))
      scheduler.advance_time(6s);
    choice.run(scheduler, choice.below(40));
  }

  void settle() {
    start_added();
    for (std::size_t i = 0; i < nodes; ++i)
      tell_count(i);
    for (int i = 0; i < 10; ++i) {
      for (auto& x : members)
        if (!x.is_in)
          join(x);
      for (int n = 0; n < 20; ++n)
        advance(500ms);
    }
  }

  // -- what must hold ---------------------------------------------------------

  /// In each partition every record from some position on, once and in order,
  /// but for what gaps tell of; and that position is not behind what came after
  /// its first join.
  void check(member& x) const {
    BOOST_TEST((x.is_in && x.is_back));
    for (std::size_t i = 0; i < partitions; ++i) {
      auto partition = static_cast<std::int32_t>(i);
      auto& got = x.got[partition];
      auto begin = x.owed[partition];
      if (!got.empty())
        begin = std::min(begin, got.front());
      std::vector<std::int64_t> expected;
      for (auto& [offset, room] : stored[i])
        if (room == x.room && offset >= begin && !is_told_of(x, i, offset))
          expected.push_back(offset);
      BOOST_TEST_CONTEXT(x.room << " in partition " << i << " of " << count
                                << ", owed from " << begin << ", joined with "
                                << x.of_partitions << ", visits " << x.visits)
      BOOST_TEST(got == expected, boost::test_tools::per_element());
    }
  }

  /// Gaps tell only of what is gone.
  bool is_told_of(member& x, std::size_t partition, std::int64_t offset) const {
    auto& gaps = x.gaps[static_cast<std::int32_t>(partition)];
    return std::any_of(gaps.begin(), gaps.end(), [&](auto& gap) {
      BOOST_TEST(gap.second <= logs[partition].begin());
      return gap.first <= offset && offset < gap.second;
    });
  }

  static std::string room_name(std::uint32_t i) {
    return "room:" + std::to_string(i);
  }

  test::interleaving choice;
  routes_ptr rules = test::rules_of(
    {test::nsp("/", {test::mapping("room:{i}", "topic", {"e"})})});
  std::array<test::scripted_log, partitions> logs;
  std::array<std::vector<std::pair<std::int64_t, std::string>>, partitions>
    stored;
  std::uint32_t count = partitions_at_first;
  bool has_strangers = false;
  std::vector<std::uint32_t> to_start;      ///< that nobody reads yet
  std::array<std::uint32_t, nodes> known{}; ///< by node, as it has heard
  std::map<std::int32_t, commit_position> committed;
  std::deque<member> members; // stay where they are
  std::array<std::optional<partition_consumer_actor>, partitions> consumers;
  std::array<std::optional<outbound_router_actor>, nodes> routers;
  std::array<std::optional<directory>, nodes> directories;
  consumer_group_actor group;
};

struct outcome {
  std::size_t records = 0;
  int visits = 0;
};

void run(world& w, outcome& result) {
  for (int i = 0; i < steps; ++i)
    w.step();
  w.settle();
  for (auto& x : w.members) {
    w.check(x);
    result.visits += x.visits - 1;
    for (auto& [partition, got] : x.got)
      result.records += got.size();
  }
}

BOOST_DATA_TEST_CASE(who_comes_back_gets_all_records_of_any_partition,
                     boost::unit_test::data::xrange(1u,
                                                    81u + test::more_seeds()),
                     seed) {
  static outcome all;
  world w{seed};
  run(w, all);
  if (seed == 80) {
    BOOST_TEST(all.records > 1000u);
    BOOST_TEST(all.visits > 500);
  }
}

BOOST_DATA_TEST_CASE(who_comes_back_gets_what_a_stranger_has_read,
                     boost::unit_test::data::xrange(81u,
                                                    141u + test::more_seeds()),
                     seed) {
  static outcome all;
  world w{seed};
  w.has_strangers = true;
  run(w, all);
  if (seed == 140) {
    BOOST_TEST(all.records > 1000u);
    BOOST_TEST(all.visits > 300);
  }
}

} // namespace

} // namespace weir
