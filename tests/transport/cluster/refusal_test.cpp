#include "transport/cluster/refusal.hpp"

#include "config/node_tag.hpp"
#include "tests/transport/cluster/hellos.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace {

using namespace weir;
using namespace weir::cluster;

BOOST_AUTO_TEST_SUITE(refusals)

struct fixture {
  void expect(refusal_code code, const std::string& why) {
    auto refusal = check_compatible(local, peer);
    BOOST_TEST((refusal.code == code));
    BOOST_TEST(refusal.why == why);
  }

  hello local = test::hello_of("a");
  hello peer = test::hello_of("b");
};

BOOST_FIXTURE_TEST_CASE(nodes_that_agree_are_compatible, fixture) {
  peer.incarnation = 7;
  peer.address = "weir2.example:7400";
  expect(refusal_code::none, "");
}

BOOST_FIXTURE_TEST_CASE(another_cluster_is_named, fixture) {
  peer.cluster = "other";
  peer.config = "different as well";
  expect(refusal_code::cluster, R"(node "b" is of the cluster "other", node )"
                                R"("a" of the cluster "weir")");
}

BOOST_FIXTURE_TEST_CASE(a_node_that_dialed_itself_is_told_so, fixture) {
  peer = local;
  expect(refusal_code::itself, R"(node "a" has dialed itself)");
}

BOOST_FIXTURE_TEST_CASE(two_nodes_with_one_name_are_told_so, fixture) {
  peer = local;
  ++peer.incarnation;
  expect(refusal_code::name, R"(two nodes are named "a"; give each a name of )"
                             "its own, node in [cluster]");
}

BOOST_FIXTURE_TEST_CASE(two_names_with_one_tag_are_refused, fixture) {
  std::map<std::string, std::string> names;
  for (int i = 0; local.node == "a" || names.empty(); ++i) {
    auto name = std::to_string(i);
    auto [known, is_new] = names.emplace(node_tag(name), name);
    if (!is_new) {
      local.node = known->second;
      peer.node = name;
    }
  }
  expect(refusal_code::tag, "the names \"" + peer.node + "\" and \""
                              + local.node + "\" have the same tag, "
                              + node_tag(local.node)
                              + "; rename one of the nodes");
}

BOOST_FIXTURE_TEST_CASE(versions_have_to_overlap, fixture) {
  local.oldest_version = 2;
  local.version = 3;
  peer.oldest_version = 4;
  peer.version = 4;
  expect(refusal_code::version,
         R"(node "b" speaks version 4 of the messages between nodes, node "a" )"
         "versions 2 to 3; upgrade a cluster version by version");
  peer.oldest_version = 3;
  expect(refusal_code::none, "");
  BOOST_TEST(common_version(local, peer) == 3u);
  BOOST_TEST(common_version(peer, local) == 3u);
}

BOOST_FIXTURE_TEST_CASE(another_configuration_is_refused, fixture) {
  const std::string what
    = R"(node "b" has another configuration of XXX than node "a"; )"
      "compare the files";
  auto of = [&](const std::string& x) {
    return std::string{what}.replace(what.find("XXX"), 3, x);
  };
  for (std::string x : {"", "00", "1123456789abcdef"}) {
    peer.config = x;
    local.config = "0123456789abcdef";
    expect(refusal_code::config, of("namespaces"));
    local.config = "0123456789abcdef0000000000000000";
    expect(refusal_code::config, of("namespaces"));
  }
  for (std::string x : {"", "0000000000000001"}) {
    peer.config = "0123456789abcdef" + x;
    expect(refusal_code::config, of("[auth]"));
  }
  // where both tell it apart, what is fixed counts alone
  peer.fixed_config = "0123456789abcdef";
  expect(refusal_code::config, of("[auth]"));
  local.fixed_config = "1123456789abcdef";
  expect(refusal_code::config, of("namespaces"));
  local.fixed_config = peer.fixed_config;
  expect(refusal_code::none, "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
