#pragma once

// Polling requests that arrive at another node than their session's.

#include "actors/contract/cluster.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "transport/http/request_forwarder.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace weir {

/// POLL FORWARDER of another node.
using poll_peer_actor = caf::typed_actor<
  // A request of a client there, for a session here.
  caf::result<void>(forwarded_request),
  // That client has given it up.
  caf::result<void>(forwarded_cancel),
  // It is to ask another node: an answer is wanted now.
  caf::result<void>(forwarded_complete_now),
  // The answer to a request of a client here.
  caf::result<void>(forwarded_response)>;

/// POLL FORWARDER: takes polling requests to the nodes that have their
/// sessions. One per node.
using poll_forwarder_actor
  = poll_peer_actor::extend_with<peer_watcher_actor>::extend<
    // A client here wants a session of another node.
    caf::result<void>(forward_request),
    // It does not any more.
    caf::result<void>(forward_cancel),
    // It is to ask another node.
    caf::result<void>(forward_complete_now),
    // A session here has answered a client of another node.
    caf::result<void>(forward_response)>;

/// From the client side's port to POLL FORWARDER.
struct forward_request {
  std::string tag; ///< of the session's node
  http::poll_id id = 0;
  http::poll_request request;
};

/// Likewise: the client has gone, or has been notified that no answer came.
struct forward_cancel {
  std::string tag;
  http::poll_id id = 0;
};

/// Likewise: this node is about to stop.
struct forward_complete_now {
  std::string tag;
  http::poll_id id = 0;
};

/// From POLL FORWARDER to that of the session's node; `forwarded_response`
/// follows, with the same id, unless `forwarded_cancel` comes before it.
struct forwarded_request {
  http::poll_id id = 0; ///< the sender's
  std::string method;
  std::string target;
  std::string content_type;
  std::string body;
  std::string user; ///< of the client's certificate
};

/// From the session's node to the client's.
struct forwarded_response {
  http::poll_id id = 0;
  std::uint16_t status = 0;
  std::string content_type;
  std::string body;
};

/// From the client's node to the session's: no answer is wanted any more, and
/// the session has lost its client.
struct forwarded_cancel {
  http::poll_id id = 0;
};

/// From the client's node, which is about to stop, to the session's: an answer
/// is wanted now, be it empty.
struct forwarded_complete_now {
  http::poll_id id = 0;
};

/// From a session's loop to POLL FORWARDER.
struct forward_response {
  poll_peer_actor peer;
  http::poll_id id = 0;
  http::poll_answer answer;
};

template <class Inspector>
bool inspect(Inspector& f, forwarded_request& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("method", x.method),
                            f.field("target", x.target),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body), f.field("user", x.user));
}

template <class Inspector>
bool inspect(Inspector& f, forwarded_response& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("status", x.status),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body));
}

template <class Inspector>
bool inspect(Inspector& f, forwarded_cancel& x) {
  return f.object(x).fields(f.field("id", x.id));
}

template <class Inspector>
bool inspect(Inspector& f, forwarded_complete_now& x) {
  return f.object(x).fields(f.field("id", x.id));
}

} // namespace weir
