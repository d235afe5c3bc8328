#pragma once

// A CONNECTION's state; the parts of it lie in
//
//   connection.cpp          the session, packets, namespaces
//   connection_emits.cpp    what the client emits, and local events
//   connection_requests.cpp its requests, their answers, and its credit
//   connection_rooms.cpp    rooms, and what they deliver
//   connection_recovery.cpp sockets that come back
//   connection_tokens.cpp   who a client is, and for how long
//   connection_permissions.cpp  what it may do here
//   connection_webhook.cpp  what the endpoint of [auth.webhook] lets it do
//   connection_rates.cpp    how often it may ask

#include "actors/client/answers.hpp"
#include "actors/client/connection.hpp"
#include "actors/client/open_requests.hpp"
#include "actors/client/request_rates.hpp"
#include "actors/client/socket_recovery.hpp"
#include "actors/client/socket_rooms.hpp"
#include "actors/client/token_life.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/permissions.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "transport/socketio/decoder.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

/// Whoever is about to enter a namespace.
struct entrant {
  token_ptr token;
  rights_ptr rights;
  std::string user;                        ///< empty: nobody
  std::unique_ptr<socket_verdict> verdict; ///< null: nobody was asked
  user_connections::slot slot{}; ///< null: nobody counts the user's connections
};

/// A socket on its way back: the client has not been answered yet.
struct resumption {
  std::string payload; ///< of its CONNECT packet
  schemas::recovered_position position;
  std::size_t awaited = 0; ///< rooms that have not answered
  /// Rooms that its client may not be in now, and why.
  std::vector<std::pair<std::string, emit_errc>> lost;
  request_lease lease; ///< what it holds is the client's to pay for
  loop_timer timer;
};

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

/// What the webhook answers; nothing: it does not, and nothing is allowed. To
/// be read when the question's request is over.
using webhook_answer = std::shared_ptr<std::optional<auth::decision>>;

/// A CONNECT packet that waits for the webhook.
struct connect_question {
  const nsp_routes* rules;
  std::string payload;
  token_ptr token;
  webhook_answer answer;
};

/// A join that waits for the webhook.
struct pending_join {
  enum class kind : std::uint8_t { client, automatic, resumes };

  kind what = kind::client;
  std::string ack_id{}; ///< until it is a request
  std::size_t cost = 0;
  room_offset since{};
  std::uint64_t request = 0;
  request_lease lease{}; ///< null: the webhook has it
};

/// A room that a socket is to be in.
using socket_room = std::pair<socket_ptr, std::string>;

/// All joins that wait for the webhook's answer about one of those.
struct room_question {
  std::uint64_t request = 0; ///< when this is over, it is answered
  webhook_answer answer;
  std::vector<pending_join> joins;
};

/// An `on_connect` event that waits for its delay, or for what must not come
/// before it.
struct pending_greeting {
  std::string args;
  loop_timer timer;
};

/// A connection's presence in one namespace.
struct socket_state {
  socket_ptr identity;
  const nsp_routes* rules;
  socket_rooms rooms;
  std::unique_ptr<socket_recovery> recovery;  ///< null: it cannot come back
  std::unique_ptr<resumption> resuming;       ///< null: it is there
  std::unique_ptr<pending_greeting> greeting; ///< null: it has been given
  token_ptr token;
  rights_ptr rights;
  std::unique_ptr<socket_verdict> verdict; ///< null: nobody was asked
  user_connections::slot slot; ///< null: nobody counts the user's connections

  const std::string& nsp() const { return rules->settings().name; }
};

/// The session's calls come between two messages of the actor, on the same
/// thread: they may use the state and send, as a handler may.
struct connection_state : engineio::session_handler {
  static inline const char* name = "weir.connection";

  using membership = socket_rooms::membership;
  using position = socket_rooms::position;

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

  /// Closes so that the client reconnects.
  void close();

  void end(engineio::close_reason reason);

  const std::string& sid() const { return session->handshake().sid; }

  // -- packets and namespaces -------------------------------------------------

  void on_decoded(const socketio::decoder::result& x);
  void on_packet(const socketio::packet& x);
  void on_connect(const socketio::packet& x);
  /// The socket that was, or a new one, if the client may; it may have to wait
  /// once.
  void enter(const nsp_routes& rules, std::string_view payload, bool may_wait);
  static entrant entrant_of(token_ptr token);
  /// Once nobody has to be asked any more.
  void let_in(const nsp_routes& rules, std::string_view payload, entrant who);
  /// A new socket.
  void open(const nsp_routes& rules, std::string_view payload, entrant who);
  void greet(socket_state& socket, std::string_view payload);
  /// Before anything else is sent to the socket.
  void greet_now(socket_state& socket);
  void leave_nsp(socket_state& x);
  /// Tells all who know the socket; `lease`: of whose request.
  void part(socket_state& x, const request_lease& lease);
  /// No offset brings it back.
  void leave_permanently(socket_state& x);
  void on_disconnect(const disconnect_socket& x);
  /// As the client does it: it is told, and official ones stay away.
  void disconnect(socket_state& x);
  socket_state* find(std::string_view nsp);
  socket_state* find(const socket_ptr& identity);

  void send_text(std::string_view text);

  /// An event for the client that comes from nowhere but here.
  void send_event(socket_state& socket, std::string_view name,
                  std::string_view args);

  /// An event's frames, with the offset that the socket needs.
  void send_frames(socket_state& socket, std::string_view frames);

  // -- what the client emits --------------------------------------------------

  void on_event(socket_state& socket, const socketio::packet& x);
  void on_mapped_event(socket_state& socket, const socketio::packet& x);
  void on_local_event(socket_state& socket, const socketio::packet& x,
                      const local_options& rule);
  /// False: refused.
  bool may_emit(socket_state& socket, const socketio::packet& x,
                const destination& to);
  /// Likewise.
  bool broadcast(socket_state& socket, const socketio::packet& x,
                 const local_options& rule, std::string_view as);
  void on_emits_answered(emits_answered& x);
  void on_emit_answered(emit_answered& x);

  // -- requests ---------------------------------------------------------------

  void answer(socket_state& socket, std::string_view ack_id,
              std::string_view json);
  void refuse(socket_state& socket, std::string_view ack_id, emit_errc error,
              std::string_view message);

  /// Ends a request with its last copy, wherever that is.
  request_lease lease_of(std::uint64_t request);

  /// A request that has no ack.
  request_lease begin_request(const socket_ptr& socket, std::size_t cost = 0);

  void on_request_over(const request_over& x);
  void on_left(const open_requests::request& x);
  void answer_leave(socket_state& socket, std::string_view ack_id,
                    const open_requests::request& x);

  /// The socket goes: nobody will answer later what it still waits for.
  void answer_open_requests(socket_state& socket);
  bool is_exhausted() const;
  void update_reading();
  void close_when_answered();
  void on_unread();

  // -- rooms ------------------------------------------------------------------

  /// What a request for a room takes part in the client's credit with.
  struct origin {
    std::string_view ack_id;
    std::size_t cost = 0;
  };

  std::optional<std::string> room_of(socket_state& socket,
                                     const socketio::packet& x);
  void on_join_event(socket_state& socket, const socketio::packet& x);
  /// Nothing: it was refused.
  std::optional<room_offset> since_of(socket_state& socket,
                                      const socketio::packet& x);
  join_room request_for(const socket_state& socket, membership& m,
                        const origin& from);
  /// Whether it may now; otherwise it was refused.
  bool may_join(socket_state& socket, std::string_view ack_id,
                std::string_view room, const room_offset& since);
  void on_leave_event(socket_state& socket, const socketio::packet& x);
  void join(socket_state& socket, const std::string& room, const origin& from,
            room_offset since = {});
  void on_join_answered(join_answered& x);
  void on_join_settled(const join_answered& x, std::string_view ack_id);
  /// What a membership's join has come to. May end it.
  void settle(socket_state& socket, membership& m, const join_answered& x);
  void begin_at(socket_state& socket, membership& m, const join_answered& x);
  void send_new_position(socket_state& socket);
  static bool is_member(socket_state& socket, std::string_view room);
  void on_room_closed(const room_closed& x);

  // -- what rooms deliver -----------------------------------------------------

  /// The socket of this namespace that is in the room; what was on its way
  /// when it left is not delivered.
  std::pair<socket_state*, membership*> member(nsp_index nsp,
                                               std::uint64_t room);
  void on_events(const room_events& x);
  void on_local(const deliver_local& x);
  bool enter_log(socket_state& socket, membership& m, position& at,
                 const room_events& x);
  void take(socket_state& socket, membership& m, position& at,
            const room_events& x);
  bool take_whole(socket_state& socket, position& at, const room_events& x);
  void take_piecemeal(socket_state& socket, membership& m, position& at,
                      const room_events& x);
  void tell_gap(socket_state& socket, membership& m, position& at,
                const room_events& x, bool is_reported, bool is_cut);

  /// Whether bytes may go to the outbox, after others that are about to.
  bool fits(std::size_t bytes, std::size_t before = 0) const;

  /// Nothing more of this partition comes until it is asked for.
  void fall_behind(socket_state& socket, membership& m, position& at);

  /// Asks for what was missed, as much as the client can take now.
  void catch_up_rooms();
  void on_caught_up(const caught_up& x);
  void on_budget_spent(const budget_spent& x);
  void on_lag_exceeded(const lag_exceeded& x);
  std::pair<socket_state*, membership*> find_membership(std::uint64_t room);

  // -- tokens -----------------------------------------------------------------

  /// Whether the client may enter now; otherwise it is told why not, or waits.
  bool admit(const nsp_routes& rules, std::string_view payload, bool may_wait,
             token_ptr& token);
  void refuse_entry(const nsp_routes& rules, auth::token_errc why);
  void wait(const nsp_routes& rules, std::string_view payload,
            std::chrono::milliseconds pause, std::function<bool()> is_over);
  void look_again(waiting_connect& x);
  bool is_waiting(std::string_view nsp) const;
  token_ptr make_token(auth::token_claims claims) const;
  /// The connection lasts no longer than the client's certificate.
  void watch_certificate();
  void count_refusal(std::string_view nsp, auth::token_errc why);
  /// A client cannot have signatures verified all the time.
  void close_if_refused_often();
  /// From now on the client is told when its token is about to end, and closed
  /// when it has.
  void watch_token(socket_state& socket);
  void on_token_due(socket_state& socket);
  void on_token_event(socket_state& socket, const socketio::packet& x);

  // -- permissions ------------------------------------------------------------

  /// Null: everything is allowed.
  rights_ptr take_rights(const nsp_routes& rules, const token_ptr& token) const;
  static bool may(const socket_state& socket, right what,
                  const mapping_route& route, std::string_view room);
  bool may_or_refuse(socket_state& socket, std::string_view ack_id, right what,
                     const mapping_route& route, std::string_view room);
  void join_automatically(socket_state& socket,
                          const socket_rights* former = nullptr);
  static std::vector<std::string> automatic_rooms(const socket_state& socket,
                                                  const mapping_route& route);
  void join_named(socket_state& socket);
  bool may_be_named(const socket_state& socket, const std::string& room) const;
  void tell_too_many(socket_state& socket, const std::string& room);
  void renew_rights(socket_state& socket);
  void end_membership(socket_state& socket, const std::string& room);
  void refuse_open_joins(socket_state& socket, const std::string& room);
  void tell_left(socket_state& socket, const std::string& room,
                 emit_errc reason);

  // -- the webhook ------------------------------------------------------------

  static bool asks(const nsp_routes& rules, std::string_view what);
  webhook_answer ask(std::uint64_t request, auth::decision_question question);
  /// The request is over: was it a question?
  void on_verdict(std::uint64_t request);
  void ask_connect(const nsp_routes& rules, std::string_view payload,
                   token_ptr token);
  void on_connect_decided(connect_question& x);
  auth::token_errc look_up(const entrant& x) const;
  void refuse_connect(const nsp_routes& rules, emit_errc code,
                      std::string_view why);
  void watch_verdict(socket_state& socket);
  void request_join(const socket_state& socket, const std::string& room,
                    pending_join x);
  void on_room_decided(const socket_room& where, room_question& x);
  void on_join_decided(socket_state& socket, const std::string& room,
                       emit_errc error, pending_join& x);
  void on_return_decided(socket_state& socket, const std::string& room,
                         emit_errc error);
  void call_joins_off(socket_state& socket, const std::string& room);

  // -- rates ------------------------------------------------------------------

  /// False: refused. Requires: `rates`; a socket where `x` is an event.
  bool is_within_rates(socket_state* socket, const socketio::packet& x);
  void refuse_for_now(socket_state& socket, std::string_view ack_id,
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

  std::unique_ptr<socket_recovery> make_recovery(const nsp_routes& rules,
                                                 std::string pid) const;

  /// False: the client does not want to resume, or cannot.
  /// `who` is taken if he does.
  bool try_resume(const nsp_routes& rules, std::string_view payload,
                  entrant& who);
  bool may_return(const nsp_routes& rules,
                  const schemas::recovered_position& x) const;
  /// Takes out of the position where the client may not be any more.
  void drop_lost_rooms(const socket_state& socket);
  void join_again(const socket_state& socket, membership& m,
                  const schemas::recovered_room& x);
  void on_resume_answered(const resume_answered& x);
  void on_room_resumed(socket_state& socket, membership& room,
                       const join_answered& x);
  void on_room_refused(socket_state& socket, membership& room,
                       const join_answered& x);
  void finish_resume(socket_state& socket);

  /// Instead of resuming: the client is notified, by another id.
  void start_over(socket_state& socket, std::string_view why);

  void on_take_over(const take_over& x);

  /// An event that only brings the client the offset of now.
  void send_position(socket_state& socket);

  connection_actor::pointer self;
  connection_actor me; ///< keeps the actor alive until it exits
  std::shared_ptr<const connection_context> context;
  std::shared_ptr<engineio::session_control> session;
  socketio::decoder decoder;
  loop_timer timer;                     ///< until a namespace is joined
  loop_timer read_timeout;              ///< until the client reads
  loop_timer slow;                      ///< until it is read again
  loop_timer certificate;               ///< until it is over
  std::unique_ptr<request_rates> rates; ///< null: it has none
  std::vector<socket_state> sockets;
  std::vector<std::unique_ptr<waiting_connect>> waiting; ///< one per namespace
  std::map<std::uint64_t, connect_question> connect_questions; ///< by request
  std::map<socket_room, room_question> room_questions;
  open_requests requests;
  std::uint32_t refused = 0; ///< tokens and CONNECTs
  bool paused = false;
  bool slowed = false;   ///< it is not read for a while
  bool unread = false;   ///< answers wait: since more than the outbox's limit
  bool stopping = false; ///< it closes once its requests are answered
};

} // namespace weir
