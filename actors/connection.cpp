#include "actors/connection.hpp"

#include "actors/answers.hpp"
#include "actors/caf_compat.hpp"
#include "actors/messages.hpp"
#include "actors/socket_rooms.hpp"
#include "config/log.hpp"
#include "transport/socketio/decoder.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <vector>

namespace weir {

namespace {

using engineio::close_reason;
using socketio::packet;
using socketio::packet_type;

/// A connection's presence in one namespace.
struct socket_state {
  socket_ptr identity;
  const nsp_routes* rules;
  socket_rooms rooms;

  const std::string& nsp() const { return rules->settings().name; }
};

/// The session's calls come between two messages of the actor, on the same
/// thread: they may use the state and send, as a handler may.
struct connection_state : engineio::session_handler {
  static inline const char* name = "weir.connection";

  connection_state(connection_actor::pointer self,
                   std::shared_ptr<const connection_context> context,
                   std::shared_ptr<engineio::session_control> session)
    : self(self),
      me(self),
      context(std::move(context)),
      session(std::move(session)),
      decoder(this->context->limits.json_depth, this->context->max_payload) {}

  ~connection_state() override {
    session->detach();
    while (!sockets.empty())
      leave_nsp(sockets.back());
  }

  connection_actor::behavior_type make_behavior() {
    timer.start(self, context->home, context->connect_timeout, [this] {
      log::debug("no namespace joined in time", {{"sid", sid()}});
      abort();
    });
    session->attach(*this);
    return {
      [this](emit_answered& x) { on_emit_answered(x); },
      [this](join_answered& x) { on_join_answered(x); },
      [this](const deliver_events& x) { on_events(*x.events); },
      [this](const deliver_local& x) { on_local(x); },
      [this](const room_closed& x) { on_room_closed(x); },
    };
  }

  // -- session_handler --------------------------------------------------------

  void on_text(std::string_view text) override {
    on_decoded(decoder.text(text));
  }

  void on_binary(std::string_view bytes) override {
    on_decoded(decoder.binary(bytes));
    decoder.release();
  }

  void on_drained() override {
    unread = false;
    patience.cancel();
    update_reading();
  }

  void on_closed(close_reason reason) override {
    log::debug("connection closed",
               {{"sid", sid()}, {"reason", to_string(reason)}});
    end();
  }

  /// Closes because of what the client did.
  void abort() {
    aborted = true;
    session->abort();
    end();
  }

  /// The actor's end comes as a message, whoever calls this. (CAF ignores an
  /// exit message with the reason "normal".)
  void end() {
    timer.cancel();
    patience.cancel();
    self->send_exit(me, caf::exit_reason::user_shutdown);
  }

  const std::string& sid() const { return session->handshake().sid; }

  // -- packets ----------------------------------------------------------------

  void on_decoded(const socketio::decoder::result& x) {
    if (x.error != socketio::decode_errc::none) {
      log::debug("bytes that are no packet",
                 {{"sid", sid()}, {"why", to_string(x.error)}});
      abort();
    } else if (x.value != nullptr) {
      on_packet(*x.value);
      update_reading();
    }
  }

  void on_packet(const packet& x) {
    auto* socket = find(x.nsp);
    if ((x.type == packet_type::connect) == (socket != nullptr)) {
      log::debug("a packet that does not fit the namespace's state",
                 {{"sid", sid()}, {"nsp", x.nsp}});
      return abort();
    }
    switch (x.type) {
      case packet_type::connect:
        return on_connect(x);
      case packet_type::disconnect:
        return leave_nsp(*socket);
      case packet_type::event:
      case packet_type::binary_event:
        return on_event(*socket, x);
      default: // acks: nothing of ours asks for one
        return;
    }
  }

  socket_state* find(std::string_view nsp) {
    auto i = std::find_if(sockets.begin(), sockets.end(),
                          [&](auto& x) { return x.nsp() == nsp; });
    return i == sockets.end() ? nullptr : &*i;
  }

  socket_state* find(const socket_ptr& identity) {
    auto i = std::find_if(sockets.begin(), sockets.end(),
                          [&](auto& x) { return x.identity == identity; });
    return i == sockets.end() ? nullptr : &*i;
  }

  void send_text(std::string_view text) {
    static thread_local std::string frames; // keeps its memory
    frames.clear();
    engineio::append_text_message(frames, text);
    session->send(frames);
  }

  /// A packet and its attachments, in one piece.
  template <class Attachments>
  static std::string to_frames(std::string_view text, const Attachments& xs) {
    std::string frames;
    engineio::append_text_message(frames, text);
    for (auto& bytes : xs)
      engineio::append_binary_message(frames, bytes);
    return frames;
  }

  // -- namespaces -------------------------------------------------------------

  void on_connect(const packet& x) {
    auto* rules = context->rules->find(x.nsp);
    if (rules == nullptr)
      return send_text(
        socketio::encode_connect_error(x.nsp, "Invalid namespace"));
    timer.cancel();
    auto id = context->make_socket_id();
    send_text(socketio::encode_connect(x.nsp, id));
    sockets.push_back({std::make_shared<const socket_identity>(
                         socket_identity{std::move(id), rules->index()}),
                       rules,
                       {}});
    auto& socket = sockets.back();
    if (auto& greeting = rules->settings().on_connect)
      send_text(socketio::encode_event(x.nsp, greeting->event,
                                       x.json.empty() ? "{}" : x.json));
    for (auto& route : rules->mappings())
      if (route.settings.join == join_policy::automatic)
        join(socket, route.settings.room, {});
  }

  void leave_nsp(socket_state& x) {
    for (auto& room : x.rooms.all())
      tell(self, context->directory, leave_room{x.identity, room.room});
    auto i = sockets.begin() + (&x - sockets.data());
    sockets.erase(i);
  }

  // -- events from the client -------------------------------------------------

  void on_event(socket_state& socket, const packet& x) {
    auto& settings = socket.rules->settings();
    if (x.name == settings.join_event)
      on_join_event(socket, x);
    else if (x.name == settings.leave_event)
      on_leave_event(socket, x);
    else if (auto* rule = socket.rules->local(x.name))
      on_local_event(socket, x, *rule);
    else
      on_mapped_event(socket, x);
  }

  void on_mapped_event(socket_state& socket, const packet& x) {
    if (socket.rules->has_members_only()) {
      auto to = socket.rules->resolve(x.name, x.json);
      if (to.route && to.route->settings.members_only
          && !is_member(socket, to.room))
        return refuse(socket, x.ack_id, emit_errc::not_a_member,
                      "join the room \"" + to.room + "\" first");
    }
    emit_event message{
      me, ack_of(socket, x), std::string{x.name}, std::string{x.json},
      {}, x.json.size()};
    for (auto bytes : x.attachments) {
      message.attachments.emplace_back(bytes);
      message.cost += bytes.size();
    }
    spend(message.cost);
    tell(self, context->router, std::move(message));
  }

  static bool is_member(socket_state& socket, std::string_view room) {
    auto* found = socket.rooms.find(room);
    return found != nullptr && found->id != 0;
  }

  static ack_target ack_of(const socket_state& socket, const packet& x) {
    return {socket.identity, std::string{x.ack_id}};
  }

  // -- credit for emits -------------------------------------------------------

  void spend(std::size_t cost) {
    ++unanswered_emits;
    unanswered_bytes += cost;
  }

  bool is_exhausted() const {
    return unanswered_emits >= context->limits.unanswered_emits
           || unanswered_bytes >= context->limits.unanswered_bytes;
  }

  /// A client is not read while too many of its emits wait for Kafka, or while
  /// too many answers wait for it.
  void update_reading() {
    if (!unread && session->outbox_size() > context->limits.outbox)
      on_unread();
    if (auto wanted = unread || is_exhausted(); wanted != paused) {
      paused = wanted;
      if (paused)
        session->pause_reading();
      else
        session->resume_reading();
    }
  }

  /// Its pongs are not read either: how long this may last is for us to say.
  void on_unread() {
    unread = true;
    patience.start(self, context->home, context->read_timeout, [this] {
      log::info("closed: the client does not read",
                {{"sid", sid()}, {"outbox", session->outbox_size()}});
      abort();
    });
  }

  void on_emit_answered(emit_answered& x) {
    --unanswered_emits;
    unanswered_bytes -= x.cost;
    if (auto* socket = find(x.ack.socket)) {
      if (x.error != emit_errc::none)
        refuse(*socket, x.ack.ack_id, x.error, x.message);
      else
        answer(*socket, x.ack.ack_id,
               stored_answer(x.route->settings.topic, x.partition, x.offset));
    }
    update_reading();
  }

  void answer(const socket_state& socket, std::string_view ack_id,
              std::string_view json) {
    if (!ack_id.empty())
      send_text(socketio::encode_ack(socket.nsp(), ack_id, json));
  }

  void refuse(const socket_state& socket, std::string_view ack_id,
              emit_errc error, std::string_view message) {
    log::debug("request refused",
               {{"sid", sid()}, {"code", to_string(error)}, {"why", message}});
    answer(socket, ack_id, error_answer(error, message));
  }

  // -- rooms ------------------------------------------------------------------

  /// The room that a join or leave event names; nothing: it was refused.
  std::optional<std::string> room_of(const socket_state& socket,
                                     const packet& x) {
    auto args = x.args;
    auto first = json::pop_front(args);
    auto room = first.empty() ? std::nullopt : json::string_value(first);
    if (!room)
      refuse(socket, x.ack_id, emit_errc::invalid_payload,
             "the first argument must be the room's name");
    return room;
  }

  void on_join_event(socket_state& socket, const packet& x) {
    auto room = room_of(socket, x);
    if (!room)
      return;
    auto* route = socket.rules->mapping_of(*room);
    if (route == nullptr)
      return refuse(socket, x.ack_id, emit_errc::unknown_room,
                    "no mapping of this namespace has such a room");
    if (route->settings.join != join_policy::client)
      return refuse(socket, x.ack_id, emit_errc::not_allowed,
                    "clients cannot join this room");
    if (json::at(x.json, "/2/since"))
      return refuse(socket, x.ack_id, emit_errc::not_allowed,
                    "this version cannot catch up (since); join without it");
    join(socket, *room, x.ack_id);
  }

  void join(socket_state& socket, const std::string& room,
            std::string_view ack_id) {
    auto* membership = socket.rooms.find(room);
    if (membership == nullptr) {
      if (socket.rooms.size() >= context->limits.rooms_per_socket)
        return refuse(socket, ack_id, emit_errc::not_allowed,
                      "the socket is in as many rooms as it may be");
      membership = &socket.rooms.add(room);
    }
    auto* route = socket.rules->mapping_of(room);
    tell(self, context->directory,
         join_room{me,
                   {socket.identity, std::string{ack_id}},
                   route,
                   room,
                   *route->key_of(room),
                   membership->number});
  }

  void on_join_answered(join_answered& x) {
    auto* socket = find(x.ack.socket);
    auto* room = socket ? socket->rooms.find(x.room_name) : nullptr;
    if (room == nullptr || room->number != x.membership)
      return; // left meanwhile
    if (x.error != emit_errc::none) {
      if (room->id == 0)
        socket->rooms.remove(x.room_name);
      return refuse(*socket, x.ack.ack_id, x.error, x.message);
    }
    room->id = x.room;
    answer(*socket, x.ack.ack_id, room_answer(x.room_name, x.from));
  }

  void on_leave_event(socket_state& socket, const packet& x) {
    auto room = room_of(socket, x);
    if (!room)
      return;
    if (!socket.rooms.find(*room))
      return refuse(socket, x.ack_id, emit_errc::not_a_member,
                    "the socket is not in this room");
    tell(self, context->directory, leave_room{socket.identity, *room});
    socket.rooms.remove(*room);
    answer(socket, x.ack_id, room_answer(*room, {}));
  }

  void on_room_closed(const room_closed& x) {
    for (auto& socket : sockets)
      if (socket.rooms.find(x.room))
        return abort(); // the client reconnects and joins again
  }

  // -- events for the client --------------------------------------------------

  void on_events(const room_events& x) {
    auto* socket = member_socket(x.nsp, x.room);
    if (socket == nullptr || is_overflowing(x.frames->size()))
      return;
    std::size_t begin = 0;
    for (auto& y : x.exceptions) {
      if (y.socket_id != socket->identity->id)
        continue;
      send_part(*x.frames, begin, y.begin);
      begin = y.end;
    }
    if (begin == 0)
      session->send(x.frames);
    else
      send_part(*x.frames, begin, x.frames->size());
  }

  void send_part(std::string_view frames, std::size_t begin, std::size_t end) {
    if (begin < end)
      session->send(frames.substr(begin, end - begin));
  }

  /// The socket of this namespace, if it is in the room; what was on its way
  /// when it left is not delivered.
  socket_state* member_socket(nsp_index nsp, std::uint64_t room) {
    auto i = std::find_if(sockets.begin(), sockets.end(),
                          [&](auto& x) { return x.rules->index() == nsp; });
    return i != sockets.end() && i->rooms.find(room) ? &*i : nullptr;
  }

  /// A client that does not read costs its buffer limit and no more.
  bool is_overflowing(std::size_t more) {
    if (aborted)
      return true;
    auto waiting = session->outbox_size();
    if (waiting == 0 || waiting + more <= context->limits.outbox)
      return false;
    log::info("closed: the client does not read fast enough",
              {{"sid", sid()}, {"outbox", waiting}});
    abort();
    return true;
  }

  // -- local events -----------------------------------------------------------

  void on_local_event(socket_state& socket, const packet& x,
                      const local_options& rule) {
    auto as = rule.as.empty() ? x.name : std::string_view{rule.as};
    auto n = x.attachments.size();
    if (rule.to == local_target::sender)
      session->send(to_frames(
        socketio::encode_event(socket.nsp(), as, x.args, n), x.attachments));
    else if (rule.to == local_target::room)
      broadcast(socket, x, rule, as);
    if (rule.ack == local_ack::echo && !x.ack_id.empty())
      session->send(
        to_frames(socketio::encode_ack(socket.nsp(), x.ack_id, x.args, n),
                  x.attachments));
  }

  void broadcast(socket_state& socket, const packet& x,
                 const local_options& rule, std::string_view as) {
    auto room = socket.rules->local_room(rule, x.json);
    if (!is_member(socket, room))
      return refuse(socket, x.ack_id, emit_errc::not_a_member,
                    "only members may send local events into a room");
    auto text = socketio::encode_event(socket.nsp(), as, x.args,
                                       x.attachments.size());
    tell(self, context->directory,
         broadcast_local{socket.rules->index(), std::move(room),
                         socket.identity,
                         std::make_shared<const std::string>(
                           to_frames(text, x.attachments))});
  }

  /// Best effort: a client that lags misses it.
  void on_local(const deliver_local& x) {
    auto* socket = member_socket(x.nsp, x.room);
    if (socket && socket->identity != x.sender
        && session->outbox_size() + x.frames->size() <= context->limits.outbox)
      session->send(x.frames);
  }

  connection_actor::pointer self;
  connection_actor me; ///< keeps the actor alive until it exits
  std::shared_ptr<const connection_context> context;
  std::shared_ptr<engineio::session_control> session;
  socketio::decoder decoder;
  loop_timer timer;    ///< until a namespace is joined
  loop_timer patience; ///< until the client reads
  std::vector<socket_state> sockets;
  std::size_t unanswered_emits = 0;
  std::size_t unanswered_bytes = 0;
  bool paused = false;
  bool unread = false; ///< answers wait: since more than the outbox's limit
  bool aborted = false;
};

} // namespace

connection_actor
spawn_connection(std::shared_ptr<const connection_context> context,
                 std::shared_ptr<engineio::session_control> session) {
  auto home = context->home;
  return home.spawn<connection_actor, connection_state>(std::move(context),
                                                        std::move(session));
}

} // namespace weir
