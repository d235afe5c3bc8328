#include "transport/kafka/partition_counts.hpp"

#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace weir::kafka;

namespace {

using told = std::vector<std::pair<std::string, std::int32_t>>;

std::string partition(int id, bool unknown = false) {
  return "\"" + std::to_string(id) + "\": { \"partition\":" + std::to_string(id)
         + ", \"broker\":1, \"desired\":true, \"unknown\":"
         + (unknown ? "true" : "false") + ", \"msgq_cnt\":0 } ";
}

std::string topic(const std::string& name, const std::string& partitions) {
  return "\"" + name + "\": { \"topic\":\"" + name
         + "\", \"age\":7, \"partitions\":{ " + partitions + "} } ";
}

/// Brokers stand first, with names of partitions as well.
std::string statistics_of(const std::string& topics) {
  return "{ \"brokers\":{ \"b:1/1\": { \"toppars\":{ \"t-9\": { "
         "\"topic\":\"t\", \"partition\":9} } } }, \"topics\":{ "
         + topics + "}, \"cgrp\": { \"state\": \"up\" } }";
}

/// Without brokers, and silent about that.
client_handle make_consumer() {
  conf_handle conf{rd_kafka_conf_new()};
  set_property(conf.get(), "log_level", "0");
  return make_client(RD_KAFKA_CONSUMER, std::move(conf));
}

struct fixture {
  fixture() { counts.watch(client.get(), {"t", "t.2"}); }

  told after(const std::string& topics) {
    told result;
    counts.on_statistics(statistics_of(topics),
                         [&](const std::string& name, std::int32_t n) {
                           result.emplace_back(name, n);
                         });
    return result;
  }

  client_handle client = make_consumer();
  partition_counts counts;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(partition_counts_suite, fixture)

BOOST_AUTO_TEST_CASE(are_reported_once_and_when_they_change) {
  auto two = partition(0) + ", " + partition(1);
  BOOST_TEST((after(topic("t", two)) == told{{"t", 2}}));
  BOOST_TEST((after(topic("t", two)) == told{}));
  auto three = two + ", " + partition(2);
  BOOST_TEST((after(topic("t", three)) == told{{"t", 3}}));
  // Deleted, and created again with fewer.
  BOOST_TEST((after(topic("t", two)) == told{{"t", 2}}));
}

BOOST_AUTO_TEST_CASE(are_told_by_topic_and_only_of_those_watched) {
  auto all = topic("other", partition(0)) + ", " + topic("t", partition(0))
             + ", " + topic("t.2", partition(0) + ", " + partition(1));
  BOOST_TEST((after(all) == told{{"t", 1}, {"t.2", 2}}));
}

BOOST_AUTO_TEST_CASE(are_told_again_of_what_was_not_watched_meanwhile) {
  auto all = topic("t", partition(0)) + ", " + topic("t.2", partition(0)) + ", "
             + topic("t.3", partition(0));
  BOOST_TEST((after(all) == told{{"t", 1}, {"t.2", 1}}));
  counts.watch(client.get(), {"t", "t.3"});
  BOOST_TEST((after(all) == told{{"t.3", 1}}));
  counts.watch(client.get(), {"t", "t.2"});
  BOOST_TEST((after(all) == told{{"t.2", 1}}));
}

BOOST_AUTO_TEST_CASE(leave_out_what_no_broker_has) {
  auto asked_for = partition(0) + ", " + partition(5, true) + ", "
                   + partition(-1);
  BOOST_TEST((after(topic("t", asked_for)) == told{{"t", 1}}));
}

BOOST_AUTO_TEST_CASE(are_not_told_while_a_topic_does_not_exist) {
  BOOST_TEST((after(topic("t", partition(0, true))) == told{}));
  BOOST_TEST((after("") == told{}));
}

BOOST_AUTO_TEST_SUITE_END()
