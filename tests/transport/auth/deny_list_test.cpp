#include "transport/auth/deny_list.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>

namespace {

using namespace weir::auth;
using enum deny_list::verdict;

struct fixture {
  fixture() { list.set_problem(""); }

  deny_list list{1000};
};

BOOST_FIXTURE_TEST_SUITE(a_deny_list, fixture)

BOOST_AUTO_TEST_CASE(lets_nobody_in_before_it_is_known) {
  deny_list x{1000};
  BOOST_TEST((x.look_up("ada", "") == unknown));
  BOOST_TEST(!x.problem().empty());
  x.set_problem("");
  BOOST_TEST((x.look_up("ada", "") == allowed));
  x.set_problem("the topic is gone");
  BOOST_TEST((x.look_up("ada", "") == unknown));
  BOOST_TEST(x.problem() == "the topic is gone");
}

BOOST_AUTO_TEST_CASE(denies_users_and_tokens_until_that_is_lifted) {
  BOOST_TEST(list.add("ada"));
  BOOST_TEST(!list.add("ada"));
  BOOST_TEST(list.add("id-7"));
  BOOST_TEST((list.look_up("ada", "") == denied));
  BOOST_TEST((list.look_up("eve", "id-7") == denied));
  BOOST_TEST((list.look_up("eve", "id-8") == allowed));
  BOOST_TEST((list.look_up("eve", "") == allowed));
  list.remove("ada");
  list.remove("ada");
  BOOST_TEST((list.look_up("ada", "") == allowed));
}

BOOST_AUTO_TEST_CASE(lets_nobody_in_with_more_than_it_may_hold) {
  for (int i = 0; !list.is_full(); ++i) {
    BOOST_TEST_REQUIRE(i < 20);
    list.add("user-" + std::to_string(i));
  }
  BOOST_TEST((list.look_up("somebody", "") == unknown));
  BOOST_TEST(list.problem().find("deny_memory") != std::string::npos);
  // it does not know whom it has left out
  list.remove("user-1");
  BOOST_TEST((list.look_up("somebody", "") == unknown));
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_before_once_it_starts_over) {
  for (int i = 0; !list.is_full(); ++i)
    list.add("user-" + std::to_string(i));
  list.restart();
  BOOST_TEST((list.look_up("somebody", "") == unknown));
  BOOST_TEST(list.size() == 0u);
  BOOST_TEST(!list.is_full());
  BOOST_TEST(list.add("ada"));
  list.set_problem("");
  BOOST_TEST((list.look_up("ada", "") == denied));
  BOOST_TEST((list.look_up("user-1", "") == allowed));
  // as much room as at first
  for (int i = 0; i < 5; ++i)
    list.add("user-" + std::to_string(i));
  BOOST_TEST(!list.is_full());
}

BOOST_AUTO_TEST_CASE(is_what_was_said_last_of_each) {
  std::mt19937 random{7};
  auto below = [&](int n) {
    return std::uniform_int_distribution<>{0, n - 1}(random);
  };
  deny_list x{100'000};
  x.set_problem("");
  std::set<std::string> expected;
  for (int i = 0; i < 5'000; ++i) {
    auto name = std::to_string(below(100));
    if (below(2) == 0) {
      x.add(name);
      expected.insert(name);
    } else {
      x.remove(name);
      expected.erase(name);
    }
    auto other = std::to_string(below(100));
    BOOST_TEST((x.look_up(other, "") == denied) == expected.contains(other));
  }
  BOOST_TEST(x.size() == expected.size());
  BOOST_TEST(!x.is_full());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
