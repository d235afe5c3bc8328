#include "transport/otlp/export_schedule.hpp"

#include <boost/test/unit_test.hpp>

using weir::otlp::export_schedule;
using verdict = export_schedule::verdict;
using namespace std::chrono_literals;

namespace {

struct fixture {
  verdict answer(unsigned status, std::string_view retry_after = {}) {
    return schedule.on_answer(status, retry_after, now);
  }

  auto pause() const { return schedule.resume_at() - now; }

  export_schedule schedule;
  export_schedule::instant now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_export_schedule, fixture)

BOOST_AUTO_TEST_CASE(sends_the_next_batch_at_once_after_success) {
  for (auto status : {200u, 202u})
    BOOST_TEST((answer(status) == verdict::done));
  BOOST_TEST((schedule.resume_at() <= now));
}

BOOST_AUTO_TEST_CASE(does_not_repeat_what_is_refused) {
  for (auto status : {301u, 400u, 401u, 404u, 413u, 500u, 501u})
    BOOST_TEST((answer(status) == verdict::drop), status);
  BOOST_TEST((schedule.resume_at() <= now));
}

BOOST_AUTO_TEST_CASE(waits_longer_each_time_and_then_gives_the_batch_up) {
  for (auto seconds : {1s, 2s, 4s, 8s}) {
    BOOST_TEST((answer(503) == verdict::again));
    BOOST_TEST((pause() == seconds));
  }
  BOOST_TEST((answer(0) == verdict::drop));
  BOOST_TEST((pause() == 16s));
  BOOST_TEST((answer(503) == verdict::again));
  BOOST_TEST((pause() == 1s));
}

BOOST_AUTO_TEST_CASE(begins_again_after_success) {
  answer(503);
  answer(503);
  answer(200);
  BOOST_TEST((answer(0) == verdict::again));
  BOOST_TEST((pause() == 1s));
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_the_collector_says) {
  for (auto status : {429u, 502u, 503u, 504u}) {
    BOOST_TEST(
      (export_schedule{}.on_answer(status, "17", now) == verdict::again));
    schedule = {};
    answer(status, "17");
    BOOST_TEST((pause() == 17s));
  }
}

BOOST_AUTO_TEST_CASE(waits_neither_forever_nor_not_at_all) {
  for (auto text :
       {"301", "4294967295", "4294967296", "99999999999999999999"}) {
    schedule = {};
    answer(429, text);
    BOOST_TEST((pause() == 300s), text);
  }
  schedule = {};
  answer(429, "0");
  BOOST_TEST((pause() == 1s));
}

BOOST_AUTO_TEST_CASE(takes_any_other_text_for_none) {
  for (auto text : {"", " ", "-1", "+1", "1.5", "7 ", "7s", "0x10",
                    "Mon, 30 Nov 2026 06:10:00 GMT"}) {
    schedule = {};
    answer(429, text);
    BOOST_TEST((pause() == 1s), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
