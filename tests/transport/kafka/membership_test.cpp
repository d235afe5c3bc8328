#include "transport/kafka/membership.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using weir::kafka::membership;
using phase = membership::phase;
using standing = membership::standing;

namespace {

using time_point = membership::time_point;
constexpr time_point start{};
constexpr auto late = start + membership::group_timeout;

/// A member that has asked to leave, at the start.
membership leaving_member() {
  membership x;
  x.subscribe();
  x.on_assigned();
  x.start_leaving(start);
  x.on_unsubscribed(start);
  return x;
}

BOOST_AUTO_TEST_SUITE(membership_test)

BOOST_AUTO_TEST_CASE(joins_with_its_first_assignment) {
  membership x;
  x.on_assigned();
  BOOST_TEST((x.where() == standing::outside));
  x.subscribe();
  BOOST_TEST(x.is_joining());
  BOOST_TEST(!x.is_released());
  x.on_assigned();
  x.subscribe();
  BOOST_TEST((x.where() == standing::member));
  BOOST_TEST(x.unsubscribe());
  BOOST_TEST(!x.unsubscribe());
  BOOST_TEST(x.is_released());
  x.subscribe();
  BOOST_TEST(x.is_joining());
}

BOOST_AUTO_TEST_CASE(takes_part_before_it_leaves_if_somebody_lets_it) {
  membership x;
  x.subscribe();
  BOOST_TEST(x.start_leaving(start));
  BOOST_TEST(!x.start_leaving(start));
  BOOST_TEST(!x.must_unsubscribe(start, true));
  BOOST_TEST(x.must_unsubscribe(start, false));
  BOOST_TEST(x.must_unsubscribe(late, true));
  x.on_assigned();
  BOOST_TEST(x.must_unsubscribe(start, true));
  x.on_unsubscribed(start);
  BOOST_TEST(!x.must_unsubscribe(late, false)); // once
}

BOOST_AUTO_TEST_CASE(closes_when_it_has_left_or_is_not_released) {
  auto x = leaving_member();
  x.note_in_group(true);
  BOOST_TEST(!x.may_close(start));
  BOOST_TEST(x.may_close(late));
  x.extend(late);
  BOOST_TEST(!x.may_close(late));
  x.note_in_group(false);
  BOOST_TEST(x.may_close(start));
  BOOST_TEST(x.start_closing());
  BOOST_TEST(!x.start_closing());
  BOOST_TEST(x.is_released());
  BOOST_TEST(!x.never_closes());

  auto y = leaving_member();
  y.note_in_group(true);
  y.start_closing();
  BOOST_TEST(!y.is_released());
}

BOOST_AUTO_TEST_CASE(answers_only_what_is_waited_for_while_it_closes) {
  auto x = leaving_member();
  BOOST_TEST(x.may_answer());
  x.on_rebalance(false);
  x.start_closing();
  BOOST_TEST(!x.may_answer()); // what it was asked before counts no more
  x.on_rebalance(false);
  BOOST_TEST(x.may_answer());
  BOOST_TEST(!x.may_answer());
  x.on_rebalance(true);
  BOOST_TEST((x.now() == phase::stuck));
  BOOST_TEST(!x.may_answer());
  BOOST_TEST(x.never_closes());
}

/// Whatever happens, in whatever order: it never goes back, and who is over
/// answers nothing.
BOOST_AUTO_TEST_CASE(only_goes_on) {
  std::mt19937 random{1};
  for (int run = 0; run < 2000; ++run) {
    membership x;
    auto time = start;
    for (int i = 0; i < 30; ++i) {
      auto before = x.now();
      time += std::chrono::milliseconds{random() % 900};
      switch (random() % 9) {
        case 0:
          x.subscribe();
          break;
        case 1:
          x.unsubscribe();
          break;
        case 2:
          x.on_assigned();
          break;
        case 3:
          x.start_leaving(time);
          break;
        case 4:
          if (x.must_unsubscribe(time, random() % 2 == 0))
            x.on_unsubscribed(time);
          break;
        case 5:
          x.note_in_group(random() % 2 == 0);
          break;
        case 6:
          if (x.may_close(time))
            x.start_closing();
          break;
        case 7:
          x.on_rebalance(random() % 2 == 0);
          break;
        default:
          if (random() % 10 == 0 && !x.is_over())
            x.on_failed();
      }
      auto is_back = before == phase::left && x.now() == phase::unsubscribed;
      BOOST_TEST_REQUIRE((x.now() >= before || is_back));
      BOOST_TEST_REQUIRE((!x.is_over() || !x.may_answer()));
      BOOST_TEST_REQUIRE((!x.is_over() || x.never_closes()));
      BOOST_TEST_REQUIRE(!(x.is_leaving() && x.is_closing()));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
