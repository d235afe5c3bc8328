#include "actors/contract/misplaced_keys.hpp"

#include "tests/support/interleaving.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace weir {

namespace {

constexpr auto nowhere = cursor::unknown;
constexpr std::int64_t now = 1'800'000'000;

std::string key(std::size_t i) {
  return "key:" + std::to_string(i);
}

misplaced_keys with(std::size_t keys, std::int64_t first = 0) {
  misplaced_keys result;
  for (std::size_t i = 0; i < keys; ++i)
    result.add(key(i), first + static_cast<std::int64_t>(i), now);
  return result;
}

BOOST_AUTO_TEST_SUITE(misplaced_keys_suite)

BOOST_AUTO_TEST_CASE(name_the_first_record_of_each) {
  misplaced_keys x;
  BOOST_TEST((x.empty() && x.first("a") == nowhere && x.write().empty()));
  x.add("a", 7, now), x.add("a", 9, now), x.add("b", 3, now);
  BOOST_TEST(
    (x.first("a") == 7 && x.first("b") == 3 && x.first("c") == nowhere));
}

BOOST_AUTO_TEST_CASE(are_any_from_where_there_were_too_many) {
  auto x = with(misplaced_keys::capacity);
  BOOST_TEST(x.first("other") == nowhere);
  x.add("one more", 1000, now), x.add("another", 2000, now);
  BOOST_TEST(x.first("other") == 1000);
  BOOST_TEST(x.first(key(5)) == 5);
}

BOOST_AUTO_TEST_CASE(are_any_from_where_records_were_gone_unread) {
  auto x = with(3, 10);
  x.add_any(11, now), x.add_any(20, now);
  auto read = misplaced_keys::read(x.write());
  for (auto* y : {&x, &read}) {
    BOOST_TEST((y->first(key(0)) == 10 && y->first(key(1)) == 11));
    BOOST_TEST((y->first(key(2)) == 11 && y->first("other") == 11));
  }
}

BOOST_AUTO_TEST_CASE(forget_what_retention_has_deleted) {
  auto x = with(misplaced_keys::capacity + 10);
  x.cut(20);
  BOOST_TEST((x.first(key(19)) == 19 && x.first(key(20)) == nowhere));
  x.cut(0);
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(are_forgotten_a_day_after_the_last) {
  auto x = with(3);
  x.add("late", 9, now + 100);
  auto read = misplaced_keys::read(x.write());
  for (auto* y : {&x, &read}) {
    BOOST_TEST(!y->forget_old(now + 100 + misplaced_keys::kept));
    BOOST_TEST(y->first(key(0)) == 0);
    BOOST_TEST(y->forget_old(now + 101 + misplaced_keys::kept));
    BOOST_TEST(y->empty());
    BOOST_TEST(!y->forget_old(now + 200 + misplaced_keys::kept));
  }
}

// Kafka may know less than the node did, but never of a later record.
BOOST_DATA_TEST_CASE(are_kept_by_kafka, boost::unit_test::data::xrange(1u, 41u),
                     seed) {
  test::interleaving choice{seed};
  misplaced_keys x;
  std::map<std::string, std::int64_t> first;
  std::int64_t offset = 0;
  for (auto n = choice.below(2000); n > 0; --n) {
    offset += choice.below(seed % 2 == 0 ? 10 : 1'000'000'000);
    auto one = key(choice.below(1 + seed * 20));
    first.emplace(one, offset);
    x.add(one, offset, now);
  }
  auto text = x.write();
  BOOST_TEST(text.size() <= 4000u);
  auto read = misplaced_keys::read(text);
  for (auto& [one, at] : first) {
    BOOST_TEST((x.first(one) != nowhere && x.first(one) <= at));
    BOOST_TEST((read.first(one) != nowhere && read.first(one) <= x.first(one)));
  }
  if (first.size() < 200)
    for (auto& [one, at] : first)
      BOOST_TEST((x.first(one) == at && read.first(one) == at));
  BOOST_TEST(read.write() == text);
}

BOOST_AUTO_TEST_CASE(are_none_in_any_other_text) {
  for (auto text : {"", "A", "!!!!", "AQ", "log=7", "____________________"})
    BOOST_TEST(misplaced_keys::read(text).empty());
  auto text = with(20, 1'000'000).write();
  for (std::size_t i = 0; i < text.size(); ++i)
    for (auto c : {'A', 'Q', '_', '~'}) {
      auto damaged = text;
      damaged[i] = c;
      auto read = misplaced_keys::read(damaged);
      BOOST_TEST(read.first("x") >= nowhere);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
