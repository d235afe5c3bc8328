// The largest event that intake takes is one that delivery takes.

#include "actors/contract/event_size.hpp"

#include "actors/contract/delivery.hpp"
#include "actors/contract/value_format.hpp"
#include "actors/room/room_encoder.hpp"
#include "schemas/event_codec.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/rules.hpp"
#include "transport/socketio/encoder.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace weir {

namespace {

using texts = std::vector<std::string>;

struct generator {
  std::string name() {
    static constexpr std::string_view characters = "a\x01\x7f\"\\ \n\t/";
    std::string result = random() % 4 == 0 ? "\u00e4\U0001f30a" : "";
    for (auto n = 1 + random() % 30; n > 0; --n)
      result += characters[random() % characters.size()];
    return result;
  }

  std::string string_of(std::size_t n) { return std::string(n, 'x'); }

  texts attachments() {
    texts result;
    for (auto n = random() % 11; n > 0; --n)
      result.push_back(string_of(random() % 300));
    return result;
  }

  std::mt19937 random{1};
};

std::string placeholders(std::size_t n) {
  std::string result;
  for (std::size_t i = 0; i < n; ++i)
    result += (i == 0 ? "" : ",")
              + std::string{R"({"_placeholder":true,"num":)"}
              + std::to_string(i) + "}";
  return result;
}

BOOST_AUTO_TEST_SUITE(event_sizes)

BOOST_AUTO_TEST_CASE(bound_the_frames_and_little_more) {
  generator make;
  for (int i = 0; i < 2000; ++i) {
    auto name = make.name();
    auto nsp = make.random() % 2 == 0 ? "/" : "/" + std::string(i % 200, 'n');
    auto xs = make.attachments();
    std::vector<std::string_view> views{xs.begin(), xs.end()};
    auto args = placeholders(xs.size());
    std::string frames;
    engineio::append_text_message(
      frames, socketio::encode_event(nsp, name, args, xs.size()));
    for (auto bytes : views)
      engineio::append_binary_message(frames, bytes);
    auto bound = event_size(nsp, name, args.size(), views);
    BOOST_TEST_REQUIRE(frames.size() <= bound);
    BOOST_TEST_REQUIRE(bound - frames.size()
                       <= 32 + 10 * xs.size() + 4 * name.size());
  }
}

// Through the record, in each format, at and around the limit.
BOOST_AUTO_TEST_CASE(of_what_is_taken_can_be_delivered) {
  generator make;
  constexpr std::size_t limit = 2000;
  std::size_t taken = 0;
  for (int i = 0; i < 4000; ++i) {
    auto settings = test::mapping("room", "topic");
    settings.format = static_cast<value_format>(i % 4);
    auto xs = settings.format == value_format::envelope ? make.attachments()
              : settings.format == value_format::raw
                ? texts{make.string_of(limit - 150 + make.random() % 200)}
                : texts{};
    auto args = placeholders(xs.size());
    if (settings.format != value_format::raw)
      args += (args.empty() ? "\"" : ",\"")
              + make.string_of(limit - 150 + make.random() % 150) + '"';
    auto name = make.name();
    std::vector<std::string_view> views{xs.begin(), xs.end()};
    std::string packet = "[\"\"," + args + "]"; // its name at its shortest
    packet.insert(2, name);
    if (event_size("/nsp", name, packet.size(), views) > limit)
      continue;
    ++taken;
    schemas::outgoing_event event;
    event.id = "id";
    event.name = name;
    event.source = "/weir/test/";
    event.room = "room";
    event.args = args;
    event.attachments = views;
    auto stored = encode_record(to_schema(settings.format), event);
    BOOST_TEST_REQUIRE((stored.error == schemas::codec_errc::none));
    auto record = test::record_of(1, "k", stored.value());
    stored.append_headers(record.headers);
    mapping_route route{0, settings};
    room_events events;
    std::string frames;
    BOOST_TEST_REQUIRE(
      (room_encoder{{&route, "/nsp", 10, limit}}.append(record, events, frames))
      == "");
    BOOST_TEST_REQUIRE(frames.size() <= limit);
  }
  BOOST_TEST(taken > 500u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
