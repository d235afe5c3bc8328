#include "config/base/json_string.hpp"

#include "config/base/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir;

bool is_control(char32_t x) {
  return x < 0x20;
}

bool is_beyond_ascii(char32_t x) {
  return x < 0x20 || (x > 0x7e && x <= 0xffff);
}

std::string quoted(std::string_view text, bool (*must_escape)(char32_t)) {
  std::string result;
  append_json_string(result, text, must_escape);
  return result;
}

BOOST_AUTO_TEST_SUITE(json_string)

BOOST_AUTO_TEST_CASE(escapes_what_it_is_told_to_and_what_json_wants) {
  BOOST_TEST(quoted("a\"b\\c\n\u00e4", is_control)
             == "\"a\\\"b\\\\c\\u000a\u00e4\"");
  BOOST_TEST(quoted("\u00e4\u20ac\U0001f30a\x7f", is_beyond_ascii)
             == "\"\\u00e4\\u20ac\U0001f30a\\u007f\"");
}

BOOST_AUTO_TEST_CASE(is_valid_whatever_it_is_given) {
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n)
      text += static_cast<char>(random() % 3 == 0 ? 0xe2 : random() % 256);
    auto all = quoted(text, is_control);
    BOOST_TEST_REQUIRE(is_utf8(all));
    for (auto c : all)
      BOOST_TEST_REQUIRE(!is_control(static_cast<unsigned char>(c)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
