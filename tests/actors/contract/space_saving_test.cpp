#include "actors/contract/space_saving.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

namespace {

struct sketch_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

using name_sketch = space_saving<std::string, sketch_hash>;
using number_sketch = space_saving<int>;

BOOST_AUTO_TEST_SUITE(space_saving_suite)

BOOST_AUTO_TEST_CASE(counts_exactly_while_there_is_space) {
  name_sketch x{3};
  for (std::string_view name : {"b", "a", "b", "c", "b", "c"})
    x.add(name);
  auto all = x.top(10);
  BOOST_TEST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].key == "b");
  BOOST_TEST(all[0].count == 3u);
  BOOST_TEST(all[1].key == "c");
  BOOST_TEST(all[2].key == "a");
  for (auto& y : all)
    BOOST_TEST(y.error == 0u);
  BOOST_TEST(x.total() == 6u);
}

BOOST_AUTO_TEST_CASE(a_new_one_takes_the_place_of_the_rarest) {
  name_sketch x{2};
  x.add("a", 5), x.add("b", 2), x.add("c");
  auto all = x.top(10);
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].key == "a");
  BOOST_TEST(all[1].key == "c");
  BOOST_TEST(all[1].count == 3u);
  BOOST_TEST(all[1].error == 2u);
}

BOOST_AUTO_TEST_CASE(has_as_many_as_are_wanted) {
  name_sketch x{5};
  for (std::string_view name : {"a", "b", "b", "c", "c", "c"})
    x.add(name);
  auto all = x.top(2);
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].key == "c");
  BOOST_TEST(all[1].key == "b");
  BOOST_TEST(name_sketch{5}.top(2).empty());
}

/// A stream, counted as it is, beside the sketch.
struct counted_stream {
  explicit counted_stream(std::size_t k) : k(k), sketch(k) {}

  void add(int x, std::uint64_t n) {
    sketch.add(x, n);
    counts[x] += n;
  }

  /// The guarantee.
  void check() const {
    auto all = sketch.top(k + 1);
    BOOST_TEST_REQUIRE(all.size() <= k);
    auto bound = sketch.total() / k;
    std::map<int, std::uint64_t> held;
    for (auto& x : all) {
      auto truth = counts.at(x.key);
      held[x.key] = x.count;
      BOOST_TEST_REQUIRE(x.count >= truth);
      BOOST_TEST_REQUIRE(x.count - x.error <= truth);
      BOOST_TEST_REQUIRE(x.count - truth <= bound);
    }
    for (auto& [x, n] : counts)
      if (n > bound)
        BOOST_TEST_REQUIRE(held.contains(x), x << " is missing");
  }

  std::size_t k;
  number_sketch sketch;
  std::map<int, std::uint64_t> counts;
};

BOOST_AUTO_TEST_CASE(
  its_error_is_at_most_N_by_k_and_nothing_frequent_is_missing) {
  std::mt19937 random{7};
  auto below = [&](int n) { return static_cast<int>(random() % unsigned(n)); };
  for (int run = 0; run < 200; ++run) {
    counted_stream x{static_cast<std::size_t>(1 + below(20))};
    auto elements = 1 + below(100);
    auto skew = 1 + below(4); // 1: all are as frequent
    auto weight = 1 + below(5);
    for (int i = 0, n = below(2'000); i < n; ++i) {
      auto element = below(elements);
      for (int j = 1; j < skew; ++j)
        element = below(element + 1);
      x.add(element, static_cast<std::uint64_t>(1 + below(weight)));
      if (i % 97 == 0)
        x.check();
    }
    x.check();
  }
}

BOOST_AUTO_TEST_CASE(what_comes_in_turn_deceives_it_no_more_than_that) {
  counted_stream x{10};
  for (int i = 0; i < 5'000; ++i) {
    x.add(i % 11, 1); // one more than there is space for
    x.add(i, 1);      // never again
  }
  x.check();
}

BOOST_AUTO_TEST_CASE(counts_on_when_it_has_been_moved) {
  name_sketch x{2};
  x.add("a"), x.add("b", 2);
  auto y = std::move(x);
  y.add("a", 5), y.add("c");
  auto all = y.top(2);
  BOOST_TEST(all[0].key == "a");
  BOOST_TEST(all[1].key == "c");
  BOOST_TEST(all[1].count == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
