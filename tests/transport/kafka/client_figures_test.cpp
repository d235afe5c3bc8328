#include "transport/kafka/client_figures.hpp" // unit under test

#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace weir::kafka;

namespace {

std::string average_text(const std::string& name, int sum, int p99, int n) {
  return "\"" + name + "\": { \"min\":1, \"max\":9, \"avg\":5, \"sum\":"
         + std::to_string(sum) + ", \"stddev\": 0, \"p50\": 4, \"p99\": "
         + std::to_string(p99) + ", \"p99_99\": 99999, \"outofrange\": 0, "
         + "\"hdrsize\": 11376, \"cnt\":" + std::to_string(n) + " }, ";
}

std::string broker_text(int retries, int sum, int p99, int n,
                        const std::string& name = "b:9092",
                        const std::string& source = "learned",
                        const std::string& state = "UP") {
  return "\"b\": { \"name\":\"b\", \"nodename\":\"" + name + "\", \"source\":\""
         + source + "\", \"state\":\"" + state + "\", \"waitresp_cnt\":"
         + std::to_string(retries) + ", \"tx\":7, \"txretries\":"
         + std::to_string(retries) + ", \"req_timeouts\":2, \"rx\":8, "
         + average_text("int_latency", 1111, 1111, 1111)
         + average_text("rtt", sum, p99, n)
         + average_text("throttle", 22, 22, 1) + "\"req\": { } }";
}

std::string client_statistics(const std::string& brokers) {
  return "{ \"name\": \"weir\", \"ts\":1, \"replyq\":0, \"msg_cnt\":12, "
         "\"msg_size\":345, \"msg_max\":100000, \"brokers\":{ "
         + brokers
         + "}, \"topics\":{ \"t\": { \"partitions\":{ \"0\": { "
           "\"txmsgs\":1, \"txbytes\":1, \"rxmsgs\":1, \"rxbytes\":1 } } } }, "
           "\"tx\":20, \"tx_bytes\":21, \"rx\":22, \"rx_bytes\":23, "
           "\"txmsgs\":24, \"txmsg_bytes\":25, \"rxmsgs\":26, "
           "\"rxmsg_bytes\":27}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_figures_suite)

BOOST_AUTO_TEST_CASE(are_of_the_client_and_not_of_a_topic) {
  auto x = read_figures(client_statistics(broker_text(0, 0, 0, 0)));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->queued_records == 12);
  BOOST_TEST(x->queued_bytes == 345);
  BOOST_TEST(x->requests == 20);
  BOOST_TEST(x->sent_bytes == 21);
  BOOST_TEST(x->received_bytes == 23);
  BOOST_TEST(x->sent_records == 24);
  BOOST_TEST(x->received_records == 26);
}

BOOST_AUTO_TEST_CASE(are_of_all_brokers_together) {
  auto x = read_figures(client_statistics(broker_text(3, 1000, 700, 10) + ", "
                                          + broker_text(1, 50, 60, 5)));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->retries == 4);
  BOOST_TEST(x->timeouts == 4);
  BOOST_TEST(x->round_trips == 15);
  BOOST_TEST(x->round_trip_time == 1050);
  BOOST_TEST(x->round_trip_p99 == 700);
}

BOOST_AUTO_TEST_CASE(are_of_each_broker_with_all_connections_to_it) {
  auto x = read_figures(client_statistics(broker_text(3, 1000, 700, 10) + ", "
                                          + broker_text(1, 50, 60, 5, "c:1")
                                          + ", " + broker_text(2, 50, 900, 5)));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST_REQUIRE(x->brokers.size() == 2u);
  auto& b = x->brokers["b:9092"];
  BOOST_TEST(b.unanswered == 5);
  BOOST_TEST(b.round_trip_p99 == 900);
  BOOST_TEST(b.answers == 16);
  BOOST_TEST(b.throttled == 44);
  BOOST_TEST(x->brokers["c:1"].unanswered == 1);
  BOOST_TEST(x->brokers["c:1"].round_trip_p99 == 60);
  BOOST_TEST(x->brokers["c:1"].answers == 8);
}

/// A join waits there for as long as the other members take, and it moves from
/// broker to broker with all that it has counted.
BOOST_AUTO_TEST_CASE(of_a_broker_leave_out_that_it_coordinates_the_group) {
  auto x = read_figures(
    client_statistics(broker_text(3, 1000, 700, 10) + ", "
                      + broker_text(9, 0, 9000, 5, "b:9092", "logical") + ", "
                      + broker_text(9, 0, 0, 0, "", "logical") + ", "
                      + broker_text(9, 0, 0, 0, ":0/internal", "internal")));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST_REQUIRE(x->brokers.size() == 1u);
  BOOST_TEST(x->brokers["b:9092"].unanswered == 3);
  BOOST_TEST(x->brokers["b:9092"].round_trip_p99 == 700);
  BOOST_TEST(x->brokers["b:9092"].answers == 8);
  BOOST_TEST(x->retries == 30); // these are the client's
}

BOOST_AUTO_TEST_CASE(say_which_broker_a_connection_is_wanted_to) {
  for (auto [state, unreachable] :
       {std::pair{"INIT", false}, std::pair{"DOWN", false},
        std::pair{"TRY_CONNECT", true}, std::pair{"CONNECT", true},
        std::pair{"SSL_HANDSHAKE", true}, std::pair{"APIVERSION_QUERY", false},
        std::pair{"AUTH_REQ", false}, std::pair{"UP", false}}) {
    auto x = read_figures(
      client_statistics(broker_text(0, 0, 0, 0, "b:1", "learned", state)));
    BOOST_TEST_REQUIRE(x.has_value());
    BOOST_TEST(x->brokers["b:1"].unreachable == unreachable, state);
  }
}

BOOST_AUTO_TEST_CASE(may_be_of_none) {
  auto x = read_figures(client_statistics(""));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->round_trips == 0);
}

BOOST_AUTO_TEST_CASE(are_none_of_what_is_something_else) {
  BOOST_TEST(!read_figures(""));
  BOOST_TEST(!read_figures("{}"));
  BOOST_TEST(!read_figures(R"({"msg_cnt":1,"msg_size":1})"));
  BOOST_TEST(!read_figures(client_statistics("\"nodename\":\"b\"")));
}

/// librdkafka's own, as this version writes them.
BOOST_AUTO_TEST_CASE(are_in_what_librdkafka_tells) {
  conf_handle conf{rd_kafka_conf_new()};
  for (auto [key, value] : {std::pair{"statistics.interval.ms", "10"},
                            std::pair{"bootstrap.servers", "127.0.0.1:1"},
                            std::pair{"log_level", "0"}})
    set_property(conf.get(), key, value);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_STATS);
  auto client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
  queue_handle queue{rd_kafka_queue_get_main(client.get())};
  event_handle event;
  do { // it also tells that there is no broker
    event.reset(rd_kafka_queue_poll(queue.get(), 10'000));
    BOOST_TEST_REQUIRE((event != nullptr));
  } while (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_STATS);
  auto x = read_figures(rd_kafka_event_stats(event.get()));
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->queued_records == 0);
  BOOST_TEST(x->brokers.contains("127.0.0.1:1"));
}

BOOST_AUTO_TEST_SUITE_END()
