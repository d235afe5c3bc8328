#include "actors/client/answers.hpp" // unit under test

#include "transport/socketio/json_slice.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(an_answer)

BOOST_AUTO_TEST_CASE(says_where_an_event_is_stored) {
  BOOST_TEST(
    stored_answer("\"chat.messages\"", 3, 17)
    == R"({"status":"ok","topic":"chat.messages","partition":3,"offset":17})");
}

BOOST_AUTO_TEST_CASE(says_where_a_room_begins_in_each_partition) {
  BOOST_TEST(room_answer("chat:1", {{{0, 17}, {2, 5}}})
             == R"({"status":"ok","room":"chat:1","offset":"0:17,2:5"})");
  BOOST_TEST(
    room_answer("chat:1", {{{0, 17}, {2, 5}}, {{0, 7}, {2, {9, 4}}}, 3})
    == R"({"status":"ok","room":"chat:1","offset":"0:17@7,2:5@9.4/3"})");
  for (std::int32_t partitions : {0, 3})
    BOOST_TEST(room_answer("chat:1", {{}, {}, partitions})
               == R"({"status":"ok","room":"chat:1","offset":""})");
}

BOOST_AUTO_TEST_CASE(says_what_of_a_room_is_missing) {
  BOOST_TEST(gap_argument("chat:1", 2, 17, 42)
             == R"({"room":"chat:1","partition":2,"from":17,"to":42})");
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

BOOST_AUTO_TEST_SUITE(an_offset_that_a_client_hands_back)

BOOST_AUTO_TEST_CASE(is_what_an_answer_has_told) {
  for (const positions& next : {positions{{0, 0}}, positions{{0, 17}, {2, 5}},
                                positions{{INT32_MAX, INT64_MAX}}})
    for (const partition_logs& logs : {partition_logs{},
                                       {{2, UINT32_MAX}},
                                       {{0, {1, 0}}, {2, {7, INT32_MAX}}}})
      for (std::int32_t partitions : {0, 1, INT32_MAX}) {
        room_offset x{next, {}, partitions};
        for (auto& [partition, log] : logs)
          if (next.contains(partition))
            x.logs[partition] = log;
        auto answer = room_answer("room", x);
        auto text = json::string_value(*json::at(answer, "/offset"));
        BOOST_TEST((read_offset(*text) == x));
      }
}

BOOST_AUTO_TEST_CASE(may_name_its_partitions_in_any_order) {
  BOOST_TEST((read_offset("2:5,0:17") == room_offset{{{0, 17}, {2, 5}}, {}}));
  BOOST_TEST(
    (read_offset("2:5@7,0:17") == room_offset{{{0, 17}, {2, 5}}, {{2, 7}}}));
  room_offset known{{{0, 17}, {2, 5}}, {{0, {7, 0}}, {2, {7, 3}}}};
  BOOST_TEST((read_offset("0:17@7.0,2:5@7.3") == known));
}

BOOST_AUTO_TEST_CASE(is_nothing_else) {
  for (auto text :
       {"",        "0",         "0:",           ":5",
        "0:5,",    ",0:5",      "0:5,,1:6",     "0:5;1:6",
        "0:5,0:6", "0:-5",      "-1:5",         "+0:5",
        "0:+5",    " 0:5",      "0:5 ",         "0 :5",
        "0:5.0",   "0:0x5",     "2147483648:5", "0:9223372036854775808",
        "a:b",     "0:5:6",     "0,5",          "0:5/",
        "0:5/-1",  "/3",        "0:5/3,1:6",    "0:5/2147483648",
        "0:5/3/3", "0:5@7.",    "0:5@7.-1",     "0:5@7.2147483648",
        "0:5@.1",  "0:5@7.1.1", "0:5@7.1@7"})
    BOOST_TEST(!read_offset(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
