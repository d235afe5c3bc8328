#include "transport/cluster/refusal.hpp"

#include "config/fingerprint.hpp"
#include "config/node_tag.hpp"

#include <algorithm>

namespace weir::cluster {

namespace {

std::string in_quotes(const std::string& text) {
  return '"' + text + '"';
}

std::string versions_of(const hello& x) {
  auto newest = std::to_string(x.version);
  return x.oldest_version == x.version
           ? "version " + newest
           : "versions " + std::to_string(x.oldest_version) + " to " + newest;
}

bool share_version(const hello& a, const hello& b) {
  return a.oldest_version <= b.version && b.oldest_version <= a.version;
}

/// In which part of their configurations two nodes differ.
std::string_view difference(std::string_view a, std::string_view b) {
  return a.substr(0, namespaces_fingerprint)
             == b.substr(0, namespaces_fingerprint)
           ? "[auth]"
           : "namespaces";
}

} // namespace

std::string to_string(refusal_code x) {
  switch (x) {
    using enum refusal_code;
    case none:
      return "failed";
    case itself:
      return "itself";
    case cluster:
      return "cluster";
    case version:
      return "version";
    case name:
      return "name";
    case tag:
      return "tag";
    case config:
      return "config";
    case secret:
      return "secret";
    case tls:
      return "tls";
    case not_admitted:
      return "not_admitted";
  }
  return "unknown"; // of a later version
}

refusal check_compatible(const hello& local, const hello& peer) {
  using enum refusal_code;
  auto one = "node " + in_quotes(peer.node);
  auto other = "node " + in_quotes(local.node);
  if (peer.cluster != local.cluster)
    return {cluster, one + " is of the cluster " + in_quotes(peer.cluster)
                       + ", " + other + " of the cluster "
                       + in_quotes(local.cluster)};
  if (peer.node == local.node && peer.incarnation == local.incarnation)
    return {itself, one + " has dialed itself"};
  if (peer.node == local.node)
    return {name, "two nodes are named " + in_quotes(local.node)
                    + "; give each a name of its own, node in [cluster]"};
  if (node_tag(peer.node) == node_tag(local.node))
    return {tag, "the names " + in_quotes(peer.node) + " and "
                   + in_quotes(local.node) + " have the same tag, "
                   + node_tag(local.node) + "; rename one of the nodes"};
  if (!share_version(local, peer))
    return {version, one + " speaks " + versions_of(peer)
                       + " of the messages between nodes, " + other + " "
                       + versions_of(local)
                       + "; upgrade a cluster version by version"};
  // Where one is of an earlier version, which tells no parts apart, all of it.
  auto both = !peer.fixed_config.empty() && !local.fixed_config.empty();
  auto& theirs = both ? peer.fixed_config : peer.config;
  auto& ours = both ? local.fixed_config : local.config;
  if (theirs != ours)
    return {config, one + " has another configuration of "
                      + std::string{difference(theirs, ours)} + " than " + other
                      + "; compare the files"};
  return {};
}

std::uint32_t common_version(const hello& a, const hello& b) {
  return std::min(a.version, b.version);
}

} // namespace weir::cluster
