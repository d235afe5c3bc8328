#include "actors/cluster/link_failures.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(link_failures_of_a_node)

BOOST_AUTO_TEST_CASE(are_news_when_the_reason_is_another_one) {
  link_failures x;
  BOOST_TEST(x.note_dial("a:1", "refused"));
  BOOST_TEST(!x.note_dial("a:1", "refused"));
  BOOST_TEST(x.note_dial("b:1", "refused"));
  BOOST_TEST(x.note_dial("a:1", "no route"));
  BOOST_TEST(x.note_dial("a:1", "refused"));
}

BOOST_AUTO_TEST_CASE(are_news_again_once_there_was_a_link) {
  link_failures x;
  x.note_dial("a:1", "refused");
  x.forget_dial("a:1");
  BOOST_TEST(x.note_dial("a:1", "refused"));
  x.forget("a", "a:1");
  BOOST_TEST(x.note_dial("a:1", "refused"));
}

BOOST_AUTO_TEST_CASE(show_the_last_reason_until_the_node_joins) {
  link_failures x;
  x.note_refusal("a", "the secrets differ");
  x.note_refusal("a", "the clusters differ");
  x.note_refusal("b", "the secrets differ");
  x.note_refusal("", "it is no node");
  BOOST_TEST(x.refusals().at("a") == "the clusters differ");
  x.forget("a", "a:1");
  BOOST_TEST(x.refusals().size() == 1u);
  BOOST_TEST(x.refusals().at("b") == "the secrets differ");
}

BOOST_AUTO_TEST_CASE(keep_what_they_have_when_names_are_without_end) {
  link_failures x;
  for (std::size_t i = 0; i < 10 * link_failures::max_refusals; ++i)
    x.note_refusal("n" + std::to_string(i), "the secrets differ");
  BOOST_TEST(x.refusals().size() == link_failures::max_refusals);
  x.note_refusal("n0", "the clusters differ");
  BOOST_TEST(x.refusals().at("n0") == "the clusters differ");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
