#include "actors/contract/log_key.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "tests/actors/kafka/outbound_router_fixture.hpp"
#include "transport/kafka/partitioner.hpp"

namespace weir {

namespace {

using test::outbound_router_fixture;
using test::record_of;
using texts = outbound_router_fixture::texts;
using keys = outbound_router_fixture::keys;

BOOST_FIXTURE_TEST_SUITE(an_outbound_router, outbound_router_fixture)

BOOST_AUTO_TEST_CASE(subscribes_to_what_is_assigned_with_its_rooms_keys) {
  add(r, "a");
  assign(p0);
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 1u);
  BOOST_TEST(p0.newest().cursor == -1);
  BOOST_TEST(p0.newest().keys == keys{"a"});
  BOOST_TEST(p0.newest().credit == credit);
  BOOST_TEST((p0.newest().subscriber == router));
}

BOOST_AUTO_TEST_CASE(adds_the_keys_of_rooms_that_come_later) {
  assign(p0);
  add(r, "a");
  BOOST_TEST_REQUIRE(p0.added.size() == 1u);
  BOOST_TEST(p0.added[0].subscription == p0.newest().subscription);
  BOOST_TEST(p0.added[0].keys == keys{"a"});
}

BOOST_AUTO_TEST_CASE(removes_a_key_with_its_last_room_only) {
  assign(p0);
  add(r, "a"), add(s, "a");
  remove(r, "a");
  BOOST_TEST(p0.removed.empty());
  remove(s, "a");
  BOOST_TEST_REQUIRE(p0.removed.size() == 1u);
  BOOST_TEST(p0.removed[0].keys == keys{"a"});
  remove(s, "a"); // twice does no harm
  BOOST_TEST(p0.removed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(gives_each_room_its_records_in_order) {
  assign(p0);
  add(r, "a"), add(s, "b");
  answer(p0, {}, 10);
  send(p0, 10, 14,
       {record_of(10, "a", "1"), record_of(11, "b", "2"),
        record_of(13, "a", "3")});
  BOOST_TEST(records(r) == (texts{"10:a=1", "13:a=3"}));
  BOOST_TEST(records(s) == texts{"11:b=2"});
  BOOST_TEST_REQUIRE(r.records.size() == 1u);
  BOOST_TEST(r.records[0].batch == s.records.at(0).batch);
  BOOST_TEST(r.records[0].partition == 0);
}

BOOST_AUTO_TEST_CASE(gives_a_key_to_every_room_that_wants_it) {
  assign(p0);
  add(r, "a"), add(s, "a");
  answer(p0, {}, 0);
  send(p0, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(records(r) == texts{"0:a=1"});
  BOOST_TEST(records(s) == texts{"0:a=1"});
}

BOOST_AUTO_TEST_CASE(gives_nothing_to_a_room_that_was_removed) {
  assign(p0);
  add(r, "a");
  answer(p0, {}, 0);
  remove(r, "a");
  send(p0, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(r.records.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_local_event_at_an_outbound_router,
                         outbound_router_fixture)

BOOST_AUTO_TEST_CASE(goes_to_where_the_rooms_key_belongs) {
  known = 2;
  assign(p0, 0, 2), assign(p1, 1);
  auto& home = kafka::partition_of("a", 2) == 0 ? p0 : p1;
  auto& other = kafka::partition_of("a", 2) == 0 ? p1 : p0;
  tell(router, relay_event{"topic", "a", 0, "room:a", "frames"});
  BOOST_TEST_REQUIRE(home.relayed.size() == 1u);
  BOOST_TEST(home.relayed[0].frames == "frames");
  BOOST_TEST(other.relayed.empty());
}

BOOST_AUTO_TEST_CASE(is_dropped_while_nobody_has_the_partition) {
  know(1);
  tell(router, relay_event{"topic", "a", 0, "room:a", "frames"});
  assign(p0);
  BOOST_TEST(p0.relayed.empty());
}

BOOST_AUTO_TEST_CASE(of_another_node_comes_to_the_keys_rooms) {
  assign(p0);
  add(r, "a"), add(s, "b");
  tell(router, local_event{{"topic", "a", 3, "room:a", "frames"}});
  BOOST_TEST_REQUIRE(r.local.size() == 1u);
  BOOST_TEST(r.local[0].nsp == 3);
  BOOST_TEST(r.local[0].room == "room:a");
  BOOST_TEST(*r.local[0].frames == "frames");
  BOOST_TEST(!r.local[0].sender);
  BOOST_TEST(s.local.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_outbound_routers_cursor, outbound_router_fixture)

BOOST_AUTO_TEST_CASE(makes_it_subscribe_again_when_something_was_missed) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a"}, 0);
  send(p0, 0, 5);
  auto old = p0.newest().subscription;
  send(p0, 6, 7, {record_of(6, "a", "1")});
  BOOST_TEST(r.records.empty());
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 2u);
  BOOST_TEST(p0.newest().cursor == 5);
  BOOST_TEST(p0.newest().keys == keys{"a"});
  BOOST_TEST(p0.newest().credit == credit);
  BOOST_TEST(p0.newest().subscription != old);
}

BOOST_AUTO_TEST_CASE(lets_nothing_in_twice) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a"}, 0);
  send(p0, 0, 1, {record_of(0, "a", "1")});
  send(p0, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(records(r) == texts{"0:a=1"});
  BOOST_TEST(p0.newest().cursor == 1);
}

BOOST_AUTO_TEST_CASE(is_not_moved_by_subscriptions_that_were_given_up) {
  add(r, "a");
  assign(p0);
  auto old = p0.newest().subscription;
  answer(p0, {"a"}, 0);
  send(p0, 1, 2); // missed something
  send(p0, 0, 1, {record_of(0, "a", "1")}, old);
  answer(p0, {"a"}, 7, old);
  BOOST_TEST(r.records.empty());
  BOOST_TEST(p0.subscribed.size() == 2u);
  send(p0, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(records(r) == texts{"0:a=1"});
}

BOOST_AUTO_TEST_CASE(is_kept_while_the_partition_is_away) {
  assign(p0);
  answer(p0, {}, 0);
  send(p0, 0, 5);
  revoke();
  assign(p1);
  BOOST_TEST(p1.newest().cursor == 5);
}

BOOST_AUTO_TEST_CASE(is_kept_when_another_consumer_takes_over_unannounced) {
  assign(p0);
  answer(p0, {}, 0);
  send(p0, 0, 5);
  auto old = p0.newest().subscription;
  assign(p1);
  BOOST_TEST(p1.newest().cursor == 5);
  add(r, "a");
  send(p0, 5, 6, {record_of(5, "a", "1")}, old);
  BOOST_TEST(r.records.empty());
}

BOOST_AUTO_TEST_CASE(is_told_by_the_first_answer_even_before_any_record) {
  assign(p0);
  answer(p0, {}, 42);
  revoke();
  assign(p1);
  BOOST_TEST(p1.newest().cursor == 42);
}

BOOST_AUTO_TEST_CASE(moves_on_when_the_records_it_wants_are_gone) {
  add(r, "a"), add(s, "b");
  assign(p0);
  answer(p0, {"a", "b"}, 5);
  lose(p0, 5, 9, 10, {record_of(9, "a", "1")});
  send(p0, 10, 11, {record_of(10, "a", "2")});
  BOOST_TEST(records(r) == (texts{"9:a=1", "10:a=2"}));
  BOOST_TEST(p0.subscribed.size() == 1u);
  // Nobody knows whose records they were.
  BOOST_TEST_REQUIRE(s.records.size() == 1u);
  BOOST_TEST(s.records[0].batch->lost == 9);
}

BOOST_AUTO_TEST_CASE(goes_back_with_a_log_that_was_recreated) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a"}, 5);
  lose(p0, 5, 2, 2);
  send(p0, 2, 3, {record_of(2, "a", "1")});
  BOOST_TEST(records(r) == texts{"2:a=1"});
  BOOST_TEST(r.records.size() == 2u);
  BOOST_TEST(p0.subscribed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(names_its_log_to_whoever_reads_the_partition_next) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a", log_key(7)}, 5);
  send(p0, 5, 6, {record_of(5, "a", "1")});
  BOOST_TEST(r.records.at(0).batch->log == 7u);
  revoke();
  assign(p1);
  auto asked = p1.newest().keys;
  BOOST_TEST(take_log(asked).log == 7u);
  // There, the topic is another one by now.
  answer(p1, {"a", log_key(8)}, 0);
  lose(p1, 6, 0, 0);
  BOOST_TEST(r.records.back().batch->log == 8u);
  BOOST_TEST(r.records.back().batch->to == 0);
}

BOOST_AUTO_TEST_CASE(keeps_its_log_until_it_is_told_where_it_goes_on) {
  assign(p0);
  answer(p0, {log_key(7)}, 5);
  send(p0, 5, 6);
  answer(p0, {log_key(8)}, 0);
  revoke(); // before the batch that goes back
  assign(p1);
  auto asked = p1.newest().keys;
  BOOST_TEST(take_log(asked).log == 7u);
  BOOST_TEST(p1.newest().cursor == 6);
}

// What the new log has below our position in the former one would be skipped.
BOOST_AUTO_TEST_CASE(goes_on_in_another_log_only_from_where_that_begins) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a", log_key(7)}, 5);
  send(p0, 5, 6);
  answer(p0, {log_key(8)}, 0);
  send(p0, 6, 7, {record_of(6, "a", "1")}); // the batch that goes back is lost
  BOOST_TEST(records(r).empty());
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 2u);
  auto asked = p0.newest().keys;
  BOOST_TEST(take_log(asked).log == 7u);
  BOOST_TEST(p0.newest().cursor == 6);
}

// Nothing goes back then, and for long nothing may come: rooms would wait for
// who was further in the former one.
BOOST_AUTO_TEST_CASE(tells_of_another_log_also_at_the_start_of_the_former) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a", log_key(7)}, 0);
  answer(p0, {log_key(7)}, 0);
  BOOST_TEST(r.records.empty());
  answer(p0, {log_key(8)}, 0);
  BOOST_TEST_REQUIRE(r.records.size() == 1u);
  auto& batch = *r.records[0].batch;
  BOOST_TEST(batch.log == 8u);
  BOOST_TEST((batch.from == 0 && batch.to == 0));
  answer(p0, {log_key(8)}, 0);
  BOOST_TEST(r.records.size() == 1u);
  revoke();
  assign(p1);
  auto asked = p1.newest().keys;
  BOOST_TEST(take_log(asked).log == 8u);
  BOOST_TEST(p1.newest().cursor == 0);
}

BOOST_AUTO_TEST_CASE(tells_a_room_of_no_log_that_is_gone_meanwhile) {
  auto home = kafka::partition_of("a", 2);
  add(r, "a");
  assign(p0, home, 2), assign(p1, 1 - home, 2);
  answer(p0, {"a", log_key(7)}, 0);
  answer(p0, {log_key(8)}, 0);
  answer(p1, {log_key(8)}, 4);
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  BOOST_TEST(r.completed[0].log.log != 7u);
  BOOST_TEST(r.completed[0].others->log_of(home) == 8u);
}

BOOST_AUTO_TEST_CASE(ends_the_partitions_that_a_topic_has_no_more) {
  add(r, "a");
  assign(p0, 0, 2), assign(p1, 1);
  answer(p0, {"a"}, 3), answer(p1, {"a"}, 4);
  revoke(1);
  know(1);
  BOOST_TEST_REQUIRE(r.records.size() == 1u);
  BOOST_TEST(r.records[0].partition == 1);
  BOOST_TEST(r.records[0].batch->from == 4);
  BOOST_TEST(r.records[0].batch->to == 0);
  BOOST_TEST((positions_at(*r.moved.back().to) == positions{{0, 3}}));
}

BOOST_AUTO_TEST_CASE(
  is_none_where_another_node_reads_a_former_topics_partition) {
  tell(router, partition_assigned{"topic", 1, p1.handle});
  assign(p0);
  BOOST_TEST(p1.subscribed.empty());
  know(2);
  BOOST_TEST(p1.subscribed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_the_beginning_of_a_partition_that_is_added) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a"}, 5);
  assign(p1, 1);
  BOOST_TEST(p1.newest().cursor == 0);
  BOOST_TEST((positions_at(*r.moved.back().to) == positions{{0, 5}, {1, 0}}));
}

BOOST_AUTO_TEST_CASE(is_reported_to_rooms_once_its_log_is_known) {
  add(r, "a");
  assign(p0);
  answer(p0, {"a"}, 5);
  BOOST_TEST(r.moved.empty());
  for (int i = 0; i < 2; ++i)
    answer(p0, {log_key(7)}, 5);
  BOOST_TEST_REQUIRE(r.moved.size() == 1u);
  BOOST_TEST(r.moved[0].to->log_of(0) == 7u);
}

BOOST_AUTO_TEST_CASE(
  is_reported_for_all_partitions_to_rooms_that_were_there_first) {
  add(r, "a"), add(s, "b");
  assign(p0, 0, 2), assign(p1, 1);
  answer(p0, {"a", "b", log_key(7)}, 3), answer(p1, {"a", "b", log_key(7)}, 4);
  for (auto* x : {&r, &s}) {
    BOOST_TEST_REQUIRE(x->completed.size() == 1u);
    auto& others = *x->completed[0].others;
    BOOST_TEST((positions_at(others) == positions{{0, 3}, {1, 4}}));
    BOOST_TEST((others.log_of(0) == 7u && others.log_of(1) == 7u));
  }
}

BOOST_AUTO_TEST_CASE(tells_rooms_why_their_topic_cannot_be_read) {
  add(r, "a");
  tell(router, topic_known{"topic", 0, "denied"});
  add(s, "b");
  BOOST_TEST(r.problems == texts{"denied"});
  BOOST_TEST(s.problems == texts{"denied"});
  tell(router, topic_known{"topic", 0, {}});
  BOOST_TEST(r.problems == (texts{"denied", ""}));
}

BOOST_AUTO_TEST_CASE(begins_again_with_a_topic_that_was_not_read_meanwhile) {
  assign(p0);
  add(r, "a");
  answer(p0, {"a"}, 5);
  send(p0, 5, 9);
  remove(r, "a");
  know(0);
  BOOST_TEST(p0.ended.size() == 1u);
  revoke();
  assign(p1);
  BOOST_TEST_REQUIRE(p1.subscribed.size() == 1u);
  BOOST_TEST(p1.newest().cursor == cursor::unknown);
  add(s, "a");
  answer(p1, {"a"}, 20);
  BOOST_TEST_REQUIRE(s.completed.size() == 1u);
  BOOST_TEST((positions_at(s.completed[0]) == positions{{0, 20}}));
}

// Others may read a topic that this node does not.
BOOST_AUTO_TEST_CASE(subscribes_to_who_has_read_a_topic_all_the_while) {
  assign(p0);
  know(0);
  BOOST_TEST(p0.ended.size() == 1u);
  know(0);
  know(1);
  BOOST_TEST(p0.subscribed.size() == 2u);
  BOOST_TEST(p0.newest().cursor == cursor::unknown);
}

// Who comes back to a room may be beyond; after a clean election nobody is.
BOOST_AUTO_TEST_CASE(
  tells_rooms_at_once_where_a_leader_has_begun_below_the_end) {
  assign(p0);
  add(r, "a");
  auto id = p0.newest().subscription;
  tell(router,
       keys_added{id, {"a", log_key(7, 1), epochs_key("1/0,")}, 5, {}, 0, 20});
  BOOST_TEST(r.completed.size() == 1u);
  auto told = r.moved.size();
  tell(router, keys_added{id, {log_key(7, 2), epochs_key("1/0,2/20,")}, 5});
  BOOST_TEST(r.moved.size() == told);
  tell(router, keys_added{id, {log_key(7, 3), epochs_key("1/0,3/12,")}, 5});
  BOOST_TEST_REQUIRE(r.moved.size() == told + 1);
  auto known = r.moved.back().to->epochs_of(0);
  BOOST_TEST_REQUIRE(known);
  BOOST_TEST(known->cut_below(15, 1)->offset == 12);
  BOOST_TEST(!known->cut_below(12, 1));
}

// Its rooms begin where it is: one that began at what was lost would not learn
// of it if the log were cut in it.
BOOST_AUTO_TEST_CASE(shows_that_something_was_missed_before_keys_were_added) {
  assign(p0);
  answer(p0, {}, 5);
  add(r, "a");
  auto old = p0.newest().subscription;
  answer(p0, {"a"}, 9);
  BOOST_TEST(r.completed.empty());
  BOOST_TEST_REQUIRE(p0.subscribed.size() == 2u);
  BOOST_TEST(p0.newest().cursor == 5);
  BOOST_TEST(p0.newest().keys == keys{"a"});
  send(p0, 5, 9, {}, old); // late
  answer(p0, {"a"}, 5);
  send(p0, 5, 10, {record_of(7, "a", "1")});
  BOOST_TEST((positions_at(r.completed.at(0)) == positions{{0, 5}}));
  BOOST_TEST(records(r) == texts{"7:a=1"});
}

BOOST_AUTO_TEST_CASE(is_not_moved_by_keys_that_are_added_later) {
  assign(p0);
  answer(p0, {}, 5);
  add(r, "a");
  answer(p0, {"a"}, 5);
  send(p0, 5, 10, {record_of(9, "a", "1")});
  BOOST_TEST(records(r) == texts{"9:a=1"});
  BOOST_TEST(p0.subscribed.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_room_of_an_outbound_router, outbound_router_fixture)

BOOST_AUTO_TEST_CASE(is_complete_when_every_partition_has_said_where) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  answer(p0, {"a"}, 10);
  BOOST_TEST(r.completed.empty());
  answer(p1, {"a"}, 20);
  BOOST_TEST_REQUIRE(r.completed.size() == 1u);
  BOOST_TEST((positions_at(r.completed[0]) == positions{{0, 10}, {1, 20}}));
}

BOOST_AUTO_TEST_CASE(waits_for_partitions_that_are_not_there_yet) {
  add(r, "a");
  BOOST_TEST(r.completed.empty());
  assign(p0);
  BOOST_TEST(r.completed.empty());
  answer(p0, {"a"}, 3);
  BOOST_TEST((positions_at(r.completed.at(0)) == positions{{0, 3}}));
}

BOOST_AUTO_TEST_CASE(waits_for_the_successor_of_a_subscription_given_up) {
  assign(p0), add(r, "a");
  auto old = p0.newest().subscription;
  answer(p0, {}, 0);
  send(p0, 1, 2); // missed something
  answer(p0, {"a"}, 2, old);
  BOOST_TEST(r.completed.empty());
  answer(p0, {"a"}, 0);
  BOOST_TEST((positions_at(r.completed.at(0)) == positions{{0, 0}}));
}

// Between the two questions nobody wanted the key's records.
BOOST_AUTO_TEST_CASE(is_not_completed_by_the_answer_to_one_that_has_gone) {
  add(r, "a");
  assign(p0);
  remove(r, "a");
  add(s, "a");
  answer(p0, {"a"}, 3);
  BOOST_TEST(s.completed.empty());
  send(p0, 3, 6);
  answer(p0, {"a"}, 6);
  BOOST_TEST((positions_at(s.completed.at(0)) == positions{{0, 6}}));
}

BOOST_AUTO_TEST_CASE(is_completed_by_its_own_answer_while_others_come_and_go) {
  assign(p0);
  add(r, "a"), add(s, "a");
  answer(p0, {"a"}, 3);
  BOOST_TEST((positions_at(r.completed.at(0)) == positions{{0, 3}}));
  BOOST_TEST(s.completed.empty());
  answer(p0, {"a"}, 3);
  BOOST_TEST(s.completed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_completed_once) {
  assign(p0);
  add(r, "a");
  answer(p0, {"a"}, 1);
  add(s, "a"); // asks again for the same key
  BOOST_TEST(p0.added.size() == 2u);
  send(p0, 1, 4);
  answer(p0, {"a"}, 4);
  BOOST_TEST(r.completed.size() == 1u);
  BOOST_TEST((positions_at(s.completed.at(0)) == positions{{0, 4}}));
}

BOOST_AUTO_TEST_CASE(gets_its_records_also_before_it_is_complete) {
  assign(p0, 0, 2), assign(p1, 1);
  add(r, "a");
  answer(p0, {"a"}, 0);
  send(p0, 0, 1, {record_of(0, "a", "1")});
  BOOST_TEST(records(r) == texts{"0:a=1"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_outbound_routers_credit, outbound_router_fixture)

BOOST_AUTO_TEST_CASE(comes_back_when_the_last_holder_lets_go) {
  assign(p0);
  add(r, "a"), add(s, "b");
  answer(p0, {"a", "b"}, 0);
  std::string value(400, 'x');
  send(p0, 0, 2, {record_of(0, "a", value), record_of(1, "b", value)});
  auto bytes = r.records.at(0).batch->records.size();
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) == 0u);
  s.records.clear();
  run();
  BOOST_TEST(granted(p0) == bytes);
}

BOOST_AUTO_TEST_CASE(comes_back_at_once_for_records_that_nobody_wants) {
  assign(p0);
  answer(p0, {}, 0);
  send(p0, 0, 1, {record_of(0, "gone", std::string(400, 'x'))});
  BOOST_TEST(granted(p0) > 400u);
}

BOOST_AUTO_TEST_CASE(is_granted_in_larger_steps_and_none_is_lost) {
  assign(p0);
  answer(p0, {}, 0);
  const std::string value(50, 'x');
  auto record = record_of(0, "gone", value);
  auto bytes = test::block_of({record}).size();
  for (std::int64_t i = 0; i < 12; ++i)
    send(p0, i, i + 1, {record_of(i, "gone", value)});
  BOOST_TEST(p0.granted.size() < 6u);
  BOOST_TEST(granted(p0) <= 12 * bytes);
  BOOST_TEST(granted(p0) + credit / 4 > 12 * bytes);
}

BOOST_AUTO_TEST_CASE(
  of_a_given_up_subscription_is_not_granted_to_its_successor) {
  assign(p0);
  add(r, "a");
  answer(p0, {"a"}, 0);
  send(p0, 0, 1, {record_of(0, "a", std::string(400, 'x'))});
  send(p0, 2, 3); // missed something: the successor begins with all of it
  r.records.clear();
  run();
  BOOST_TEST(granted(p0) == 0u);
}

BOOST_AUTO_TEST_CASE(shows_what_its_rooms_have_yet_to_handle) {
  auto used = [this] { return gauge(system, metrics::credit_used)->value(); };
  know(1);
  assign(p0);
  add(r, "x");
  answer(p0, {"x"}, 0);
  send(p0, 0, 1, {record_of(0, "x", "1")});
  BOOST_TEST(used() > 0);
  r.records.clear();
  run();
  BOOST_TEST(used() == 0);
}

// -- partitions that cannot be reached ----------------------------------------

BOOST_AUTO_TEST_CASE(tells_rooms_whose_partition_cannot_be_reached) {
  know(2);
  add(r, "k");
  partitions_unreachable x;
  x.why[{"topic", kafka::partition_of("k", 2)}] = "kcat has it";
  tell(router, x);
  BOOST_TEST(r.unreachable == texts{"kcat has it"});
  tell(router, x); // nothing new
  BOOST_TEST(r.unreachable.size() == 1u);
  add(s, "k"); // that comes later
  BOOST_TEST(s.unreachable == texts{"kcat has it"});
  tell(router, partitions_unreachable{});
  BOOST_TEST(r.unreachable == (texts{"kcat has it", ""}));
}

BOOST_AUTO_TEST_CASE(tells_rooms_of_other_partitions_nothing) {
  know(2);
  add(r, "k");
  partitions_unreachable x;
  x.why[{"topic", 1 - kafka::partition_of("k", 2)}] = "kcat has it";
  tell(router, x);
  BOOST_TEST(r.unreachable.empty());
}

BOOST_AUTO_TEST_CASE(tells_all_rooms_of_a_node_that_is_refused) {
  add(r, "k"); // no partition is known
  tell(router, partitions_unreachable{{}, "it is refused"});
  BOOST_TEST(r.unreachable == texts{"it is refused"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
