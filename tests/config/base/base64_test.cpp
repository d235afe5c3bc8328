#include "config/base/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace weir;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(is_what_the_standard_says) {
  // RFC 4648, section 10; and the two digits that differ from base64
  for (auto [bytes, text] : std::vector<std::pair<std::string, std::string>>{
         {"", ""},
         {"f", "Zg"},
         {"fo", "Zm8"},
         {"foo", "Zm9v"},
         {"foob", "Zm9vYg"},
         {"fooba", "Zm9vYmE"},
         {"foobar", "Zm9vYmFy"},
         {"\xfb\xff\xbf", "-_-_"}}) {
    BOOST_TEST(to_base64url(bytes) == text);
    BOOST_TEST(from_base64url(text).value_or("?") == bytes);
    BOOST_TEST(base64url_size(bytes.size()) == text.size());
  }
}

BOOST_AUTO_TEST_CASE(has_one_form_only) {
  for (auto text : {"Z", "Zh", "Zm9", "Zg==", "Zg=", "Zm9v=", "Zm 9v", "Zm9v\n",
                    "+/+/", "Zm9vY", "Zm9v\x80"})
    BOOST_TEST(!from_base64url(text), text);
}

BOOST_AUTO_TEST_CASE(can_be_written_over_its_own_bytes) {
  for (std::size_t n = 0; n < 100; ++n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i)
      bytes += static_cast<char>(i * 37 + n);
    std::string place(base64url_size(n) - n, '\0');
    place += bytes;
    auto* end = put_base64url(place.data(),
                              {place.data() + place.size() - n, n});
    BOOST_TEST(end == place.data() + place.size());
    BOOST_TEST(place == to_base64url(bytes));
  }
}

/// Whatever the text: it is read strictly only if it is what would be written.
BOOST_AUTO_TEST_CASE(is_read_strictly_or_not_at_all) {
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 10; n > 0; --n)
      text += "ABYZaz09+/-_= \n\x80"[random() % 16];
    std::string lenient, again;
    append_decoded_base64(lenient, text);
    append_base64(again, lenient);
    BOOST_TEST_REQUIRE((from_base64(text) == lenient) == (again == text));
    BOOST_TEST_REQUIRE((from_base64url(text) == lenient)
                       == (to_base64url(lenient) == text));
  }
}

BOOST_AUTO_TEST_CASE(brings_back_bytes_of_any_length) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    std::string text;
    append_base64(text, bytes);
    BOOST_TEST(text.size() % 4 == 0u);
    std::string back;
    append_decoded_base64(back, text);
    BOOST_TEST(back == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

BOOST_AUTO_TEST_SUITE_END()
