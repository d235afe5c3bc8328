#include "transport/engineio/packet.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::engineio {
namespace {

/// "<type>|<data>", with "bytes|" in front of a binary message.
std::string parsed(std::string_view text) {
  std::string bytes;
  auto x = parse_packet(text, bytes);
  if (!x)
    return "none";
  std::string res = x->binary ? "bytes|" : "";
  return res + static_cast<char>(x->type) + '|' + std::string{x->data};
}

BOOST_AUTO_TEST_SUITE(a_packet)

BOOST_AUTO_TEST_CASE(is_a_type_digit_and_data) {
  BOOST_TEST(parsed("0{}") == "0|{}");
  BOOST_TEST(parsed("1") == "1|");
  BOOST_TEST(parsed("2probe") == "2|probe");
  BOOST_TEST(parsed("3") == "3|");
  BOOST_TEST(parsed("4hello") == "4|hello");
  BOOST_TEST(parsed("5") == "5|");
  BOOST_TEST(parsed("6") == "6|");
}

BOOST_AUTO_TEST_CASE(is_a_binary_message_when_it_begins_with_b) {
  BOOST_TEST(parsed("bAQIDBA==") == "bytes|4|\x01\x02\x03\x04");
  BOOST_TEST(parsed("b") == "bytes|4|");
}

// Java's clients break lines; JavaScript's Buffer skips what is no digit.
BOOST_AUTO_TEST_CASE(has_base64_of_any_form) {
  for (auto text : {"bAQIDBA", "bAQID\nBA==\n", "bAQ\r\nIDBA=", "b AQ ID BA ",
                    "bA!Q\xc3\xa9IDBA", "bAQIDBA==AQID", "bAQIDBA=A"})
    BOOST_TEST(parsed(text) == "bytes|4|\x01\x02\x03\x04", text);
  BOOST_TEST(parsed("b-_+/") == "bytes|4|\xfb\xff\xbf");
  for (auto text : {"b!", "b=AQID", "bA", "b\xe4"})
    BOOST_TEST(parsed(text) == "bytes|4|", text);
}

BOOST_AUTO_TEST_CASE(is_not_made_of_anything_else) {
  for (auto text : {"", "7", "x", "-1"})
    BOOST_TEST(parsed(text) == "none", text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
