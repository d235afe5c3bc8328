#include "schemas/event_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace weir::schemas {

static std::ostream& operator<<(std::ostream& out, codec_errc x) {
  return out << to_string(x);
}

} // namespace weir::schemas

using namespace weir::schemas;

namespace {

using views = std::vector<std::string_view>;

constexpr std::string_view placeholder = R"({"_placeholder":true,"num":0})";
const std::string_view bytes{"\0\x01\xff", 3};

struct fixture {
  fixture() {
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
    for (const auto& [name, value] : record.headers)
      headers.emplace_back(name, value);
    return decode(f, record.value);
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

constexpr format all_formats[]{format::json, format::args, format::raw,
                               format::envelope};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_codec_encodes, fixture)

BOOST_AUTO_TEST_CASE(headers_of_cloudevents_in_a_stable_order) {
  using expected = std::pair<std::string_view, std::string>;
  const std::vector<expected> all{
    {"ce_specversion", "1.0"},
    {"ce_id", "id-1"},
    {"ce_type", "chat message"},
    {"ce_source", "/weir/demo/chat"},
    {"ce_subject", "chat:1"},
    {"ce_time", "2023-11-14T22:13:20.042Z"},
    {"content-type", "application/json"},
    {"ce_weirsid", "socket-1"},
    {"ce_weiruser", "ada"},
    {"ce_weirack", "1"},
  };
  BOOST_TEST((encode(format::json).headers == all));
}

BOOST_AUTO_TEST_CASE(no_header_that_would_be_empty) {
  event.user = {};
  event.socket_id = {};
  event.wants_ack = false;
  const auto headers_written = encode(format::json).headers;
  BOOST_TEST(headers_written.size() == 7u);
  BOOST_TEST(headers_written.back().first == "content-type");
}

BOOST_AUTO_TEST_CASE(a_content_type_for_each_format) {
  const auto content_type = [this](format f) {
    return encode(f).headers.at(6).second;
  };
  BOOST_TEST(content_type(format::json) == "application/json");
  BOOST_TEST(content_type(format::args) == "application/json");
  BOOST_TEST(content_type(format::envelope) == "application/protobuf");
  event.args = placeholder;
  event.attachments = {bytes};
  BOOST_TEST(content_type(format::raw) == "application/octet-stream");
}

BOOST_AUTO_TEST_CASE(json_as_the_only_argument_stood) {
  for (const auto args : {"1", "1.50", "null", R"("a,b")", R"("\",")",
                          R"([1, 2])", R"({"a":[1,{"b":2}],"c":"}"})"}) {
    event.args = args;
    BOOST_TEST(encode(format::json).error == codec_errc::none);
    BOOST_TEST(encode(format::json).value == args);
  }
}

BOOST_AUTO_TEST_CASE(json_only_with_exactly_one_argument) {
  for (const auto args :
       {"", "1,2", "1 , 2", "[1],2", R"("a","b")", R"({"a":1},{"b":2})"})
    BOOST_TEST_CONTEXT(args)
  BOOST_TEST(error(format::json, args) == codec_errc::not_one_argument);
}

BOOST_AUTO_TEST_CASE(args_as_one_array) {
  event.args = R"(1,"two",[3])";
  BOOST_TEST(encode(format::args).value == R"([1,"two",[3]])");
  event.args = {};
  BOOST_TEST(encode(format::args).value == "[]");
}

BOOST_AUTO_TEST_CASE(no_attachments_into_json) {
  BOOST_TEST(error(format::json, placeholder, {bytes})
             == codec_errc::has_attachments);
  BOOST_TEST(error(format::args, placeholder, {bytes})
             == codec_errc::has_attachments);
}

BOOST_AUTO_TEST_CASE(raw_as_the_only_attachment) {
  event.args = placeholder;
  event.attachments = {bytes};
  BOOST_TEST(encode(format::raw).value == bytes);
  event.args = R"({ "num" : 0, "_placeholder" : true })";
  BOOST_TEST(encode(format::raw).error == codec_errc::none);
}

BOOST_AUTO_TEST_CASE(raw_only_where_the_only_argument_is_binary) {
  const std::string p{placeholder};
  const auto expect_error = [this](std::string_view args, views attachments) {
    BOOST_TEST_CONTEXT(args)
    BOOST_TEST(error(format::raw, args, std::move(attachments))
               == codec_errc::not_one_attachment);
  };
  expect_error("", {});
  expect_error(R"("text")", {});
  expect_error("1," + p, {bytes});
  expect_error(p + ",1", {bytes});
  expect_error("[" + p + "]", {bytes});
  expect_error("{\"file\":" + p + "}", {bytes});
  expect_error(p + ",{}", {bytes, bytes});
}

BOOST_AUTO_TEST_CASE(an_error_without_a_record) {
  BOOST_TEST(error(format::json, "1,2") != codec_errc::none);
  BOOST_TEST(encode(format::json).value.empty());
  BOOST_TEST(encode(format::json).headers.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_codec_decodes, fixture)

BOOST_AUTO_TEST_CASE(what_it_encoded_in_every_format) {
  for (const auto f : {format::json, format::args, format::envelope}) {
    const auto& x = round_trip(f);
    const auto whole = x.is_array ? '[' + std::string{event.args} + ']'
                                  : std::string{event.args};
    BOOST_TEST(x.error == codec_errc::none);
    BOOST_TEST(x.name == "chat message");
    BOOST_TEST(x.socket_id == "socket-1");
    BOOST_TEST(x.json == whole);
    BOOST_TEST(x.is_array == (f != format::json));
    BOOST_TEST(x.attachments.empty());
  }
}

BOOST_AUTO_TEST_CASE(attachments_from_raw) {
  event.args = placeholder;
  event.attachments = {bytes};
  const auto& x = round_trip(format::raw);
  BOOST_TEST(x.json == placeholder);
  BOOST_TEST(!x.is_array);
  BOOST_TEST((x.attachments == views{bytes}));
}

BOOST_AUTO_TEST_CASE(attachments_from_an_envelope) {
  const auto args = R"([{"_placeholder":true,"num":1}],)"
                    + std::string{placeholder};
  event.args = args;
  const std::string large(100'000, 'x');
  event.attachments = {bytes, large};
  const auto& x = round_trip(format::envelope);
  BOOST_TEST(x.json == '[' + args + ']');
  BOOST_TEST((x.attachments == views{bytes, large}));
}

BOOST_AUTO_TEST_CASE(a_foreign_record_without_headers) {
  const auto& x = decode(format::json, R"({"a":1})");
  BOOST_TEST(x.error == codec_errc::none);
  BOOST_TEST(x.name == "default name");
  BOOST_TEST(x.json == R"({"a":1})");
  BOOST_TEST(x.socket_id == "");
}

BOOST_AUTO_TEST_CASE(a_foreign_record_as_it_is_without_judging_it) {
  BOOST_TEST(decode(format::json, "{no json\xff").json == "{no json\xff");
  BOOST_TEST(decode(format::args, "").json == "");
  BOOST_TEST(decode(format::args, "").is_array);
  BOOST_TEST((decode(format::raw, "").attachments == views{""}));
}

BOOST_AUTO_TEST_CASE(the_name_from_the_header_of_whichever_producer) {
  headers = {{"traceparent", "00-1"}, {"ce_type", "one"}, {"ce_type", "two"}};
  BOOST_TEST(decode(format::json, "1").name == "two");
  headers = {{"ce_type", ""}};
  BOOST_TEST(decode(format::json, "1").name == "default name");
}

BOOST_AUTO_TEST_CASE(an_envelope_without_headers_by_what_it_says_itself) {
  const auto value = encode(format::envelope).value;
  const auto& x = decode(format::envelope, value);
  BOOST_TEST(x.name == "chat message");
  BOOST_TEST(x.socket_id == "socket-1");
  BOOST_TEST(x.json == '[' + std::string{event.args} + ']');
  event.name = {};
  BOOST_TEST(decode(format::envelope, encode(format::envelope).value).name
             == "default name");
}

BOOST_AUTO_TEST_CASE(an_empty_envelope_as_an_event_without_arguments) {
  const auto& x = decode(format::envelope, "");
  BOOST_TEST(x.error == codec_errc::none);
  BOOST_TEST(x.json == "[]");
  BOOST_TEST(x.name == "default name");
}

BOOST_AUTO_TEST_CASE(a_tombstone_as_null) {
  headers = {{"ce_type", "gone"}};
  for (const auto f : all_formats) {
    const auto& x = decode_tombstone(f);
    BOOST_TEST(x.error == codec_errc::none);
    BOOST_TEST(x.name == "gone");
    BOOST_TEST(x.json == "null");
    BOOST_TEST(!x.is_array);
    BOOST_TEST(x.attachments.empty());
  }
}

BOOST_AUTO_TEST_CASE(no_envelope_from_other_bytes) {
  using namespace std::string_view_literals;
  const views hostile{
    "{\"a\":1}"sv,                // JSON
    "\xff\xff\xff\xff"sv,         // endless number
    "\x42\x7f"sv,                 // a string longer than the record
    "\x42\xff\xff\xff\xff\x07"sv, // of 2 GB
    "\x42\x02\xc3\x28"sv,         // a string that is no UTF-8
    "\x12\x01\xff"sv,             // likewise the name
    "\x4b\x4b\x4b"sv,             // groups that do not end
  };
  for (const auto value : hostile)
    BOOST_TEST(decode(format::envelope, value).error
               == codec_errc::bad_envelope);
}

BOOST_AUTO_TEST_CASE(an_envelope_cut_anywhere_without_harm) {
  event.args = placeholder;
  event.attachments = {bytes};
  const auto value = encode(format::envelope).value;
  for (std::size_t n = 0; n < value.size(); ++n)
    decode(format::envelope, std::string_view{value}.substr(0, n));
  BOOST_TEST(decode(format::envelope, value).error == codec_errc::none);
}

BOOST_AUTO_TEST_CASE(an_envelope_with_fields_of_a_later_version) {
  const auto value = encode(format::envelope).value + "\xc2\x3e\x01x";
  BOOST_TEST(decode(format::envelope, value).error == codec_errc::none);
  BOOST_TEST(incoming.name == "chat message");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_record_before) {
  event.args = placeholder;
  event.attachments = {bytes};
  round_trip(format::envelope);
  headers.clear();
  const auto& x = decode(format::json, "1");
  BOOST_TEST(x.name == "default name");
  BOOST_TEST(x.json == "1");
  BOOST_TEST(!x.is_array);
  BOOST_TEST(x.socket_id == "");
  BOOST_TEST(x.attachments.empty());
  decode(format::envelope, "\xff");
  BOOST_TEST(decode(format::json, "1").error == codec_errc::none);
}

BOOST_AUTO_TEST_CASE(with_a_sentence_for_each_error) {
  for (int i = 0; i <= static_cast<int>(codec_errc::bad_envelope); ++i) {
    BOOST_TEST(!to_string(static_cast<codec_errc>(i)).empty());
    BOOST_TEST(to_string(static_cast<codec_errc>(i)) != "unknown error");
  }
}

BOOST_AUTO_TEST_SUITE_END()
