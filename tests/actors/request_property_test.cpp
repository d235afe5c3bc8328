// Whatever clients ask for, in whatever order, and whatever comes between: each
// request with an ack gets one answer, and who was told "ok" gets events; also
// where a webhook decides, late, wrongly or never, where mappings change
// meanwhile, and where tokens end or are renewed.

#include "actors/runtime/metrics/auth.hpp"
#include "tests/actors/request_world.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace weir::requests {

namespace {

constexpr int steps = 120;

void run_through(world& w) {
  for (int i = 0; i < steps; ++i)
    w.step();
  w.heal();
  w.check();
  w.stop();
}

BOOST_DATA_TEST_CASE(each_request_gets_one_answer_and_who_is_in_gets_events,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int answered = 0, recovered = 0, members = 0;
  world w{seed};
  run_through(w);
  answered += w.answered, recovered += w.recovered, members += w.members;
  if (seed == 200) {
    BOOST_TEST(answered > 5000);
    BOOST_TEST(recovered > 100);
    BOOST_TEST(members > 300);
  }
}

BOOST_DATA_TEST_CASE(also_where_a_webhook_decides_late_or_never,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int denials = 0, recovered = 0, members = 0;
  static int kept_out = 0, rooms_left = 0;
  world w{seed, gate::webhook};
  run_through(w);
  denials += w.denials, recovered += w.recovered, members += w.members;
  kept_out += w.kept_out, rooms_left += w.rooms_left;
  if (seed == 200) {
    BOOST_TEST(denials > 2000);
    BOOST_TEST(recovered > 100);
    BOOST_TEST(members > 100);
    BOOST_TEST(kept_out > 500);
    BOOST_TEST(rooms_left > 20);
  }
}

BOOST_DATA_TEST_CASE(also_where_mappings_change,
                     boost::unit_test::data::xrange(1u, 201u), seed) {
  static int answered = 0, recovered = 0, members = 0, rooms_left = 0;
  static int begun = 0, ended = 0;
  world w{seed};
  w.has_changes = true;
  run_through(w);
  begun += w.begun, ended += w.ended;
  answered += w.answered, recovered += w.recovered, members += w.members;
  rooms_left += w.rooms_left;
  if (seed == 200) {
    BOOST_TEST(answered > 5000);
    BOOST_TEST(recovered > 50);
    BOOST_TEST(members > 1000);
    BOOST_TEST(rooms_left > 500);
    BOOST_TEST(begun > 300);
    BOOST_TEST(ended > 200);
  }
}

BOOST_DATA_TEST_CASE(also_where_tokens_end_and_are_renewed,
                     boost::unit_test::data::xrange(1u, 101u), seed) {
  static int renewed = 0, not_renewed = 0, recovered = 0, members = 0;
  static std::int64_t expired = 0;
  world w{seed, gate::tokens};
  run_through(w);
  renewed += w.renewed, not_renewed += w.not_renewed;
  recovered += w.recovered, members += w.members;
  expired += count(w.system, metrics::tokens_expired)->value();
  if (seed == 100) {
    BOOST_TEST(renewed > 50);
    BOOST_TEST(not_renewed > 100);
    BOOST_TEST(recovered > 50);
    BOOST_TEST(members > 100);
    BOOST_TEST(expired > 50);
  }
}

BOOST_DATA_TEST_CASE(also_where_both_do,
                     boost::unit_test::data::xrange(1u, 101u), seed) {
  world w{seed, gate::webhook};
  w.has_changes = true;
  run_through(w);
}

} // namespace

} // namespace weir::requests
