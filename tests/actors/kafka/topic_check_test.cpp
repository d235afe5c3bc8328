#include "actors/kafka/topic_check.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using problems = std::map<std::string, std::string>;

kafka::topic_state known() {
  kafka::topic_state result;
  result.partitions = 4;
  return result;
}

kafka::topic_state missing(std::string why) {
  kafka::topic_state result;
  result.is_missing = true;
  if (!why.empty())
    result.problem = {"UNKNOWN_TOPIC_OR_PART", std::move(why)};
  return result;
}

kafka::topic_state read_only() {
  auto result = known();
  result.may_write = false;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_topic_check)

BOOST_AUTO_TEST_CASE(of_nothing_is_over) {
  BOOST_TEST(topic_check{}.is_over());
}

BOOST_AUTO_TEST_CASE(is_over_when_all_topics_are_known) {
  topic_check x{{"a", "b"}, {}};
  x.note("c", known());
  x.note("a", known());
  BOOST_TEST(!x.is_over());
  x.note("b", known());
  BOOST_TEST(x.is_over());
  BOOST_TEST((x.problems() == problems{}));
}

BOOST_AUTO_TEST_CASE(waits_for_a_topic_that_may_be_about_to_be_created) {
  topic_check x{{"a", "b"}, {}};
  for (auto* topic : {"a", "b"})
    x.note(topic, missing(""));
  BOOST_TEST(!x.is_over());
  x.note("a", missing("it does not exist"));
  x.note("b", known());
  BOOST_TEST(x.is_over());
  BOOST_TEST((x.problems() == problems{{"a", "it does not exist"}}));
}

BOOST_AUTO_TEST_CASE(wants_to_write_where_clients_emit) {
  topic_check x{{"a", "b"}, {"b"}};
  for (auto* topic : {"a", "b"})
    x.note(topic, read_only());
  BOOST_TEST(x.is_over());
  BOOST_TEST((x.problems() == problems{{"b", std::string{not_written}}}));
}

BOOST_AUTO_TEST_CASE(counts_what_was_told_last) {
  topic_check x{{"a"}, {"a"}};
  x.note("a", read_only());
  x.note("a", known());
  BOOST_TEST((x.problems() == problems{}));
}

BOOST_AUTO_TEST_CASE(is_over_when_nothing_will_be_known_of_the_rest) {
  topic_check x{{"a", "b", "c"}, {}};
  x.note("a", known());
  x.note("b", missing("it does not exist"));
  x.give_up("Kafka does not tell");
  BOOST_TEST(x.is_over());
  BOOST_TEST(
    (x.problems()
     == problems{{"b", "it does not exist"}, {"c", "Kafka does not tell"}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
