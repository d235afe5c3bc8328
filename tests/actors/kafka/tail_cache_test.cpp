#include "actors/kafka/tail_cache.hpp" // unit under test

#include "tests/support/record_blocks.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using texts = std::vector<std::string>;

constexpr std::size_t no_limit = SIZE_MAX;

struct fixture {
  void add(std::int64_t offset, std::string_view key,
           std::string_view value = "v") {
    cache.append(test::record_of(offset, key, value));
  }

  /// Records that fill a chunk of the cache each.
  void add_large(std::int64_t first, std::int64_t last) {
    for (auto i = first; i <= last; ++i)
      add(i, "k", std::string(70'000, 'x'));
  }

  /// What `key` gets from `from` on; `to` is where the search ended.
  texts collect(std::int64_t from, std::string_view key,
                std::size_t max_bytes = no_limit) {
    std::string block;
    to = cache.collect(
      from, max_bytes, [&](auto x) { return x == key; }, block);
    return test::records_in(block);
  }

  tail_cache cache{100'000, 10};
  std::int64_t to = -1;
};

BOOST_FIXTURE_TEST_SUITE(a_tail_cache, fixture)

BOOST_AUTO_TEST_CASE(begins_empty_where_the_partition_starts) {
  BOOST_TEST(cache.begin() == 10);
  BOOST_TEST(cache.end() == 10);
  BOOST_TEST(collect(10, "a").empty());
  BOOST_TEST(to == 10);
}

BOOST_AUTO_TEST_CASE(finds_the_records_of_the_wanted_keys_in_order) {
  add(10, "a"), add(11, "b"), add(12, "a");
  BOOST_TEST(collect(10, "a") == (texts{"10:a=v", "12:a=v"}));
  BOOST_TEST(to == 13);
  BOOST_TEST(collect(11, "a") == texts{"12:a=v"});
}

BOOST_AUTO_TEST_CASE(counts_offsets_without_records_as_scanned) {
  add(12, "a");
  cache.advance(20);
  BOOST_TEST(cache.begin() == 10);
  BOOST_TEST(collect(15, "a").empty());
  BOOST_TEST(to == 20);
  cache.advance(19); // never goes back
  BOOST_TEST(cache.end() == 20);
}

BOOST_AUTO_TEST_CASE(stops_before_the_record_after_the_last_that_fits) {
  add(10, "a"), add(11, "b"), add(14, "a"), add(15, "a");
  BOOST_TEST(collect(10, "a", 1) == texts{"10:a=v"});
  BOOST_TEST(to == 11);
  BOOST_TEST(collect(to, "a", 1) == texts{"14:a=v"});
  BOOST_TEST(to == 15);
}

BOOST_AUTO_TEST_CASE(gives_the_same_records_over_several_chunks) {
  for (std::int64_t i = 10; i < 20; ++i)
    add(i, i % 2 ? "odd" : "even", std::string(30'000, 'x'));
  std::size_t n = 0;
  for (std::int64_t from = 10; from < cache.end(); from = to)
    n += collect(from, "odd", 40'000).size();
  BOOST_TEST(n == 5u);
}

BOOST_AUTO_TEST_CASE(forgets_its_oldest_records_when_over_the_limit) {
  add_large(10, 13);
  cache.evict();
  BOOST_TEST(cache.begin() == 13);
  BOOST_TEST(cache.end() == 14);
  BOOST_TEST(cache.bytes() <= 100'000u);
  BOOST_TEST(collect(13, "k").size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_everything_while_within_the_limit) {
  add_large(10, 10);
  cache.evict();
  BOOST_TEST(cache.begin() == 10);
}

BOOST_AUTO_TEST_CASE(counts_the_bytes_it_holds) {
  add(10, "a");
  auto one = cache.bytes();
  BOOST_TEST(one > 0u);
  add(11, "a");
  BOOST_TEST(cache.bytes() == 2 * one);
}

BOOST_AUTO_TEST_CASE(takes_older_records_that_were_read_again) {
  tail_cache older{100'000, 4};
  older.append(test::record_of(5, "a", "v"));
  older.append(test::record_of(7, "b", "v"));
  older.advance(10);
  add(10, "a");
  auto before = cache.bytes();
  cache.prepend(std::move(older));
  BOOST_TEST(cache.begin() == 4);
  BOOST_TEST(cache.bytes() > before);
  BOOST_TEST(collect(4, "a") == (texts{"5:a=v", "10:a=v"}));
  BOOST_TEST(collect(6, "b") == texts{"7:b=v"});
  add(11, "a");
  BOOST_TEST(collect(4, "a") == (texts{"5:a=v", "10:a=v", "11:a=v"}));
}

BOOST_AUTO_TEST_CASE(takes_only_the_newest_of_them_that_fit) {
  tail_cache older{1'000'000, 4};
  for (std::int64_t i = 4; i < 9; ++i)
    older.append(test::record_of(i, "k", std::string(70'000, 'x')));
  older.advance(10);
  add(10, "k");
  cache.prepend(std::move(older));
  BOOST_TEST(cache.begin() == 8);
  BOOST_TEST(cache.bytes() <= 100'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
