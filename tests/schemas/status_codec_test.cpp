#include "schemas/status_codec.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::schemas;

BOOST_AUTO_TEST_SUITE(status_codec)

BOOST_AUTO_TEST_CASE(actors_are_listed_by_type) {
  const std::vector<actor_status> actors{{"weir.room", 3, 2, 17}};
  BOOST_TEST(to_json(actors)
             == R"({"actors":[{"type":"weir.room","count":3,"mailbox":2,)"
                R"("processed":"17"}]})");
}

// Protobuf's mapping: a JavaScript number would lose digits.
BOOST_AUTO_TEST_CASE(numbers_of_64_bits_are_strings) {
  partition_status x;
  x.topic = "chat.messages";
  x.partition = 3;
  x.position = 9'007'199'254'740'993;
  x.log_end = 9'007'199'254'740'995;
  x.lag = 2;
  x.subscribers = 1;
  x.credit = 65'536;
  BOOST_TEST(to_json(std::vector{x})
             == R"({"partitions":[{"topic":"chat.messages","partition":3,)"
                R"("position":"9007199254740993",)"
                R"("log_end":"9007199254740995","lag":"2","committed":"-1",)"
                R"("subscribers":1,"credit":"65536","cached_bytes":"0",)"
                R"("interim":false}]})");
  x.interim = true;
  BOOST_TEST(to_json(std::vector{x}).ends_with(R"("interim":true}]})"));
}

BOOST_AUTO_TEST_CASE(nodes_are_listed_with_their_state) {
  const std::vector<node_status> nodes{
    {"a", 1, "up", "127.0.0.1:4000", 4, 100, {}, {}}};
  BOOST_TEST(to_json(nodes)
             == R"({"nodes":[{"name":"a","incarnation":"1","state":"up",)"
                R"("address":"127.0.0.1:4000","partitions":4,)"
                R"("connections":100,"owned":[]}]})");
}

BOOST_AUTO_TEST_CASE(a_node_comes_with_its_partitions_and_link) {
  const std::vector<node_status> nodes{{"b",
                                        1,
                                        "up",
                                        "127.0.0.1:4000",
                                        2,
                                        0,
                                        {"chat/0", "chat/3"},
                                        link_status{true, 10, 20, 30}}};
  BOOST_TEST(to_json(nodes)
             == R"({"nodes":[{"name":"b","incarnation":"1","state":"up",)"
                R"("address":"127.0.0.1:4000","partitions":2,)"
                R"("connections":0,"owned":["chat/0","chat/3"],)"
                R"("link":{"encrypted":true,"sent_bytes":"10",)"
                R"("received_bytes":"20","silent_ms":30}}]})");
}

BOOST_AUTO_TEST_CASE(who_was_sent_away_is_counted) {
  BOOST_TEST(to_json(disconnect_status{2, {"b"}})
             == R"({"disconnected":2,"silent_nodes":["b"]})");
}

BOOST_AUTO_TEST_CASE(readiness_says_why_not) {
  BOOST_TEST(to_json(readiness{true, {}}) == R"({"ready":true,"reasons":[]})");
  BOOST_TEST(to_json(readiness{false, {"no broker answers"}})
             == R"({"ready":false,"reasons":["no broker answers"]})");
}

BOOST_AUTO_TEST_CASE(what_is_empty_or_zero_is_printed_too) {
  BOOST_TEST(to_json(std::vector<actor_status>{}) == R"({"actors":[]})");
  BOOST_TEST(to_json(std::vector<actor_status>(1))
             == R"({"actors":[{"type":"","count":0,"mailbox":0,)"
                R"("processed":"0"}]})");
}

BOOST_AUTO_TEST_CASE(text_is_escaped) {
  BOOST_TEST(to_json(readiness{false, {"a \"b\"\n"}})
             == R"({"ready":false,"reasons":["a \"b\"\n"]})");
}

BOOST_AUTO_TEST_SUITE_END()
