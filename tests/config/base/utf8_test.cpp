#include "config/base/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace weir;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(a_well_formed_sequence_has_its_length) {
  const std::vector<std::pair<std::string_view, std::size_t>> table{
    {"a", 1},
    {"\x7f", 1},
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xee\x80\x80", 3},
    {"\xef\xbf\xbf", 3},
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\xc3\xa9 and more", 2},
  };
  for (auto& [text, length] : table) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(utf8_length(text) == length);
  }
}

BOOST_AUTO_TEST_CASE(an_ill_formed_sequence_has_none) {
  const std::vector<std::string_view> table{
    "\x80",                 // continues nothing
    "\xbf",                 //
    "\xc0\xaf",             // overlong slash
    "\xc1\xbf",             //
    "\xe0\x9f\xbf",         // overlong
    "\xed\xa0\x80",         // surrogate
    "\xed\xbf\xbf",         //
    "\xf0\x8f\xbf\xbf",     // overlong
    "\xf4\x90\x80\x80",     // beyond U+10FFFF
    "\xf5\x80\x80\x80",     //
    "\xff",                 //
    "\xc3",                 // truncated
    "\xe2\x82",             //
    "\xf0\x9f\x98",         //
    "\xc3(",                // second byte does not continue
    "\xe2\x82(",            //
    "\xf0\x9f\x98(",        //
    "\xf8\x88\x80\x80\x80", // five bytes
  };
  for (auto text : table)
    BOOST_TEST(utf8_length(text) == 0u);
}

BOOST_AUTO_TEST_CASE(a_text_is_well_formed_if_every_sequence_is) {
  BOOST_TEST(is_utf8(""));
  BOOST_TEST(is_utf8("h\xc3\xa9 \xf0\x9f\x98\x80"));
  BOOST_TEST(!is_utf8("h\xc3"));
  BOOST_TEST(!is_utf8("\xff h"));
}

BOOST_AUTO_TEST_CASE(a_code_point_becomes_the_shortest_sequence) {
  std::string out;
  for (const char32_t x :
       {0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x1f600, 0x10ffff})
    append_utf8(out, x);
  BOOST_TEST(out
             == "A\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"
                "\xf0\x90\x80\x80\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
}

BOOST_AUTO_TEST_CASE(is_well_formed_up_to_the_last_code_point) {
  for (auto x :
       {"", "plain ascii text", "\xC3\xA4", "\xE2\x82\xAC", "\xEE\x80\x80",
        "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "eight!!!\xC3\xA4 and on"})
    BOOST_TEST(is_utf8(x), x);
}

BOOST_AUTO_TEST_CASE(is_not_overlong_or_cut_nor_a_surrogate) {
  for (auto x : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(",
                 "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82", "\xE2\x28\xA1",
                 "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                 "\xFF", "eight!!!\xFF", "\xF0\x9F\x98"})
    BOOST_TEST(!is_utf8(x), x);
}

BOOST_AUTO_TEST_CASE(every_code_point_comes_back) {
  for (char32_t x = 0; x < 0x110000; x += x < 0x3000 ? 1 : 97) {
    if (x >= 0xd800 && x <= 0xdfff)
      continue;
    std::string text;
    append_utf8(text, x);
    BOOST_TEST_REQUIRE(utf8_length(text) == text.size());
    BOOST_TEST_REQUIRE((utf8_code_point(text) == x));
    BOOST_TEST_REQUIRE(is_utf8("eight!!!" + text + text));
    BOOST_TEST_REQUIRE(!is_utf8("eight!!!" + text + "\x80"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
