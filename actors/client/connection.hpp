#pragma once

#include "actors/client/authenticator.hpp"
#include "actors/client/connection_registry.hpp"
#include "actors/client/emit_collector.hpp"
#include "actors/client/user_connections.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/loop_meter.hpp"
#include "config/options/jwt.hpp"
#include "config/options/limits.hpp"
#include "schemas/recovery_codec.hpp"
#include "transport/auth/webhook.hpp"
#include "transport/engineio/session_control.hpp"

#include <caf/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>

namespace weir {

/// What all connections of a loop share; outlives them.
struct connection_context {
  actor_executor executor;
  routes_ptr rules;
  limits_options limits;
  std::size_t max_payload = 0;
  std::chrono::milliseconds connect_timeout{};
  inbound_router_actor router;
  room_directory_actor directory;
  socket_directory_actor sockets;
  /// Null: no namespace can be recovered.
  std::shared_ptr<const schemas::recovery_signer> signer;
  /// Makes a public socket id: 20 characters that nobody can guess.
  std::function<std::string()> make_socket_id;
  /// How long a client may leave more answers unread than the outbox holds; it
  /// is also how old its last offset may be while it is connected.
  std::chrono::milliseconds read_timeout{std::chrono::seconds{45}};
  /// Seconds of the system's clock.
  std::function<std::int64_t()> now = [] {
    return std::int64_t{std::time(nullptr)};
  };
  /// Null: nobody is asked who he is, and everything is allowed.
  std::shared_ptr<const authenticator> tokens{};
  /// Asks the webhook, and does not wait; null: it allows nothing.
  std::function<void(auth::decision_question, auth::webhook::respond)>
    ask_webhook{};
  /// Bytes of what a client without a token has connected with that a webhook
  /// is told.
  std::size_t max_shown = jwt_options{}.max_token;
  /// Refused tokens and CONNECTs of one connection.
  std::uint32_t max_refused = jwt_options{}.max_refused;
  /// Null: users may have any number of connections.
  std::shared_ptr<user_connections> users{};
  /// The clients' port speaks TLS.
  bool is_encrypted = false;
  /// For rates.
  std::function<std::chrono::steady_clock::time_point()> clock
    = std::chrono::steady_clock::now;
  std::shared_ptr<loop_meter> meter = std::make_shared<loop_meter>(executor);
  /// On their way to the router.
  std::shared_ptr<emit_collector> emits = std::make_shared<emit_collector>();
  /// All of them.
  std::shared_ptr<connection_registry> all
    = std::make_shared<connection_registry>();
};

/// CONNECTION: one Engine.IO session of a client.
using connection_actor = emitter_actor::extend_with<member_actor>::
  extend_with<recoverable_actor>::extend<
    // Nobody has a request of the client's any more.
    caf::result<void>(request_over)>;

/// Spawns a CONNECTION on the session's loop. It speaks Socket.IO over the
/// session: namespaces, acks, memberships, and the credit that the client has
/// for emits that are not answered yet. It ends with the session.
connection_actor
spawn_connection(std::shared_ptr<const connection_context> context,
                 std::shared_ptr<engineio::session_control> session);

} // namespace weir
