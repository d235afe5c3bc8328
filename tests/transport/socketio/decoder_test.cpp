#include "transport/socketio/decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace weir::socketio {

static std::ostream& operator<<(std::ostream& out, decode_errc x) {
  return out << to_string(x);
}

static std::ostream& operator<<(std::ostream& out, packet_type x) {
  return out << static_cast<char>(x);
}

} // namespace weir::socketio

using namespace weir::socketio;

namespace {

constexpr std::string_view one = R"({"_placeholder":true,"num":0})";
constexpr std::string_view two = R"({"_placeholder":true,"num":1})";

struct fixture {
  /// The packet that a text message makes.
  const packet& text(std::string_view bytes) {
    const auto [error, value] = reader.text(bytes);
    BOOST_TEST_CONTEXT(bytes)
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST_REQUIRE(value != nullptr);
    return *value;
  }

  /// Sends a text message that announces attachments.
  void announce(const std::string& bytes) {
    const auto [error, value] = reader.text(bytes);
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST(value == nullptr);
  }

  /// The packet that the last attachment completes.
  const packet& binary(std::string_view bytes) {
    const auto [error, value] = reader.binary(bytes);
    BOOST_TEST_REQUIRE(error == decode_errc::none);
    BOOST_TEST_REQUIRE(value != nullptr);
    return *value;
  }

  decoder reader{4, 10};
};

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

BOOST_FIXTURE_TEST_SUITE(decoder_accepts, fixture)

BOOST_AUTO_TEST_CASE(connect_without_auth) {
  const auto& x = text("0");
  BOOST_TEST(x.type == packet_type::connect);
  BOOST_TEST(x.nsp == "/");
  BOOST_TEST(x.json == "");
}

BOOST_AUTO_TEST_CASE(connect_with_auth) {
  BOOST_TEST(text(R"(0{"token":"abc"})").json == R"({"token":"abc"})");
  const auto& x = text(R"(0/chat,{"token":"abc"})");
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.json == R"({"token":"abc"})");
}

BOOST_AUTO_TEST_CASE(a_namespace_without_its_comma_at_the_end) {
  BOOST_TEST(text("0/custom").nsp == "/custom");
  BOOST_TEST(text("0/custom,").nsp == "/custom");
  BOOST_TEST(text("1/custom").nsp == "/custom");
}

BOOST_AUTO_TEST_CASE(a_namespace_with_a_query_which_is_cut_off) {
  const auto& x = text(R"(0/admin?token=a&b=1,{"c":2})");
  BOOST_TEST(x.nsp == "/admin");
  BOOST_TEST(x.json == R"({"c":2})");
  BOOST_TEST(text(R"(2/?t=1,["a"])").nsp == "/");
}

BOOST_AUTO_TEST_CASE(the_root_namespace_also_where_it_is_written) {
  BOOST_TEST(text(R"(2/,["a"])").nsp == "/");
}

BOOST_AUTO_TEST_CASE(the_longest_namespace) {
  const auto nsp = '/' + std::string(decoder::max_nsp - 1, 'n');
  BOOST_TEST(text('0' + nsp).nsp == nsp);
  BOOST_TEST(text('0' + nsp + '?' + std::string(5000, 'q')).nsp == nsp);
}

BOOST_AUTO_TEST_CASE(disconnect) {
  BOOST_TEST(text("1").type == packet_type::disconnect);
  BOOST_TEST(text("1/chat,").nsp == "/chat");
}

BOOST_AUTO_TEST_CASE(an_event) {
  const auto& x = text(R"(2["hello",1,{"a":[2]}])");
  BOOST_TEST(x.type == packet_type::event);
  BOOST_TEST(x.ack_id == "");
  BOOST_TEST(x.json == R"(["hello",1,{"a":[2]}])");
  BOOST_TEST(x.name == "hello");
  BOOST_TEST(x.args == R"(1,{"a":[2]})");
}

BOOST_AUTO_TEST_CASE(an_event_without_arguments) {
  BOOST_TEST(text(R"(2["hello"])").args == "");
  BOOST_TEST(text(R"(2[ "hello" ])").args == "");
}

BOOST_AUTO_TEST_CASE(an_event_in_a_namespace_with_an_ack_id) {
  const auto& x = text(R"(2/chat,12["hello" , 1 ])");
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.ack_id == "12");
  BOOST_TEST(x.args == "1");
}

BOOST_AUTO_TEST_CASE(an_ack_id_as_its_digits_however_large) {
  BOOST_TEST(text(R"(20["a"])").ack_id == "0");
  BOOST_TEST(text(R"(29007199254740993["a"])").ack_id == "9007199254740993");
  BOOST_TEST(text(R"(212345678901234567890["a"])").ack_id.size()
             == decoder::max_ack_digits);
}

BOOST_AUTO_TEST_CASE(an_event_name_with_escapes) {
  BOOST_TEST(text(R"(2["a\"b\u00e9",1])").name == "a\"b\xc3\xa9");
  BOOST_TEST(text(R"(2["",1])").name == "");
}

BOOST_AUTO_TEST_CASE(an_ack) {
  const auto& x = text(R"(3/chat,7["ok",2])");
  BOOST_TEST(x.type == packet_type::ack);
  BOOST_TEST(x.ack_id == "7");
  BOOST_TEST(x.json == R"(["ok",2])");
  BOOST_TEST(x.args == R"("ok",2)");
  BOOST_TEST(text("37[]").args == "");
}

BOOST_AUTO_TEST_CASE(text_without_copying_it) {
  const std::string bytes = R"(2/chat,1["hello",{"a":1}])";
  const auto& x = text(bytes);
  const auto inside = [&bytes](std::string_view view) {
    return view.data() > bytes.data()
           && view.data() + view.size() <= bytes.data() + bytes.size();
  };
  for (const auto view : {x.nsp, x.ack_id, x.json, x.name, x.args})
    BOOST_TEST(inside(view));
}

BOOST_AUTO_TEST_CASE(a_binary_event_once_its_attachments_are_there) {
  announce(std::string{"52-/chat,3[\"b\","} + std::string{two}
           + ",{\"a\":" + std::string{one} + "}]");
  BOOST_TEST(reader.binary("first").value == nullptr);
  const auto& x = binary("2nd");
  BOOST_TEST(x.type == packet_type::binary_event);
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.ack_id == "3");
  BOOST_TEST(x.name == "b");
  BOOST_TEST((x.attachments == std::vector<std::string_view>{"first", "2nd"}));
}

BOOST_AUTO_TEST_CASE(a_binary_ack) {
  announce("61-7[" + std::string{one} + "]");
  const auto& x = binary("");
  BOOST_TEST(x.type == packet_type::binary_ack);
  BOOST_TEST(x.ack_id == "7");
  BOOST_TEST((x.attachments == std::vector<std::string_view>{""}));
}

BOOST_AUTO_TEST_CASE(another_packet_after_a_binary_one) {
  announce("51-[\"b\"," + std::string{one} + "]");
  binary("x");
  const auto& x = text(R"(2["a"])");
  BOOST_TEST(x.name == "a");
  BOOST_TEST(x.attachments.empty());
  announce("51-[\"c\"," + std::string{one} + "]");
  BOOST_TEST(binary("y").name == "c");
  reader.release();
  BOOST_TEST(text(R"(2["d"])").name == "d");
}

BOOST_AUTO_TEST_CASE(ten_attachments_of_the_allowed_size) {
  std::string bytes = "510-[\"b\"";
  for (int i = 0; i < 10; ++i)
    bytes += R"(,{"_placeholder":true,"num":)" + std::to_string(i) + '}';
  announce(bytes + ']');
  for (int i = 0; i < 9; ++i)
    BOOST_TEST(reader.binary("1").error == decode_errc::none);
  BOOST_TEST(binary("1").attachments.size() == 10u);
}

// The reference's own decoder stumbles over what some clients send.
BOOST_AUTO_TEST_CASE(no_attachments_at_all_in_a_binary_packet) {
  BOOST_TEST(text(R"(50-["a",1])").type == packet_type::event);
  BOOST_TEST(text(R"(60-/chat,1[2])").type == packet_type::ack);
  BOOST_TEST(text(R"(2["next"])").name == "next");
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_placeholder_in_a_plain_event) {
  BOOST_TEST(text("2[\"a\"," + std::string{two} + "]").args == two);
}

BOOST_AUTO_TEST_CASE(nesting_up_to_the_limit) {
  BOOST_TEST(text(R"(2["a",[[[]]]])").args == "[[[]]]");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(decoder_rejects, fixture)

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
