#include "actors/contract/log_key.hpp"
#include "actors/contract/misplaced_keys.hpp"
#include "tests/actors/kafka/partition_consumer_fixture.hpp"
#include "transport/kafka/partitioner.hpp"

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::partition_consumer_fixture;
using texts = partition_consumer_fixture::texts;
using keys = partition_consumer_fixture::keys;

BOOST_FIXTURE_TEST_SUITE(a_partition_consumer, partition_consumer_fixture)

BOOST_AUTO_TEST_CASE(sends_the_wanted_records_only) {
  start();
  subscribe_as(a, {"x", "y"});
  for (auto key : {"x", "z", "y", "z"})
    append(key);
  BOOST_TEST(records(a) == (texts{"0:x=v", "2:y=v"}));
}

BOOST_AUTO_TEST_CASE(sends_ranges_without_holes_between_them) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("z"), append("z"), append("x");
  log.skip(5);
  append("x");
  BOOST_TEST(covered(a, 0) == 10);
  BOOST_TEST(records(a) == (texts{"0:x=v", "3:x=v", "9:x=v"}));
}

BOOST_AUTO_TEST_CASE(begins_now_for_a_subscriber_that_knows_no_position) {
  append("x"), append("x");
  start(1);
  subscribe_as(b, {});
  subscribe_as(a, {"x"});
  BOOST_TEST_REQUIRE(a.added.size() == 1u);
  BOOST_TEST(a.added[0].offset == 2);
  BOOST_TEST(a.added[0].keys == keys{"x"});
  append("x");
  BOOST_TEST(records(a) == texts{"2:x=v"});
  BOOST_TEST(a.batches[0].from == 2);
}

BOOST_AUTO_TEST_CASE(begins_at_the_cursor_of_a_subscriber_that_has_one) {
  start();
  subscribe_as(b, {"x"});
  append("x"), append("x"), append("x");
  subscribe_as(a, {"x"}, 1);
  BOOST_TEST(a.added.at(0).offset == 1);
  BOOST_TEST(records(a) == (texts{"1:x=v", "2:x=v"}));
  BOOST_TEST(covered(a, 1) == 3);
}

BOOST_AUTO_TEST_CASE(waits_for_a_subscriber_that_is_ahead_of_it) {
  start();
  subscribe_as(a, {"x"}, 2);
  append("x"), append("x");
  tick();
  BOOST_TEST(a.batches.empty());
  append("x");
  BOOST_TEST(records(a) == texts{"2:x=v"});
  BOOST_TEST(a.batches.at(0).from == 2);
}

BOOST_AUTO_TEST_CASE(reads_the_log_for_who_begins_before_the_tail_cache) {
  append("x"), append("x"), append("x");
  start(2);
  subscribe_as(a, {"x"}, 0);
  BOOST_TEST(a.added.at(0).offset == 0);
  advance(50ms);
  BOOST_TEST(covered(a, 0) == 3);
  BOOST_TEST(count(a) == 3u);
  append("x");
  BOOST_TEST(count(a) == 4u);
  BOOST_TEST(log.reopened() == std::vector<std::int64_t>{0});
}

BOOST_AUTO_TEST_CASE(says_what_retention_has_deleted) {
  append("x"), append("x"), append("x");
  start(2);
  log.delete_before(1);
  subscribe_as(a, {"x"}, 0);
  advance(50ms);
  BOOST_TEST(covered(a, 0) == 3);
  BOOST_TEST(count(a) == 2u);
  BOOST_TEST(a.batches.at(0).lost == 1);
}

BOOST_AUTO_TEST_CASE(tells_in_stream_order_from_where_added_keys_are_complete) {
  start();
  subscribe_as(a, {"x"});
  append("y"), append("x"), append("y");
  tell_as(a.handle, consumer, add_keys{1, {"y"}});
  BOOST_TEST_REQUIRE(a.added.size() == 2u);
  BOOST_TEST(a.added[1].offset == 3);
  BOOST_TEST(covered(a, 0) == 3); // so it is there when it hears of that
  append("y");
  BOOST_TEST(records(a) == (texts{"1:x=v", "3:y=v"}));
}

BOOST_AUTO_TEST_CASE(sends_nothing_of_a_removed_key) {
  start();
  subscribe_as(a, {"x", "y"});
  tell_as(a.handle, consumer, remove_keys{1, {"x"}});
  append("x"), append("y");
  BOOST_TEST(records(a) == texts{"1:y=v"});
}

BOOST_AUTO_TEST_CASE(listens_to_a_subscribers_newest_subscription_only) {
  start();
  subscribe_as(a, {"x"}, -1, 1'000'000, 1);
  subscribe_as(a, {"x"}, 0, 0, 2);
  append("x");
  grant(a, 1000, 1);
  tell_as(a.handle, consumer, add_keys{1, {"y"}});
  BOOST_TEST(a.batches.empty());
  BOOST_TEST(a.added.size() == 2u);
  grant(a, 1000, 2);
  BOOST_TEST_REQUIRE(a.batches.size() == 1u);
  BOOST_TEST(a.batches[0].subscription == 2u);
}

BOOST_AUTO_TEST_CASE(forgets_a_subscriber_that_goes_elsewhere) {
  start();
  subscribe_as(a, {"x"}, -1, 1'000'000, 2);
  tell_as(a.handle, consumer, unsubscribe{1}); // of before
  append("x");
  BOOST_TEST(count(a) == 1u);
  tell_as(a.handle, consumer, unsubscribe{2});
  append("x");
  BOOST_TEST(count(a) == 1u);
}

BOOST_AUTO_TEST_CASE(sends_what_belongs_elsewhere_to_who_wants_it) {
  // Of four partitions; this one is number 3.
  std::string here = "a", elsewhere = "a";
  while (kafka::partition_of(here, 4) != 3)
    ++here[0];
  while (kafka::partition_of(elsewhere, 4) == 3)
    ++elsewhere[0];
  start();
  subscribe request{a.handle, 1, -1, {}, 1'000'000};
  request.partitions = 4;
  tell_as(a.handle, consumer, request);
  append(here), append(elsewhere);
  BOOST_TEST(records(a) == texts{"1:" + elsewhere + "=v"});
  tell_as(a.handle, consumer, add_keys{1, {here}});
  append(here);
  BOOST_TEST(count(a) == 2u);
  // Also from the log.
  request.subscription = 2;
  request.cursor = 0;
  tell_as(a.handle, consumer, request);
  BOOST_TEST(records(a).back() == "1:" + elsewhere + "=v");
}

BOOST_AUTO_TEST_CASE(relays_local_events_to_the_others_that_have_the_key) {
  start();
  subscribe_as(a, {"x"}), subscribe_as(b, {"x"});
  tell_as(a.handle, consumer, relay_event{"topic", "x", 0, "room", "frames"});
  BOOST_TEST(a.local.empty());
  BOOST_TEST_REQUIRE(b.local.size() == 1u);
  BOOST_TEST(b.local[0].event.frames == "frames");
  tell_as(a.handle, consumer, relay_event{"topic", "y", 0, "room", "frames"});
  BOOST_TEST(b.local.size() == 1u);
}

BOOST_AUTO_TEST_CASE(relays_so_many_local_events_and_no_more_until_later) {
  start();
  subscribe_as(a, {"x"}), subscribe_as(b, {"x"});
  relay_event event{"topic", "x", 0, "room", std::string(100'000, 'x')};
  for (int i = 0; i < 5; ++i)
    tell_as(a.handle, consumer, event);
  BOOST_TEST(b.local.size() == 2u);
  tick();
  tell_as(a.handle, consumer, event);
  BOOST_TEST(b.local.size() == 3u);
}

BOOST_AUTO_TEST_CASE(moves_quiet_subscribers_on_from_time_to_time) {
  start();
  subscribe_as(a, {"x"});
  append("z"), append("z");
  BOOST_TEST(a.batches.empty());
  tick();
  BOOST_TEST_REQUIRE(a.batches.size() == 1u);
  BOOST_TEST(a.batches[0].records.empty());
  BOOST_TEST(covered(a, 0) == 2);
  tick();
  BOOST_TEST(a.batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(serves_several_subscribers_each_at_its_own_position) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("y");
  subscribe_as(b, {"x", "y"}, 0);
  append("x");
  BOOST_TEST(records(a) == (texts{"0:x=v", "2:x=v"}));
  BOOST_TEST(records(b) == (texts{"0:x=v", "1:y=v", "2:x=v"}));
}

BOOST_AUTO_TEST_CASE(ends_with_its_group) {
  start();
  subscribe_as(a, {"x"});
  BOOST_TEST(log.readers() == 1u);
  end(group);
  BOOST_TEST(is_over(consumer));
  BOOST_TEST(log.readers() == 0u);
}

BOOST_AUTO_TEST_CASE(answers_its_final_position_and_lets_the_log_go) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("z");
  auto last = ask<commit_position>(consumer, revoke_partition{});
  BOOST_TEST_REQUIRE(last.has_value());
  BOOST_TEST(last->topic == "topic");
  BOOST_TEST(last->partition == 3);
  BOOST_TEST(last->next == 2);
  BOOST_TEST(log.readers() == 0u);
  BOOST_TEST(is_over(consumer));
}

/// A key that belongs into partition 3 of five, or not.
std::string key_of(bool is_here) {
  std::string result = "k0";
  while ((kafka::partition_of(result, 5) == 3) != is_here)
    ++result[1];
  return result;
}

void subscribe_of_five(partition_consumer_fixture& x,
                       partition_consumer_fixture::subscriber& y) {
  subscribe request{y.handle, 1, -1, {}, 1'000'000};
  request.partitions = 5;
  x.tell_as(y.handle, x.consumer, request);
}

BOOST_AUTO_TEST_CASE(notes_what_belongs_elsewhere_and_tells_who_comes) {
  auto here = key_of(true), other = key_of(false);
  append(here), append(other); // before anybody says how many there are
  start(0);
  subscribe_of_five(*this, a);
  BOOST_TEST_REQUIRE(a.added.size() == 1u);
  auto known = misplaced_keys::read(take_misplaced(a.added[0].keys));
  BOOST_TEST((known.first(other) == 1 && known.first(here) == -1));
  append(here), append(other + "'");
  tick();
  auto noted = misplaced_keys::read(positions.back().note);
  BOOST_TEST((noted.first(other) == 1 && noted.first(here) == -1));
  if (kafka::partition_of(other + "'", 5) != 3)
    BOOST_TEST(noted.first(other + "'") == 3);
}

BOOST_AUTO_TEST_CASE(goes_on_with_what_an_earlier_one_has_noted) {
  misplaced_keys before;
  before.add("elsewhere", 1, 1'800'000'000);
  log.set_note(before.write());
  log.skip(9);
  start(9);
  subscribe_of_five(*this, a);
  auto known = misplaced_keys::read(take_misplaced(a.added.at(0).keys));
  BOOST_TEST(known.first("elsewhere") == 1);
  log.cut(0);
  append("x"), tick();
  subscribe_of_five(*this, b);
  known = misplaced_keys::read(take_misplaced(b.added.at(0).keys));
  BOOST_TEST(known.first("elsewhere") == -1);
}

// Another program in the group has read what is before, whatever keys it has.
BOOST_AUTO_TEST_CASE(takes_what_a_stranger_has_read_for_that_of_any_key) {
  log.set_committed_log(0);
  log.skip(9);
  start(9);
  subscribe_of_five(*this, a);
  auto known = misplaced_keys::read(take_misplaced(a.added.at(0).keys));
  BOOST_TEST(known.first("any") == 0);
}

BOOST_AUTO_TEST_CASE(believes_what_one_of_ours_has_read) {
  log.set_committed_log(7);
  log.skip(9);
  start(9);
  subscribe_of_five(*this, a);
  BOOST_TEST(take_misplaced(a.added.at(0).keys).empty());
}

BOOST_AUTO_TEST_CASE(notes_nothing_where_all_keys_are_in_place) {
  start(0);
  subscribe_of_five(*this, a);
  append(key_of(true));
  tick();
  BOOST_TEST(positions.back().note.empty());
  BOOST_TEST(take_misplaced(a.added.at(0).keys).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_partition_whose_start_is_unknown,
                         partition_consumer_fixture)

BOOST_AUTO_TEST_CASE(answers_its_subscribers_when_it_is_known) {
  log.set_known(false);
  start();
  subscribe_as(a, {"x"});
  tick();
  BOOST_TEST(a.added.empty());
  log.set_known(true);
  run();
  BOOST_TEST_REQUIRE(a.added.size() == 1u);
  append("x");
  BOOST_TEST(records(a) == texts{"0:x=v"});
}

BOOST_AUTO_TEST_CASE(takes_more_and_fewer_keys_meanwhile) {
  log.set_known(false);
  start();
  subscribe_as(a, {"x", "z"});
  tell_as(a.handle, consumer, add_keys{1, {"y"}});
  tell_as(a.handle, consumer, remove_keys{1, {"z"}});
  log.set_known(true);
  run();
  BOOST_TEST_REQUIRE(a.added.size() == 2u);
  BOOST_TEST(a.added[0].keys == (keys{"x", "z"}));
  BOOST_TEST(a.added[1].keys == keys{"y"});
  append("y"), append("z");
  BOOST_TEST(records(a) == texts{"0:y=v"});
}

BOOST_AUTO_TEST_CASE(forgets_a_subscriber_that_ends_meanwhile) {
  log.set_known(false);
  start();
  subscribe_as(a, {"x"});
  subscribe_as(b, {"x"});
  end(b.handle);
  log.set_known(true);
  run();
  tick();
  BOOST_TEST(positions.back().subscribers == 1u);
}

BOOST_AUTO_TEST_CASE(serves_a_subscribers_newest_request_only) {
  log.set_known(false);
  start();
  subscribe_as(a, {"x"}, -1, 1000, 1);
  subscribe_as(a, {"y"}, -1, 1000, 2);
  log.set_known(true);
  run();
  append("x"), append("y");
  BOOST_TEST(records(a) == texts{"1:y=v"});
  BOOST_TEST(a.batches.at(0).subscription == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
