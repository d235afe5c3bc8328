#include "actors/contract/asked_nodes.hpp"

#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using texts = std::vector<std::string>;

struct peer_of_a_test {
  std::string node;
};

struct fixture {
  fixture() {
    nodes.join("B", {"b"});
    nodes.join("C", {"c"});
    nodes.miss({"d"});
  }

  texts present(const std::optional<std::string>& name = {}) const {
    texts result;
    for (auto& x : nodes.present(name))
      result.push_back(x.node);
    return result;
  }

  asked_nodes<peer_of_a_test> nodes;
};

BOOST_FIXTURE_TEST_SUITE(asked_nodes_of_a_cluster, fixture)

BOOST_AUTO_TEST_CASE(are_those_that_are_there_and_those_that_should_be) {
  BOOST_TEST(present() == (texts{"b", "c"}));
  BOOST_TEST(nodes.missing() == texts{"d"});
  BOOST_TEST(nodes.names() == (texts{"b", "c", "d"}));
}

BOOST_AUTO_TEST_CASE(can_be_one_by_name) {
  BOOST_TEST(present("c") == texts{"c"});
  BOOST_TEST(nodes.missing("c").empty());
  BOOST_TEST(present("d").empty());
  BOOST_TEST(nodes.missing("d") == texts{"d"});
  BOOST_TEST(present("z").empty());
  BOOST_TEST(nodes.missing("z").empty());
}

BOOST_AUTO_TEST_CASE(have_one_once_that_comes_back_or_goes) {
  nodes.join("D", {"d"}); // CLUSTER says next that nobody is missing
  BOOST_TEST(nodes.missing().empty());
  nodes.miss({"c"}); // CLUSTER says next that it is gone
  BOOST_TEST(nodes.missing().empty());
  nodes.leave("C");
  BOOST_TEST(nodes.missing() == texts{"c"});
  BOOST_TEST(nodes.names() == (texts{"b", "c", "d"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
