#include "actors/kafka/key_questions.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(questions_about_keys)

BOOST_AUTO_TEST_CASE(are_answered_in_their_order) {
  key_questions x;
  BOOST_TEST(x.ask("a") == 1u);
  BOOST_TEST(x.ask("a") == 2u);
  BOOST_TEST(x.ask("b") == 1u);
  BOOST_TEST(x.take_answer("a") == 1u);
  BOOST_TEST(x.take_answer("b") == 1u);
  BOOST_TEST(x.take_answer("a") == 2u);
}

BOOST_AUTO_TEST_CASE(are_forgotten_with_their_last_answer) {
  key_questions x;
  x.ask("a"), x.ask("a");
  x.take_answer("a");
  BOOST_TEST(x.size() == 1u);
  x.take_answer("a");
  BOOST_TEST(x.size() == 0u);
  BOOST_TEST(x.ask("a") == 1u);
}

BOOST_AUTO_TEST_CASE(are_none_where_nobody_has_asked) {
  key_questions x;
  BOOST_TEST(x.take_answer("a") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
