#pragma once

// How a polling request reaches a session of another node:
//
//   client ── GET/POST ──► node with the client's connection      node with the
//   session
//                          foreign_polls ── forward(id) ──►│carrier│──►
//                          client_server::serve ─► guest_poll ─► session
//                                        ◄── answer(id) ───┤       │◄── respond
//                                        ── abort(id) ────►│       │──►
//                                        guest_poll::abort
//
// The transport knows no nodes: what carries these three belongs to its owner.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::http {

/// Tells the requests apart that one node has passed on.
using poll_id = std::uint64_t;

/// A polling request, as far as its session is concerned.
struct poll_request {
  std::string method; ///< "GET", "POST"
  std::string target; ///< with the query
  std::string content_type;
  std::string body;
};

/// The answer to it; CORS and the like are added where the client is.
struct poll_answer {
  unsigned status = 200;
  std::string content_type;
  std::string body;
};

/// What a client is told whose session cannot be reached: "Session ID unknown",
/// upon which it connects anew, at once.
poll_answer unknown_session();

using respond_poll = std::function<void(poll_answer)>;

/// Carries requests to other nodes, by their tags (config/node_tag). Called on
/// the loops; must not call back from within.
class poll_carrier {
public:
  virtual ~poll_carrier() = default;

  /// To be answered by `client_server::answer`, once. What cannot be delivered
  /// is answered by `unknown_session`.
  virtual void forward(std::string_view node, poll_id id, poll_request x) = 0;

  /// The client has given the request up: no answer is wanted any more, and
  /// its session is to be told.
  virtual void abort(std::string_view node, poll_id id) = 0;
};

} // namespace weir::http
