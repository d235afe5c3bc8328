#include "transport/http/query.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir::http;

BOOST_AUTO_TEST_SUITE(query)

BOOST_AUTO_TEST_CASE(is_what_follows_the_first_question_mark) {
  auto x = split_target("/a%20b?c=d?e");
  BOOST_TEST(x.path == "/a%20b");
  BOOST_TEST(x.query == "c=d?e");
  BOOST_TEST(split_target("/a").query == "");
}

BOOST_AUTO_TEST_CASE(values_are_decoded_as_forms_write_them) {
  auto room = [](std::string_view text) { return parameter(text, "room"); };
  BOOST_TEST(*room("room=a+b%2Bc") == "a b+c");
  BOOST_TEST(*room("x=1&room=%C3%A4&room=2") == "\u00e4");
  BOOST_TEST(*room("ro%6fm=1") == "1");
  BOOST_TEST(*room("room=a=b") == "a=b");
  BOOST_TEST(*room("room=") == "");
  BOOST_TEST(*room("room") == "");
  BOOST_TEST(!room("rooms=1&groom=2&&="));
}

BOOST_AUTO_TEST_CASE(what_is_malformed_stays_as_it_is) {
  for (const std::string text : {"%zz", "%", "%1", "%1g", "100%", "%%41"})
    BOOST_TEST(*parameter("sid=" + text, "sid")
               == (text == "%%41" ? "%A" : text));
}

BOOST_AUTO_TEST_CASE(a_plus_in_a_path_is_a_plus) {
  BOOST_TEST(*percent_decoded("/a+b%2B") == "/a+b+");
  BOOST_TEST(!percent_decoded("/%zz"));
}

BOOST_AUTO_TEST_CASE(any_text_comes_back) {
  std::mt19937 random{1};
  constexpr std::string_view digits = "0123456789aBcDeF";
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    std::string encoded;
    for (auto n = random() % 20; n > 0; --n) {
      auto c = static_cast<char>(random() % 256);
      text += c;
      if (c == ' ')
        encoded += '+';
      else if (random() % 2 == 0
               || std::string_view{"%+&="}.find(c) != std::string_view::npos) {
        encoded += '%';
        encoded += digits[static_cast<unsigned char>(c) / 16];
        encoded += digits[static_cast<unsigned char>(c) % 16];
      } else {
        encoded += c;
      }
    }
    BOOST_TEST_REQUIRE(*parameter("a=1&b=" + encoded + "&c=2", "b") == text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded_again) {
  BOOST_TEST(form_encoded("chat:1 \xc3\xa4&=+%~")
             == "chat%3A1%20%C3%A4%26%3D%2B%25~");
  for (int c = 0; c < 256; ++c) {
    auto text = std::string(2, static_cast<char>(c)) + "x";
    BOOST_TEST(form_decoded(form_encoded(text)) == text);
    BOOST_TEST(*parameter("a=1&b=" + form_encoded(text) + "&c=2", "b") == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
