#include "actors/contract/byte_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace weir {

BOOST_AUTO_TEST_SUITE(a_byte_budget)

BOOST_AUTO_TEST_CASE(gives_what_is_free_and_no_part_of_it) {
  byte_budget x{10};
  BOOST_TEST(x.take(7));
  BOOST_TEST(!x.take(4));
  BOOST_TEST(x.used() == 7u);
  BOOST_TEST(x.take(3));
  BOOST_TEST(!x.take(1));
  BOOST_TEST(x.take(0));
  x.give_back(7);
  BOOST_TEST(x.used() == 3u);
  BOOST_TEST(!x.take(8));
  BOOST_TEST(x.take(7));
}

BOOST_AUTO_TEST_CASE(never_gives_too_much_to_several_threads) {
  constexpr std::size_t limit = 5;
  byte_budget x{limit};
  std::atomic<std::size_t> taken = 0;
  std::atomic<bool> is_too_much = false;
  std::vector<std::thread> pool;
  for (std::size_t bytes = 1; bytes <= 4; ++bytes)
    pool.emplace_back([&, bytes] {
      for (int i = 0; i < 20'000; ++i) {
        if (!x.take(bytes))
          continue;
        if (taken.fetch_add(bytes) + bytes > limit)
          is_too_much = true;
        taken -= bytes;
        x.give_back(bytes);
      }
    });
  for (auto& y : pool)
    y.join();
  BOOST_TEST(!is_too_much);
  BOOST_TEST(x.used() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
