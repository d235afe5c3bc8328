#include "tests/actors/room/room_fixture.hpp"
#include "transport/kafka/partitioner.hpp"

#include <deque>
#include <utility>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::record_of;
using records = std::vector<kafka::record_view>;

constexpr std::size_t plenty = 1'000'000;

struct fixture : test::room_fixture {
  /// A room that has got to `at`. Its records are 100 and their offset, so that
  /// all have the same size.
  void start(std::int64_t at, std::int32_t partition = 0) {
    complete({{partition, at}});
  }

  void join_since(member& x, positions since, bool resumes = false,
                  std::int32_t of_partitions = 0) {
    join_room message{x.handle, {x.socket, "1"}, &route, "room", "k", 9};
    message.since = std::move(since);
    message.of_partitions = of_partitions;
    message.resumes = resumes;
    tell(room, std::move(message));
  }

  /// What `x` asks for as a member that is behind.
  void read(member& x, std::int64_t from, std::size_t bytes = plenty,
            std::int32_t partition = 0) {
    tell(room, read_room{x.socket, 9, partition, from, bytes, ++reads});
  }

  static const std::string& number(std::int64_t x) {
    static std::deque<std::string> kept;
    return kept.emplace_back(std::to_string(100 + x));
  }

  static records all(std::int64_t from, std::int64_t to) {
    records result;
    for (auto i = from; i < to; ++i)
      result.push_back(record_of(i, "k", number(i)));
    return result;
  }

  /// Live records, one for each offset.
  void live(std::int64_t from, std::int64_t to, std::int32_t partition = 0) {
    send(all(from, to), partition);
  }

  /// What the newest replay finds, one record for each offset.
  void replay(std::int64_t from, std::int64_t to) {
    send(batch_of(all(from, to), from, to), 0, started.back().replay);
  }

  std::size_t bytes_of(std::int64_t from, std::int64_t to) {
    std::size_t result = 0;
    for (auto i = from; i < to; ++i) {
      std::string frame;
      engineio::append_text_message(frame, packet(i));
      result += frame.size();
    }
    return result;
  }

  static std::string packet(std::int64_t x) {
    return "2[\"e\"," + std::to_string(100 + x) + "]";
  }

  static texts packets_of(std::int64_t from, std::int64_t to) {
    texts result;
    for (auto i = from; i < to; ++i)
      result.push_back(packet(i));
    return result;
  }

  static texts take(member& x) {
    auto result = packets(x);
    x.deliveries.clear();
    return result;
  }

  /// [from, to) of what a member was notified to be lost.
  using ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

  static ranges lost(const member& x) {
    ranges result;
    for (auto& y : x.deliveries)
      if (y.events->lost)
        result.emplace_back(y.events->from, y.events->to);
    return result;
  }

  /// What comes by itself begins there, as it was told with each answer.
  static std::vector<std::int64_t> answers(const member& x) {
    std::vector<std::int64_t> result;
    for (auto& y : x.done)
      result.push_back(y.live);
    return result;
  }

  using offsets = std::vector<std::int64_t>;

  std::uint32_t reads = 0;
};

// -- reading ------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_member_that_reads, fixture)

BOOST_AUTO_TEST_CASE(gets_live_events_as_the_others) {
  start(0);
  join(a), join(b);
  live(0, 5);
  read(a, 3);
  take(a), take(b);
  live(5, 7);
  BOOST_TEST(take(a) == packets_of(5, 7));
  BOOST_TEST(take(b) == packets_of(5, 7));
}

BOOST_AUTO_TEST_CASE(is_told_which_events_are_live) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  replay(3, 5);
  BOOST_TEST_REQUIRE(a.deliveries.size() == 2u);
  BOOST_TEST(a.deliveries[0].is_live);
  BOOST_TEST(!a.deliveries[1].is_live);
}

BOOST_AUTO_TEST_CASE(still_gets_local_events) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  auto frames = std::make_shared<const std::string>("frames");
  tell(room, broadcast_local{0, "room", b.socket, frames});
  BOOST_TEST(a.locals.size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_what_it_lacks_replayed_from_where_it_is) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  BOOST_TEST_REQUIRE(started.size() == 1u);
  auto& x = started[0];
  BOOST_TEST((x.room == room));
  BOOST_TEST(x.topic == "topic");
  BOOST_TEST(x.partition == 0);
  BOOST_TEST(x.key == "room");
  BOOST_TEST(x.from == 3);
  BOOST_TEST(x.replay != 0u);
}

// The room may be with an earlier leader, or a later one.
BOOST_AUTO_TEST_CASE(has_it_replayed_by_its_own_epoch) {
  start(0);
  join(a);
  live(0, 5);
  tell(room, read_room{a.socket, 9, 0, 3, plenty, 1, {7, 4}});
  BOOST_TEST_REQUIRE(started.size() == 1u);
  BOOST_TEST((started[0].of == named_log{7, 4}));
}

BOOST_AUTO_TEST_CASE(is_answered_behind_its_events) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 2);
  take(a);
  replay(2, 4);
  BOOST_TEST(a.done.empty());
  replay(4, 5);
  BOOST_TEST(take(a) == packets_of(2, 5));
  BOOST_TEST_REQUIRE(a.done.size() == 1u);
  BOOST_TEST(a.done[0].room == 7u);
  BOOST_TEST(a.done[0].partition == 0);
  BOOST_TEST(a.done[0].id == reads);
  BOOST_TEST(a.done[0].live == 5);
  BOOST_TEST_REQUIRE(stopped.size() == 1u);
  BOOST_TEST(stopped[0].replay == started[0].replay);
}

BOOST_AUTO_TEST_CASE(is_answered_at_once_where_it_misses_nothing) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 5);
  BOOST_TEST(answers(a) == offsets{5});
  BOOST_TEST(started.empty());
}

BOOST_AUTO_TEST_CASE(is_answered_when_it_has_what_it_asked_for) {
  start(0);
  join(a);
  live(0, 9);
  read(a, 1, bytes_of(1, 3));
  take(a);
  replay(1, 2);
  BOOST_TEST(a.done.empty());
  replay(2, 3);
  BOOST_TEST(answers(a) == offsets{9});
  BOOST_TEST_REQUIRE(paced.size() == 1u);
  BOOST_TEST(paced[0].pauses);
  BOOST_TEST(paced[0].replay == started[0].replay);
  replay(3, 4); // it was on its way
  BOOST_TEST(take(a) == packets_of(1, 3));
  read(a, 3);
  BOOST_TEST(take(a) == packets_of(3, 4));
  BOOST_TEST_REQUIRE(paced.size() == 2u);
  BOOST_TEST(!paced[1].pauses);
  replay(4, 9);
  BOOST_TEST(take(a) == packets_of(4, 9));
  BOOST_TEST(answers(a) == (offsets{9, 9}));
  BOOST_TEST(started.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_answered_where_the_live_flow_has_got_to) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  take(a);
  replay(3, 4);
  live(5, 6);
  BOOST_TEST(a.done.empty());
  replay(4, 6);
  BOOST_TEST(answers(a) == offsets{6});
}

BOOST_AUTO_TEST_CASE(gets_ranges_without_records) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 2);
  take(a);
  send(batch_of(all(3, 4), 2, 9), 0, started[0].replay);
  BOOST_TEST(take(a) == packets_of(3, 4));
  BOOST_TEST(answers(a) == offsets{5});
}

BOOST_AUTO_TEST_CASE(reads_each_partition_by_itself) {
  complete({{0, 0}, {1, 0}});
  join(a);
  live(0, 5, 0), live(0, 5, 1);
  read(a, 3, plenty, 0), read(a, 2, plenty, 1);
  BOOST_TEST_REQUIRE(started.size() == 2u);
  take(a);
  send(batch_of(all(2, 5), 2, 5), 1, started[1].replay);
  BOOST_TEST(take(a) == packets_of(2, 5));
  BOOST_TEST_REQUIRE(a.done.size() == 1u);
  BOOST_TEST(a.done[0].partition == 1);
}

BOOST_AUTO_TEST_CASE(gets_nothing_of_a_replay_that_is_over) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  replay(3, 5);
  take(a);
  read(a, 3);
  BOOST_TEST(started.size() == 2u);
  send(batch_of(all(3, 5), 3, 5), 0, started[0].replay);
  BOOST_TEST(take(a) == texts{});
  replay(3, 5);
  BOOST_TEST(take(a) == packets_of(3, 5));
}

BOOST_AUTO_TEST_CASE(is_a_member_of_now_and_not_of_before) {
  start(0);
  join(a);
  live(0, 5);
  tell(room, read_room{a.socket, 8, 0, 3, plenty, 1});
  tell(room, read_room{b.socket, 9, 0, 3, plenty, 1});
  BOOST_TEST(started.empty());
  BOOST_TEST(a.done.empty());
}

BOOST_AUTO_TEST_CASE(that_leaves_ends_its_replay) {
  start(0);
  join(a), join(b);
  live(0, 5);
  read(a, 3);
  leave(a);
  BOOST_TEST_REQUIRE(stopped.size() == 1u);
  BOOST_TEST(stopped[0].replay == started[0].replay);
  take(a);
  replay(3, 5);
  BOOST_TEST(take(a) == texts{});
}

BOOST_AUTO_TEST_CASE(is_not_notified_of_poison_again_nor_gets_it) {
  start(0);
  join(a);
  auto some = all(0, 3);
  some[1].value = "{";
  send(some);
  read(a, 0);
  take(a);
  send(batch_of(some, 0, 3), 0, started[0].replay);
  BOOST_TEST(take(a) == (texts{packet(0), packet(2)}));
  BOOST_TEST(answers(a) == offsets{3});
}

BOOST_AUTO_TEST_CASE(shares_events_and_replay_with_others) {
  start(0);
  join(a), join(b);
  live(0, 6);
  read(a, 2), read(b, 4);
  take(a), take(b);
  replay(2, 6);
  BOOST_TEST(a.deliveries.back().events == b.deliveries.back().events);
  BOOST_TEST(started.size() == 1u);
}

BOOST_AUTO_TEST_CASE(holds_no_credit_of_what_it_takes_later) {
  start(0);
  join(a);
  live(0, 9);
  read(a, 1, 1);
  replay(1, 2);
  take(a);
  auto before = freed;
  replay(2, 4);
  BOOST_TEST(freed == before + 1);
  read(a, 2);
  BOOST_TEST(take(a) == packets_of(2, 4));
}

BOOST_AUTO_TEST_SUITE_END()

// -- what the log has not
// ---------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_lost_range, fixture)

BOOST_AUTO_TEST_CASE(is_reported_to_all) {
  start(0);
  join(a), join(b);
  live(0, 3);
  take(a), take(b);
  send(batch_of(all(7, 8), 3, 8, 6));
  for (auto* x : {&a, &b}) {
    BOOST_TEST((lost(*x) == ranges{{3, 6}}));
    BOOST_TEST(take(*x) == packets_of(7, 8));
  }
}

BOOST_AUTO_TEST_CASE(is_reported_although_no_record_comes_with_it) {
  start(0);
  join(a);
  send(batch_of({}, 0, 6, 6));
  BOOST_TEST((lost(a) == ranges{{0, 6}}));
  live(6, 7);
  BOOST_TEST(a.deliveries.at(1).events->from == 6);
}

BOOST_AUTO_TEST_CASE(is_none_where_the_room_has_been) {
  start(6);
  join(a);
  send(batch_of(all(7, 8), 3, 8, 6));
  BOOST_TEST(lost(a).empty());
  BOOST_TEST(packets(a) == packets_of(7, 8));
}

BOOST_AUTO_TEST_CASE(of_a_replay_is_reported_to_who_is_there) {
  start(0);
  join(a), join(b), join(c);
  live(0, 9);
  read(a, 1), read(b, 6);
  for (auto* x : {&a, &b, &c})
    take(*x);
  send(batch_of(all(5, 6), 1, 6, 5), 0, started[0].replay);
  replay(6, 9);
  BOOST_TEST((lost(a) == ranges{{1, 5}}));
  BOOST_TEST(take(a) == packets_of(5, 9));
  BOOST_TEST(lost(b).empty());
  BOOST_TEST(take(b) == packets_of(6, 9));
  BOOST_TEST(c.deliveries.empty());
  BOOST_TEST(answers(a) == offsets{9});
  BOOST_TEST(started.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_a_replay_may_bring_a_member_up_to_date) {
  start(0);
  join(a);
  live(0, 9);
  read(a, 1);
  take(a);
  send(batch_of({}, 1, 9, 9), 0, started[0].replay);
  BOOST_TEST((lost(a) == ranges{{1, 9}}));
  BOOST_TEST(answers(a) == offsets{9});
  BOOST_TEST(a.deliveries.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_log_that_was_recreated, fixture)

BOOST_AUTO_TEST_CASE(is_reported_to_all_members_as_a_range_that_goes_back) {
  start(0);
  join(a);
  live(0, 9);
  take(a);
  send(batch_of({}, 9, 2, 2));
  BOOST_TEST((lost(a) == ranges{{9, 2}}));
  take(a);
  live(2, 3);
  BOOST_TEST(take(a) == packets_of(2, 3));
}

BOOST_AUTO_TEST_CASE(ends_every_replay_and_lets_all_go_on) {
  start(0);
  join(a), join(b);
  live(0, 9);
  read(a, 5), read(b, 6);
  take(a), take(b);
  send(batch_of({}, 9, 2, 2));
  BOOST_TEST(stopped.size() == 1u);
  for (auto* x : {&a, &b}) {
    BOOST_TEST((lost(*x) == ranges{{9, 2}}));
    BOOST_TEST(answers(*x) == offsets{2});
    take(*x);
  }
  replay(5, 9); // too late
  live(2, 4);
  BOOST_TEST(take(a) == packets_of(2, 4));
  BOOST_TEST(take(b) == packets_of(2, 4));
}

BOOST_AUTO_TEST_CASE(has_its_own_offsets_for_who_joins) {
  start(0);
  live(0, 9);
  send(batch_of({}, 9, 2, 2));
  join(a);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 2}}));
  join_since(b, {{0, 5}});
  BOOST_TEST((b.joins.at(0).restarted == positions{{0, 5}}));
  BOOST_TEST((b.joins.at(0).behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_SUITE_END()

// -- since
// ------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_join_with_since, fixture)

BOOST_AUTO_TEST_CASE(begins_behind_at_that_position) {
  start(0);
  live(0, 9);
  join_since(a, {{0, 4}});
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  auto& x = a.joins[0];
  BOOST_TEST(x.error == emit_errc::none);
  BOOST_TEST((x.from == positions{{0, 4}}));
  BOOST_TEST((x.behind == positions{{0, 4}}));
  BOOST_TEST(started.empty()); // until it asks
  live(9, 10);
  take(a);
  read(a, 4);
  replay(4, 10);
  BOOST_TEST(take(a) == packets_of(4, 10));
  BOOST_TEST(answers(a) == offsets{10});
}

BOOST_AUTO_TEST_CASE(begins_live_where_nothing_has_come_since) {
  start(9);
  join_since(a, {{0, 9}});
  BOOST_TEST((a.joins.at(0).from == positions{{0, 9}}));
  BOOST_TEST(a.joins[0].behind.empty());
  live(9, 10);
  BOOST_TEST(take(a) == packets_of(9, 10));
}

// A pass may be ahead of the live flow. Whoever was on it may come back where
// it was, before that is there.
BOOST_AUTO_TEST_CASE(may_begin_where_a_replay_has_got_to) {
  room_complete message{{{0, 9}}};
  message.log_end[0] = 10;
  tell(room, std::move(message));
  join(b);
  join_since(a, {{0, 4}});
  read(a, 4);
  replay(4, 12);
  BOOST_TEST(take(a) == packets_of(4, 12));
  leave(a);
  for (auto resumes : {false, true}) {
    a.joins.clear();
    join_since(a, {{0, 12}}, resumes);
    BOOST_TEST_REQUIRE(a.joins.size() == 1u);
    BOOST_TEST(a.joins[0].error == emit_errc::none);
    BOOST_TEST((a.joins[0].from == positions{{0, 12}}));
    leave(a);
  }
  a.joins.clear();
  join_since(a, {{0, 13}});
  BOOST_TEST((a.joins.at(0).restarted == positions{{0, 13}}));
}

// It was handed out when the key belonged elsewhere.
BOOST_AUTO_TEST_CASE(begins_at_the_start_of_the_keys_partition_by_default) {
  complete({{0, 0}, {1, 0}});
  live(0, 9, 0), live(0, 7, 1);
  join_since(a, {{1, 3}});
  BOOST_TEST((a.joins.at(0).from == positions{{0, 0}, {1, 3}}));
  BOOST_TEST((a.joins[0].behind == positions{{0, 0}, {1, 3}}));
}

BOOST_AUTO_TEST_CASE(begins_elsewhere_where_the_room_has_first_seen_records) {
  complete({{0, 0}, {1, 2}});
  live(0, 9, 0), live(4, 7, 1);
  join_since(a, {{0, 3}});
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 3}, {1, 4}}));
}

BOOST_AUTO_TEST_CASE(gets_all_of_a_partition_that_was_added) {
  tell(room, room_complete{{{0, 9}}, {}, {}, 0, {}, {}, at({{0, 9}})});
  tell(room, moved({{0, 9}, {1, 0}}));
  tell(room, partition_added{1});
  live(0, 3, 1);
  for (auto resumes : {false, true}) {
    a.joins.clear();
    join_since(a, {{0, 9}}, resumes);
    BOOST_TEST((a.joins.at(0).from == positions{{0, 9}, {1, 0}}));
    BOOST_TEST((a.joins[0].behind == positions{{1, 0}}));
    leave(a);
  }
  // By a node that has never known the former partition as the key's.
  join_since(b, {{1, 2}});
  BOOST_TEST((b.joins.at(0).behind == positions{{1, 2}}));
}

// Partitions were added more than once, and nobody is there who knows. The key
// may have come back to where it was.
BOOST_AUTO_TEST_CASE(gets_all_of_where_its_key_may_have_been_meanwhile) {
  auto key = *route.key_of("room");
  for (std::int32_t now = 1; now <= 12; ++now)
    for (std::int32_t then = 1; then <= now; ++then) {
      restart();
      a.joins.clear();
      positions all, expected;
      for (std::int32_t i = 0; i < now; ++i)
        all[i] = 9;
      for (std::int32_t i = then + 1; i <= now; ++i)
        expected[kafka::partition_of(key, i)] = 0;
      auto home = kafka::partition_of(key, now);
      expected[home] = 0; // it has always been, or it came to be
      expected[kafka::partition_of(key, then)] = 5;
      tell(room, room_complete{{{home, 9}}, {}, {}, home, {}, {}, at(all)});
      join_since(a, {{kafka::partition_of(key, then), 5}}, then % 2 == 0, then);
      BOOST_TEST((a.joins.at(0).from == expected));
      BOOST_TEST(a.joins[0].of_partitions == now);
    }
}

// As offsets were written that do not say how many partitions there were.
BOOST_AUTO_TEST_CASE(gets_all_of_where_its_key_was_if_that_is_elsewhere_now) {
  auto key = *route.key_of("room");
  for (std::int32_t now = 1; now <= 9; ++now)
    for (std::int32_t then = 1; then <= now; ++then) {
      restart();
      a.joins.clear();
      positions all;
      for (std::int32_t i = 0; i < now; ++i)
        all[i] = 9;
      auto home = kafka::partition_of(key, now);
      auto former = kafka::partition_of(key, then);
      tell(room, room_complete{{{home, 9}}, {}, {}, home, {}, {}, at(all)});
      join_since(a, {{former, 5}}, then % 2 == 0);
      BOOST_TEST_REQUIRE(a.joins.size() == 1u);
      BOOST_TEST(a.joins[0].from.at(former) == 5);
      for (auto i = then + 1; i <= now && home != former; ++i)
        if (auto other = kafka::partition_of(key, i); other != former)
          BOOST_TEST(a.joins[0].from.at(other) == 0);
      if (home == former)
        BOOST_TEST(a.joins[0].from.size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(gets_all_of_an_added_partition_in_a_room_that_is_new) {
  tell(room, room_complete{{{1, 3}}, {}, {}, 1, {}, {}, at({{0, 9}, {1, 3}})});
  join_since(a, {{0, 5}});
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 5}, {1, 0}}));
}

BOOST_AUTO_TEST_CASE(waits_until_the_room_is_complete) {
  join_since(a, {{0, 4}});
  BOOST_TEST(a.joins.empty());
  start(9);
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 4}}));
}

BOOST_AUTO_TEST_CASE(is_refused_for_a_partition_that_is_not_there) {
  start(9);
  join_since(a, {{3, 0}});
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::invalid_payload);
  BOOST_TEST(empty.size() == 1u);
  live(9, 10);
  BOOST_TEST(take(a) == texts{});
}

/// A room of a topic whose other partitions are where the whole node is.
struct shared_fixture : fixture {
  shared_fixture() {
    room_complete message{{{0, 9}}};
    auto others = *at({{0, 9}, {1, 20}, {2, 30}});
    others.log_start.set(1, 5);
    others.log_end.set(1, 22);
    message.others = std::make_shared<const topic_positions>(others);
    tell(room, message);
  }
};

BOOST_FIXTURE_TEST_CASE(begins_behind_in_a_partition_that_had_no_records,
                        shared_fixture) {
  join_since(a, {{0, 9}, {1, 12}});
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST((a.joins[0].from == positions{{0, 9}, {1, 12}}));
  BOOST_TEST((a.joins[0].behind == positions{{1, 12}}));
  tell(room, moved({{0, 9}, {1, 40}, {2, 30}}));
  read(a, 12, plenty, 1);
  BOOST_TEST((started.at(0).partition == 1 && started[0].from == 12));
  join_since(b, {{0, 9}, {1, 40}}); // the node has moved on meanwhile
  BOOST_TEST(b.joins.at(0).behind.empty());
}

BOOST_FIXTURE_TEST_CASE(begins_again_beyond_what_the_node_knows_of_others,
                        shared_fixture) {
  join_since(a, {{1, 23}});
  BOOST_TEST((a.joins.at(0).restarted == positions{{1, 23}}));
  join_since(b, {{3, 0}});
  BOOST_TEST(b.joins.at(0).error == emit_errc::invalid_payload);
  join_since(c, {{0, 9}, {1, 4}}, true);
  BOOST_TEST(c.joins.at(0).error == emit_errc::invalid_payload);
}

BOOST_FIXTURE_TEST_CASE(goes_on_where_the_node_is_when_records_come_elsewhere,
                        shared_fixture) {
  join(a);
  tell(room, moved({{0, 9}, {1, 25}, {2, 30}}));
  live(25, 27, 1);
  BOOST_TEST(take(a) == packets_of(25, 27));
  join(b); // the partition counts as the room's from now on
  BOOST_TEST((b.joins.at(0).from == positions{{0, 9}, {1, 27}}));
}

BOOST_AUTO_TEST_CASE(begins_again_for_an_offset_beyond_the_logs_end) {
  room_complete message{{{0, 9}}};
  message.log_end[0] = 12;
  tell(room, message);
  join_since(a, {{0, 13}});
  BOOST_TEST((a.joins.at(0).restarted == positions{{0, 13}}));
  BOOST_TEST((a.joins[0].behind == positions{{0, 0}}));
  join_since(b, {{0, 12}});
  BOOST_TEST(b.joins.at(0).error == emit_errc::none);
  live(9, 14); // the log is longer now
  join_since(c, {{0, 13}});
  BOOST_TEST(c.joins.at(0).error == emit_errc::none);
}

/// A room of a node that others may be ahead of.
struct cluster_fixture : fixture {
  cluster_fixture() {
    settings.may_be_behind = true;
    restart();
    room_complete message{{{0, 9}}};
    message.log_end[0] = 12;
    tell(room, message);
  }
};

BOOST_FIXTURE_TEST_CASE(waits_where_another_node_has_read_further,
                        cluster_fixture) {
  join_since(a, {{0, 14}});
  join_since(b, {{0, 13}}, true);
  join(c);
  BOOST_TEST(a.joins.empty());
  BOOST_TEST(b.joins.empty());
  BOOST_TEST(c.joins.size() == 1u);
  live(9, 13);
  BOOST_TEST(a.joins.empty());
  BOOST_TEST_REQUIRE(b.joins.size() == 1u);
  BOOST_TEST((b.joins[0].from == positions{{0, 13}}));
  BOOST_TEST(b.joins[0].behind.empty());
  tell(room, moved({{0, 14}}));
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::none);
  take(a), take(b);
  live(14, 15);
  BOOST_TEST(take(a) == packets_of(14, 15));
  BOOST_TEST(take(b) == packets_of(14, 15));
}

BOOST_FIXTURE_TEST_CASE(is_refused_for_now_when_this_node_does_not_get_there,
                        cluster_fixture) {
  join_since(a, {{0, 14}}, true);
  advance(settings.join_timeout);
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::unavailable);
  BOOST_TEST(empty.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(is_not_waited_for_by_a_socket_that_is_gone,
                        cluster_fixture) {
  join_since(a, {{0, 14}}, true);
  tell(room, leave_room{a.socket, "room", nullptr, true});
  BOOST_TEST(empty.size() == 1u);
  live(9, 15);
  BOOST_TEST(a.joins.empty());
}

BOOST_FIXTURE_TEST_CASE(that_waits_holds_up_the_next_one_of_its_socket,
                        cluster_fixture) {
  join_since(a, {{0, 14}}, true);
  join(a), join(b);
  BOOST_TEST(a.joins.empty());
  BOOST_TEST(b.joins.size() == 1u);
  live(9, 15);
  BOOST_TEST(a.joins.size() == 2u);
}

BOOST_AUTO_TEST_CASE(may_begin_where_the_log_has_nothing_any_more) {
  room_complete message{{{0, 9}}};
  message.log_start[0] = 5;
  tell(room, message);
  join_since(a, {{0, 4}}); // it is notified of the gap
  BOOST_TEST(a.joins.at(0).error == emit_errc::none);
  BOOST_TEST((a.joins[0].behind == positions{{0, 4}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_join_that_resumes, fixture)

BOOST_AUTO_TEST_CASE(is_refused_where_the_log_does_not_go_back_that_far) {
  room_complete message{{{0, 9}}};
  message.log_start[0] = 5;
  tell(room, message);
  join_since(a, {{0, 4}}, true);
  BOOST_TEST(a.joins.at(0).error == emit_errc::invalid_payload);
  join_since(b, {{0, 5}}, true);
  BOOST_TEST(b.joins.at(0).error == emit_errc::none);
  join_since(c, {{0, 0}}, true); // it reads, and is told of a gap
  BOOST_TEST((c.joins.at(0).behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(gets_what_came_elsewhere_for_the_first_time_meanwhile) {
  complete({{0, 0}, {1, 2}});
  live(4, 7, 1); // of a producer with another idea of keys
  join_since(a, {{0, 0}}, true);
  BOOST_TEST(a.joins.at(0).error == emit_errc::none);
  BOOST_TEST((a.joins[0].behind == positions{{1, 4}}));
  join_since(b, {{0, 0}, {1, 5}}, true);
  BOOST_TEST((b.joins.at(0).behind == positions{{1, 5}}));
  join(c);
  BOOST_TEST((c.joins.at(0).from == positions{{0, 0}, {1, 7}}));
}

/// A room whose node has seen records of it in another partition before the
/// room was there.
struct misplaced : fixture {
  misplaced() { know(); }

  void know(std::int64_t first = 4) {
    room_complete message{{{0, 9}}, {}, {}, 0, {}, {}, at({{0, 9}, {1, 20}})};
    message.misplaced = {{1, first}};
    tell(room, message);
  }
};

BOOST_FIXTURE_TEST_CASE(gets_what_came_elsewhere_before_the_room_was_there,
                        misplaced) {
  for (auto resumes : {false, true}) {
    a.joins.clear();
    join_since(a, {{0, 9}}, resumes);
    BOOST_TEST((a.joins.at(0).behind == positions{{1, 4}}));
    leave(a);
  }
  join(b); // and names that partition from now on
  BOOST_TEST((b.joins.at(0).from == positions{{0, 9}, {1, 20}}));
  BOOST_TEST(b.joins[0].behind.empty());
}

// What it does not name costs no session: the replay tells of a gap.
BOOST_FIXTURE_TEST_CASE(begins_there_although_the_log_has_lost_some_of_that,
                        misplaced) {
  restart();
  auto others = *at({{0, 9}, {1, 20}});
  others.log_start.set(1, 5);
  room_complete message{{{0, 9}}};
  message.others = std::make_shared<const topic_positions>(others);
  message.misplaced = {{1, 4}};
  tell(room, message);
  join_since(a, {{0, 9}}, true);
  BOOST_TEST((a.joins.at(0).behind == positions{{1, 4}}));
  join_since(b, {{0, 9}, {1, 5}}, true);
  BOOST_TEST((b.joins.at(0).behind == positions{{1, 5}}));
  join_since(c, {{0, 9}, {1, 4}}, true); // this it may have had
  BOOST_TEST(c.joins.at(0).error == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(begins_an_added_partition_although_its_start_is_gone) {
  room_complete message{{{1, 9}}, {}, {}, 1, {}, {}, at({{0, 9}, {1, 9}})};
  message.log_start[1] = 3;
  tell(room, message);
  join_since(a, {{0, 9}}, true);
  BOOST_TEST((a.joins.at(0).behind == positions{{1, 0}}));
}

BOOST_AUTO_TEST_CASE(begins_where_records_were_gone_that_nobody_had_read) {
  complete({{0, 9}, {1, 20}});
  auto lost = std::make_shared<record_batch>(record_batch{1, 20, 25, {}, 24});
  tell(room, room_records{lost, nullptr, 1, {}});
  join_since(a, {{0, 9}}, true);
  BOOST_TEST((a.joins.at(0).behind == positions{{1, 20}}));
  join(b); // and names that partition from now on
  BOOST_TEST(b.joins.at(0).from.contains(1));
}

// Another node has read further than this one.
BOOST_FIXTURE_TEST_CASE(gets_what_is_to_come_elsewhere_by_the_live_flow,
                        misplaced) {
  restart();
  know(25);
  join_since(a, {{0, 9}}, true);
  BOOST_TEST(a.joins.at(0).error == emit_errc::none);
  BOOST_TEST(a.joins[0].behind.empty());
  live(20, 22, 1);
  BOOST_TEST(take(a) == packets_of(20, 22));
}

BOOST_FIXTURE_TEST_CASE(gets_nothing_from_before_what_nodes_remember,
                        misplaced) {
  settings.recovers = true;
  restart();
  know();
  join(b);
  auto later = *at({{0, 9}, {1, 30}});
  later.misplaced_from.set(1, 30);
  tell(room, room_moved{std::make_shared<const topic_positions>(later)});
  join_since(a, {{0, 9}}, true);
  BOOST_TEST(a.joins.at(0).behind.empty());
  later.next.set(1, 40);
  tell(room, room_moved{std::make_shared<const topic_positions>(later)});
  join_since(c, {{0, 9}}, true);
  BOOST_TEST((c.joins.at(0).behind == positions{{1, 30}}));
}

BOOST_AUTO_TEST_SUITE_END()

// -- history
// ----------------------------------------------------------------------

struct with_history : fixture {
  with_history() {
    route.settings.history = 3;
    restart();
  }
};

BOOST_FIXTURE_TEST_SUITE(a_join_of_a_room_with_history, with_history)

BOOST_AUTO_TEST_CASE(begins_behind_at_the_oldest_record_that_is_kept) {
  start(0);
  live(0, 9);
  join(a);
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 6}}));
  BOOST_TEST((a.joins[0].from == positions{{0, 9}}));
}

BOOST_AUTO_TEST_CASE(begins_with_what_was_there_before_the_room) {
  room_complete message{{{0, 9}}};
  message.history[0] = {2, 5, 7};
  tell(room, message);
  join(a);
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 2}}));
  live(9, 10);
  join(b);
  BOOST_TEST((b.joins.at(0).behind == positions{{0, 5}}));
}

BOOST_AUTO_TEST_CASE(does_not_count_poison) {
  start(0);
  live(0, 3);
  send({record_of(3, "k", "{"), record_of(4, "k", "{")});
  join(a);
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(does_not_count_what_is_replayed_for_others) {
  start(0);
  live(0, 9);
  join_since(a, {{0, 1}});
  read(a, 1);
  replay(1, 5);
  join(b);
  BOOST_TEST((b.joins.at(0).behind == positions{{0, 6}}));
}

BOOST_AUTO_TEST_CASE(begins_at_since_where_that_is_given) {
  start(0);
  live(0, 9);
  join_since(a, {{0, 8}});
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 8}}));
}

BOOST_AUTO_TEST_CASE(begins_live_for_whom_it_is_not_meant) {
  start(0);
  live(0, 9);
  auto request = request_of(a, "1");
  request.with_history = false;
  tell(room, request);
  BOOST_TEST(a.joins.at(0).behind.empty());
}

BOOST_AUTO_TEST_CASE(begins_live_where_there_is_none) {
  start(9);
  join(a);
  BOOST_TEST(a.joins.at(0).behind.empty());
}

BOOST_AUTO_TEST_SUITE_END()

// -- quiet rooms
// --------------------------------------------------------------------

struct quiet : fixture {
  void move(std::int64_t to) { tell(room, moved({{0, to}})); }
};

BOOST_FIXTURE_TEST_SUITE(a_quiet_rooms_position, quiet)

BOOST_AUTO_TEST_CASE(is_where_a_join_begins) {
  start(0);
  move(50);
  join(a);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 50}}));
  BOOST_TEST(a.deliveries.empty());
}

BOOST_AUTO_TEST_CASE(never_goes_back) {
  start(0);
  live(0, 60);
  move(50);
  join(a);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 60}}));
}

BOOST_AUTO_TEST_CASE(is_not_where_members_have_to_get_to) {
  start(0);
  join(a);
  live(0, 5);
  read(a, 3);
  move(50); // nothing has come since
  replay(3, 5);
  BOOST_TEST(answers(a) == offsets{5});
}

BOOST_AUTO_TEST_CASE(is_reported_to_members_that_recover) {
  settings.recovers = true;
  restart();
  start(0);
  join(a);
  live(0, 3);
  take(a);
  move(50);
  BOOST_TEST_REQUIRE(a.deliveries.size() == 1u);
  BOOST_TEST(a.deliveries[0].events->from == 3);
  BOOST_TEST(a.deliveries[0].events->to == 50);
  BOOST_TEST(a.deliveries[0].events->events.empty());
  live(50, 51);
  BOOST_TEST(a.deliveries.at(1).events->from == 50);
}

BOOST_AUTO_TEST_CASE(is_not_reported_twice) {
  settings.recovers = true;
  restart();
  start(0);
  join(a);
  move(50), move(50);
  BOOST_TEST(a.deliveries.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_where_members_that_recover_are_caught_up) {
  settings.recovers = true;
  restart();
  start(0);
  join(a);
  live(0, 3);
  read(a, 1);
  move(50);
  replay(1, 3);
  BOOST_TEST(a.done.empty());
  send(batch_of({}, 3, 50), 0, started[0].replay);
  BOOST_TEST(answers(a) == offsets{50});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
