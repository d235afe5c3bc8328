#include "actors/kafka/partition_counts.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  bool settles(std::int32_t n) {
    counts.note("topic", n);
    return counts.settle("topic");
  }

  partition_counts counts;
};

BOOST_FIXTURE_TEST_SUITE(partition_counts_of_topics, fixture)

BOOST_AUTO_TEST_CASE(are_passed_on_once_each) {
  BOOST_TEST(counts.of("topic") == 0);
  BOOST_TEST(settles(3));
  BOOST_TEST(!settles(3));
  BOOST_TEST(settles(5));
  BOOST_TEST(counts.of("topic") == 5);
}

BOOST_AUTO_TEST_CASE(do_not_fall_while_the_topic_is_the_same) {
  counts.note_log("topic", 7);
  BOOST_TEST(settles(5));
  BOOST_TEST(!settles(3));
  BOOST_TEST(counts.of("topic") == 5);
  BOOST_TEST(!counts.note_log("topic", 7));
  BOOST_TEST(!counts.settle("topic"));
}

BOOST_AUTO_TEST_CASE(fall_once_it_is_known_to_be_another_one) {
  counts.note_log("topic", 7);
  BOOST_TEST(settles(5));
  BOOST_TEST(!settles(3));
  BOOST_TEST(counts.note_log("topic", 8));
  BOOST_TEST(counts.settle("topic"));
  BOOST_TEST(counts.of("topic") == 3);
}

// As with brokers before 2.8.
BOOST_AUTO_TEST_CASE(fall_where_nobody_knows_logs) {
  BOOST_TEST(settles(5));
  BOOST_TEST(settles(3));
  BOOST_TEST(!counts.note_log("topic", 7));
}

BOOST_AUTO_TEST_CASE(begin_again_with_a_topic_that_was_given_up) {
  counts.note_log("topic", 7);
  BOOST_TEST(settles(5));
  counts.forget("topic");
  BOOST_TEST(counts.of("topic") == 0);
  BOOST_TEST(settles(3));
  BOOST_TEST(counts.note_log("topic", 8));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
