#include "config/escaped.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir;

std::string quoted(std::string_view text) {
  std::string result;
  append_quoted(result, text);
  return result;
}

BOOST_AUTO_TEST_SUITE(escaped)

BOOST_AUTO_TEST_CASE(is_what_a_terminal_would_take_for_a_command) {
  BOOST_TEST(quoted("a\nb") == R"("a\u000ab")");
  BOOST_TEST(quoted("\x1b[2J") == R"("\u001b[2J")");
  BOOST_TEST(quoted("\x7f") == R"("\u007f")");
  BOOST_TEST(quoted("\u009b2J") == R"("\u009b2J")"); // CSI in one character
  BOOST_TEST(quoted("\u2028\u2029") == R"("\u2028\u2029")");
  BOOST_TEST(quoted("\u202etxt") == R"("\u202etxt")");
  BOOST_TEST(quoted(std::string_view{"\0", 1}) == R"("\u0000")");
}

BOOST_AUTO_TEST_CASE(is_what_is_no_utf8) {
  for (const std::string_view bad :
       {"\x80", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2"})
    BOOST_TEST(quoted(bad).starts_with(R"("\ufffd)"));
  BOOST_TEST(quoted("a\xe2\x82z") == R"("a\ufffd\ufffdz")");
}

BOOST_AUTO_TEST_CASE(is_not_what_people_write) {
  for (const std::string_view text :
       {"", "abc", "Grüße", "日本語", "\U0001f30a", "a b=c", "it's"}) {
    BOOST_TEST(is_plain(text));
    BOOST_TEST(quoted(text) == '"' + std::string{text} + '"');
  }
  BOOST_TEST(quoted(R"(a "b" \c)") == R"("a \"b\" \\c")");
}

BOOST_AUTO_TEST_CASE(leaves_nothing_that_is_not_plain) {
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n)
      text += static_cast<char>(random() % 3 == 0 ? 0xc2 : random() % 256);
    auto all = quoted(text);
    BOOST_TEST_REQUIRE(is_plain(all));
    BOOST_TEST_REQUIRE(quoted(all).size() >= all.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
