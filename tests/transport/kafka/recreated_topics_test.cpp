#include "transport/kafka/recreated_topics.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::kafka {

namespace {

struct fixture {
  using clock = recreated_topics::clock;

  void exists(const std::string& topic, log_id log) {
    topics.on_topic(topic, {.log = log, .is_missing = false, .problem = {}});
  }

  std::string stuck_after(clock::duration x) const {
    return topics.stuck(start + x);
  }

  clock::time_point start{};
  clock::duration patience = recreated_topics::patience;
  recreated_topics topics;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recreated_topics_suite, fixture)

BOOST_AUTO_TEST_CASE(a_new_topic_is_never_stuck) {
  exists("a", 1);
  topics.on_produced("a", start);
  BOOST_TEST(topics.empty());
  BOOST_TEST(stuck_after(2 * patience) == "");
}

BOOST_AUTO_TEST_CASE(one_that_takes_no_record_after_it_was_created_again_is) {
  exists("a", 1);
  exists("b", 2);
  exists("a", 3);
  topics.on_produced("b", start);
  BOOST_TEST(stuck_after(2 * patience) == "");
  topics.on_produced("a", start);
  topics.on_produced("a", start + patience); // the first one counts
  BOOST_TEST(stuck_after(patience - std::chrono::milliseconds{1}) == "");
  BOOST_TEST(stuck_after(patience) == "a");
}

BOOST_AUTO_TEST_CASE(a_stored_record_shows_that_its_leader_is_found) {
  exists("a", 1);
  exists("a", 2);
  topics.on_produced("a", start);
  topics.on_stored("a");
  BOOST_TEST(topics.empty());
  BOOST_TEST(stuck_after(2 * patience) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir::kafka
