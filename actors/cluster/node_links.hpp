#pragma once

#include "actors/contract/cluster.hpp"
#include "schemas/listing_rows.hpp"
#include "transport/cluster/link.hpp"

#include <string>

namespace weir {

/// What CLUSTER learns of its links. Calls come on its loop, between two of
/// its messages.
class node_links_owner {
public:
  virtual ~node_links_owner() = default;

  /// A node has shown that it belongs to the cluster: may there be a link to
  /// it? Empty: yes; otherwise what it is told.
  virtual std::string admit(const cluster::hello& peer, bool dialed) = 0;

  /// The link of a dial of ours is there.
  virtual void on_dialed(const std::string& address, const cluster::hello& peer,
                         const peer_actor& handle)
    = 0;

  /// A link has not come about, of a dial of ours or of somebody else's.
  virtual void on_failed(const cluster::failed_link& x) = 0;
};

/// This node's links to others, as CLUSTER uses them. Who is dialed from
/// elsewhere hears of it by the other's first message.
class node_links {
public:
  virtual ~node_links() = default;

  /// Who this node is, with the address that others dial.
  virtual const cluster::hello& local() const = 0;

  /// Whose configuration is another one from now on.
  virtual void set_config(const std::string& x) = 0;

  /// Ends in one of `on_dialed` and `on_failed`, later.
  virtual void dial(const std::string& address) = 0;

  /// What is known of the link to a node; its silence is not.
  virtual schemas::link_status status(const std::string& node) const = 0;

  /// Ends the link to a node; both sides see each other's actors go.
  virtual void close(const std::string& node) = 0;
};

} // namespace weir
