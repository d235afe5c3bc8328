#include "actors/room/room_encoder.hpp" // unit under test

#include "config/options/fixed_bounds.hpp"
#include "config/options/units.hpp"
#include "schemas/event_codec.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

namespace weir {

namespace {

using test::record_of;
using texts = std::vector<std::string>;

constexpr std::string_view one_attachment = R"({"_placeholder":true,"num":0})";

struct fixture {
  fixture() { settings.event = "message"; }

  /// The encoder as the settings are by now.
  room_encoder& encoder() {
    if (!encoder_) {
      route_.emplace(0, settings);
      encoder_.emplace(room_encoder_options{&*route_, nsp, 10, max_event_});
    }
    return *encoder_;
  }

  /// What is wrong with a record; empty: nothing is.
  std::string append(kafka::record_view record) {
    return std::string{encoder().append(record, events, frames)};
  }

  std::string append(std::string_view value) {
    return append(record_of(1, "k", value));
  }

  /// A record as a client's event makes it, with views into `stored`.
  kafka::record_view stored_event(std::string_view args,
                                  std::vector<std::string_view> attachments) {
    schemas::outgoing_event event;
    event.id = "id";
    event.name = "chat";
    event.source = "/weir/test/";
    event.room = "room";
    event.socket_id = "sender";
    event.args = args;
    event.attachments = std::move(attachments);
    stored = encode_record(schemas::format::envelope, event);
    BOOST_TEST_REQUIRE(stored.value().size() > 0u);
    auto result = record_of(1, "k", stored.value());
    stored.append_headers(result.headers);
    return result;
  }

  /// The Socket.IO packets; attachments as "b:" and their bytes.
  texts packets() const {
    texts result;
    std::string_view rest = frames;
    while (!rest.empty()) {
      auto frame = engineio::next_frame(rest);
      result.push_back(frame.op == engineio::opcode::text
                         ? std::string{frame.bytes.substr(1)}
                         : "b:" + std::string{frame.bytes});
      rest.remove_prefix(frame.size);
    }
    return result;
  }

  /// The record is skipped, and what was there before stays.
  void expect_poison(kafka::record_view record) {
    auto before = frames;
    BOOST_TEST(append(std::move(record)) != "");
    BOOST_TEST(frames == before);
    BOOST_TEST(events.events.size() == 0u);
    BOOST_TEST(events.exceptions.empty());
  }

  void expect_poison(std::string_view value) {
    expect_poison(record_of(1, "k", value));
  }

  void expect_bad_name(std::string_view name) {
    auto record = record_of(1, "k", "1");
    record.headers = {{"ce_type", name}};
    expect_poison(record);
  }

  /// The next encoder is by other settings.
  void renew(std::size_t max_event = 1000) {
    max_event_ = max_event;
    encoder_.reset();
  }

  mapping_options settings = test::mapping("room", "topic");
  std::string nsp = "/";
  room_events events;
  std::string frames;
  schemas::encoded_record stored;

private:
  std::optional<mapping_route> route_;
  std::optional<room_encoder> encoder_;
  std::size_t max_event_ = 1000;
};

BOOST_FIXTURE_TEST_SUITE(a_room_encoder, fixture)

BOOST_AUTO_TEST_CASE(makes_an_event_of_a_json_value) {
  BOOST_TEST(append(R"({"n": 1.50})") == "");
  BOOST_TEST(packets() == texts{R"(2["message",{"n": 1.50}])"});
  BOOST_TEST(events.events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(names_the_namespace_unless_it_is_the_main_one) {
  nsp = "/chat";
  BOOST_TEST(append("1") == "");
  BOOST_TEST(packets() == texts{R"(2/chat,["message",1])"});
}

BOOST_AUTO_TEST_CASE(takes_the_name_from_the_record) {
  auto record = record_of(1, "k", "1");
  record.headers = {{"ce_type", "said \"hi\""}};
  BOOST_TEST(append(record) == "");
  BOOST_TEST(packets() == texts{R"(2["said \"hi\"",1])"});
}

BOOST_AUTO_TEST_CASE(makes_a_null_of_a_tombstone) {
  auto record = record_of(1, "k", "");
  record.has_value = false;
  BOOST_TEST(append(record) == "");
  BOOST_TEST(packets() == texts{R"(2["message",null])"});
}

BOOST_AUTO_TEST_CASE(skips_tombstones_where_the_mapping_says_so) {
  auto tombstone = record_of(1, "k", "");
  tombstone.has_value = false;
  auto empty = record_of(1, "k", ""); // is no tombstone
  BOOST_TEST(encoder().is_event(tombstone));
  settings.tombstones = tombstone_policy::skip;
  renew();
  BOOST_TEST(!encoder().is_event(tombstone));
  BOOST_TEST(encoder().is_event(empty));
  BOOST_TEST(encoder().is_event(record_of(1, "k", "null")));
}

BOOST_AUTO_TEST_CASE(takes_no_name_of_weirs_own) {
  for (auto* name : {"weir:gap", "weir:position", "weir:", "weir:x"})
    expect_bad_name(name);
  auto record = record_of(1, "k", "1");
  for (auto* name : {"weir", "Weir:gap", " weir:gap"}) {
    record.headers = {{"ce_type", name}};
    BOOST_TEST(append(record) == "", name);
  }
}

BOOST_AUTO_TEST_CASE(takes_no_name_that_is_too_long) {
  expect_bad_name(std::string(max_event_name + 1, 'x'));
  auto record = record_of(1, "k", "1");
  std::string longest(max_event_name, 'x');
  record.headers = {{"ce_type", longest}};
  BOOST_TEST(append(record) == "");
}

// It is kept beside the event, for as long as that waits.
BOOST_AUTO_TEST_CASE(keeps_no_senders_id_that_no_socket_could_have) {
  settings.echo = false;
  auto record = record_of(1, "k", "1");
  std::string id(max_socket_id + 1, 'x');
  record.headers = {{"ce_weirsid", id}};
  BOOST_TEST(append(record) == "");
  BOOST_TEST(events.exceptions.empty());
}

BOOST_AUTO_TEST_CASE(makes_several_arguments_of_an_array) {
  settings.format = value_format::args;
  BOOST_TEST(append(R"([1,"b"])") == "");
  BOOST_TEST(append("[]") == "");
  BOOST_TEST(packets() == (texts{R"(2["message",1,"b"])", R"(2["message"])"}));
}

BOOST_AUTO_TEST_CASE(makes_an_attachment_of_raw_bytes) {
  settings.format = value_format::raw;
  BOOST_TEST(append("\x01\xff") == "");
  BOOST_TEST(packets()
             == (texts{R"(51-["message",)" + std::string{one_attachment} + "]",
                       "b:\x01\xff"}));
}

BOOST_AUTO_TEST_CASE(gives_an_envelope_back_with_its_attachments) {
  settings.format = value_format::envelope;
  std::string args = "1," + std::string{one_attachment};
  BOOST_TEST(append(stored_event(args, {"bytes"})) == "");
  BOOST_TEST(packets() == (texts{"51-[\"chat\"," + args + "]", "b:bytes"}));
}

BOOST_AUTO_TEST_CASE(marks_what_the_emitting_socket_does_not_get) {
  settings.echo = false;
  auto mine = record_of(1, "k", "1");
  mine.headers = {{"ce_weirsid", "me"}};
  BOOST_TEST(append("0") == "");
  auto begin = frames.size();
  BOOST_TEST(append(mine) == "");
  auto end = frames.size();
  BOOST_TEST(append("2") == "");
  BOOST_TEST_REQUIRE(events.exceptions.size() == 1u);
  BOOST_TEST(events.exceptions[0].socket_id == "me");
  BOOST_TEST(events.exceptions[0].event == 1u);
  BOOST_TEST_REQUIRE(events.events.size() == 3u);
  BOOST_TEST(events.events[0].end == begin);
  BOOST_TEST(events.events[1].end == end);
}

BOOST_AUTO_TEST_CASE(marks_nothing_where_events_are_echoed) {
  auto mine = record_of(1, "k", "1");
  mine.headers = {{"ce_weirsid", "me"}};
  BOOST_TEST(append(mine) == "");
  BOOST_TEST(events.exceptions.empty());
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_record_that_no_client_could_read) {
  BOOST_TEST(append("{") != "");
  BOOST_TEST(append("1") == "");
  BOOST_TEST(packets() == texts{R"(2["message",1])"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_poison_record, fixture)

BOOST_AUTO_TEST_CASE(is_one_without_valid_json) {
  for (auto value : {"", "{", "1 2", "nul", "\"\xff\"", "1,2"})
    expect_poison(value);
}

BOOST_AUTO_TEST_CASE(is_one_that_is_nested_too_deep) {
  expect_poison(std::string(11, '[') + std::string(11, ']'));
}

BOOST_AUTO_TEST_CASE(is_one_that_is_no_array_where_arguments_are_wanted) {
  settings.format = value_format::args;
  expect_poison("{}");
  expect_poison("1");
}

BOOST_AUTO_TEST_CASE(is_one_with_a_name_that_clients_cannot_take) {
  for (auto name : {"connect", "disconnect", "connect_error", "\xff"})
    expect_bad_name(name);
}

BOOST_AUTO_TEST_CASE(is_one_that_is_larger_than_a_client_may_cost) {
  auto value = "\"" + std::string(900, 'x') + "\"";
  BOOST_TEST(append(value) == "");
  events = {};
  expect_poison(value + std::string(98, ' '));
}

BOOST_AUTO_TEST_CASE(is_one_whose_name_is_larger_than_that) {
  expect_bad_name(std::string(1000, 'x'));
  expect_bad_name(std::string(200, '\x01')); // six characters each
}

// However long: it counts as it would be written, and nothing is written.
BOOST_AUTO_TEST_CASE(is_one_whose_name_is_as_large_as_records_can_be) {
  for (std::size_t limit : {std::size_t{1000}, 200 * mib}) {
    renew(limit);
    for (auto c : {'x', '\x01', '"'}) {
      std::string name(20 * mib, c);
      expect_bad_name(name);
      auto record = record_of(1, "k", "1");
      record.headers = {{"ce_type", name}};
      auto why = append(record);
      BOOST_TEST(why.find(limit == 1000 ? "larger than limits.outbox"
                                        : "ce_type")
                   != std::string::npos,
                 why);
      BOOST_TEST(frames.capacity() < 1000u);
    }
  }
}

BOOST_AUTO_TEST_CASE(is_one_whose_attachments_are_larger_than_that) {
  settings.format = value_format::raw;
  expect_poison(std::string(1001, 'x'));
}

BOOST_AUTO_TEST_CASE(is_one_whose_envelope_is_none) {
  settings.format = value_format::envelope;
  expect_poison("\xff\xff\xff");
}

BOOST_AUTO_TEST_CASE(is_one_whose_placeholders_match_no_attachments) {
  settings.format = value_format::envelope;
  expect_poison(stored_event(R"({"_placeholder":true,"num":1})", {"bytes"}));
  expect_poison(stored_event("1", {"bytes"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
