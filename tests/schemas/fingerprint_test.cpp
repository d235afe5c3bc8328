#include "schemas/fingerprint.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <unordered_set>
#include <vector>

using namespace weir::schemas;

namespace {

using pieces = std::vector<std::string_view>;

BOOST_AUTO_TEST_SUITE(a_fingerprint)

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_texts) {
  BOOST_TEST(
    (fingerprint_of(pieces{"a", "b"}) == fingerprint_of(pieces{"a", "b"})));
}

BOOST_AUTO_TEST_CASE(differs_where_anything_differs) {
  std::unordered_set<fingerprint> all;
  std::string zero(1, '\0');
  const std::vector<pieces> lists{
    {},          {""},       {"", ""},   {"a"},      {"b"},          {"ab"},
    {"a", "b"},  {"b", "a"}, {"a", ""},  {"", "a"},  {zero},         {zero, ""},
    {"a", zero}, {"ab", ""}, {"", "ab"}, {"a", "a"}, {"a", "a", "a"}};
  for (auto& x : lists)
    BOOST_TEST(all.insert(fingerprint_of(x)).second);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
