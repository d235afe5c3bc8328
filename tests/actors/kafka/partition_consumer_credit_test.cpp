#include "actors/runtime/metrics/records.hpp"
#include "tests/actors/kafka/partition_consumer_fixture.hpp"

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::partition_consumer_fixture;

BOOST_FIXTURE_TEST_SUITE(a_partition_consumers_credit,
                         partition_consumer_fixture)

BOOST_AUTO_TEST_CASE(lets_nothing_be_sent_before_it_is_there) {
  start();
  subscribe_as(a, {"x"}, -1, 0);
  append("x");
  BOOST_TEST(a.batches.empty());
  grant(a, 1);
  BOOST_TEST(count(a) == 1u);
}

BOOST_AUTO_TEST_CASE(is_overdrawn_by_one_record_at_most) {
  start();
  subscribe_as(a, {"x"}, -1, 15'000);
  append_large(5, "x");
  BOOST_TEST(count(a) == 2u); // 10,000 bytes, and one that overdraws
  grant(a, 1);
  BOOST_TEST(count(a) == 2u);
  grant(a, 10'000);
  BOOST_TEST(count(a) == 3u);
}

BOOST_AUTO_TEST_CASE(leaves_no_hole_when_it_comes_back) {
  start();
  subscribe_as(a, {"x"}, -1, 1);
  for (int i = 0; i < 10; ++i)
    append(i % 2 ? "x" : "z");
  for (int i = 0; i < 10; ++i)
    grant(a, 50);
  BOOST_TEST(count(a) == 5u);
  BOOST_TEST(covered(a, 0) == 10);
}

BOOST_AUTO_TEST_CASE(is_not_spent_by_empty_ranges) {
  start();
  subscribe_as(a, {"x"}, -1, 1);
  append("z");
  tick();
  append("z");
  tick();
  BOOST_TEST(a.batches.size() == 2u);
  append("x");
  BOOST_TEST(count(a) == 1u);
}

BOOST_AUTO_TEST_CASE(decides_whether_the_log_is_read) {
  start();
  subscribe_as(a, {"x"}, -1, 0);
  append_large(3, "x");
  tick();
  BOOST_TEST(log.bytes_read() == 0u);
  grant(a, 1);
  BOOST_TEST(log.bytes_read() > 0u);
}

BOOST_AUTO_TEST_CASE(of_one_subscriber_is_none_of_anothers_business) {
  start();
  subscribe_as(a, {"x"}, -1, 0);
  subscribe_as(b, {"x"});
  append("x"), append("x");
  BOOST_TEST(count(a) == 0u);
  BOOST_TEST(count(b) == 2u);
  grant(a, 1000);
  BOOST_TEST(count(a) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_partition_consumers_cache,
                         partition_consumer_fixture)

BOOST_AUTO_TEST_CASE(stays_within_its_limit_while_nobody_lags) {
  start();
  subscribe_as(a, {"x"}, -1, 10'000'000);
  append_large(100, "x");
  BOOST_TEST(count(a) == 100u);
  tick();
  BOOST_TEST(positions.back().cached_bytes <= cache_limit);
}

BOOST_AUTO_TEST_CASE(leaves_a_slow_subscriber_behind_and_holds_nobody_up) {
  start();
  subscribe_as(a, {"x"}, -1, 10'000'000);
  subscribe_as(b, {"x"}, -1, 0);
  append_large(30, "x");
  BOOST_TEST(count(a) == 30u);
  tick();
  BOOST_TEST(positions.back().cached_bytes <= cache_limit);
  BOOST_TEST(log.reopened().empty());
  for (int i = 0; i < 40; ++i) {
    grant(b, 20'000);
    advance(50ms);
  }
  BOOST_TEST(covered(b, 0) == 30);
  BOOST_TEST(count(b) == 30u);
  BOOST_TEST(count(a) == 30u);
  BOOST_TEST(log.reopened().size() == 1u); // then from the cache again
  append("x");
  BOOST_TEST(count(b) == 31u);
}

BOOST_AUTO_TEST_CASE(is_not_read_into_while_nobody_has_credit) {
  start();
  subscribe_as(a, {"x"}, -1, 15'000);
  subscribe_as(b, {"x"}, -1, 0);
  append_large(60, "x");
  tick();
  BOOST_TEST(count(a) == 2u);
  BOOST_TEST(log.bytes_read() < 300'000u); // the rest waits in librdkafka
}

// What is committed is where a node begins that was killed.
BOOST_AUTO_TEST_CASE(keeps_the_position_at_what_the_slowest_was_sent) {
  start();
  subscribe_as(a, {"x"}, -1, 1'000'000);
  subscribe_as(b, {"x"}, -1, 15'000);
  for (int i = 0; i < 6; ++i) {
    append_large(1, "x");
    tick();
    BOOST_TEST(positions.back().next <= covered(a, 0));
    BOOST_TEST(positions.back().next <= covered(b, 0));
  }
  BOOST_TEST(count(b) == 2u);
  BOOST_TEST(positions.back().next == 2);
  auto last = ask<commit_position>(consumer, revoke_partition{});
  BOOST_TEST_REQUIRE(last.has_value());
  BOOST_TEST(last->next == 2);
}

BOOST_AUTO_TEST_CASE(is_reported_with_the_position) {
  start();
  subscribe_as(a, {"x"}, -1, 500);
  append("x");
  log.skip(4);
  tick();
  BOOST_TEST_REQUIRE(!positions.empty());
  auto& x = positions.back();
  BOOST_TEST(x.topic == "topic");
  BOOST_TEST(x.partition == 3);
  BOOST_TEST(x.next == 5);
  BOOST_TEST(x.log_end == 5);
  BOOST_TEST(x.subscribers == 1u);
  BOOST_TEST(x.cached_bytes > 0u);
  BOOST_TEST(x.credit > 400);
  BOOST_TEST(x.credit < 500);
}

BOOST_AUTO_TEST_CASE(is_filled_by_one_step_at_a_time) {
  for (int i = 0; i < 60; ++i)
    log.append("x", std::string(10'000, 'x'));
  start();
  subscribe_as(a, {"x"}, 0, 10'000'000);
  BOOST_TEST(count(a) == 60u);
  for (auto& batch : a.batches)
    BOOST_TEST(batch.records.size() < 300'000u);
}

BOOST_AUTO_TEST_CASE(shows_that_a_partition_is_not_read_for_want_of_it) {
  auto held = [this] {
    return gauge(system, metrics::partitions_paused)->value();
  };
  start();
  subscribe_as(a, {"x"}, -1, 1);
  BOOST_TEST(held() == 0);
  append("x");
  tick();
  BOOST_TEST(held() == 1);
  grant(a, 1000);
  BOOST_TEST(held() == 0);
}

BOOST_AUTO_TEST_CASE(is_no_longer_shown_as_held_or_cached_when_it_has_left) {
  start();
  subscribe_as(a, {"x"}, -1, 15'000);
  append_large(3, "x");
  tick();
  BOOST_TEST(gauge(system, metrics::partitions_paused)->value() == 1);
  BOOST_TEST(gauge(system, metrics::tail_cache_bytes)->value() > 20'000);
  end(consumer);
  BOOST_TEST(gauge(system, metrics::partitions_paused)->value() == 0);
  BOOST_TEST(gauge(system, metrics::tail_cache_bytes)->value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
