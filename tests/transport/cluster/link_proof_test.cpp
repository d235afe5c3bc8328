#include "transport/cluster/link_proof.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace weir::cluster;
using enum link_role;

BOOST_AUTO_TEST_SUITE(link_proofs)

BOOST_AUTO_TEST_CASE(a_proof_depends_on_all_that_was_said) {
  link_key key{"0123456789abcdef"};
  std::set<std::string> proofs{key.prove(dialer, "one", "two"),
                               key.prove(acceptor, "one", "two"),
                               key.prove(dialer, "two", "one"),
                               key.prove(dialer, "onet", "wo"),
                               key.prove(dialer, "one", ""),
                               link_key{"0123456789abcdeg"}.prove(dialer, "one",
                                                                  "two")};
  BOOST_TEST(proofs.size() == 6u);
  for (auto& x : proofs)
    BOOST_TEST(x.size() == proof_size);
}

BOOST_AUTO_TEST_CASE(who_has_the_secret_makes_the_same_proof) {
  link_key one{"0123456789abcdef"};
  link_key other{"0123456789abcdef"};
  BOOST_TEST(equal(one.prove(dialer, "a", "b"), other.prove(dialer, "a", "b")));
}

BOOST_AUTO_TEST_CASE(texts_of_different_lengths_are_not_equal) {
  BOOST_TEST(equal("", ""));
  BOOST_TEST(!equal("", "a"));
  BOOST_TEST(!equal("ab", "a"));
  BOOST_TEST(!equal("ab", "ac"));
}

BOOST_AUTO_TEST_CASE(a_nonce_comes_once) {
  BOOST_TEST((make_nonce() != make_nonce()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
