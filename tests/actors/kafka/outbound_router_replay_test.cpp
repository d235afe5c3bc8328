#include "actors/contract/log_key.hpp"
#include "actors/contract/misplaced_keys.hpp"
#include "tests/actors/kafka/outbound_router_fixture.hpp"
#include "transport/kafka/partitioner.hpp"

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::record_of;
using texts = test::outbound_router_fixture::texts;
using keys = test::outbound_router_fixture::keys;

struct fixture : test::outbound_router_fixture {
  void start_replay_of(room& x, std::int64_t from, std::uint64_t replay = 1,
                       std::int32_t partition = 0) {
    tell(router, start_replay{x.handle, "topic", partition, "a", from, replay});
  }

  void stop_replay_of(room& x, std::uint64_t replay = 1) {
    tell(router, stop_replay{x.handle, replay});
  }

  /// What the room got of its replays: "replay: offset:key=value".
  static texts replayed(const room& x) {
    texts result;
    for (auto& y : x.records)
      for (auto begin : y.begins) {
        auto rest = std::string_view{y.batch->records}.substr(begin);
        result.push_back(
          std::to_string(y.replay) + ": "
          + test::records_in(rest.substr(0, record_size(rest))).at(0));
      }
    return result;
  }
};

BOOST_FIXTURE_TEST_SUITE(a_replay_of_an_outbound_router, fixture)

BOOST_AUTO_TEST_CASE(is_a_subscription_of_its_own) {
  assign(p0);
  auto live = p0.newest().subscription;
  start_replay_of(r, 5);
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 2u);
  auto& x = p0.newest();
  BOOST_TEST(x.replay);
  BOOST_TEST(x.subscription != live);
  BOOST_TEST(x.cursor == 5);
  BOOST_TEST(x.keys == keys{"a"});
  BOOST_TEST(x.credit == credit / 8);
  BOOST_TEST((x.subscriber == router));
}

BOOST_AUTO_TEST_CASE(goes_to_its_room_under_its_number) {
  assign(p0);
  add(r, "a"), add(s, "a");
  answer(p0, {"a"}, 9, p0.newest().subscription);
  start_replay_of(r, 5, 3);
  send(p0, 5, 8, {record_of(5, "a", "1"), record_of(7, "a", "2")});
  BOOST_TEST(replayed(r) == (texts{"3: 5:a=1", "3: 7:a=2"}));
  BOOST_TEST(r.records.at(0).partition == 0);
  BOOST_TEST(r.records[0].batch->from == 5);
  BOOST_TEST(r.records[0].batch->to == 8);
  BOOST_TEST(s.records.empty());
}

BOOST_AUTO_TEST_CASE(leaves_the_live_flow_where_it_is) {
  assign(p0);
  add(r, "a");
  auto live = p0.newest().subscription;
  answer(p0, {"a"}, 9);
  start_replay_of(r, 5);
  send(p0, 5, 12, {record_of(10, "a", "1")});
  send(p0, 9, 11, {record_of(10, "a", "1")}, live);
  BOOST_TEST(replayed(r) == (texts{"0: 10:a=1", "1: 10:a=1"}));
  BOOST_TEST(p0.subscribed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(tells_its_room_also_how_far_it_is) {
  assign(p0);
  start_replay_of(r, 5);
  send(p0, 5, 8);
  BOOST_TEST_REQUIRE(r.records.size() == 1u);
  BOOST_TEST(r.records[0].batch->to == 8);
  BOOST_TEST(r.records[0].begins.empty());
}

BOOST_AUTO_TEST_CASE(tells_its_room_what_is_lost) {
  assign(p0);
  start_replay_of(r, 5);
  lose(p0, 5, 7, 8, {record_of(7, "a", "1")});
  BOOST_TEST_REQUIRE(r.records.size() == 1u);
  BOOST_TEST(r.records[0].batch->lost == 7);
}

// The live flow, and the room, may be of an earlier or a later one.
BOOST_AUTO_TEST_CASE(says_of_which_leader_each_batch_is) {
  assign(p0), add(r, "a");
  answer(p0, {"a", log_key(7, 1)}, 9);
  start_replay_of(r, 5);
  send(p0, 5, 6, {record_of(5, "a", "1")});
  answer(p0, {log_key(7, 2)}, 6);
  send(p0, 6, 8, {record_of(7, "a", "2")});
  BOOST_TEST_REQUIRE(r.records.size() == 2u);
  BOOST_TEST(r.records[0].batch->leader_epoch == 1);
  BOOST_TEST(r.records[1].batch->leader_epoch == 2);
}

// Its room's member may have been elsewhere, with an earlier leader or a later.
BOOST_AUTO_TEST_CASE(asks_by_the_epoch_of_who_wants_it) {
  assign(p0), add(r, "a");
  answer(p0, {"a", log_key(7, 2)}, 9);
  start_replay_of(r, 5);
  BOOST_TEST((p0.newest().keys == keys{"a", log_key(7, 2)}));
  tell(router, start_replay{r.handle, "topic", 0, "a", 5, 2, {7, 1}});
  BOOST_TEST((p0.newest().keys == keys{"a", log_key(7, 1)}));
  tell(router, start_replay{r.handle, "topic", 0, "a", 5, 3, {6, 4}});
  BOOST_TEST((p0.newest().keys == keys{"a", log_key(7, 2)})); // of another log
}

// Also to a room that begins when the replay's has ended.
BOOST_AUTO_TEST_CASE(shows_how_long_the_log_is_at_least) {
  assign(p0);
  auto live = p0.newest().subscription;
  start_replay_of(r, 5);
  send(p0, 5, 12);
  add(s, "a");
  tell(router, keys_added{live, {"a"}, 9, {}, 0, 10});
  BOOST_TEST_REQUIRE(s.completed.size() == 1u);
  BOOST_TEST((s.completed[0].log_end == positions{{0, 12}}));
  // The log was recreated.
  tell(router, record_batch{live, 9, 0, {}, 0});
  add(s, "b");
  tell(router, keys_added{live, {"b"}, 0, {}, 0, 2});
  BOOST_TEST((s.completed.at(1).log_end == positions{{0, 2}}));
}

BOOST_AUTO_TEST_CASE(is_distinguished_from_others_of_the_room) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  start_replay_of(r, 5, 1, 0);
  start_replay_of(r, 6, 2, 1);
  send(p0, 5, 6, {record_of(5, "a", "1")});
  send(p1, 6, 7, {record_of(6, "a", "2")});
  BOOST_TEST(replayed(r) == (texts{"1: 5:a=1", "2: 6:a=2"}));
  BOOST_TEST(r.records.at(1).partition == 1);
  stop_replay_of(r, 1);
  BOOST_TEST(p0.ended.size() == 1u);
  BOOST_TEST(p1.ended.empty());
}

BOOST_AUTO_TEST_CASE(ends_when_its_room_says_so) {
  assign(p0);
  start_replay_of(r, 5);
  stop_replay_of(r);
  BOOST_TEST_REQUIRE(p0.ended.size() == 1u);
  BOOST_TEST(p0.ended[0].subscription == p0.newest().subscription);
  send(p0, 5, 6, {record_of(5, "a", "1")});
  BOOST_TEST(r.records.empty());
  stop_replay_of(r); // twice does no harm
  BOOST_TEST(p0.ended.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ends_with_its_room_and_no_other) {
  assign(p0);
  add(r, "a"), add(s, "a");
  start_replay_of(r, 5, 1);
  start_replay_of(r, 5, 2);
  start_replay_of(s, 5, 1);
  auto theirs = p0.newest().subscription;
  remove(r, "a");
  BOOST_TEST_REQUIRE(p0.ended.size() == 2u);
  for (auto& x : p0.ended)
    BOOST_TEST(x.subscription != theirs);
  send(p0, 5, 6, {record_of(5, "a", "1")}, theirs);
  BOOST_TEST(replayed(s) == texts{"1: 5:a=1"});
}

BOOST_AUTO_TEST_CASE(begins_when_somebody_has_the_partition) {
  start_replay_of(r, 5);
  BOOST_TEST(p0.subscribed.empty());
  assign(p0);
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 2u);
  BOOST_TEST(p0.newest().replay);
  BOOST_TEST(p0.newest().cursor == 5);
  BOOST_TEST(p0.newest().keys == keys{"a"});
}

BOOST_AUTO_TEST_CASE(does_not_begin_when_it_has_ended_before_that) {
  start_replay_of(r, 5);
  stop_replay_of(r);
  assign(p0);
  BOOST_TEST(p0.subscribed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(moves_with_the_partition_and_goes_on_where_it_was) {
  assign(p0);
  start_replay_of(r, 5);
  auto old = p0.newest().subscription;
  send(p0, 5, 8);
  revoke();
  assign(p1);
  BOOST_TEST_REQUIRE(p1.subscribed.size() == 2u);
  auto& x = p1.newest();
  BOOST_TEST(x.replay);
  BOOST_TEST(x.cursor == 8);
  BOOST_TEST(x.subscription != old);
  BOOST_TEST(x.credit == credit / 8);
  send(p1, 8, 9, {record_of(8, "a", "1")}, old);
  send(p1, 8, 9, {record_of(8, "a", "1")});
  BOOST_TEST(replayed(r) == texts{"1: 8:a=1"});
  stop_replay_of(r);
  BOOST_TEST(p1.ended.size() == 1u);
}

// Else it would be taken for one that has had what is before it in the log that
// another leader continues with.
BOOST_AUTO_TEST_CASE(takes_an_epoch_only_with_its_position) {
  assign(p0);
  answer(p0, {log_key(7, 1)}, 9);
  start_replay_of(r, 5);
  auto epoch = [this] {
    send(p0, 3, 4); // what led here was lost: it begins again
    auto asked = p0.newest().keys;
    BOOST_TEST(p0.newest().cursor == 5);
    return take_log(asked).leader_epoch;
  };
  answer(p0, {log_key(7, 2)}, 3);
  BOOST_TEST(epoch() == 1);
  answer(p0, {log_key(7, 2)}, 5);
  BOOST_TEST(epoch() == 2);
}

// The live flow may come by there in what has replaced it.
BOOST_AUTO_TEST_CASE(reads_again_elsewhere_what_it_had_beyond_the_live_flow) {
  assign(p0), add(r, "a");
  answer(p0, {"a"}, 9);
  start_replay_of(r, 5);
  send(p0, 5, 12, {record_of(7, "a", "1"), record_of(10, "a", "2")});
  BOOST_TEST(replayed(r) == texts{"1: 7:a=1"});
  assign(p1);
  BOOST_TEST_REQUIRE(p1.newest().replay);
  BOOST_TEST(p1.newest().cursor == 9);
  send(p1, 9, 12, {record_of(11, "a", "3")});
  send(p1, 9, 12, {}, p1.subscribed.at(0).subscription);
  BOOST_TEST(replayed(r) == (texts{"1: 7:a=1", "1: 11:a=3"}));
}

BOOST_AUTO_TEST_CASE(keeps_what_it_had_beyond_the_live_flow_of_its_reader) {
  assign(p0), add(r, "a");
  auto live = p0.newest().subscription;
  answer(p0, {"a"}, 9);
  start_replay_of(r, 5);
  send(p0, 5, 12, {record_of(10, "a", "2")});
  send(p0, 15, 16); // something was missed
  BOOST_TEST(p0.newest().cursor == 12);
  send(p0, 9, 12, {}, live);
  BOOST_TEST(replayed(r) == texts{"1: 10:a=2"});
}

BOOST_AUTO_TEST_CASE(leaves_a_consumer_that_was_replaced_unannounced) {
  assign(p0);
  start_replay_of(r, 5);
  auto old = p0.newest().subscription;
  assign(p1);
  BOOST_TEST_REQUIRE(p0.ended.size() == 2u); // the live one too
  BOOST_TEST(p0.ended[1].subscription == old);
  BOOST_TEST(p1.newest().cursor == 5);
  BOOST_TEST(p1.newest().replay);
}

BOOST_AUTO_TEST_CASE(stays_where_it_is_when_another_partition_moves) {
  known = 2;
  assign(p0, 0);
  start_replay_of(r, 5, 1, 0);
  assign(p1, 1);
  revoke(1);
  BOOST_TEST(p0.subscribed.size() == 2u);
  BOOST_TEST(p0.ended.empty());
  BOOST_TEST(p1.subscribed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(subscribes_again_when_something_was_missed) {
  assign(p0);
  start_replay_of(r, 5);
  auto old = p0.newest().subscription;
  send(p0, 5, 8);
  send(p0, 9, 10, {record_of(9, "a", "1")});
  BOOST_TEST(replayed(r).empty());
  BOOST_TEST_REQUIRE(p0.ended.size() == 1u);
  BOOST_TEST(p0.ended[0].subscription == old);
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 3u); // the live one stays
  BOOST_TEST(p0.newest().replay);
  BOOST_TEST(p0.newest().cursor == 8);
  BOOST_TEST(p0.newest().credit == credit / 8);
  send(p0, 8, 10, {record_of(9, "a", "1")});
  BOOST_TEST(replayed(r) == texts{"1: 9:a=1"});
}

BOOST_AUTO_TEST_CASE(lets_nothing_in_twice) {
  assign(p0);
  start_replay_of(r, 5);
  auto old = p0.newest().subscription;
  send(p0, 5, 6, {record_of(5, "a", "1")}, old);
  send(p0, 5, 6, {record_of(5, "a", "1")}, old);
  BOOST_TEST(replayed(r) == texts{"1: 5:a=1"});
}

BOOST_AUTO_TEST_CASE(takes_what_was_on_its_way_when_its_consumer_left) {
  assign(p0);
  start_replay_of(r, 5);
  auto old = p0.newest().subscription;
  revoke();
  send(p0, 5, 6, {record_of(5, "a", "1")}, old);
  send(p0, 9, 10, {record_of(9, "a", "1")}, old); // a hole, and nobody to ask
  assign(p1);
  BOOST_TEST(p1.newest().cursor == 6);
  BOOST_TEST(replayed(r) == texts{"1: 5:a=1"});
}

BOOST_AUTO_TEST_CASE(is_not_moved_by_an_answer_to_the_live_flow) {
  assign(p0);
  auto live = p0.newest().subscription;
  start_replay_of(r, 5);
  answer(p0, {}, 9, live);
  revoke();
  assign(p1);
  BOOST_TEST(p1.subscribed.at(0).cursor == 9);
  BOOST_TEST(p1.subscribed.at(1).cursor == 5);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_replays_credit, fixture)

BOOST_AUTO_TEST_CASE(comes_back_when_the_room_lets_go) {
  assign(p0);
  start_replay_of(r, 0);
  send(p0, 0, 1, {record_of(0, "a", std::string(90, 'x'))});
  BOOST_TEST(granted(p0) == 0u);
  auto bytes = r.records.at(0).batch->records.size();
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) == bytes);
  BOOST_TEST(p0.granted.at(0).subscription == p0.newest().subscription);
}

BOOST_AUTO_TEST_CASE(is_granted_in_steps_that_fit_its_smaller_window) {
  assign(p0);
  start_replay_of(r, 0);
  // A quarter of the window: less than any step of the live flow.
  send(p0, 0, 1, {record_of(0, "a", "v")});
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) > 0u);
  BOOST_TEST(granted(p0) < credit / 4);
}

BOOST_AUTO_TEST_CASE(of_before_a_move_is_not_granted_after_it) {
  assign(p0);
  start_replay_of(r, 0);
  send(p0, 0, 1, {record_of(0, "a", std::string(90, 'x'))});
  assign(p1);
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) == 0u);
  BOOST_TEST(granted(p1) == 0u);
}

BOOST_AUTO_TEST_CASE(too_little_to_be_granted_is_forgotten_with_the_move) {
  router = keep(spawn_outbound_router(executor, 8 * 400, replays));
  assign(p0);
  start_replay_of(r, 0);
  auto give_back = [this](consumer& from, std::int64_t offset) {
    send(from, offset, offset + 1, {record_of(offset, "a", "v")});
    auto bytes = r.records.at(0).batch->records.size();
    r.records.clear();
    run();
    return bytes;
  };
  give_back(p0, 0), give_back(p0, 1);
  BOOST_TEST(granted(p0) == 0u);
  assign(p1);
  give_back(p1, 2);
  BOOST_TEST(granted(p1) == 0u);
  auto bytes = give_back(p1, 3) + give_back(p1, 4);
  BOOST_TEST(granted(p1) == bytes / 2 * 3);
}

BOOST_AUTO_TEST_CASE(is_granted_to_nobody_while_the_partition_is_away) {
  assign(p0);
  start_replay_of(r, 0);
  send(p0, 0, 1, {record_of(0, "a", std::string(90, 'x'))});
  revoke();
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- rooms
// ----------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_rooms_completeness, fixture)

BOOST_AUTO_TEST_CASE(waits_until_the_topics_partitions_are_counted) {
  tell(router, partition_assigned{"topic", 0, p0.handle});
  add(r, "a");
  BOOST_TEST(p0.subscribed.empty());
  know(1);
  BOOST_TEST(p0.newest().keys == keys{"a"});
  answer(p0, {"a"}, 3);
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  BOOST_TEST((positions_at(r.completed[0]) == positions{{0, 3}}));
}

BOOST_AUTO_TEST_CASE(asks_only_the_partition_where_its_records_belong) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  auto& home = kafka::partition_of("a", 2) == 0 ? p0 : p1;
  auto& other = kafka::partition_of("a", 2) == 0 ? p1 : p0;
  BOOST_TEST(home.added.size() == 1u);
  BOOST_TEST(other.added.empty());
  BOOST_TEST(home.newest().partitions == 2);
  // Of the other one it is enough to know where we are.
  answer(home, {"a"}, 3);
  BOOST_TEST(r.completed.empty());
  answer(other, {}, 8);
  BOOST_TEST(r.completed.size() == 1u);
  remove(r, "a");
  BOOST_TEST(home.removed.size() == 1u);
  BOOST_TEST(other.removed.empty());
}

BOOST_AUTO_TEST_CASE(gets_records_that_lie_elsewhere_too) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  auto& other = kafka::partition_of("a", 2) == 0 ? p1 : p0;
  answer(p0, {"a"}, 0), answer(p1, {"a"}, 0);
  send(other, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(test::outbound_router_fixture::records(r) == texts{"0:a=1"});
}

BOOST_AUTO_TEST_CASE(is_told_where_else_records_of_it_may_be) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  auto home = kafka::partition_of("a", 2);
  auto& other = home == 0 ? p1 : p0;
  misplaced_keys before;
  before.add("a", 3, 1'800'000'000);
  answer(home == 0 ? p0 : p1, {}, 5);
  answer(other, {misplaced_key(before.write())}, 5);
  std::string key = "b"; // it belongs where `a` does
  while (kafka::partition_of(key, 2) != home)
    ++key[0];
  send(other, 5, 9, {record_of(7, key, "1"), record_of(8, "a", "2")});
  add(r, "a"), add(s, key);
  answer(home == 0 ? p0 : p1, {"a", key}, 5);
  BOOST_TEST((r.completed.at(0).misplaced == positions{{1 - home, 3}}));
  BOOST_TEST((s.completed.at(0).misplaced == positions{{1 - home, 7}}));
}

BOOST_AUTO_TEST_CASE(
  is_notified_of_no_position_elsewhere_in_a_log_that_is_gone) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  auto home = kafka::partition_of("a", 2);
  auto& other = home == 0 ? p1 : p0;
  answer(p0, {}, 5), answer(p1, {}, 5);
  send(other, 5, 9, {record_of(7, "a", "1")});
  lose(other, 9, 0, 0);
  add(r, "a");
  answer(home == 0 ? p0 : p1, {"a"}, 5);
  BOOST_TEST(r.completed.at(0).misplaced.empty());
}

BOOST_AUTO_TEST_CASE(is_asked_for_elsewhere_when_partitions_are_added) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  std::string moving = "a";
  while (kafka::partition_of(moving, 3) != 2)
    ++moving[0];
  add(r, moving);
  answer(p0, {moving}, 4), answer(p1, {moving}, 4);
  BOOST_TEST(r.completed.size() == 1u);
  know(3);
  for (auto* x : {&p0, &p1}) {
    BOOST_TEST(x->newest().partitions == 3);
    BOOST_TEST(x->newest().cursor == 4); // on from where it was
    BOOST_TEST(x->newest().keys.empty());
  }
  BOOST_TEST_REQUIRE(r.partitions_added.size() == 1u);
  BOOST_TEST(r.partitions_added[0].partition == 2);
}

BOOST_AUTO_TEST_CASE(waits_for_every_partition_of_the_topic) {
  know(2);
  known = 2;
  assign(p0, 0);
  add(r, "a");
  answer(p0, {"a"}, 3);
  BOOST_TEST(r.completed.empty());
  assign(p1, 1);
  answer(p1, {"a"}, 4);
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  BOOST_TEST((positions_at(r.completed[0]) == positions{{0, 3}, {1, 4}}));
}

BOOST_AUTO_TEST_CASE(names_the_partition_where_the_keys_records_belong) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  for (auto key : {"a", "b", "c", "d"}) {
    add(r, key);
    answer(p0, {key}, 0), answer(p1, {key}, 0);
    BOOST_TEST(r.completed.back().home_partition
               == kafka::partition_of(key, 2));
  }
}

BOOST_AUTO_TEST_CASE(tells_what_the_partitions_have_told_of_their_logs) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  tell(router, add_room{r.handle, "topic", "a", 5});
  auto at = kafka::partition_of("a", 2);
  auto& home = at == 0 ? p0 : p1;
  auto& other = at == 0 ? p1 : p0;
  BOOST_TEST(home.added.at(0).history == 5u);
  tell(router, keys_added{home.newest().subscription, {"a"}, 9, {4, 7}, 2, 11});
  tell(router, keys_added{other.newest().subscription, {}, 3});
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  auto& x = r.completed[0];
  BOOST_TEST((x.log_start == positions{{at, 2}}));
  BOOST_TEST((x.log_end == positions{{at, 11}}));
  BOOST_TEST_REQUIRE(x.history.size() == 1u);
  BOOST_TEST(x.history.at(at) == (std::vector<std::int64_t>{4, 7}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_quiet_room, fixture)

BOOST_AUTO_TEST_CASE(is_told_every_five_seconds_how_far_it_is) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  answer(p0, {"a"}, 3), answer(p1, {"a"}, 4);
  send(p0, 3, 8);
  advance(4999ms);
  BOOST_TEST(r.moved.empty());
  advance(1ms);
  BOOST_TEST_REQUIRE(r.moved.size() == 1u);
  BOOST_TEST((positions_at(*r.moved[0].to) == positions{{0, 8}, {1, 4}}));
  advance(5s);
  BOOST_TEST(r.moved.size() == 2u);
}

BOOST_AUTO_TEST_CASE(shares_with_others_where_the_node_is) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a"), add(s, "b");
  answer(p0, {"a", "b"}, 3), answer(p1, {"a", "b"}, 4);
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  BOOST_TEST_REQUIRE(s.completed.size() == 1u);
  BOOST_TEST(r.completed[0].others == s.completed[0].others);
  BOOST_TEST(r.completed[0].from.size() == 1u);
  advance(5s);
  BOOST_TEST(r.moved.at(0).to == s.moved.at(0).to);
}

BOOST_AUTO_TEST_CASE(never_shares_what_is_older_than_itself) {
  assign(p0, 0);
  add(r, "a");
  answer(p0, {"a"}, 3);
  send(p0, 3, 8);
  add(s, "b");
  tell(router, keys_added{p0.newest().subscription, {"b"}, 8});
  BOOST_TEST((r.completed.at(0).others->next.at(0)) == 3);
  BOOST_TEST((s.completed.at(0).others->next.at(0)) == 8);
}

BOOST_AUTO_TEST_CASE(is_told_nothing_before_it_is_complete) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  answer(p0, {"a"}, 3);
  advance(5s);
  BOOST_TEST(r.moved.empty());
}

BOOST_AUTO_TEST_CASE(is_told_where_a_partition_was_that_is_away) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  answer(p0, {"a"}, 3), answer(p1, {"a"}, 4);
  revoke(1);
  send(p0, 3, 8);
  advance(5s);
  BOOST_TEST((positions_at(*r.moved.at(0).to) == positions{{0, 8}, {1, 4}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
