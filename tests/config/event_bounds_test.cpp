#include "config/event_bounds.hpp"

#include "tests/config/config_fixture.hpp"

#include <algorithm>
#include <random>
#include <sstream>

namespace {

using namespace weir;
using test::lines;

const std::string kafka = "[cluster]\nlisten = \"127.0.0.1:0\"\n"
                          "[kafka]\nembedded = true\n";
const std::string rooms = R"([[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat"
  topic = "t"
  events = ["say"]
)";

struct fixture : test::config_fixture {
  options right(const std::string& text) {
    auto x = load(text);
    BOOST_TEST_REQUIRE(messages(x) == lines{},
                       boost::test_tools::per_element());
    return x.value;
  }
};

BOOST_FIXTURE_TEST_SUITE(event_bounds, fixture)

BOOST_AUTO_TEST_CASE(the_defaults_fit_each_other) {
  auto x = right(kafka + rooms);
  BOOST_TEST(x.limits.outbox == 1 * mib);
  BOOST_TEST(x.kafka.producer.empty());
  BOOST_TEST(max_event(x.limits) >= config::largest_event(x));
}

BOOST_AUTO_TEST_CASE(limits_that_are_not_set_follow_the_payload) {
  auto x = right("engineio.max_payload = \"200MiB\"\n" + kafka + rooms);
  BOOST_TEST(max_event(x.limits) >= 200 * mib);
  BOOST_TEST(x.limits.max_lag >= 200 * mib);
  BOOST_TEST(x.limits.producer_queue >= 200 * mib);
  BOOST_TEST(x.limits.forwarded_bytes >= 200 * mib);
  BOOST_TEST(std::stoul(x.kafka.producer.at("message.max.bytes")) > 200 * mib);
  BOOST_TEST(std::stoul(x.kafka.producer.at("queue.buffering.max.kbytes"))
             > 200 * kib);
  BOOST_TEST(std::stoul(x.kafka.consumer.at("receive.message.max.bytes"))
             > 216 * mib);
}

BOOST_AUTO_TEST_CASE(attachments_count_beside_their_packet) {
  auto x = right("engineio.max_payload = \"4MiB\"\n" + kafka + rooms
                 + "  format = \"envelope\"\n");
  BOOST_TEST(max_event(x.limits) >= 8 * mib);
}

BOOST_AUTO_TEST_CASE(what_is_set_stays) {
  auto x = right("[limits]\noutbox = \"64KiB\"\nforwarded_bytes = \"4KiB\"\n"
                 + kafka + rooms);
  BOOST_TEST(x.limits.outbox == 64 * kib);
  BOOST_TEST(x.limits.forwarded_bytes == 4 * kib);
  x = right("engineio.max_payload = \"4MiB\"\n" + kafka
            + "[kafka.properties]\n\"message.max.bytes\" = 500000\n" + rooms);
  BOOST_TEST(x.kafka.producer.empty());
  BOOST_TEST(x.limits.outbox == 1 * mib); // Kafka's client takes no more
}

BOOST_AUTO_TEST_CASE(what_contradicts_each_other_is_named_with_its_lines) {
  auto loaded = load("[engineio]\nmax_payload = \"4MiB\"\n[limits]\n"
                     "outbox = \"1MiB\"\nproducer_queue = \"1MiB\"\n"
                     "forwarded_bytes = \"1MiB\"\nmax_lag = \"1MiB\"\n"
                     + kafka + rooms);
  BOOST_TEST_REQUIRE(loaded.errors.size() == 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    auto& x = loaded.errors[i];
    BOOST_TEST(x.line == 4 + i);
    BOOST_TEST(x.message.find("engineio.max_payload (line 2: 4MiB)")
                 != std::string::npos,
               x.message);
    BOOST_TEST(x.message.find("set at least ") != std::string::npos);
  }
  BOOST_TEST(loaded.errors[0].message.starts_with("outbox: 1MiB is less than"));
}

// The advice is good: with it the file is right.
BOOST_AUTO_TEST_CASE(what_is_advised_is_enough) {
  auto loaded = load("[engineio]\nmax_payload = \"4MiB\"\n[limits]\n"
                     "outbox = \"1MiB\"\n"
                     + kafka + rooms);
  auto& message = loaded.errors.at(0).message;
  auto at = message.find("set at least ") + 13;
  auto advised = message.substr(at, message.find(',', at) - at);
  right("[engineio]\nmax_payload = \"4MiB\"\n[limits]\noutbox = \"" + advised
        + "\"\n" + kafka + rooms);
}

/// A file with some of the keys, of any size.
std::string any_file(std::mt19937& random) {
  auto size = [&random](std::size_t max) {
    return std::size_t{1024} << random() % max;
  };
  std::ostringstream out;
  if (random() % 2 == 0)
    out << "engineio.max_payload = " << size(18) << '\n';
  out << "[limits]\n";
  for (auto* key : {"outbox", "max_lag", "producer_queue", "forwarded_bytes"})
    if (random() % 3 == 0)
      out << key << " = " << size(20) << '\n';
  if (random() % 2 == 0)
    out << "recovery_offset = " << 64 + random() % 60'000 << '\n';
  if (random() % 2 == 0)
    out << "credit = " << size(20) << '\n';
  out << kafka;
  auto property = [&](const char* key, std::size_t max) {
    if (random() % 3 == 0)
      out << '"' << key << "\" = " << size(max) << '\n';
  };
  out << "[kafka.producer]\n";
  property("message.max.bytes", 19);
  property("batch.size", 20);
  out << (random() % 4 == 0 ? "[kafka.properties]\n" : "[kafka.consumer]\n");
  property("fetch.max.bytes", 20);
  property("fetch.message.max.bytes", 20);
  property("receive.message.max.bytes", 20);
  out << rooms;
  if (random() % 2 == 0)
    out << "  format = \"envelope\"\n";
  return out.str();
}

/// Of the consumer, as librdkafka will have it.
std::size_t property_of(const options& x, const std::string& key,
                        std::size_t otherwise) {
  for (auto* from : {&x.kafka.consumer, &x.kafka.properties})
    if (auto i = from->find(key); i != from->end())
      return std::stoul(i->second);
  return otherwise;
}

// Whatever is set: a file that says how large events may be is refused, or
// members can be sent all that Kafka's client library takes of them.
BOOST_AUTO_TEST_CASE(what_is_accepted_can_be_delivered) {
  std::mt19937 random{1};
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    auto text = any_file(random);
    auto loaded = load(text);
    if (!loaded.errors.empty())
      continue;
    ++accepted;
    auto& x = loaded.value;
    auto is_given = [&](const std::string& key) {
      return text.find("\n" + key + " =") != std::string::npos;
    };
    BOOST_TEST_CONTEXT(text) {
      if (text.starts_with("engineio.") || !is_given("outbox"))
        BOOST_TEST_REQUIRE(max_event(x.limits) >= config::largest_event(x));
      if (!is_given("max_lag"))
        BOOST_TEST_REQUIRE(x.limits.max_lag >= config::largest_event(x));
      if (!is_given("forwarded_bytes"))
        BOOST_TEST_REQUIRE(x.limits.forwarded_bytes >= x.engineio.max_payload);
      BOOST_TEST_REQUIRE(max_event(x.limits) <= x.limits.outbox);
      // One batch of a record comes in one answer, whatever was asked for.
      auto found = x.kafka.producer.find("message.max.bytes");
      auto taken = found == x.kafka.producer.end() ? 1'000'000
                                                   : std::stoul(found->second);
      auto received = property_of(x, "receive.message.max.bytes", 100'000'000);
      BOOST_TEST_REQUIRE(received > std::min(config::largest_record(x), taken));
      auto fetched = property_of(x, "fetch.max.bytes", 16 * mib);
      if (!is_given("\"receive.message.max.bytes\""))
        BOOST_TEST_REQUIRE((received == 100'000'000 // librdkafka raises that
                            || received >= fetched + 512));
    }
  }
  BOOST_TEST(accepted > 500);
}

BOOST_AUTO_TEST_CASE(an_answer_that_holds_no_record_is_refused) {
  const std::string payload = "engineio.max_payload = \"200MiB\"\n";
  for (auto* section : {"consumer", "properties"}) {
    auto head = "[kafka." + std::string{section}
                + "]\n\"receive.message.max.bytes\" = ";
    auto loaded = load(payload + kafka + head + "100000000\n" + rooms);
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
    auto& message = loaded.errors[0].message;
    BOOST_TEST(message.find("could never be read") != std::string::npos,
               message);
    auto at = message.find("set at least ") + 13;
    right(payload + kafka + head
          + message.substr(at, message.find(',', at) - at) + "\n" + rooms);
  }
  right(kafka + "[kafka.consumer]\n\"receive.message.max.bytes\" = 20000000\n"
        + rooms);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
