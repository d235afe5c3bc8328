#include "actors/client/request_rates.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace weir {

namespace {

using namespace std::chrono_literals;

struct fixture {
  /// The limit that an event is over; empty: it is let in.
  std::string_view emit(std::string_view event = "say", std::size_t bytes = 10,
                        bool is_join = false) {
    return rates.admit({event, bytes, is_join}, now).limit;
  }

  static limits_options make_limits() {
    limits_options x;
    x.events = {10, 20};
    x.bytes = {1000, 2000};
    x.joins = {1, 2};
    x.event.push_back({"typing", {2, 3}, {}});
    x.event.push_back({"say", {}, {100, 500}});
    x.max_rate_limited = 5;
    return x;
  }

  limits_options limits = make_limits();
  request_rates rates{limits};
  request_rates::bucket::time_point now{1h};
};

BOOST_FIXTURE_TEST_SUITE(request_rates_suite, fixture)

BOOST_AUTO_TEST_CASE(nobody_needs_any_without_a_limit) {
  BOOST_TEST(!request_rates::are_limited({}));
  BOOST_TEST(request_rates::are_limited(limits));
  limits_options one;
  one.joins = {1, 1};
  BOOST_TEST(request_rates::are_limited(one));
  one = {};
  one.event.push_back({"say", {1, 1}, {}});
  BOOST_TEST(request_rates::are_limited(one));
}

BOOST_AUTO_TEST_CASE(each_limit_is_told_by_its_key) {
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(emit("ask") == "");
  BOOST_TEST(emit("ask") == "events");
  now += 1min;
  BOOST_TEST(emit("ask", 1990) == "");
  BOOST_TEST(emit("ask", 20) == "bytes");
  now += 1min;
  BOOST_TEST(emit("join", 1, true) == "");
  BOOST_TEST(emit("join", 1, true) == "");
  BOOST_TEST(emit("join", 1, true) == "joins");
  BOOST_TEST(emit("leave", 1) == "");
  now += 1min;
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(emit("typing") == "");
  BOOST_TEST(emit("typing") == "event.events");
  BOOST_TEST(emit("ask") == "");
  BOOST_TEST(emit("say", 500) == "");
  BOOST_TEST(emit("say", 1) == "event.bytes");
  BOOST_TEST(emit("ask", 500) == "");
}

BOOST_AUTO_TEST_CASE(what_is_refused_takes_nothing) {
  BOOST_TEST(emit("join", 1, true) == "");
  BOOST_TEST(emit("join", 1, true) == "");
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(emit("join", 1, true) == "joins");
  BOOST_TEST(emit("ask") == "");
}

BOOST_AUTO_TEST_CASE(whoever_waits_as_long_as_told_is_let_in) {
  for (int i = 0; i < 100; ++i) {
    auto over = rates.admit({"typing", 100}, now);
    if (!over.limit.empty()) {
      now += over.wait;
      BOOST_TEST(emit("typing", 100) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_refused_is_paid_for) {
  BOOST_TEST((rates.charge(2000, now).wait == 0ns));
  auto later = rates.charge(2000, now);
  BOOST_TEST(later.limit == "bytes");
  BOOST_TEST((later.wait == 2s));
  BOOST_TEST(emit("ask") == "bytes");
}

BOOST_AUTO_TEST_CASE(refusals_are_too_many_at_so_many_within_a_minute) {
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!rates.refuse(now));
  BOOST_TEST(rates.refuse(now));
}

BOOST_AUTO_TEST_CASE(refusals_at_a_lower_rate_are_never_too_many) {
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(!rates.refuse(now));
    now += 13s;
  }
}

BOOST_AUTO_TEST_CASE(refusals_are_not_counted_without_such_a_limit) {
  limits.max_rate_limited = 0;
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST(!rates.refuse(now));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
