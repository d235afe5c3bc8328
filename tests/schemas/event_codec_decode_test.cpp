#include "schemas/event_codec.hpp"
#include "tests/schemas/event_codec_fixture.hpp"

using namespace weir::schemas;
using namespace weir::schemas::test;

namespace {

constexpr format all_formats[]{format::json, format::args, format::raw,
                               format::envelope};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_codec_decodes, event_codec_fixture)

BOOST_AUTO_TEST_CASE(what_it_encoded_in_every_format) {
  for (auto f : {format::json, format::args, format::envelope}) {
    auto& x = round_trip(f);
    auto whole = x.is_array ? '[' + std::string{event.args} + ']'
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
  auto& x = round_trip(format::raw);
  BOOST_TEST(x.json == placeholder);
  BOOST_TEST(!x.is_array);
  BOOST_TEST((x.attachments == views{bytes}));
}

BOOST_AUTO_TEST_CASE(attachments_from_an_envelope) {
  auto args = R"([{"_placeholder":true,"num":1}],)" + std::string{placeholder};
  event.args = args;
  const std::string large(100'000, 'x');
  event.attachments = {bytes, large};
  auto& x = round_trip(format::envelope);
  BOOST_TEST(x.json == '[' + args + ']');
  BOOST_TEST((x.attachments == views{bytes, large}));
}

BOOST_AUTO_TEST_CASE(a_foreign_record_without_headers) {
  auto& x = decode(format::json, R"({"a":1})");
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
  const std::string value{encode(format::envelope).value()};
  auto& x = decode(format::envelope, value);
  BOOST_TEST(x.name == "chat message");
  BOOST_TEST(x.socket_id == "socket-1");
  BOOST_TEST(x.json == '[' + std::string{event.args} + ']');
  event.name = {};
  auto second = encode(format::envelope);
  BOOST_TEST(decode(format::envelope, second.value()).name == "default name");
}

BOOST_AUTO_TEST_CASE(an_empty_envelope_as_an_event_without_arguments) {
  auto& x = decode(format::envelope, "");
  BOOST_TEST(x.error == codec_errc::none);
  BOOST_TEST(x.json == "[]");
  BOOST_TEST(x.name == "default name");
}

BOOST_AUTO_TEST_CASE(a_tombstone_as_null) {
  headers = {{"ce_type", "gone"}};
  for (auto f : all_formats) {
    auto& x = decode_tombstone(f);
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
  for (auto value : hostile)
    BOOST_TEST(decode(format::envelope, value).error
               == codec_errc::bad_envelope);
}

BOOST_AUTO_TEST_CASE(an_envelope_cut_anywhere_without_harm) {
  event.args = placeholder;
  event.attachments = {bytes};
  const std::string value{encode(format::envelope).value()};
  for (std::size_t n = 0; n < value.size(); ++n)
    decode(format::envelope, std::string_view{value}.substr(0, n));
  BOOST_TEST(decode(format::envelope, value).error == codec_errc::none);
}

BOOST_AUTO_TEST_CASE(an_envelope_with_fields_of_a_later_version) {
  auto value = std::string{encode(format::envelope).value()} + "\xc2\x3e\x01x";
  BOOST_TEST(decode(format::envelope, value).error == codec_errc::none);
  BOOST_TEST(incoming.name == "chat message");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_record_before) {
  event.args = placeholder;
  event.attachments = {bytes};
  round_trip(format::envelope);
  headers.clear();
  auto& x = decode(format::json, "1");
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
