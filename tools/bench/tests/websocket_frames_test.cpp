#include "tools/bench/load/websocket_frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace weir::bench;
using namespace std::string_literals;

namespace {

std::string server_frame(const std::string& data) {
  if (data.size() < 126)
    return "\x81"s + static_cast<char>(data.size()) + data;
  return "\x81\x7e"s + static_cast<char>(data.size() >> 8)
         + static_cast<char>(data.size()) + data;
}

} // namespace

BOOST_AUTO_TEST_SUITE(websocket_frames)

BOOST_AUTO_TEST_CASE(client_frames_are_masked_with_zeros) {
  std::string out;
  append_frame(out, frame_opcode::text, "40");
  BOOST_TEST(out == "\x81\x82\0\0\0\0\x34\x30"s);
}

BOOST_AUTO_TEST_CASE(longer_client_frames_have_a_longer_length) {
  std::string out;
  append_frame(out, frame_opcode::text, std::string(300, 'x'));
  BOOST_TEST(out.substr(0, 8) == "\x81\xfe\x01\x2c\0\0\0\0"s);
  BOOST_TEST(out.size() == 308u);
}

BOOST_AUTO_TEST_CASE(server_frames_are_cut_one_by_one) {
  auto sent = server_frame("42[1]") + server_frame(std::string(200, 'y'));
  std::string_view bytes = sent;
  frame f;
  BOOST_TEST((take_frame(bytes, f) == frame_result::complete));
  BOOST_TEST(f.data == "42[1]");
  BOOST_TEST((take_frame(bytes, f) == frame_result::complete));
  BOOST_TEST(f.data == std::string(200, 'y'));
  BOOST_TEST(bytes.empty());
}

BOOST_AUTO_TEST_CASE(an_unfinished_frame_is_left_alone) {
  auto sent = server_frame(std::string(200, 'y'));
  for (std::size_t size = 0; size < sent.size(); ++size) {
    auto bytes = std::string_view{sent}.substr(0, size);
    frame f;
    BOOST_TEST((take_frame(bytes, f) == frame_result::incomplete));
    BOOST_TEST(bytes.size() == size);
  }
}

BOOST_AUTO_TEST_CASE(fragments_and_masked_frames_are_refused) {
  frame f;
  std::string_view fragment = "\x01\x01x";
  BOOST_TEST((take_frame(fragment, f) == frame_result::invalid));
  auto masked = "\x81\x81\0\0\0\0x"s;
  std::string_view bytes = masked;
  BOOST_TEST((take_frame(bytes, f) == frame_result::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
