#include "transport/engineio/outbox_budget.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>
#include <thread>
#include <vector>

namespace weir::engineio {

namespace {

constexpr auto least = outbox_budget::least;

BOOST_AUTO_TEST_SUITE(an_outbox_budget)

BOOST_AUTO_TEST_CASE(leaves_each_its_own_limit_while_there_is_enough) {
  outbox_budget all{10 * least};
  outbox_share one{all};
  one.settle(4 * least);
  BOOST_TEST(all.used() == 4 * least);
  BOOST_TEST(all.limit(5 * least) == 5 * least);
  BOOST_TEST(all.limit(8 * least) == 6 * least);
}

BOOST_AUTO_TEST_CASE(leaves_each_a_little_whatever_the_others_have) {
  outbox_budget all{2 * least};
  outbox_share one{all};
  one.settle(9 * least);
  BOOST_TEST(all.limit(5 * least) == least);
  BOOST_TEST(all.limit(10) == 10u);
}

BOOST_AUTO_TEST_CASE(has_everything_back_when_an_outbox_ends) {
  outbox_budget all{10 * least};
  {
    outbox_share one{all}, other{all};
    one.settle(3 * least), other.settle(least);
    one.settle(least);
    BOOST_TEST(all.used() == 2 * least);
  }
  BOOST_TEST(all.used() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_count_what_leaves_within_a_turn) {
  std::vector<std::int64_t> shown;
  outbox_budget all{10 * least, [&](auto x) { shown.push_back(x); }};
  outbox_share one{all};
  one.note(least), one.settle(0);
  BOOST_TEST(shown.empty());
  one.note(least + 1), one.settle(0);
  BOOST_TEST(shown.size() == 2u);
}

/// Outboxes that are filled as far as they may be, and drain as they like: most
/// never do. Each may take one event when it is empty.
BOOST_AUTO_TEST_CASE(is_kept_whatever_clients_do) {
  std::size_t scarce = 0;
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 choice{seed};
    auto own = least + choice() % (20 * least);
    auto total = least + choice() % (100 * least);
    auto event = std::size_t{1} + choice() % least;
    outbox_budget all{total};
    std::deque<outbox_share> shares;
    std::vector<std::size_t> sizes(1 + choice() % 200);
    for (std::size_t i = 0; i < sizes.size(); ++i)
      shares.emplace_back(all);
    for (int i = 0; i < 20'000; ++i) {
      auto at = choice() % sizes.size();
      auto& size = sizes[at];
      auto drains = at % 4 == 0 && choice() % 4 == 0;
      auto fits = size == 0 || size + event <= all.limit(own);
      scarce += !fits && size + event <= own;
      if (drains)
        size = 0;
      else if (fits)
        size += event;
      shares[at].note(size), shares[at].settle(size);
      BOOST_TEST(size <= std::max(own, event));
    }
    BOOST_TEST(all.used() <= total + sizes.size() * least);
    for (std::size_t i = 0; i < sizes.size(); i += 4) // nobody is shut out
      BOOST_TEST(all.limit(own) >= least);
    shares.clear();
    BOOST_TEST(all.used() == 0u);
  }
  BOOST_TEST(scarce > 1000u); // it was about something
}

BOOST_AUTO_TEST_CASE(is_right_on_any_threads) {
  outbox_budget all{100 * least};
  std::vector<std::jthread> threads;
  for (std::uint32_t seed = 1; seed <= 4; ++seed)
    threads.emplace_back([&all, seed] {
      std::mt19937 choice{seed};
      outbox_share share{all};
      for (int i = 0; i < 10'000; ++i)
        share.settle(choice() % (10 * least));
    });
  threads.clear();
  BOOST_TEST(all.used() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::engineio
