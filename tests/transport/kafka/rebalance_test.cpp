#include "tests/transport/kafka/kafka_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <set>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture : kafka_fixture {
  /// For a real group; with the shortest session for which librdkafka's mock
  /// cluster does not lose its members: its first assignment takes 3 s, each
  /// later one the session's time less a second.
  weir::kafka_options group_settings() const {
    auto result = settings(false);
    result.consumer["session.timeout.ms"] = "3500";
    result.consumer["heartbeat.interval.ms"] = "200";
    result.consumer["fetch.wait.max.ms"] = "5";
    return result;
  }
};

/// What went wrong: then records may be read again, never lost.
std::string errors_of(const member& x) {
  std::string result;
  for (auto& error : x.errors)
    result += error + "; ";
  for (auto& why : x.committed)
    result += why.empty() ? "" : "commit: " + why + "; ";
  return result;
}

std::size_t owned(const member& x) {
  return x.queues.size();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rebalance, fixture)

BOOST_AUTO_TEST_CASE(partitions_move_and_no_record_is_lost_or_read_twice) {
  auto a = join(group_settings(), "a");
  BOOST_TEST_REQUIRE(run({a.get()}, [&] {
    return owned(*a) == partitions && a->positions_known();
  }));
  auto b = join(group_settings(), "b");
  std::size_t sent = 0;
  // The mock cluster keeps 5 MB of a partition: no more may wait to be read
  // while nobody owns it, or records are gone before anybody could read them.
  constexpr std::size_t max_unread = 2'000;
  auto load = [&] {
    if (sent - std::min(sent, a->count() + b->count()) >= max_unread)
      return;
    send("key " + std::to_string(sent % 50), std::to_string(sent));
    ++sent;
  };
  BOOST_TEST_REQUIRE(run({a.get(), b.get()}, [&] {
    load();
    return owned(*a) == partitions / 2 && owned(*b) == partitions / 2
           && b->positions_known();
  }));
  // Cooperative: what stays is never taken away.
  BOOST_TEST(a->revoked.size() == partitions / 2);
  for (int i = 0; i < 100; ++i)
    load();
  // And back, when one leaves.
  b->inner.close();
  BOOST_TEST_REQUIRE(
    run({a.get(), b.get()}, [&] { return b->inner.closed(); }));
  b->inner.poll();
  BOOST_TEST(b->revoked.size() == partitions / 2);
  BOOST_TEST_REQUIRE(run({a.get()}, [&] { return owned(*a) == partitions; }));
  load();
  // What came to whom, by partition and offset.
  std::multiset<std::pair<topic_partition, std::int64_t>> seen;
  auto distinct = [&] {
    seen.clear();
    for (auto* x : {a.get(), b.get()})
      for (auto& [partition, log] : x->logs)
        for (auto& record : log)
          seen.emplace(partition, record.offset);
    return std::set(seen.begin(), seen.end()).size();
  };
  auto all_read = run({a.get()}, [&] {
    return reports.size() == sent && a->count() + b->count() >= sent
           && distinct() == sent;
  });
  auto errors = errors_of(*a) + errors_of(*b);
  BOOST_TEST_REQUIRE(all_read, distinct() << " of " << sent << "; " << errors);
  // A commit that the group refused leads to reading again.
  BOOST_TEST((seen.size() == sent || !errors.empty()));
}

// librdkafka 2.0 would abort the process.
BOOST_AUTO_TEST_CASE(may_end_between_joining_and_the_first_assignment) {
  constexpr std::int16_t sync_group = 14; // Kafka's number of the request
  constexpr int never_ms = 60'000;
  rd_kafka_mock_broker_push_request_error_rtts(broker.cluster(), only_broker,
                                               sync_group, 1,
                                               RD_KAFKA_RESP_ERR_NO_ERROR,
                                               never_ms);
  auto a = join(group_settings(), "a");
  // The mock answers the first to join after 3 s, and nothing tells of it.
  auto joined_at = clock::now() + 3500ms;
  BOOST_TEST_REQUIRE(run({a.get()}, [&] { return clock::now() > joined_at; }));
  a->inner.close();
  BOOST_TEST_REQUIRE(run({a.get()}, [&] { return a->inner.closed(); }));
  BOOST_TEST(a->rebalances == 0u);
}

// The mock lets the two in 2.5 s after the first of them has come. A member
// that leaves waits 2 s for that: one leaves in time to be let in before, the
// other just as it happens.
BOOST_AUTO_TEST_CASE(members_may_leave_while_they_are_let_in) {
  auto a = join(group_settings(), "a");
  BOOST_TEST_REQUIRE(run({a.get()}, [&] { return owned(*a) == partitions; }));
  auto b = join(group_settings(), "b");
  auto c = join(group_settings(), "c");
  auto all = {a.get(), b.get(), c.get()};
  auto later = clock::now() + 1s;
  BOOST_TEST_REQUIRE(run(all, [&] {
    return b->inner.brokers().reachable && c->inner.brokers().reachable;
  }));
  b->inner.close();
  BOOST_TEST_REQUIRE(run(all, [&] { return clock::now() > later; }));
  c->inner.close();
  BOOST_TEST_REQUIRE(
    run(all, [&] { return b->inner.closed() && c->inner.closed(); }));
  BOOST_TEST(b->rebalances == 0u);
  BOOST_TEST(c->rebalances == 0u);
  BOOST_TEST_REQUIRE(run({a.get()}, [&] { return owned(*a) == partitions; }));
}

BOOST_AUTO_TEST_SUITE_END()
