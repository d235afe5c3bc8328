#pragma once

#include "schemas/event_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace weir::schemas {

inline std::ostream& operator<<(std::ostream& out, codec_errc x) {
  return out << to_string(x);
}

} // namespace weir::schemas

namespace weir::schemas::test {

using views = std::vector<std::string_view>;

inline constexpr std::string_view placeholder
  = R"({"_placeholder":true,"num":0})";
inline constexpr std::string_view bytes{"\0\x01\xff", 3};

/// An event, and what becomes of it.
struct event_codec_fixture {
  event_codec_fixture() {
    event.id = "id-1";
    event.name = "chat message";
    event.source = "/weir/demo/chat";
    event.room = "chat:1";
    event.socket_id = "socket-1";
    event.user = "ada";
    event.time_ms = 1'700'000'000'042;
    event.wants_ack = true;
    event.args = R"({"room":"1","text":"hi"})";
  }

  static std::vector<header> headers_of(const encoded_record& x) {
    std::vector<header> result;
    x.append_headers(result);
    return result;
  }

  encoded_record encode(format f) { return encode_record(f, event); }

  codec_errc error(format f, std::string_view args, views attachments = {}) {
    event.args = args;
    event.attachments = std::move(attachments);
    return encode(f).error;
  }

  /// Reads back what was written.
  const incoming_event& round_trip(format f) {
    record = encode(f);
    BOOST_TEST_REQUIRE(record.error == codec_errc::none);
    headers.clear();
    record.append_headers(headers);
    return decode(f, record.value());
  }

  const incoming_event& decode(format f, std::string_view value) {
    decode_record(f, "default name", value, true, headers, incoming);
    return incoming;
  }

  const incoming_event& decode_tombstone(format f) {
    decode_record(f, "default name", {}, false, headers, incoming);
    return incoming;
  }

  outgoing_event event;
  encoded_record record;
  std::vector<header> headers;
  incoming_event incoming;
};

} // namespace weir::schemas::test
