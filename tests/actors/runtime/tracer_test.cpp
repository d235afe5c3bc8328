#include "actors/runtime/tracer.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace weir;
using namespace std::chrono_literals;

namespace {

const trace_context recorded_parent = *parse_traceparent(
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

trace_context unsampled() {
  auto result = recorded_parent;
  result.flags = 0;
  return result;
}

span_ptr begin(const tracer& from, std::optional<trace_context> below) {
  return from.begin(below, "a=1", "emit", schemas::span_kind::producer);
}

struct fixture {
  tracer make(std::uint32_t one_in) {
    return {{100, 100, 1s}, one_in, [this] { ++dropped; }};
  }

  /// Those that are over.
  static std::vector<schemas::span> spans_of(const tracer& x) {
    return x.waiting().take({}, true);
  }

  int dropped = 0;
  tracer off = make(0);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_tracer, fixture)

BOOST_AUTO_TEST_CASE(begins_a_span_below_a_parent_that_is_recorded) {
  auto x = begin(off, recorded_parent);
  BOOST_TEST_REQUIRE((x != nullptr));
  auto context = x->context();
  BOOST_TEST((context.trace_id == recorded_parent.trace_id));
  BOOST_TEST((context.span_id != recorded_parent.span_id));
  BOOST_TEST(context.flags == recorded_parent.flags);
  BOOST_TEST(spans_of(off).empty()); // it is not over
  x->set("messaging.system", "kafka");
  x.reset();
  auto all = spans_of(off);
  BOOST_TEST_REQUIRE(all.size() == 1u);
  auto& span = all[0];
  BOOST_TEST((span.context == context));
  BOOST_TEST((span.parent == recorded_parent.span_id));
  BOOST_TEST(span.state == "a=1");
  BOOST_TEST(span.name == "emit");
  BOOST_TEST((span.kind == schemas::span_kind::producer));
  BOOST_TEST(span.start_ns > 1'000'000'000'000'000'000);
  BOOST_TEST(span.end_ns >= span.start_ns);
  BOOST_TEST_REQUIRE(span.attributes.size() == 1u);
  BOOST_TEST(std::get<std::string>(span.attributes[0].second) == "kafka");
  BOOST_TEST(span.error == "");
}

BOOST_AUTO_TEST_CASE(begins_none_below_a_parent_that_is_not) {
  BOOST_TEST((begin(off, unsampled()) == nullptr));
  BOOST_TEST((begin(make(1), unsampled()) == nullptr));
}

BOOST_AUTO_TEST_CASE(begins_as_many_traces_as_it_is_told) {
  BOOST_TEST((begin(off, std::nullopt) == nullptr));
  auto all = make(1), some = make(10);
  int chosen = 0;
  for (int i = 0; i < 10'000; ++i)
    chosen += begin(some, std::nullopt) != nullptr;
  BOOST_TEST(chosen > 800); // 1,000, and a standard deviation of 30
  BOOST_TEST(chosen < 1'200);
  auto x = begin(all, std::nullopt);
  BOOST_TEST_REQUIRE((x != nullptr));
  BOOST_TEST(x->context().is_sampled());
  BOOST_TEST(parse_traceparent(to_traceparent(x->context())).has_value());
  x.reset();
  BOOST_TEST(!spans_of(all).at(0).parent.has_value());
}

BOOST_AUTO_TEST_CASE(chooses_each_id_once) {
  auto all = make(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    auto id = to_traceparent(begin(all, std::nullopt)->context());
    BOOST_TEST(seen.insert(id.substr(3, 32)).second);
    BOOST_TEST(seen.insert(id.substr(36, 16)).second);
  }
}

BOOST_AUTO_TEST_CASE(has_a_span_last_until_nobody_holds_it) {
  auto x = begin(off, recorded_parent);
  auto also = x;
  x->fail("no broker");
  x.reset();
  BOOST_TEST(spans_of(off).empty());
  auto before = unix_nanoseconds();
  also.reset();
  auto all = spans_of(off);
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].end_ns >= before);
  BOOST_TEST(all[0].error == "no broker");
}

BOOST_AUTO_TEST_CASE(tells_of_spans_that_nobody_takes) {
  for (int i = 0; i < 103; ++i)
    begin(off, recorded_parent);
  BOOST_TEST(dropped == 3);
  BOOST_TEST(spans_of(off).size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
