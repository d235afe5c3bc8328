#include "actors/runtime/span_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <thread>

using namespace weir;
using namespace std::chrono_literals;

namespace {

schemas::span numbered(std::int64_t x) {
  schemas::span result;
  result.start_ns = x;
  return result;
}

std::vector<std::int64_t> numbers(const std::vector<schemas::span>& spans) {
  std::vector<std::int64_t> result;
  for (auto& x : spans)
    result.push_back(x.start_ns);
  return result;
}

using list = std::vector<std::int64_t>;

struct fixture {
  /// Whether the exporter is woken.
  bool add(std::int64_t x) {
    auto before = woken;
    queue.add(numbered(x), now);
    return woken > before;
  }

  list take(bool at_end = false) { return numbers(queue.take(now, at_end)); }

  fixture() {
    queue.on_full([this] { ++woken; });
  }

  int woken = 0;
  std::size_t dropped = 0;
  span_queue queue{{4, 2, 10ms}, [this] { ++dropped; }};
  span_queue::instant now{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_span_queue, fixture)

BOOST_AUTO_TEST_CASE(gives_a_whole_batch_at_once) {
  BOOST_TEST(!add(1));
  BOOST_TEST((take() == list{}));
  BOOST_TEST(add(2));
  BOOST_TEST(!add(3));
  BOOST_TEST((take() == list{1, 2}));
  BOOST_TEST((take() == list{}));
}

BOOST_AUTO_TEST_CASE(gives_less_after_the_delay) {
  add(1);
  now += 9ms;
  BOOST_TEST((take() == list{}));
  now += 1ms;
  BOOST_TEST((take() == list{1}));
  BOOST_TEST((take() == list{}));
}

BOOST_AUTO_TEST_CASE(gives_what_there_is_at_the_end) {
  add(1);
  BOOST_TEST((take(true) == list{1}));
  BOOST_TEST((take(true) == list{}));
}

BOOST_AUTO_TEST_CASE(drops_and_counts_what_is_too_much) {
  for (int i = 1; i <= 7; ++i)
    add(i);
  BOOST_TEST(queue.size() == 4u);
  BOOST_TEST(dropped == 3u);
  BOOST_TEST((take() == list{1, 2}));
  add(8);
  BOOST_TEST(dropped == 3u);
  BOOST_TEST((take() == list{3, 4}));
  BOOST_TEST((take(true) == list{8}));
}

BOOST_AUTO_TEST_CASE(says_when_something_is_due) {
  auto begin = now;
  BOOST_TEST((queue.due(now) == begin + 10ms));
  now += 3ms;
  add(1);
  now += 3ms;
  add(2);
  BOOST_TEST((queue.due(now) == begin + 13ms));
}

BOOST_AUTO_TEST_CASE(wakes_nobody_who_is_gone) {
  queue.on_full({});
  add(1);
  BOOST_TEST(!add(2));
  BOOST_TEST((take() == list{1, 2}));
}

/// Whatever order: each span comes out once, in its order, or is counted.
BOOST_AUTO_TEST_CASE(loses_no_span_uncounted) {
  std::mt19937 random{7};
  std::int64_t added = 0;
  list taken;
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::milliseconds{random() % 5};
    if (random() % 3 != 0) {
      add(++added);
      continue;
    }
    auto some = take();
    BOOST_TEST(some.size() <= 2u);
    taken.insert(taken.end(), some.begin(), some.end());
  }
  while (queue.size() > 0) {
    auto some = take(true);
    taken.insert(taken.end(), some.begin(), some.end());
  }
  BOOST_TEST(std::is_sorted(taken.begin(), taken.end(), std::less_equal{}));
  BOOST_TEST(taken.size() + dropped == std::size_t(added));
  BOOST_TEST(dropped > 0u);
}

BOOST_AUTO_TEST_CASE(takes_spans_of_several_threads) {
  constexpr std::size_t each = 20'000;
  std::atomic<std::size_t> lost = 0;
  span_queue shared{{100, 10, 0ms}, [&] { ++lost; }};
  std::vector<std::thread> makers;
  for (int i = 0; i < 3; ++i)
    makers.emplace_back([&] {
      for (std::size_t j = 0; j < each; ++j)
        shared.add(numbered(0), now);
    });
  std::size_t taken = 0;
  for (int i = 0; i < 1'000; ++i)
    taken += shared.take(now).size();
  for (auto& x : makers)
    x.join();
  while (shared.size() > 0)
    taken += shared.take(now).size();
  BOOST_TEST(taken + lost == 3 * each);
}

BOOST_AUTO_TEST_SUITE_END()
