#include "transport/socketio/json_slice.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace weir;

namespace {

std::string literal(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_string)

BOOST_AUTO_TEST_CASE(escapes_are_resolved) {
  const std::vector<std::pair<std::string_view, std::string_view>> table{
    {R"("")", ""},
    {R"("plain")", "plain"},
    {R"("\"\\\/")", "\"\\/"},
    {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
    {R"("a\u0041\u00e9\u20ac\u4f60z")", "aA\xc3\xa9\xe2\x82\xac\xe4\xbd\xa0z"},
    {R"("\uD83D\uDE00")", "\xf0\x9f\x98\x80"},
    {R"("\\u0041")", "\\u0041"},
    {"\"h\xc3\xa9\"", "h\xc3\xa9"},
  };
  for (auto& [text, value] : table) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(json::string_value(text).value() == value);
  }
}

BOOST_AUTO_TEST_CASE(a_zero_character_is_part_of_the_text) {
  auto value = json::string_value(R"("a\u0000b")");
  BOOST_TEST(value.value() == std::string("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(an_unpaired_surrogate_has_no_text) {
  for (auto text :
       {R"("\ud83d")", R"("\ude00")", R"("\ud83dx")", R"("\ud83d\n")",
        R"("\ud83d\u0041")", R"("\ud83d\ud83d\ude00")", R"("\ude00\ud83d")"}) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(!json::string_value(text).has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_string_has_no_text) {
  for (auto text : {"1", "null", "[\"a\"]", "{}", ""})
    BOOST_TEST(!json::string_value(text).has_value());
}

BOOST_AUTO_TEST_CASE(what_has_a_meaning_in_json_is_escaped) {
  BOOST_TEST(literal("") == R"("")");
  BOOST_TEST(literal("plain / text") == R"("plain / text")");
  BOOST_TEST(literal("\"\\") == R"("\"\\")");
  BOOST_TEST(literal("a\nb\x1f") == R"("a\u000ab\u001f")");
  BOOST_TEST(literal("h\xc3\xa9 \xf0\x9f\x98\x80")
             == "\"h\xc3\xa9 \xf0\x9f\x98\x80\"");
}

// 0x1e separates the packets of a polling payload.
BOOST_AUTO_TEST_CASE(no_control_character_is_left_as_it_is) {
  for (int c = 0; c < 0x20; ++c) {
    auto text = literal(std::string(1, static_cast<char>(c)));
    BOOST_TEST(text.size() == 8u);
    BOOST_TEST(text.starts_with("\"\\u00"));
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_are_replaced) {
  BOOST_TEST(literal("a\xff\xc3z") == "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
  BOOST_TEST(literal("\xed\xa0\x80")
             == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_CASE(any_text_survives_there_and_back) {
  std::string text;
  for (char32_t c = 0; c < 0x3000; ++c)
    text += static_cast<char>(c < 0x80 ? c : 'x');
  text += "\xc3\xa9\xf0\x9f\x98\x80";
  BOOST_TEST(json::is_valid(literal(text), 0));
  BOOST_TEST(json::string_value(literal(text)).value() == text);
}

BOOST_AUTO_TEST_SUITE_END()
