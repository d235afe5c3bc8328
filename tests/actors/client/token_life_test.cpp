#include "actors/client/token_life.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir;
using step = token_life::step;

constexpr std::int64_t now = 1000;

BOOST_AUTO_TEST_SUITE(a_tokens_life)

BOOST_AUTO_TEST_CASE(has_a_notice_ahead_of_its_end) {
  token_life x{now, now + 300, 30, 60};
  BOOST_TEST((x.due(now + 239) == step::wait));
  BOOST_TEST(x.pause(now + 239).count() == 1);
  BOOST_TEST((x.due(now + 240) == step::notify));
  BOOST_TEST((x.due(now + 240) == step::wait));
  BOOST_TEST(x.pause(now + 240).count() == 90);
  BOOST_TEST((x.due(now + 329) == step::wait));
  BOOST_TEST((x.due(now + 330) == step::end));
}

BOOST_AUTO_TEST_CASE(has_its_notice_in_the_middle_if_it_is_short) {
  token_life x{now, now + 10, 0, 60};
  BOOST_TEST((x.due(now + 4) == step::wait));
  BOOST_TEST((x.due(now + 5) == step::notify));
  BOOST_TEST((x.due(now + 10) == step::end));
}

BOOST_AUTO_TEST_CASE(is_over_at_once_if_it_has_ended_meanwhile) {
  token_life x{now, now - 30, 30, 60};
  BOOST_TEST(x.pause(now).count() == 0);
  BOOST_TEST((x.due(now) == step::end));
}

/// Whatever the times are: who looks when it is told to sees the notice once,
/// not at once, and the end when it has come.
BOOST_AUTO_TEST_CASE(asks_to_be_looked_at_in_time_and_not_all_the_time) {
  std::mt19937 random{3};
  for (int i = 0; i < 2000; ++i) {
    auto draw = [&](int n) {
      return static_cast<std::int64_t>(random() % static_cast<unsigned>(n));
    };
    auto leeway = draw(60);
    auto expires = now + draw(5000) - leeway + 1;
    token_life x{now, expires, leeway, draw(4000)};
    int notices = 0;
    auto at = now;
    int looks = 0;
    for (; looks < 100; ++looks) {
      at += x.pause(at).count();
      auto due = x.due(at);
      if (due == step::notify) {
        ++notices;
        BOOST_TEST(at > now);
      }
      if (due == step::end)
        break;
    }
    BOOST_TEST(at == expires + leeway);
    BOOST_TEST(notices <= 1);
    BOOST_TEST((notices == 1 || expires + leeway - now <= 1));
    BOOST_TEST(looks <= 12);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
