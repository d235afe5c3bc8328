#pragma once

// A CONNECTION's state; the parts of it lie in
//
//   connection.cpp          the session, packets, namespaces
//   connection_requests.cpp what its client has asked for, and its credit
//   connection_rooms.cpp    what rooms deliver, and catching up
//   connection_recovery.cpp sockets that come back
//   connection_tokens.cpp   who enters a namespace
//   connection_webhook.cpp  what the endpoint of [auth.webhook] lets it do
//   connection_rates.cpp    how often it may ask

#include "actors/client/client_socket.hpp"
#include "actors/client/connection_view.hpp"
#include "actors/client/pending_checks.hpp"
#include "actors/client/request_rates.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "transport/socketio/decoder.hpp"

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// The session's calls come between two messages of the actor, on the same
/// thread: they may use the state and send, as a handler may.
struct connection_state : engineio::session_handler, socket_host {
  static inline const char* name = "weir.connection";

  using membership = socket_rooms::membership;

  connection_state(connection_actor::pointer self,
                   std::shared_ptr<const connection_context> context,
                   std::shared_ptr<engineio::session_control> session);
  ~connection_state() override;

  connection_actor::behavior_type make_behavior();

  // -- the session ------------------------------------------------------------

  void on_text(std::string_view text) override;
  void on_binary(std::string_view bytes) override;
  void on_drained() override;
  void on_pong() override;
  void on_stopping() override;
  std::size_t disconnect(const engineio::unwanted& whom) override;
  std::size_t disconnect_id(std::string_view id);
  void on_closed(engineio::close_reason reason) override;
  /// Closes because of what the client did.
  void abort(engineio::port_event what, std::string_view why);
  /// It is in no namespace, and was to be by now.
  void on_nowhere();
  void close() override;
  void end(engineio::close_reason reason);

  // -- packets and namespaces -------------------------------------------------

  void on_decoded(const socketio::decoder::result& x);
  void on_packet(const socketio::packet& x);
  void on_connect(const socketio::packet& x);
  /// The socket that was, or a new one, if the client may; it may have to wait
  /// once.
  void enter(const nsp_routes& rules, std::string_view payload, bool may_wait);
  /// Once nobody has to be asked any more.
  void let_in(const nsp_routes& rules, std::string_view payload, entrant who);
  /// A new socket.
  void open(const nsp_routes& rules, std::string_view payload, entrant who);
  void leave_nsp(client_socket& x);
  /// No offset brings it back.
  void leave_permanently(client_socket& x, std::string_view reason);
  void on_disconnect(const disconnect_socket& x);
  /// As the client does it: it is told, and official ones stay away.
  void disconnect(client_socket& x);
  client_socket* find(std::string_view nsp);
  client_socket* find(const socket_ptr& identity);

  // -- requests ---------------------------------------------------------------

  void on_emits_answered(emits_answered& x);
  void on_emit_answered(const emit_answered& x);
  void on_join_answered(join_answered& x);
  void on_join_settled(const join_answered& x, std::string_view ack_id);
  void on_request_over(const request_over& x);
  bool is_exhausted() const;
  void update_reading();
  void close_when_answered();
  void on_unread();

  // -- what rooms deliver -----------------------------------------------------

  /// The namespace's socket that is in the room; what comes late is for nobody.
  std::pair<client_socket*, membership*> member(nsp_index, std::uint64_t room);
  std::pair<client_socket*, membership*> find_membership(std::uint64_t room);
  void on_room_closed(const room_closed& x);
  void on_events(const deliver_events& x);
  void on_local(const deliver_local& x);
  static void note_log(client_socket& socket, membership& m,
                       const room_reader::outcome& x);
  static void tell_gaps(client_socket& socket, const membership& m,
                        const room_reader& at, const room_reader::outcome& x);
  void take(client_socket& socket, room_reader& at, const deliver_events& x);
  bool take_whole(client_socket& socket, room_reader& at,
                  const deliver_events& x);
  void take_piecemeal(client_socket& socket, room_reader& at,
                      const deliver_events& x);
  void note_full();
  void note_missing(client_socket& socket, membership& m);
  void read_rooms() override;
  void skip_lag(client_socket& socket, const membership& m, room_reader& at);
  bool is_too_far(const room_reader& at) const;
  void close_lagging(const room_reader& at);
  void on_read_done(const read_done& x);

  // -- tokens -----------------------------------------------------------------

  /// Whether the client may enter now; otherwise it is told why not, or waits.
  bool admit(const nsp_routes& rules, std::string_view payload, bool may_wait,
             token_ptr& token);
  void refuse_entry(const nsp_routes& rules, auth::token_errc why);
  void wait(const nsp_routes& rules, std::string_view payload,
            std::chrono::milliseconds pause, std::function<bool()> is_over);
  void look_again(waiting_connect& x);
  bool is_waiting(std::string_view nsp) const;
  pending_checks& checks();
  /// The connection lasts no longer than the client's certificate.
  void watch_certificate();
  void count_refusal(std::string_view nsp, auth::token_errc why) override;
  void close_if_refused_often() override;

  // -- the webhook ------------------------------------------------------------

  webhook_answer ask(std::uint64_t request, auth::decision_question question);
  /// The request is over: was it a question?
  void on_verdict(std::uint64_t request);
  void ask_connect(const nsp_routes& rules, std::string_view payload,
                   token_ptr token);
  void on_connect_decided(connect_question& x);
  auth::token_errc look_up(const entrant& x) const;
  void refuse_connect(const nsp_routes& rules, emit_errc code,
                      std::string_view why);
  void request_join(const client_socket& socket, const std::string& room,
                    pending_join x) override;
  void on_room_decided(const socket_room& where, room_question& x);
  void call_joins_off(client_socket& socket, const std::string& room,
                      const join_refusal& why) override;

  // -- rates ------------------------------------------------------------------

  /// False: refused. Requires: `rates`; a socket where `x` is an event.
  bool is_within_rates(client_socket* socket, const socketio::packet& x);
  void refuse_for_now(client_socket& socket, std::string_view ack_id,
                      const request_rates::verdict& over);
  /// To be counted and logged.
  void note_rate_limited(std::string_view limit, std::string_view user) const;
  /// The client is not read for so long, or a second.
  void slow_down(request_rates::bucket::duration wait);
  /// So that official clients stay away.
  void send_away();
  /// False: the user has too many connections, and the client is notified.
  bool hold_user(const nsp_routes& rules, const std::string& user,
                 user_connections::slot& slot, bool in_any_case);

  // -- recovery ---------------------------------------------------------------

  /// False: the client does not want to, or cannot. Else `who` is taken.
  bool try_resume(const nsp_routes& rules, std::string_view payload,
                  entrant& who);
  bool may_return(const nsp_routes& rules,
                  const schemas::recovered_position& x) const;
  void on_resume_answered(const resume_answered& x);
  void start_over(client_socket& socket, std::string_view why) override;
  void on_take_over(const take_over& x);

  connection_view view{*this};
  socketio::decoder decoder;
  loop_timer timer;                        ///< until a namespace is joined
  loop_timer read_timeout;                 ///< until the client reads
  loop_timer slow;                         ///< until it is read again
  std::unique_ptr<request_rates> rates;    ///< null: it has none
  std::list<client_socket> sockets;        ///< they do not move
  std::unique_ptr<pending_checks> checked; ///< null: nothing ever was
  std::uint32_t refused = 0;               ///< tokens and CONNECTs
  bool paused = false;
  bool slowed = false;   ///< it is not read for a while
  bool unread = false;   ///< answers wait: since more than the outbox's limit
  bool stopping = false; ///< it closes once its requests are answered
};

} // namespace weir
