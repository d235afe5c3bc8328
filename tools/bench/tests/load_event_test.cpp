#include "tools/bench/load/load_event.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::bench;

BOOST_AUTO_TEST_SUITE(load_event_)

BOOST_AUTO_TEST_CASE(is_an_event_with_an_ack_id_on_the_wire) {
  std::string packet;
  append_emit(packet, 7, {12, 6, 3, 99}, "xx");
  BOOST_TEST(packet
             == "427[\"message\",{\"e\":12,\"n\":6,\"room\":\"r3\","
                "\"t\":99,\"x\":\"xx\"}]");
}

BOOST_AUTO_TEST_CASE(may_be_two_texts) {
  std::string packet;
  append_emit(packet, 7, {12, 6, 3, 99}, "xx", event_form::texts);
  BOOST_TEST(packet == R"(427["message","r3","e:12,n:6,t:99,x:xx"])");
  auto event = parse_event(packet.substr(3), event_form::texts);
  BOOST_TEST_REQUIRE(event.has_value());
  BOOST_TEST((*event == load_event{12, 6, 3, 99}));
  BOOST_TEST(!parse_event(packet.substr(3)).has_value());
}

BOOST_AUTO_TEST_CASE(is_read_from_a_delivery) {
  auto event = parse_event(
    "[\"message\",{\"e\":12,\"n\":6,\"room\":\"r3\",\"t\":99,\"x\":\"xx\"}]");
  BOOST_TEST_REQUIRE(event.has_value());
  BOOST_TEST((*event == load_event{12, 6, 3, 99}));
}

BOOST_AUTO_TEST_CASE(is_not_read_from_something_else) {
  BOOST_TEST(!parse_event("[\"message\",{\"e\":12}]").has_value());
  BOOST_TEST(!parse_event("[\"message\",{\"e\":\"a\",\"n\":6}]").has_value());
  BOOST_TEST(!parse_event("").has_value());
}

BOOST_AUTO_TEST_CASE(ack_tells_success_from_error) {
  auto stored
    = parse_ack("41[{\"offset\":5,\"partition\":0,\"status\":\"ok\"}]");
  BOOST_TEST_REQUIRE(stored.has_value());
  BOOST_TEST(stored->ack_id == 41u);
  BOOST_TEST(stored->ok);
  BOOST_TEST(!parse_ack("41[{\"status\":\"error\"}]")->ok);
  BOOST_TEST(parse_ack("41[true]")->ok);
  BOOST_TEST(!parse_ack("41[false]")->ok);
  BOOST_TEST(!parse_ack("[]").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
