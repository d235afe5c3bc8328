#include "actors/answers.hpp" // unit under test

#include "transport/socketio/json_slice.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(an_answer)

BOOST_AUTO_TEST_CASE(says_where_an_event_is_stored) {
  BOOST_TEST(
    stored_answer("chat.messages", 3, 17)
    == R"({"status":"ok","topic":"chat.messages","partition":3,"offset":17})");
}

BOOST_AUTO_TEST_CASE(says_where_a_room_begins_in_each_partition) {
  BOOST_TEST(room_answer("chat:1", {{0, 17}, {2, 5}})
             == R"({"status":"ok","room":"chat:1","offset":"0:17,2:5"})");
  BOOST_TEST(room_answer("chat:1", {})
             == R"({"status":"ok","room":"chat:1","offset":""})");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  BOOST_TEST(
    error_answer(emit_errc::not_a_member, "join first")
    == R"({"status":"error","code":"not_a_member","message":"join first"})");
}

BOOST_AUTO_TEST_CASE(is_valid_json_whatever_a_room_is_called) {
  for (std::string room : {"\"", "\\", "\x1e", "\xff", "\n"}) {
    BOOST_TEST(json::is_valid(room_answer(room, {}), 10));
    BOOST_TEST(json::is_valid(error_answer(emit_errc::timeout, room), 10));
  }
}

BOOST_AUTO_TEST_CASE(knows_every_code_of_the_closed_list) {
  auto code = [](emit_errc x) { return std::string{to_string(x)}; };
  BOOST_TEST(code(emit_errc::unknown_event) == "unknown_event");
  BOOST_TEST(code(emit_errc::unknown_room) == "unknown_room");
  BOOST_TEST(code(emit_errc::not_allowed) == "not_allowed");
  BOOST_TEST(code(emit_errc::not_a_member) == "not_a_member");
  BOOST_TEST(code(emit_errc::invalid_payload) == "invalid_payload");
  BOOST_TEST(code(emit_errc::too_large) == "too_large");
  BOOST_TEST(code(emit_errc::rate_limited) == "rate_limited");
  BOOST_TEST(code(emit_errc::unavailable) == "unavailable");
  BOOST_TEST(code(emit_errc::timeout) == "timeout");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
