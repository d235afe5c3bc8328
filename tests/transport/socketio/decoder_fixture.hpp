#pragma once

#include "transport/socketio/decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace weir::socketio {

inline std::ostream& operator<<(std::ostream& out, decode_errc x) {
  return out << to_string(x);
}

inline std::ostream& operator<<(std::ostream& out, packet_type x) {
  return out << static_cast<char>(x);
}

} // namespace weir::socketio

namespace weir::socketio::test {

inline constexpr std::string_view one = R"({"_placeholder":true,"num":0})";
inline constexpr std::string_view two = R"({"_placeholder":true,"num":1})";

/// A decoder that is told what to expect.
struct decoder_fixture {
  /// The packet that a text message makes.
  const packet& text(std::string_view bytes) {
    auto [error, value] = reader.text(bytes);
    BOOST_TEST_INFO(bytes);
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST_REQUIRE(value != nullptr);
    return *value;
  }

  /// Sends a text message that announces attachments.
  void announce(const std::string& bytes) {
    auto [error, value] = reader.text(bytes);
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST(value == nullptr);
  }

  /// The packet that the last attachment completes.
  const packet& binary(std::string_view bytes) {
    auto [error, value] = reader.binary(bytes);
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST_REQUIRE(value != nullptr);
    return *value;
  }

  decoder reader{4, 10};
};

} // namespace weir::socketio::test
