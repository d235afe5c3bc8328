#include "transport/socketio/encoder.hpp"

#include "transport/socketio/decoder.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::socketio;

BOOST_AUTO_TEST_SUITE(encoder)

BOOST_AUTO_TEST_CASE(connect_carries_the_socket_id) {
  BOOST_TEST(encode_connect("/", "abc") == R"(0{"sid":"abc"})");
  BOOST_TEST(encode_connect("/chat", "abc") == R"(0/chat,{"sid":"abc"})");
}

BOOST_AUTO_TEST_CASE(connect_error_is_an_object_with_a_message) {
  BOOST_TEST(encode_connect_error("/x", "Invalid namespace")
             == R"(4/x,{"message":"Invalid namespace"})");
  BOOST_TEST(encode_connect_error("/", "say \"no\"", R"({"code":1})")
             == R"(4{"message":"say \"no\"","data":{"code":1}})");
}

BOOST_AUTO_TEST_CASE(disconnect_has_no_payload) {
  BOOST_TEST(encode_disconnect("/") == "1");
  BOOST_TEST(encode_disconnect("/chat") == "1/chat,");
}

BOOST_AUTO_TEST_CASE(event_begins_with_its_name) {
  BOOST_TEST(encode_event("/", "hi", "") == R"(2["hi"])");
  BOOST_TEST(encode_event("/", "hi", "1,[2]") == R"(2["hi",1,[2]])");
  BOOST_TEST(encode_event("/chat", "a\"b\x1e", "null")
             == R"(2/chat,["a\"b\u001e",null])");
}

BOOST_AUTO_TEST_CASE(ack_repeats_the_digits_of_its_id) {
  BOOST_TEST(encode_ack("/", "0", "") == "30[]");
  BOOST_TEST(encode_ack("/chat", "9007199254740993", R"({"status":"ok"},2)")
             == R"(3/chat,9007199254740993[{"status":"ok"},2])");
}

BOOST_AUTO_TEST_CASE(attachments_are_counted_in_front) {
  BOOST_TEST(encode_event("/", "b", R"({"_placeholder":true,"num":0})", 1)
             == R"(51-["b",{"_placeholder":true,"num":0}])");
  BOOST_TEST(encode_ack("/c", "7", "1,2", 10) == "610-/c,7[1,2]");
}

// `50-` and `60-` make the JavaScript client close at the next packet.
BOOST_AUTO_TEST_CASE(no_attachments_make_a_plain_packet) {
  BOOST_TEST(encode_event("/", "b", "", 0).front() == '2');
  BOOST_TEST(encode_ack("/", "1", "", 0).front() == '3');
}

BOOST_AUTO_TEST_CASE(the_decoder_reads_what_the_encoder_wrote) {
  decoder reader{8, 100};
  auto text = encode_event("/chat", "\"n\xc3\xa9w\"\n", R"(1,{"a":"]"})");
  auto* x = reader.text(text).value;
  BOOST_TEST_REQUIRE(x != nullptr);
  BOOST_TEST(x->nsp == "/chat");
  BOOST_TEST(x->name == "\"n\xc3\xa9w\"\n");
  BOOST_TEST(x->args == R"(1,{"a":"]"})");
  BOOST_TEST(encode_event(x->nsp, x->name, x->args) == text);
}

BOOST_AUTO_TEST_SUITE_END()
