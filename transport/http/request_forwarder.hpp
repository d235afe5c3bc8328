#pragma once

// How a polling request reaches a session of another node:
//
//   forwarded_requests          request_forwarder      client_server,
//   (the client's node)           (the owner's)        forwarded_handle
//
//     forward(id) ──────────────────► ──────────────────► serve
//     answer(id)  ◄────────────────── ◄────────────────── respond
//     cancel(id)  ──────────────────► ──────────────────► cancel
//     complete_now(id) ─────────────► ──────────────────► complete_now
//
// The transport knows no nodes: what carries these belongs to its owner.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::http {

/// Tells the requests apart that one node has passed on.
using poll_id = std::uint64_t;

/// A polling request, as far as its session is concerned.
struct poll_request {
  std::string method; ///< "GET", "POST", or `too_large_post`
  std::string target; ///< with the query
  std::string content_type;
  std::string body;
  /// Of the certificate that was shown where it came in; empty: none.
  std::string user{};
};

/// A POST whose body was over the limit where it came in, and is not passed on:
/// its session is to end. A node that does not know it answers 500.
inline constexpr std::string_view too_large_post = "POST, too large";

/// The answer to it; CORS and the like are added where the client is.
struct poll_answer {
  unsigned status = 200;
  std::string content_type;
  std::string body;
};

/// What a client is told whose session cannot be reached: "Session ID unknown",
/// upon which it reconnects, at once.
poll_answer unknown_session();

using respond_poll = std::function<void(poll_answer)>;

/// A request while it waits at its session's node. Thread-safe.
class forwarded_handle {
public:
  virtual ~forwarded_handle() = default;

  /// The client has gone, or the node that it talks to: its session is
  /// notified.
  virtual void cancel() = 0;

  /// An answer is wanted now, be it empty.
  virtual void complete_now() = 0;
};

/// Carries requests to other nodes, by their tags (config/node_tag). Called on
/// the loops; must not call back from within.
class request_forwarder {
public:
  virtual ~request_forwarder() = default;

  /// To be answered by `client_server::answer`, once. What cannot be delivered
  /// is answered by `unknown_session`.
  virtual void forward(std::string_view node, poll_id id, poll_request x) = 0;

  /// The client has given the request up: no answer is wanted any more, and
  /// its session is to be told.
  virtual void cancel(std::string_view node, poll_id id) = 0;

  /// This node is about to stop: an answer is wanted now, so that the client
  /// asks again elsewhere and its session lives on.
  virtual void complete_now(std::string_view node, poll_id id) = 0;

  /// A request was over the limits, and has been answered 503.
  virtual void on_refused() = 0;
};

} // namespace weir::http
