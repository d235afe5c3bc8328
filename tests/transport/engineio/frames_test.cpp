#include "transport/engineio/frames.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace weir::engineio {
namespace {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(of_text_hold_a_packet_with_its_type_digit) {
  std::string x;
  append_text_message(x, "hi");
  BOOST_TEST(x
             == "\x81\x03"
                "4hi");
}

BOOST_AUTO_TEST_CASE(of_bytes_hold_the_bytes_alone) {
  std::string x;
  append_binary_message(x, "\x01\x02");
  BOOST_TEST(x == "\x82\x02\x01\x02");
}

BOOST_AUTO_TEST_CASE(have_two_bytes_of_length_from_126_and_eight_from_65536) {
  auto header = [](std::size_t size) {
    std::string x;
    append_binary_message(x, std::string(size, 'x'));
    return x.substr(1, x.size() - size - 1);
  };
  using namespace std::string_literals;
  BOOST_TEST(header(125) == "\x7D");
  BOOST_TEST(header(126) == "\x7E\x00\x7E"s);
  BOOST_TEST(header(65535) == "\x7E\xFF\xFF");
  BOOST_TEST(header(65536) == "\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

BOOST_DATA_TEST_CASE(are_cut_as_they_were_joined,
                     data::make({0, 1, 124, 125, 126, 127, 65534, 65535, 65536,
                                 70000}),
                     size) {
  std::string bytes(static_cast<std::size_t>(size), 'x');
  std::string x;
  append_binary_message(x, bytes);
  append_packet(x, packet_type::ping);
  auto first = next_frame(x);
  BOOST_TEST((first.op == opcode::binary));
  BOOST_TEST(first.bytes == bytes);
  auto second = next_frame(std::string_view{x}.substr(first.size));
  BOOST_TEST((second.op == opcode::text));
  BOOST_TEST(second.bytes == "2");
  BOOST_TEST(first.size + second.size == x.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
