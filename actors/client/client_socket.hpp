#pragma once

// The parts of it lie in
//
//   client_socket.cpp           what it is sent, and how it comes and goes
//   client_socket_emits.cpp     what its client emits, and local events
//   client_socket_rooms.cpp     the rooms that it joins and leaves
//   client_socket_rights.cpp    what it may do
//   client_socket_mappings.cpp  what becomes of it where mappings change
//   client_socket_tokens.cpp    for how long
//   client_socket_recovery.cpp  how it comes back
//   client_socket_orders.cpp    what an operator has it do

#include "actors/client/entrant.hpp"
#include "actors/client/socket_host.hpp"
#include "actors/client/socket_phases.hpp"
#include "actors/client/socket_recovery.hpp"
#include "actors/client/socket_rooms.hpp"
#include "actors/contract/control.hpp"
#include "actors/runtime/gauge_share.hpp"
#include "transport/socketio/packet.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A connection's presence in one namespace: a Socket.IO socket. It stays where
/// it is until its connection drops it.
struct client_socket {
  using membership = socket_rooms::membership;

  /// `host` outlives this.
  client_socket(socket_host& host, const nsp_routes& rules, std::string id,
                entrant who);

  const std::string& nsp() const { return rules->settings().name; }

  // -- coming and going -------------------------------------------------------

  /// A new one, once its recovery is known: the client is answered.
  void open(std::string_view payload);
  void greet(std::string_view payload);
  /// Before anything else is sent to the socket.
  void greet_now();
  /// Tells all who know the socket; `lease`: of whose request.
  void part(const request_lease& lease);
  /// It goes: nobody will answer later what its client still waits for.
  void answer_open_requests();
  /// What it has entered with, for the one that takes its place.
  entrant take_entrant();

  // -- what it is sent --------------------------------------------------------

  /// An event for the client that comes from nowhere but here.
  void send_event(std::string_view name, std::string_view args);
  /// An event's frames, with the offset that the socket needs.
  void send_frames(std::string_view frames);
  void note_received(const socketio::packet& x);
  /// Of one event.
  void note_sent(std::string_view frames);
  /// An event that only brings the client the offset of now.
  void send_position();
  void send_new_position();
  void answer(std::string_view ack_id, std::string_view json);
  void refuse(std::string_view ack_id, emit_errc error,
              std::string_view message);

  // -- what its client emits --------------------------------------------------

  void on_event(const socketio::packet& x);
  void on_mapped_event(const socketio::packet& x);
  void on_local_event(const socketio::packet& x, const local_options& rule);
  /// False: refused.
  bool may_emit(const socketio::packet& x, const destination& to);
  /// Likewise.
  bool broadcast(const socketio::packet& x, const local_options& rule,
                 std::string_view as);
  void on_emit_answered(const emit_answered& x,
                        const open_requests::request& request);

  // -- rooms ------------------------------------------------------------------

  /// What a request for a room takes part in the client's credit with.
  struct origin {
    std::string_view ack_id;
    std::size_t cost = 0;
  };

  std::optional<std::string> room_of(const socketio::packet& x);
  void on_join_event(const socketio::packet& x);
  /// Nothing: it was refused.
  std::optional<room_offset> since_of(const socketio::packet& x);
  /// Whether it may now; otherwise it was refused.
  bool may_join(std::string_view ack_id, std::string_view room,
                const room_offset& since);
  void join(const std::string& room, const origin& from,
            room_offset since = {});
  join_room request_for(membership& m, const origin& from) const;
  void on_join_decided(const std::string& room, emit_errc error,
                       pending_join& x);
  void on_join_settled(const join_answered& x, std::string_view ack_id);
  /// What a membership's join has come to. May end it.
  void settle(membership& m, const join_answered& x);
  void begin_at(membership& m, const join_answered& x);
  /// To be called when it has fallen behind, or is no longer.
  void note(membership& m);
  void remove(const std::string& room);
  void on_leave_event(const socketio::packet& x);
  void on_left(const open_requests::request& x);
  void answer_leave(std::string_view ack_id, const open_requests::request& x);
  bool is_member(std::string_view room);

  // -- rights -----------------------------------------------------------------

  bool may(right what, const mapping_route& route, std::string_view room) const;
  bool may_or_refuse(std::string_view ack_id, right what,
                     const mapping_route& route, std::string_view room);
  void join_automatically(const former_rules* former = nullptr);
  static bool was_automatic(const former_rules& former,
                            const mapping_route& route,
                            const std::string& room);
  std::vector<std::string> automatic_rooms(const mapping_route& route) const;
  void join_named();
  bool may_be_named(const std::string& room) const;
  void tell_too_many(const std::string& room);
  void renew_rights();
  /// It was `reason` for which the client is not in the room any more.
  void end_membership(const std::string& room, std::string_view reason,
                      const join_refusal& to_who_joins);
  void refuse_open_joins(const std::string& room, const join_refusal& why);
  void tell_left(const std::string& room, std::string_view reason);

  // -- other mappings ---------------------------------------------------------

  /// Its namespace has these from now on.
  void use(const nsp_routes& next);
  bool can_resume(const nsp_routes& former) const;
  void end_lost_rooms(const nsp_routes& former);

  // -- what an operator has it do ---------------------------------------------

  /// What could not be done about it; empty: it is done.
  std::string follow(const socket_order& x);
  std::string take(const socket_order& x);
  std::string join_by_order(const std::string& room);
  std::string leave_by_order(const std::string& room);

  // -- for how long -----------------------------------------------------------

  /// From now on the client is told when its token is about to end, and closed
  /// when it has.
  void watch_token();
  void on_token_due();
  void on_token_event(const socketio::packet& x);
  void watch_verdict();

  // -- recovery ---------------------------------------------------------------

  /// From now on its client can come back, with this id.
  void start_recovery(std::string pid);
  /// It has come back, and was there; whether it may stay others say.
  void resume(std::string pid, std::string_view payload,
              schemas::recovered_position from);
  void rejoin_rooms();
  /// Takes out of the position where the client may not be any more.
  void drop_lost_rooms();
  void join_again(membership& m, const schemas::recovered_room& x) const;
  void on_return_decided(const std::string& room, emit_errc error);
  void on_room_resumed(membership& m, const join_answered& x);
  void on_room_refused(membership& m, const join_answered& x);
  void finish_resume();
  void on_pong();

  socket_host& host;
  const nsp_routes* rules; ///< of now; live as long as the node
  socket_ptr identity;
  socket_rooms rooms;
  gauge_share lagging;                        ///< its rooms where it is behind
  std::unique_ptr<socket_recovery> recovery;  ///< null: it cannot come back
  std::unique_ptr<resumption> resuming;       ///< null: it is there
  std::unique_ptr<pending_greeting> greeting; ///< null: it has been given
  token_ptr token;
  rights_ptr rights;
  std::unique_ptr<socket_verdict> verdict; ///< null: nobody was asked
  user_connections::slot slot; ///< null: nobody counts the user's connections
};

/// What a client may do in a namespace, by the token that it has shown; null:
/// everything is allowed.
rights_ptr take_rights(const connection_context& context,
                       const nsp_routes& rules, const token_ptr& token);

} // namespace weir
