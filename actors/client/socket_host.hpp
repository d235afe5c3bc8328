#pragma once

#include "actors/client/connection.hpp"
#include "actors/client/open_requests.hpp"
#include "actors/client/socket_rooms.hpp"
#include "actors/client/webhook_questions.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

struct client_socket;
struct join_refusal;

/// What the sockets of a connection share, and what they may ask of it.
struct socket_host {
  connection_actor::pointer self;
  connection_actor me; ///< keeps the actor alive until it exits
  std::shared_ptr<const connection_context> context;
  std::shared_ptr<engineio::session_control> session;
  const routes* table; ///< of now; lives as long as the node
  open_requests requests;

  socket_host(connection_actor::pointer self,
              std::shared_ptr<const connection_context> context,
              std::shared_ptr<engineio::session_control> session)
    : self(self),
      me(self),
      context(std::move(context)),
      session(std::move(session)),
      table(this->context->rules.get()) {}

  const std::string& sid() const { return session->handshake().sid; }

  void send_text(std::string_view text);

  /// Whether bytes may go to the outbox, after others that are about to.
  bool fits(std::size_t bytes, std::size_t before = 0) const;

  /// Ends a request with its last copy, wherever that is.
  request_lease lease_of(std::uint64_t request);

  /// A request that has no ack.
  request_lease begin_request(const socket_ptr& socket, std::size_t cost = 0);

  token_ptr make_token(auth::token_claims claims) const;

  /// Closes so that the client reconnects.
  virtual void close() = 0;

  /// To be counted and logged.
  virtual void count_refusal(std::string_view nsp, auth::token_errc why) = 0;

  /// A client cannot have signatures verified all the time.
  virtual void close_if_refused_often() = 0;

  /// Instead of resuming: the client is notified, by another id. The socket is
  /// no more when this returns.
  virtual void start_over(client_socket& x, std::string_view why) = 0;

  /// A join that may have to wait for the webhook. Several for one room wait
  /// for one answer, so that they stay in their order.
  virtual void request_join(const client_socket& socket,
                            const std::string& room, pending_join x)
    = 0;

  /// The client leaves a room that it has not been let into yet: what it has
  /// asked for before is over with that.
  virtual void call_joins_off(client_socket& socket, const std::string& room,
                              const join_refusal& why)
    = 0;

  /// Asks for what was missed, as much as the client can take now.
  virtual void read_rooms() = 0;

protected:
  ~socket_host() = default;
};

} // namespace weir
