#pragma once

// Polling requests that arrive at another node than their session's.

#include "actors/contract/cluster.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "transport/http/poll_carrier.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace weir {

/// POLL FORWARDER of another node.
using poll_peer_actor = caf::typed_actor<
  // A request of a client there, for a session here.
  caf::result<void>(forward_poll),
  // That client has given it up.
  caf::result<void>(poll_aborted),
  // It is to ask another node: an answer is wanted now.
  caf::result<void>(hurry_poll),
  // The answer to a request of a client here.
  caf::result<void>(poll_answered)>;

/// POLL FORWARDER: takes polling requests to the nodes that have their
/// sessions. One per node.
using poll_forwarder_actor
  = poll_peer_actor::extend_with<peer_watcher_actor>::extend<
    // A client here wants a session of another node.
    caf::result<void>(poll_taken),
    // It does not any more.
    caf::result<void>(poll_given_up),
    // It is to ask another node.
    caf::result<void>(poll_hurried),
    // A session here has answered a client of another node.
    caf::result<void>(guest_answered)>;

/// From the client side's port to POLL FORWARDER.
struct poll_taken {
  std::string tag; ///< of the session's node
  http::poll_id id = 0;
  http::poll_request request;
};

/// Likewise: the client has gone, or has been told that no answer came.
struct poll_given_up {
  std::string tag;
  http::poll_id id = 0;
};

/// Likewise: this node is about to stop.
struct poll_hurried {
  std::string tag;
  http::poll_id id = 0;
};

/// From POLL FORWARDER to that of the session's node; `poll_answered` follows,
/// with the same id, unless `poll_aborted` comes before it.
struct forward_poll {
  http::poll_id id = 0; ///< the sender's
  std::string method;
  std::string target;
  std::string content_type;
  std::string body;
  std::string user; ///< of the client's certificate
};

/// From the session's node to the client's.
struct poll_answered {
  http::poll_id id = 0;
  std::uint16_t status = 0;
  std::string content_type;
  std::string body;
};

/// From the client's node to the session's: no answer is wanted any more, and
/// the session has lost its client.
struct poll_aborted {
  http::poll_id id = 0;
};

/// From the client's node, which is about to stop, to the session's: an answer
/// is wanted now, be it empty.
struct hurry_poll {
  http::poll_id id = 0;
};

/// From a session's loop to POLL FORWARDER.
struct guest_answered {
  poll_peer_actor peer;
  http::poll_id id = 0;
  http::poll_answer answer;
};

template <class Inspector>
bool inspect(Inspector& f, forward_poll& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("method", x.method),
                            f.field("target", x.target),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body), f.field("user", x.user));
}

template <class Inspector>
bool inspect(Inspector& f, poll_answered& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("status", x.status),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body));
}

template <class Inspector>
bool inspect(Inspector& f, poll_aborted& x) {
  return f.object(x).fields(f.field("id", x.id));
}

template <class Inspector>
bool inspect(Inspector& f, hurry_poll& x) {
  return f.object(x).fields(f.field("id", x.id));
}

} // namespace weir
