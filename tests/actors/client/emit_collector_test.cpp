#include "actors/client/emit_collector.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

emit_event event(std::string name) {
  emit_event result;
  result.event = std::move(name);
  return result;
}

BOOST_AUTO_TEST_SUITE(an_emit_collector)

BOOST_AUTO_TEST_CASE(adds_to_a_message_that_is_not_taken_yet) {
  emit_collector collector;
  auto message = collector.add(event("a"));
  BOOST_TEST_REQUIRE(message.has_value());
  BOOST_TEST(!collector.add(event("b")));
  BOOST_TEST_REQUIRE(message->all->size() == 2u);
  BOOST_TEST(message->all->at(0).event == "a");
  BOOST_TEST(message->all->at(1).event == "b");
}

BOOST_AUTO_TEST_CASE(begins_another_message_when_one_is_done_with) {
  emit_collector collector;
  auto first = collector.add(event("a"));
  first.reset(); // handled, or there was nobody to handle it
  auto second = collector.add(event("b"));
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST_REQUIRE(second->all->size() == 1u);
  BOOST_TEST(second->all->at(0).event == "b");
}

BOOST_AUTO_TEST_CASE(looks_at_the_clock_once_for_a_message) {
  emit_collector collector;
  auto first = collector.arrival();
  auto message = collector.add(event("a"));
  BOOST_TEST((collector.arrival() == first));
  message.reset();
  auto before = emit_collector::clock::now();
  BOOST_TEST((collector.arrival() >= before));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
