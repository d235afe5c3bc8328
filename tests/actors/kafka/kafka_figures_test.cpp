#include "actors/kafka/kafka_figures.hpp" // unit under test

#include "actors/runtime/metrics/kafka.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture : test::deterministic_actor_system {
  std::int64_t sent() {
    return count(system, metrics::kafka_sent_records, "producer")->value();
  }

  void show(std::int64_t sent_records) {
    kafka::client_figures x;
    x.sent_records = sent_records;
    figures.show(x);
  }

  kafka_figures figures{system, "producer"};
};

BOOST_FIXTURE_TEST_SUITE(figures_of_librdkafka, fixture)

BOOST_AUTO_TEST_CASE(are_counted_once) {
  show(5), show(5), show(7);
  BOOST_TEST(sent() == 7);
}

BOOST_AUTO_TEST_CASE(never_go_back_when_another_client_takes_over) {
  show(7), show(2), show(3);
  BOOST_TEST(sent() == 10);
}

BOOST_AUTO_TEST_CASE(have_seconds_of_round_trips) {
  kafka::client_figures x;
  x.round_trips = 4;
  x.round_trip_time = 6'000;
  x.round_trip_p99 = 2'500;
  figures.show(x), figures.show(x);
  BOOST_TEST(count(system, metrics::kafka_round_trips, "producer")->value()
             == 8);
  BOOST_TEST(
    count_seconds(system, metrics::kafka_round_trip_time, "producer")->value()
      == 0.012,
    boost::test_tools::tolerance(1e-9));
  BOOST_TEST(
    gauge_seconds(system, metrics::kafka_round_trip_p99, "producer")->value()
      == 0.0025,
    boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(tell_brokers_apart_and_forget_those_that_are_gone) {
  auto unanswered = [this](const std::string& broker) {
    return gauge(system, metrics::kafka_broker_unanswered, "producer," + broker)
      ->value();
  };
  kafka::client_figures x;
  x.brokers = {{"a:1", {2, 1000}}, {"b:1", {7, 0}}};
  figures.show(x);
  BOOST_TEST(unanswered("a:1") == 2);
  BOOST_TEST(unanswered("b:1") == 7);
  BOOST_TEST(
    gauge_seconds(system, metrics::kafka_broker_round_trip_p99, "producer,a:1")
      ->value()
    == 0.001);
  x.brokers.erase("b:1");
  figures.show(x);
  BOOST_TEST(unanswered("a:1") == 2);
  BOOST_TEST(unanswered("b:1") == 0);
}

BOOST_AUTO_TEST_CASE(count_what_each_broker_answers_and_how_long_it_throttles) {
  auto answers = [this] {
    return count(system, metrics::kafka_broker_answers, "producer,a:1")
      ->value();
  };
  auto unreachable = gauge(system, metrics::kafka_broker_unreachable,
                           "producer,a:1");
  kafka::client_figures x;
  x.brokers["a:1"] = {.answers = 5, .throttled = 300, .unreachable = true};
  figures.show(x), figures.show(x);
  BOOST_TEST(answers() == 5);
  BOOST_TEST(
    count_seconds(system, metrics::kafka_broker_throttled, "producer,a:1")
      ->value()
    == 0.6);
  BOOST_TEST(unreachable->value() == 1);
  x.brokers["a:1"] = {.answers = 2}; // another client takes over
  figures.show(x);
  BOOST_TEST(answers() == 7);
  BOOST_TEST(unreachable->value() == 0);
  x.brokers["a:1"].unreachable = true;
  figures.show(x);
  x.brokers.clear();
  figures.show(x);
  BOOST_TEST(unreachable->value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
