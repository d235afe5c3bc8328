#include "schemas/event_codec.hpp"

#include "tests/schemas/event_codec_fixture.hpp"

using namespace weir::schemas;
using namespace weir::schemas::test;

BOOST_FIXTURE_TEST_SUITE(event_codec_encodes, event_codec_fixture)

BOOST_AUTO_TEST_CASE(headers_of_cloudevents_in_a_stable_order) {
  const std::vector<header> all{
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
  auto written = encode(format::json);
  BOOST_TEST((headers_of(written) == all));
}

BOOST_AUTO_TEST_CASE(the_trace_behind_all_others_and_without_a_prefix) {
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.tracestate = "a=1";
  auto written = encode(format::json);
  auto all = headers_of(written);
  BOOST_REQUIRE(all.size() == encoded_record::max_headers);
  BOOST_TEST((all[10] == header{"traceparent", event.traceparent}));
  BOOST_TEST((all[11] == header{"tracestate", "a=1"}));
}

BOOST_AUTO_TEST_CASE(no_header_that_would_be_empty) {
  event.user = {};
  event.socket_id = {};
  event.wants_ack = false;
  auto written = encode(format::json);
  BOOST_TEST(headers_of(written).size() == 7u);
  BOOST_TEST(headers_of(written).back().first == "content-type");
}

BOOST_AUTO_TEST_CASE(a_content_type_for_each_format) {
  auto content_type = [this](format f) {
    auto written = encode(f);
    return std::string{headers_of(written).at(6).second};
  };
  BOOST_TEST(content_type(format::json) == "application/json");
  BOOST_TEST(content_type(format::args) == "application/json");
  BOOST_TEST(content_type(format::envelope) == "application/protobuf");
  event.args = placeholder;
  event.attachments = {bytes};
  BOOST_TEST(content_type(format::raw) == "application/octet-stream");
}

BOOST_AUTO_TEST_CASE(json_as_the_only_argument_stood) {
  for (auto args : {"1", "1.50", "null", R"("a,b")", R"("\",")", R"([1, 2])",
                    R"({"a":[1,{"b":2}],"c":"}"})"}) {
    event.args = args;
    BOOST_TEST(encode(format::json).error == codec_errc::none);
    BOOST_TEST(encode(format::json).value() == args);
  }
}

BOOST_AUTO_TEST_CASE(json_only_with_exactly_one_argument) {
  for (auto args :
       {"", "1,2", "1 , 2", "[1],2", R"("a","b")", R"({"a":1},{"b":2})"}) {
    BOOST_TEST_INFO(args);
    BOOST_TEST(error(format::json, args) == codec_errc::not_one_argument);
  }
}

BOOST_AUTO_TEST_CASE(args_as_one_array) {
  event.args = R"(1,"two",[3])";
  BOOST_TEST(encode(format::args).value() == R"([1,"two",[3]])");
  event.args = {};
  BOOST_TEST(encode(format::args).value() == "[]");
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
  BOOST_TEST(encode(format::raw).value() == bytes);
  event.args = R"({ "num" : 0, "_placeholder" : true })";
  BOOST_TEST(encode(format::raw).error == codec_errc::none);
}

BOOST_AUTO_TEST_CASE(raw_only_where_the_only_argument_is_binary) {
  const std::string p{placeholder};
  auto expect_error = [this](std::string_view args, views attachments) {
    BOOST_TEST_INFO(args);
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
  BOOST_TEST(encode(format::json).value().empty());
  BOOST_TEST(headers_of(encode(format::json)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
