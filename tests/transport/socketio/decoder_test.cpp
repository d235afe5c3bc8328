#include "transport/socketio/decoder.hpp"

#include "tests/transport/socketio/decoder_fixture.hpp"
#include "transport/socketio/json_slice.hpp"

#include <vector>

using namespace weir;
using namespace weir::socketio;
using namespace weir::socketio::test;

BOOST_FIXTURE_TEST_SUITE(decoder_accepts, decoder_fixture)

BOOST_AUTO_TEST_CASE(connect_without_auth) {
  auto& x = text("0");
  BOOST_TEST(x.type == packet_type::connect);
  BOOST_TEST(x.nsp == "/");
  BOOST_TEST(x.json == "");
}

BOOST_AUTO_TEST_CASE(connect_with_auth) {
  BOOST_TEST(text(R"(0{"token":"abc"})").json == R"({"token":"abc"})");
  auto& x = text(R"(0/chat,{"token":"abc"})");
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.json == R"({"token":"abc"})");
}

BOOST_AUTO_TEST_CASE(a_namespace_without_its_comma_at_the_end) {
  BOOST_TEST(text("0/custom").nsp == "/custom");
  BOOST_TEST(text("0/custom,").nsp == "/custom");
  BOOST_TEST(text("1/custom").nsp == "/custom");
}

BOOST_AUTO_TEST_CASE(a_namespace_with_a_query_which_is_cut_off) {
  auto& x = text(R"(0/admin?token=a&b=1,{"c":2})");
  BOOST_TEST(x.nsp == "/admin");
  BOOST_TEST(x.json == R"({"c":2})");
  BOOST_TEST(text(R"(2/?t=1,["a"])").nsp == "/");
}

BOOST_AUTO_TEST_CASE(the_root_namespace_also_where_it_is_written) {
  BOOST_TEST(text(R"(2/,["a"])").nsp == "/");
}

// Whoever asks for it is notified that there is none.
BOOST_AUTO_TEST_CASE(any_namespace) {
  for (const std::string& nsp :
       {'/' + std::string(5000, 'n'), std::string{"/a\x1e\n\x7f"},
        std::string{"/\xc3\xa9"}}) {
    BOOST_TEST(text('0' + nsp).nsp == nsp);
    BOOST_TEST(text('0' + nsp + '?' + std::string(5000, 'q')).nsp == nsp);
  }
}

BOOST_AUTO_TEST_CASE(disconnect) {
  BOOST_TEST(text("1").type == packet_type::disconnect);
  BOOST_TEST(text("1/chat,").nsp == "/chat");
}

BOOST_AUTO_TEST_CASE(an_event) {
  auto& x = text(R"(2["hello",1,{"a":[2]}])");
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
  auto& x = text(R"(2/chat,12["hello" , 1 ])");
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.ack_id == "12");
  BOOST_TEST(x.args == "1");
}

BOOST_AUTO_TEST_CASE(an_ack_id_where_none_is_of_use) {
  BOOST_TEST(text("01{}").json == "{}");
  BOOST_TEST(text("15").type == packet_type::disconnect);
  BOOST_TEST(text("1/chat,123456789012345678901234").nsp == "/chat");
}

BOOST_AUTO_TEST_CASE(white_space_around_everything_in_an_event) {
  for (const std::string space : {" ", "\n", "\r\n", "\t \t"}) {
    std::string bytes{"27"};
    for (const std::string_view token :
         {"[", "\"a\"", ",", "[", "1", ",", "2", "]", "]"})
      bytes += space + std::string{token};
    bytes += space;
    auto& x = text(bytes);
    BOOST_TEST(x.ack_id == "7");
    BOOST_TEST(x.name == "a");
    BOOST_TEST(*json::at(x.json, "/0") == "\"a\"");
    BOOST_TEST(*json::at(x.json, "/1/1") == "2");
  }
}

// As the reference reads it.
BOOST_AUTO_TEST_CASE(white_space_in_place_of_an_ack_id) {
  BOOST_TEST(text(R"(2 ["a"])").ack_id == "0");
  BOOST_TEST(text("2\v\f12 [\"a\"]").ack_id == "12");
  BOOST_TEST(text("0 {}").json == "{}");
  BOOST_TEST(text("1 ").type == packet_type::disconnect);
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
  auto& x = text(R"(3/chat,7["ok",2])");
  BOOST_TEST(x.type == packet_type::ack);
  BOOST_TEST(x.ack_id == "7");
  BOOST_TEST(x.json == R"(["ok",2])");
  BOOST_TEST(x.args == R"("ok",2)");
  BOOST_TEST(text("37[]").args == "");
}

// Nobody waits for it.
BOOST_AUTO_TEST_CASE(an_ack_without_id_or_arguments) {
  for (auto bytes : {"3", "31", "3[]", "3/chat,[1]", "3/chat"})
    BOOST_TEST(text(bytes).type == packet_type::ack);
  announce("61-[" + std::string{one} + "]");
  BOOST_TEST(binary("x").type == packet_type::binary_ack);
}

BOOST_AUTO_TEST_CASE(text_without_copying_it) {
  const std::string bytes = R"(2/chat,1["hello",{"a":1}])";
  auto& x = text(bytes);
  auto inside = [&bytes](std::string_view view) {
    return view.data() > bytes.data()
           && view.data() + view.size() <= bytes.data() + bytes.size();
  };
  for (auto view : {x.nsp, x.ack_id, x.json, x.name, x.args})
    BOOST_TEST(inside(view));
}

BOOST_AUTO_TEST_CASE(a_binary_event_once_its_attachments_are_there) {
  announce(std::string{"52-/chat,3[\"b\","} + std::string{two}
           + ",{\"a\":" + std::string{one} + "}]");
  BOOST_TEST(reader.binary("first").value == nullptr);
  auto& x = binary("2nd");
  BOOST_TEST(x.type == packet_type::binary_event);
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.ack_id == "3");
  BOOST_TEST(x.name == "b");
  BOOST_TEST((x.attachments == std::vector<std::string_view>{"first", "2nd"}));
}

BOOST_AUTO_TEST_CASE(a_binary_ack) {
  announce("61-7[" + std::string{one} + "]");
  auto& x = binary("");
  BOOST_TEST(x.type == packet_type::binary_ack);
  BOOST_TEST(x.ack_id == "7");
  BOOST_TEST((x.attachments == std::vector<std::string_view>{""}));
}

BOOST_AUTO_TEST_CASE(another_packet_after_a_binary_one) {
  announce("51-[\"b\"," + std::string{one} + "]");
  binary("x");
  auto& x = text(R"(2["a"])");
  BOOST_TEST(x.name == "a");
  BOOST_TEST(x.attachments.empty());
  announce("51-[\"c\"," + std::string{one} + "]");
  BOOST_TEST(binary("y").name == "c");
  reader.release();
  BOOST_TEST(text(R"(2["d"])").name == "d");
}

BOOST_AUTO_TEST_CASE(ten_attachments_of_the_allowed_size) {
  std::string bytes = "5010-[\"b\"";
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
