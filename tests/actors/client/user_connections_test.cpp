#include "actors/client/user_connections.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(user_connections_suite)

BOOST_AUTO_TEST_CASE(a_user_has_as_many_as_are_allowed_until_one_goes) {
  auto all = std::make_shared<user_connections>(2);
  auto one = all->admit("ada");
  auto two = all->admit("ada");
  BOOST_TEST((one && two));
  BOOST_TEST(!all->admit("ada"));
  BOOST_TEST(!!all->admit("bob"));
  one.reset();
  BOOST_TEST(!!all->admit("ada"));
}

BOOST_AUTO_TEST_CASE(one_is_counted_until_its_last_copy_goes) {
  auto all = std::make_shared<user_connections>(1);
  auto one = all->admit("ada");
  auto copy = one;
  one.reset();
  BOOST_TEST(!all->admit("ada"));
  copy.reset();
  BOOST_TEST(all->users() == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_takes_anothers_place_is_let_in) {
  auto all = std::make_shared<user_connections>(1);
  auto old = all->admit("ada");
  auto back = all->admit("ada", true);
  BOOST_TEST(!!back);
  old.reset();
  BOOST_TEST(!all->admit("ada"));
  back.reset();
  BOOST_TEST(!!all->admit("ada"));
}

BOOST_AUTO_TEST_CASE(they_are_counted_on_any_threads) {
  auto all = std::make_shared<user_connections>(3);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&all] {
        for (int j = 0; j < 10'000; ++j)
          all->admit("ada");
      });
  }
  BOOST_TEST(all->users() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
