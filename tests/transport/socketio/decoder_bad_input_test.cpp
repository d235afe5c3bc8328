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
  for (auto& [error, text] : table) {
    decoder reader{4, 10};
    auto result = reader.text(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(result.error == error);
      BOOST_TEST(result.value == nullptr);
    }
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(decoder_rejects, decoder_fixture)

BOOST_AUTO_TEST_CASE(what_begins_with_no_type) {
  for (auto bytes :
       {"", "7", "9[]", "a", " 2[\"a\"]", " ", "\n{}", "/chat", "-1"})
    check({{decode_errc::unknown_type, bytes}});
}

BOOST_AUTO_TEST_CASE(a_bad_count_of_attachments) {
  for (auto bytes :
       {"5", "5-", "5[\"a\"]", "51", "51[\"a\"]", "5a-[\"a\"]", "5-1-[\"a\"]",
        "51.0-[\"a\"]", "51e0-[\"a\"]", "5 1-[\"a\"]", "5+1-[\"a\"]",
        "50x1-[\"a\"]", "511-[\"a\"]", "599-[\"a\"]",
        "599999999999999999999-[\"a\"]", "6-1[]", "611-1[]"})
    check({{decode_errc::bad_attachments, bytes}});
}

BOOST_AUTO_TEST_CASE(a_bad_namespace) {
  check(
    {{decode_errc::bad_nsp, "0/\xff"}, {decode_errc::bad_nsp, "0/\xc3,{}"}});
}

BOOST_AUTO_TEST_CASE(what_is_no_ack_id) {
  check({{decode_errc::bad_json, R"(2abc["a"])"},
         {decode_errc::bad_json, R"(2-1["a"])"},
         {decode_errc::bad_json, R"(21.5["a"])"},
         {decode_errc::bad_json, "2\xc2\xa0[\"a\"]"},
         {decode_errc::bad_json, "21\xe2\x80\xa8[\"a\"]"}});
}

BOOST_AUTO_TEST_CASE(what_is_no_json) {
  for (auto bytes :
       {"2[", "2[\"a\"", "2[\"a\",", "2[\"a\",]", "2[\"a\"]]", "2[\"a\"] x",
        "2[\"a\",nul]", "2['a']", "2[\"a\",\"\x1e\"]", "2[\"a\",\"\xff\"]",
        "2[\"\xc3\"]", "0{", "0{\"a\"}", "0{a:1}", "31[", "2/chat[\"a\",1]",
        "0,{}", "2,[\"a\"]"})
    check({{decode_errc::bad_json, bytes}});
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deep) {
  const std::string many(100'000, '[');
  check({{decode_errc::bad_payload, '0' + many},
         {decode_errc::bad_payload, '1' + many},
         {decode_errc::bad_json, "2[1,,"},
         {decode_errc::bad_json, "2[[[[]]]"}});
}

BOOST_AUTO_TEST_CASE(a_payload_that_the_type_cannot_carry) {
  for (auto bytes : {"0[]",
                     "0null",
                     "0\"a\"",
                     "0/x,[]",
                     "1{}",
                     "1[]",
                     "1\"a\"",
                     "1/x,{}",
                     "2{}",
                     "2\"a\"",
                     "2null",
                     "2[]",
                     "2[null]",
                     "2[true]",
                     "2[[\"a\"]]",
                     "2[{}]",
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

BOOST_AUTO_TEST_CASE(placeholders_of_what_is_not_there_at_once) {
  check({{decode_errc::bad_placeholder, "51-[\"a\"," + std::string{two} + "]"},
         {decode_errc::bad_placeholder, R"(51-["a",{"_placeholder":true}])"},
         {decode_errc::bad_placeholder, "61-1[" + std::string{two} + "]"}});
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

BOOST_AUTO_TEST_CASE(every_truncation_without_harm) {
  auto whole = "51-/chat,12[\"b\"," + std::string{one} + ",\"\xc3\xa9\"]";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    decoder other{4, 10};
    auto [error, value] = other.text(std::string_view{whole}.substr(0, n));
    BOOST_TEST(value == nullptr);
    if (error != decode_errc::none)
      continue;
    auto last = other.binary("x"); // it was cut before its JSON
    BOOST_TEST_REQUIRE(last.value != nullptr);
    BOOST_TEST((last.value->refusal == refusal::no_name));
  }
  announce(whole);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(decoder_refuses, decoder_fixture)

namespace {

struct refused {
  refusal why;
  std::string ack_id;
  std::string text;
};

} // namespace

// The connection continues, and the sender can be told.
BOOST_AUTO_TEST_CASE(what_the_protocol_allows_and_nobody_can_carry) {
  const std::string many(100'000, '[');
  const std::string long_id(decoder::max_ack_digits + 1, '1');
  const std::vector<refused> table{
    {refusal::no_name, "", "2"},
    {refusal::no_name, "", "2/chat"},
    {refusal::no_name, "1", "2/chat,1"},
    {refusal::bad_name, "", "2[1]"},
    {refusal::bad_name, "12", R"(212[-1.5e3,"a"])"},
    {refusal::bad_name, "3", R"(23["\ud83d",1])"},
    {refusal::bad_name, "3", R"(23["a\udc00"])"},
    {refusal::bad_ack_id, long_id, '2' + long_id + R"(["a"])"},
    {refusal::bad_ack_id, "", R"(21 2["a"])"},
    {refusal::too_deep, "9", R"(29["a",[[[[]]]]])"},
    {refusal::too_deep, "", R"(0{"a":{"b":{"c":{"d":{}}}}})"},
    {refusal::too_deep, "", '2' + many},
    {refusal::too_deep, "", '2' + many + std::string(100'000, ']')},
  };
  for (auto& [why, ack_id, bytes] : table) {
    auto& x = text(bytes);
    BOOST_TEST((x.refusal == why), to_string(x.refusal));
    BOOST_TEST(x.ack_id == ack_id);
  }
  BOOST_TEST((text(R"(2["a"])").refusal == refusal::none));
}

BOOST_AUTO_TEST_CASE(placeholders_that_do_not_match_after_the_attachments) {
  const std::string first{one};
  const std::string second{two};
  const std::vector<std::pair<std::size_t, std::string>> table{
    {1, R"(51-7["a"])"},
    {2, "52-7[\"a\"," + first + "]"},
    {2, "52-7[\"a\"," + second + "," + second + "]"},
    {1, "51-7[\"a\"," + first + "," + first + "]"},
    {2, R"(52-7["a",{"_placeholder":true,"num":0.5}])"},
  };
  for (auto& [attachments, bytes] : table) {
    announce(bytes);
    for (std::size_t i = 1; i < attachments; ++i)
      BOOST_TEST(reader.binary("x").value == nullptr);
    auto& x = binary("x");
    BOOST_TEST((x.refusal == refusal::bad_placeholder));
    BOOST_TEST(x.ack_id == "7");
    BOOST_TEST(x.attachments.empty());
  }
  BOOST_TEST(text(R"(2["a"])").name == "a");
}

BOOST_AUTO_TEST_CASE(attachments_that_are_too_large_in_all) {
  announce("52-4[\"b\"," + std::string{one} + "," + std::string{two} + "]");
  BOOST_TEST(reader.binary("12345678").error == decode_errc::none);
  auto& x = binary("123");
  BOOST_TEST((x.refusal == refusal::too_large));
  BOOST_TEST(x.ack_id == "4");
  BOOST_TEST(x.attachments.empty());
}

BOOST_AUTO_TEST_CASE(a_bad_name_when_its_attachments_have_come) {
  announce("51-[0," + std::string{one} + "]");
  BOOST_TEST((binary("x").refusal == refusal::bad_name));
}

BOOST_AUTO_TEST_CASE(with_a_sentence_for_each_reason) {
  for (int i = 0; i <= static_cast<int>(refusal::bad_placeholder); ++i) {
    BOOST_TEST(!to_string(static_cast<refusal>(i)).empty());
    BOOST_TEST(to_string(static_cast<refusal>(i)) != "unknown error");
  }
  for (int i = 0; i <= static_cast<int>(decode_errc::bad_placeholder); ++i) {
    BOOST_TEST(!to_string(static_cast<decode_errc>(i)).empty());
    BOOST_TEST(to_string(static_cast<decode_errc>(i)) != "unknown error");
  }
}

BOOST_AUTO_TEST_SUITE_END()
