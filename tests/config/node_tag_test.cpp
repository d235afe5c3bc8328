#include "config/node_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace weir;

BOOST_AUTO_TEST_SUITE(node_tags)

// Clients and logs hold tags, and nodes of several versions compare them.
BOOST_AUTO_TEST_CASE(a_tag_never_changes) {
  BOOST_TEST(node_tag("a") == "DCnI");
  BOOST_TEST(node_tag("weir-1") == "In4m");
  BOOST_TEST(node_tag("") == "HJ1E");
}

BOOST_AUTO_TEST_CASE(a_tag_is_four_characters_of_base64url) {
  const std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                   "rstuvwxyz0123456789-_";
  for (int i = 0; i < 1'000; ++i) {
    auto tag = node_tag("node-" + std::to_string(i));
    BOOST_TEST_REQUIRE(tag.size() == node_tag_size);
    BOOST_TEST_REQUIRE(tag.find_first_not_of(allowed) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(names_as_they_are_given_have_different_tags) {
  std::set<std::string> tags;
  for (char c = 'a'; c <= 'z'; ++c)
    tags.insert(node_tag({&c, 1}));
  for (int i = 0; i < 100; ++i)
    tags.insert(node_tag("weir-" + std::to_string(i)));
  BOOST_TEST(tags.size() == 126u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
