// Members that come and go in a real group, whose rebalances take milliseconds.

#include "tests/transport/kafka/kafka_admin.hpp"
#include "tests/transport/kafka/kafka_fixture.hpp"
#include "tests/transport/kafka/real_kafka.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture {
  static constexpr std::size_t partitions = 6;

  fixture() { admin.create(topic, static_cast<int>(partitions)); }
  ~fixture() { admin.remove(topic); }

  std::unique_ptr<member> join(const std::string& node) {
    weir::kafka_options settings;
    settings.embedded = false;
    settings.brokers = real_kafka();
    auto result = std::make_unique<member>(
      settings, weir::cluster_options{.name = topic, .node = node}, notifier);
    result->inner.subscribe({topic});
    return result;
  }

  bool is_complete() const {
    return members[0]->queues.size() + members[1]->queues.size() == partitions
           && members[0]->positions_known() && members[1]->positions_known();
  }

  /// The one who is there goes by `end`, the one who is not comes, in any order
  /// and at any time; finally both are there.
  template <class End>
  void come_and_go(unsigned seed, End end) {
    constexpr int cycles = 40;
    constexpr int longest_ms = 400;
    std::mt19937 random{seed};
    for (int i = 0; i < cycles; ++i) {
      auto& x = members[random() % 2];
      if (x)
        end(x);
      else
        x = join(&x == members.data() ? "a" : "b");
      run(std::chrono::milliseconds{random() % longest_ms},
          [] { return false; });
    }
    for (auto& x : members)
      if (!x)
        x = join(&x == members.data() ? "a" : "b");
    BOOST_TEST(run(kafka_fixture::deadline, [&] { return is_complete(); }));
  }

  /// Works for as long, or until `done`.
  template <class Done>
  bool run(std::chrono::milliseconds at_most, Done done) {
    auto end = clock::now() + at_most;
    for (;;) {
      for (auto& x : members)
        if (x)
          x->work();
      if (done())
        return true;
      if (clock::now() > end)
        return false;
      notifier.wait(10ms);
    }
  }

  std::string topic
    = "group-"
      + std::to_string(
        std::chrono::system_clock::now().time_since_epoch().count());
  kafka_admin admin{real_kafka()};
  test_notifier notifier;
  std::vector<std::unique_ptr<member>> members{2};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(group_with_kafka, fixture, *needs_real_kafka)

BOOST_AUTO_TEST_CASE(members_may_stop_at_any_time) {
  come_and_go(1, [&](std::unique_ptr<member>& x) {
    x->inner.close();
    BOOST_TEST_REQUIRE(
      run(kafka_fixture::deadline, [&] { return x->inner.closed(); }));
    x.reset();
  });
}

BOOST_AUTO_TEST_CASE(members_may_end_at_any_time) {
  come_and_go(2, [](std::unique_ptr<member>& x) { x.reset(); });
}

BOOST_AUTO_TEST_CASE(a_member_comes_back_after_one_of_its_name_is_gone) {
  auto& first = members[0];
  auto& second = members[1];
  first = join("a");
  BOOST_TEST_REQUIRE(
    run(kafka_fixture::deadline, [&] { return first->positions_known(); }));
  second = join("a");
  BOOST_TEST_REQUIRE(
    run(kafka_fixture::deadline, [&] { return first->fatal_errors == 1; }));
  second.reset();
  BOOST_TEST_REQUIRE(
    run(kafka_fixture::deadline, [&] { return first->positions_known(); }));
}

BOOST_AUTO_TEST_CASE(a_topic_with_fewer_partitions_has_no_log_in_the_others) {
  auto& x = members[0];
  x = join("a");
  auto log_in = [&](std::int32_t partition) {
    auto i = x->queues.find({topic, partition});
    return i == x->queues.end() ? 0 : i->second->log();
  };
  BOOST_TEST_REQUIRE(run(kafka_fixture::deadline, [&] {
    return x->positions_known() && log_in(0) != 0;
  }));
  auto former = log_in(0);
  constexpr std::int32_t left = 4;
  admin.remove(topic);
  admin.create(topic, left);
  auto is_told_only_of_what_is_there = true;
  BOOST_TEST(run(kafka_fixture::deadline, [&] {
    for (auto i = left; i < static_cast<std::int32_t>(partitions); ++i)
      is_told_only_of_what_is_there &= log_in(i) == former || log_in(i) == 0;
    return log_in(0) != former && log_in(0) != 0;
  }));
  BOOST_TEST(is_told_only_of_what_is_there);
}

BOOST_AUTO_TEST_SUITE_END()
