#pragma once

#include "config/options/units.hpp"

#include <string>
#include <vector>

namespace weir {

/// [cluster.tls]: how the links between nodes are encrypted, and how each end
/// shows the other that it belongs. All three or none. In a file they are named
/// as seen from that file's own folder.
struct cluster_tls_options {
  /// This node's certificate, with those between it and the authority (PEM).
  std::string certificate;
  /// Its private key (PEM), without a passphrase.
  std::string key;
  /// The authority that every node's certificate is signed by (PEM).
  std::string ca;

  bool operator==(const cluster_tls_options&) const = default;
};

/// [cluster]: this node among others.
struct cluster_options {
  /// Also in `ce_source` of the records that this cluster writes.
  std::string name = "weir";
  /// Unique within the cluster; also Kafka's `group.instance.id`.
  std::string node = "a";
  /// Signs what clients hand back to recover; the same on every node. At least
  /// 16 characters; empty: none, then no namespace can have `recovery`. Nodes
  /// also prove to each other by it that they belong together. Never logged.
  std::string secret;
  /// A file that holds it, whose last line break does not count.
  std::string secret_file;
  /// `address:port` for the other nodes; port 0 takes a free one. Empty: this
  /// node is alone. Other addresses than loopback need `secret` and `tls`.
  std::string listen;
  /// `host:port` that the other nodes dial; empty: where it listens.
  std::string advertise;
  /// `host:port` of some nodes to join through; those that cannot be reached
  /// are tried again.
  std::vector<std::string> seeds;
  /// A node that is silent for so long is lost; a quarter of it is from one
  /// heartbeat to the next. Likewise partitions that nobody reads whom this
  /// node can reach. 100 ms to 10 min.
  milliseconds timeout = seconds{5};
  cluster_tls_options tls;

  bool operator==(const cluster_options&) const = default;
};

} // namespace weir
