#include "tests/actors/kafka/partition_consumer_fixture.hpp"

namespace weir::test {
namespace {

struct history_fixture : partition_consumer_fixture {
  void add_key(std::string key, std::uint32_t history) {
    tell_as(a.handle, consumer, add_keys{1, {std::move(key)}, history});
  }

  auto history() const { return a.added.back().history; }

  using offsets = std::vector<std::int64_t>;
};

BOOST_FIXTURE_TEST_SUITE(a_partition_consumers_history, history_fixture)

BOOST_AUTO_TEST_CASE(is_the_keys_last_records_before_the_answers_offset) {
  start();
  subscribe_as(a, {});
  for (auto value : {"1", "2", "3"}) {
    append("k", value);
    append("other", value);
  }
  add_key("k", 2);
  BOOST_TEST(a.added.back().offset == 6);
  BOOST_TEST(history() == (offsets{2, 4}));
}

BOOST_AUTO_TEST_CASE(is_left_out_unless_asked_for) {
  start();
  subscribe_as(a, {});
  append("k", "1");
  add_key("k", 0);
  BOOST_TEST(history() == offsets{});
}

BOOST_AUTO_TEST_CASE(does_not_overlap_what_is_delivered_live) {
  start();
  subscribe_as(a, {}, -1, 0); // no credit: the subscriber stands still
  append("k", "1");
  add_key("k", 10);
  grant(a, 1'000'000);
  append("k", "2");
  BOOST_TEST(history() == offsets{});
  BOOST_TEST(a.added.back().offset == 0);
  BOOST_TEST(records(a) == (texts{"0:k=1", "1:k=2"}));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir::test
