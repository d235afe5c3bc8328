#include "transport/kafka/settings_check.hpp"

#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir;
using namespace weir::kafka;

namespace {

enum class where { properties, producer, consumer };

struct row {
  where section;
  const char* key;
  const char* value;
  const char* said; ///< a part of the problem
};

kafka_options with(const row& x) {
  kafka_options result;
  result.brokers = "127.0.0.1:1";
  auto& section = x.section == where::properties ? result.properties
                  : x.section == where::producer ? result.producer
                                                 : result.consumer;
  section[x.key] = x.value;
  return result;
}

std::string path_of(const row& x) {
  constexpr const char* names[] = {"properties", "producer", "consumer"};
  return "kafka." + std::string{names[static_cast<int>(x.section)]} + "."
         + x.key;
}

/// Whether a node would start, as far as Kafka's clients are concerned.
bool starts(const kafka_options& x) {
  try {
    make_client(RD_KAFKA_PRODUCER, producer_conf(x));
    share(make_client(RD_KAFKA_CONSUMER, consumer_conf(x, {})));
    share(make_client(RD_KAFKA_CONSUMER, outside_conf(x, {}, "replay")));
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_check)

BOOST_AUTO_TEST_CASE(names_each_wrong_property) {
  const row rows[] = {
    {where::properties, "linger.msec", "1", "did you mean \"linger.ms\"?"},
    {where::producer, "linger.ms", "soon", "linger.ms"},
    {where::producer, "linger.ms", "-1", "range"},
    {where::producer, "compression.codec", "rar", "compression.codec"},
    {where::producer, "retries", "0", "retries"},
    {where::producer, "max.in.flight", "10", "max.in.flight"},
    {where::producer, "queuing.strategy", "lifo", "queuing.strategy"},
    {where::producer, "session.timeout.ms", "6000",
     "put it into [kafka.consumer]"},
    {where::consumer, "linger.ms", "5", "put it into [kafka.producer]"},
    {where::consumer, "session.timeout.ms", "0", "range"},
    {where::consumer, "max.poll.interval.ms", "1000", "max.poll.interval.ms"},
    {where::consumer, "receive.message.max.bytes", "1000",
     "receive.message.max.bytes"},
    {where::consumer, "auto.offset.reset", "middle", "auto.offset.reset"},
    {where::properties, "security.protocol", "tls", "security.protocol"},
    {where::properties, "sasl.mechanisms", "", "sasl.mechanisms"},
    {where::properties, "debug", "everything", "debug"},
    {where::properties, "acks", "1", "an acked emit could be lost"},
    {where::properties, "plugin.library.paths", "/nowhere.so", "plugin"},
  };
  for (auto& x : rows) {
    auto found = check_settings(with(x), {});
    BOOST_TEST_REQUIRE(found.size() == 1u, path_of(x));
    BOOST_TEST(found[0].path == path_of(x));
    BOOST_TEST(found[0].problem.find(x.said) != std::string::npos,
               path_of(x) << ": " << found[0].problem);
  }
}

BOOST_AUTO_TEST_CASE(asks_for_the_clients_as_a_whole) {
  auto x = with({where::properties, "security.protocol", "ssl", ""});
  x.properties["ssl.ca.location"] = "/nowhere/ca.pem";
  auto found = check_settings(x, {});
  BOOST_TEST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].path == "kafka.properties.ssl.ca.location");
  BOOST_TEST(!starts(x));
}

BOOST_AUTO_TEST_CASE(has_nothing_against_what_starts) {
  const row rows[] = {
    {where::properties, "client.id", "me", ""},
    {where::properties, "socket.timeout.ms", "10000", ""},
    {where::properties, "linger.ms", "5", ""},
    {where::properties, "session.timeout.ms", "6000", ""},
    {where::producer, "compression.type", "lz4", ""},
    {where::producer, "batch.size", "1000000", ""},
    {where::producer, "message.max.bytes", "4000000", ""},
    {where::consumer, "fetch.wait.max.ms", "50", ""},
    {where::consumer, "message.max.bytes", "4000000", ""},
    {where::properties, "acks", "all", ""},
    {where::properties, "debug", "broker", ""},
  };
  for (auto& x : rows) {
    auto found = check_settings(with(x), {});
    BOOST_TEST(found.empty(),
               path_of(x) << ": " << (found.empty() ? "" : found[0].problem));
    BOOST_TEST(starts(with(x)), path_of(x));
  }
}

BOOST_AUTO_TEST_CASE(finds_all_mistakes_at_once) {
  kafka_options x;
  x.producer["linger.ms"] = "soon";
  x.consumer["nonsense"] = "1";
  x.properties["debug"] = "x";
  BOOST_TEST(check_settings(x, {}).size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
