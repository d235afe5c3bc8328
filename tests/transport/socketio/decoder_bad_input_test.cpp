#include "tests/transport/socketio/decoder_fixture.hpp"
#include "transport/socketio/decoder.hpp"

#include <vector>

using namespace weir::socketio;
using namespace weir::socketio::test;

namespace {

struct rejected {
  decode_errc error;
  std::string text;
};

void check(const std::vector<rejected>& table) {
  for (const auto& [error, text] : table) {
    decoder reader{4, 10};
    const auto result = reader.text(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(result.error == error);
      BOOST_TEST(result.value == nullptr);
    }
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(decoder_rejects, decoder_fixture)

BOOST_AUTO_TEST_CASE(what_begins_with_no_type) {
  for (const auto bytes : {"", "7", "9[]", "a", " 2[\"a\"]", "/chat", "-1"})
    check({{decode_errc::unknown_type, bytes}});
}

BOOST_AUTO_TEST_CASE(a_bad_count_of_attachments) {
  for (const auto bytes :
       {"5", "5-", "5[\"a\"]", "51", "51[\"a\"]", "5a-[\"a\"]", "5-1-[\"a\"]",
        "51.0-[\"a\"]", "51e0-[\"a\"]", "5 1-[\"a\"]", "5+1-[\"a\"]",
        "501-[\"a\"]", "500-[\"a\"]", "511-[\"a\"]", "599-[\"a\"]",
        "599999999999999999999-[\"a\"]", "6-1[]", "611-1[]"})
    check({{decode_errc::bad_attachments, bytes}});
}

BOOST_AUTO_TEST_CASE(a_bad_namespace) {
  const auto too_long = '/' + std::string(decoder::max_nsp, 'n');
  check({{decode_errc::bad_nsp, '0' + too_long},
         {decode_errc::bad_nsp, '2' + too_long + R"(,["a"])"},
         {decode_errc::bad_nsp, "0/a\x1e"},
         {decode_errc::bad_nsp, "0/a\nb"},
         {decode_errc::bad_nsp, "0/a\x7f"},
         {decode_errc::bad_nsp, "0/\xff"},
         {decode_errc::bad_nsp, "0/\xc3,{}"}});
}

BOOST_AUTO_TEST_CASE(a_bad_ack_id) {
  check({{decode_errc::bad_ack_id, R"(2123456789012345678901["a"])"},
         {decode_errc::bad_ack_id, "3[]"},
         {decode_errc::bad_ack_id, "3/chat,[]"},
         {decode_errc::bad_ack_id, "3"},
         {decode_errc::bad_ack_id, "61-[]"},
         {decode_errc::bad_ack_id, "01{}"},
         {decode_errc::bad_ack_id, "01"},
         {decode_errc::bad_ack_id, "15"},
         {decode_errc::bad_json, R"(2abc["a"])"},
         {decode_errc::bad_json, R"(2-1["a"])"},
         {decode_errc::bad_json, R"(21.5["a"])"}});
}

BOOST_AUTO_TEST_CASE(what_is_no_json) {
  for (const auto bytes :
       {"2[", "2[\"a\"", "2[\"a\",", "2[\"a\",]", "2[\"a\"]]", "2[\"a\"] x",
        "2[\"a\",nul]", "2['a']", "2[\"a\",\"\x1e\"]", "2[\"a\",\"\xff\"]",
        "2[\"\xc3\"]", "0{", "0{\"a\"}", "0{a:1}", "31[", "2/chat[\"a\",1]",
        "0,{}", "2,[\"a\"]"})
    check({{decode_errc::bad_json, bytes}});
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deep) {
  const std::string many(100'000, '[');
  check({{decode_errc::bad_json, R"(2["a",[[[[]]]]])"},
         {decode_errc::bad_json, R"(0{"a":{"b":{"c":{"d":{}}}}})"},
         {decode_errc::bad_json, '2' + many},
         {decode_errc::bad_json, '2' + many + std::string(100'000, ']')}});
}

BOOST_AUTO_TEST_CASE(a_payload_that_the_type_cannot_carry) {
  for (const auto bytes : {"0[]",
                           "0null",
                           "0\"a\"",
                           "0/x,[]",
                           "1{}",
                           "1[]",
                           "1\"a\"",
                           "1/x,{}",
                           "2",
                           "2/chat",
                           "2/chat,",
                           "21",
                           "2{}",
                           "2\"a\"",
                           "2null",
                           "2[]",
                           "2[1]",
                           "2[1,\"a\"]",
                           "2[null]",
                           "2[[\"a\"]]",
                           "2[{}]",
                           "2 [\"a\"]",
                           "2[\"a\"] ",
                           "2[\"\\ud83d\"]",
                           "31",
                           "31{}",
                           "31null",
                           "4",
                           "4{}",
                           "4{\"message\":\"a\"}",
                           "4/x,{\"message\":\"a\"}"})
    check({{decode_errc::bad_payload, bytes}});
}

BOOST_AUTO_TEST_CASE(a_reserved_event_name) {
  for (const std::string name :
       {"connect", "connect_error", "disconnect", "disconnecting",
        "newListener", "removeListener", R"(con\u006eect)"})
    check({{decode_errc::reserved_event, "2[\"" + name + "\"]"},
           {decode_errc::reserved_event, "2/x,1[\"" + name + "\",1]"}});
  BOOST_TEST(!is_reserved_event("Connect"));
  BOOST_TEST(!is_reserved_event("error"));
  BOOST_TEST(!is_reserved_event(""));
}

BOOST_AUTO_TEST_CASE(placeholders_that_do_not_match_at_once) {
  const std::string first{one};
  const std::string second{two};
  check(
    {{decode_errc::bad_placeholder, R"(51-["a"])"},
     {decode_errc::bad_placeholder, "51-[\"a\"," + second + "]"},
     {decode_errc::bad_placeholder, "52-[\"a\"," + first + "]"},
     {decode_errc::bad_placeholder, "51-[\"a\"," + first + "," + first + "]"},
     {decode_errc::bad_placeholder, "61-1[]"}});
}

BOOST_AUTO_TEST_CASE(text_where_an_attachment_has_to_follow) {
  announce("51-[\"b\"," + std::string{one} + "]");
  BOOST_TEST(reader.text(R"(2["a"])").error == decode_errc::unexpected_text);
}

BOOST_AUTO_TEST_CASE(an_attachment_that_was_not_announced) {
  BOOST_TEST(reader.binary("x").error == decode_errc::unexpected_binary);
  text(R"(2["a"])");
  BOOST_TEST(reader.binary("x").error == decode_errc::unexpected_binary);
  announce("51-[\"b\"," + std::string{one} + "]");
  binary("x");
  BOOST_TEST(reader.binary("y").error == decode_errc::unexpected_binary);
  reader.release();
  BOOST_TEST(reader.binary("y").error == decode_errc::unexpected_binary);
}

BOOST_AUTO_TEST_CASE(attachments_that_are_too_large_in_all) {
  announce("52-[\"b\"," + std::string{one} + "," + std::string{two} + "]");
  BOOST_TEST(reader.binary("12345678").error == decode_errc::none);
  BOOST_TEST(reader.binary("123").error == decode_errc::bad_attachments);
}

BOOST_AUTO_TEST_CASE(every_truncation_without_harm) {
  const auto whole = "51-/chat,12[\"b\"," + std::string{one} + ",\"\xc3\xa9\"]";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    decoder other{4, 10};
    const auto [error, value]
      = other.text(std::string_view{whole}.substr(0, n));
    BOOST_TEST(error != decode_errc::none);
    BOOST_TEST(value == nullptr);
  }
  announce(whole);
}

BOOST_AUTO_TEST_CASE(with_a_sentence_for_each_reason) {
  for (int i = 0; i <= static_cast<int>(decode_errc::bad_placeholder); ++i) {
    BOOST_TEST(!to_string(static_cast<decode_errc>(i)).empty());
    BOOST_TEST(to_string(static_cast<decode_errc>(i)) != "unknown error");
  }
}

BOOST_AUTO_TEST_SUITE_END()
