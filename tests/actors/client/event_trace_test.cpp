#include "actors/client/event_trace.hpp"

#include <boost/test/unit_test.hpp>

using weir::trace_in;
using weir::trace_of;

namespace {

const std::string parent
  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string quoted(const std::string& x) {
  return '"' + x + '"';
}

} // namespace

BOOST_AUTO_TEST_SUITE(event_trace)

BOOST_AUTO_TEST_CASE(is_a_string_of_the_event) {
  auto x = trace_of(R"({"text":"hi","trace":)" + quoted(parent) + "}",
                    "/0/trace");
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(to_traceparent(x->parent) == parent);
  BOOST_TEST(x->state == "");
}

BOOST_AUTO_TEST_CASE(is_an_object_with_both) {
  auto args = R"("hi",{"traceparent":)" + quoted(parent)
              + R"(,"tracestate":"a=1,b=2"})";
  auto x = trace_of(args, "/1");
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(to_traceparent(x->parent) == parent);
  BOOST_TEST(x->state == "a=1,b=2");
}

BOOST_AUTO_TEST_CASE(keeps_the_parent_where_the_state_is_bad) {
  for (std::string state :
       {R"("")", R"("a")", "7", "null", "{}", R"("a=1\r\nb=2")"}) {
    auto x = trace_of(R"({"traceparent":)" + quoted(parent)
                        + R"(,"tracestate":)" + state + "}",
                      "/0");
    BOOST_TEST_REQUIRE(x.has_value(), state);
    BOOST_TEST(to_traceparent(x->parent) == parent, state);
    BOOST_TEST(x->state == "", state);
  }
}

BOOST_AUTO_TEST_CASE(is_none_where_the_parent_is_bad) {
  for (std::string args :
       {std::string{}, std::string{"1"}, std::string{"null"}, std::string{"[]"},
        std::string{R"("")"}, std::string{R"("00-1")"}, std::string{"{}"},
        std::string{R"({"tracestate":"a=1"})"},
        R"({"traceparent":7,"tracestate":"a=1"})" + std::string{},
        R"({"traceparent":)" + quoted(parent + "0") + "}"}) {
    BOOST_TEST(!trace_of(args, "/0").has_value(), args);
  }
}

BOOST_AUTO_TEST_CASE(is_read_whatever_way_its_string_is_written) {
  auto escaped = "\"\\u0030" + parent.substr(1) + '"';
  auto x = trace_of(escaped, "/0");
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(to_traceparent(x->parent) == parent);
}

BOOST_AUTO_TEST_CASE(is_found_in_the_payload_of_a_connect) {
  auto payload = R"({"token":"a","trace":{"traceparent":)" + quoted(parent)
                 + R"(,"tracestate":"a=1"}})";
  auto x = trace_in(payload, "/trace");
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(to_traceparent(x->parent) == parent);
  BOOST_TEST(x->state == "a=1");
  BOOST_TEST(trace_in(payload, "/trace/traceparent").has_value());
  BOOST_TEST(!trace_in(payload, "/token").has_value());
  BOOST_TEST(!trace_in(payload, "").has_value());
  BOOST_TEST(!trace_in("", "/trace").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
