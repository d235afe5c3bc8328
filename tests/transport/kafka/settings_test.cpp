#include "transport/kafka/settings.hpp"

#include "config/memory_bound.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace weir;
using namespace weir::kafka;

namespace {

kafka_options with(const std::string& key, const std::string& value) {
  kafka_options result;
  result.brokers = "127.0.0.1:1";
  result.properties[key] = value;
  return result;
}

std::string refusal(const std::string& key, const std::string& value) {
  try {
    producer_conf(with(key, value));
    consumer_conf(with(key, value), {});
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings)

// What `weir check` prints as the queues' share of the memory.
BOOST_AUTO_TEST_CASE(queues_have_the_bounds_that_the_memory_limits_count) {
  kafka_options settings;
  settings.brokers = "127.0.0.1:1";
  auto producer = producer_conf(settings);
  auto consumer = consumer_conf(settings, {});
  for (auto& x :
       {config::producer_kib, config::producer_records, config::queued_kib,
        config::queued_records, config::fetch_bytes, config::fetch_max_bytes}) {
    auto* conf = x.of_producer ? producer.get() : consumer.get();
    BOOST_TEST(number_property(conf, x.key) == x.value, x.key);
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_would_break_a_promise) {
  const std::pair<const char*, const char*> refused[] = {
    {"enable.idempotence", "false"},
    {"acks", "1"},
    {"request.required.acks", "0"},
    {"enable.auto.commit", "true"},
    {"enable.auto.offset.store", "true"},
    {"partition.assignment.strategy", "range"},
    {"isolation.level", "read_uncommitted"},
    {"check.crcs", "false"},
    {"group.id", "x"},
    {"group.instance.id", "x"},
    {"bootstrap.servers", "x"},
    {"message.timeout.ms", "1"},
    {"transactional.id", "x"},
    {"statistics.interval.ms", "0"},
    {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
  };
  for (auto& [key, value] : refused) {
    auto why = refusal(key, value);
    BOOST_TEST(contains(why, key), key);
    BOOST_TEST(contains(why, "[kafka.properties]"), key);
    BOOST_TEST(contains(why, "is refused: "), key);
  }
}

BOOST_AUTO_TEST_CASE(names_the_property_that_librdkafka_does_not_know) {
  BOOST_TEST(contains(refusal("linger.msec", "1"), "\"linger.msec\""));
  BOOST_TEST(contains(refusal("linger.ms", "soon"), "\"linger.ms\""));
}

BOOST_AUTO_TEST_CASE(shows_no_secret_that_is_refused) {
  for (auto* key : {"sasl.passwords", "sasl.oauthbearer.client.secretx"}) {
    auto why = refusal(key, "hunter2");
    BOOST_TEST(contains(why, key), why);
    BOOST_TEST(!contains(why, "hunter2"), why);
  }
}

BOOST_AUTO_TEST_CASE(takes_a_promise_that_is_spelled_out) {
  BOOST_TEST(refusal("acks", "all") == "");
  BOOST_TEST(refusal("enable.idempotence", "true") == "");
}

BOOST_AUTO_TEST_CASE(the_more_special_section_wins_over_our_defaults) {
  auto x = with("linger.ms", "3");
  BOOST_TEST(property(producer_conf(x).get(), "linger.ms") == "3");
  x.producer["linger.ms"] = "4";
  BOOST_TEST(property(producer_conf(x).get(), "linger.ms") == "4");
  x.consumer["session.timeout.ms"] = "6000";
  BOOST_TEST(property(consumer_conf(x, {}).get(), "session.timeout.ms")
             == "6000");
}

BOOST_AUTO_TEST_CASE(promises_are_set_by_default) {
  kafka_options x;
  x.brokers = "127.0.0.1:1";
  auto conf = producer_conf(x);
  BOOST_TEST(property(conf.get(), "enable.idempotence") == "true");
  BOOST_TEST(property(conf.get(), "acks") == "-1");
  BOOST_TEST(property(conf.get(), "partitioner") == "murmur2_random");
  BOOST_TEST(property(conf.get(), "message.timeout.ms") == "0");
  conf = consumer_conf(x, {.name = "chat", .node = "b"});
  BOOST_TEST(property(conf.get(), "group.id") == "chat");
  BOOST_TEST(property(conf.get(), "group.instance.id") == "b");
  BOOST_TEST(property(conf.get(), "client.id") == "weir/b");
  BOOST_TEST(property(conf.get(), "isolation.level") == "read_committed");
  BOOST_TEST(property(conf.get(), "check.crcs") == "true");
}

BOOST_AUTO_TEST_CASE(a_reader_of_older_records_is_set_up_as_the_member_is) {
  auto x = with("security.protocol", "ssl");
  x.consumer["queued.max.messages.kbytes"] = "64";
  x.consumer["auto.offset.reset"] = "latest";
  auto conf = outside_conf(x, {.name = "chat", .node = "b"}, "replay");
  BOOST_TEST(property(conf.get(), "security.protocol") == "ssl");
  BOOST_TEST(number_property(conf.get(), "queued.max.messages.kbytes") == 64u);
  BOOST_TEST(property(conf.get(), "isolation.level") == "read_committed");
  BOOST_TEST(property(conf.get(), "check.crcs") == "true");
  BOOST_TEST(property(conf.get(), "client.id") == "weir/b/replay");
  // The log's start, or what still exists would be skipped.
  BOOST_TEST(property(conf.get(), "auto.offset.reset") == "smallest");
}

BOOST_AUTO_TEST_SUITE_END()
