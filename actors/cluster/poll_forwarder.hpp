#pragma once

#include "actors/contract/polls.hpp"
#include "actors/runtime/io_loop.hpp"
#include "transport/http/request_forwarder.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace weir {

/// The name of this service among those of a node (`peer_joined`).
inline constexpr std::string_view poll_service = "polls";

/// The client side's port, as the POLL FORWARDER uses it.
struct poll_forwarder_options {
  /// Serves another node's request.
  std::function<std::shared_ptr<http::forwarded_handle>(http::poll_request,
                                                        http::respond_poll)>
    serve;
  /// Answers one of this node's clients.
  std::function<void(http::poll_id, http::poll_answer)> answer;
};

/// Spawns the POLL FORWARDER. Its requests are bounded where they come from:
/// `limits.forwarded_polls` and `forwarded_bytes` at the client's node, one GET
/// and one POST of each session at the session's.
poll_forwarder_actor spawn_poll_forwarder(actor_executor executor,
                                          poll_forwarder_options options);

/// How the client side's port reaches it.
std::shared_ptr<http::request_forwarder>
make_request_forwarder(caf::actor_system& system, poll_forwarder_actor to);

} // namespace weir
