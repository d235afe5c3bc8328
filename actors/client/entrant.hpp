#pragma once

#include "actors/client/token_life.hpp"
#include "actors/client/user_connections.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/permissions.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/base/trace_context.hpp"
#include "transport/auth/token_verifier.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// What a socket's client has shown, and how long it lasts.
struct socket_token {
  auth::token_claims claims;
  std::optional<token_life>
    life; ///< nothing: of its certificate, as the others
  loop_timer timer;
};

/// Null: nobody has asked, or the client is nobody.
using token_ptr = std::unique_ptr<socket_token>;

/// What the webhook has said of a socket.
struct socket_verdict {
  std::vector<std::string> rooms; ///< to be joined once it is there
  std::optional<std::int64_t> until;
  loop_timer timer;
};

/// Whoever is about to enter a namespace, and what a socket then keeps.
struct entrant {
  token_ptr token;
  rights_ptr rights;
  std::string user;                        ///< empty: nobody
  std::unique_ptr<socket_verdict> verdict; ///< null: nobody was asked
  user_connections::slot slot{}; ///< null: nobody counts the user's connections
  std::shared_ptr<const passed_trace> trace{}; ///< null: it has told of none
};

inline entrant entrant_of(token_ptr token) {
  auto user = token ? token->claims.user : std::string{};
  return {std::move(token), nullptr, std::move(user), nullptr};
}

/// A CONNECT packet whose token can be judged only later: it names a key that
/// is being fetched, or nobody knows yet who is denied.
struct waiting_connect {
  const nsp_routes* rules;
  std::string payload;
  request_lease lease; ///< what it holds is the client's to pay for
  std::chrono::milliseconds pause;
  std::function<bool()> is_over; ///< asked after each pause
  loop_timer timer{};
};

} // namespace weir
