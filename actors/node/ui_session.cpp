#include "actors/node/ui_session.hpp"

#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/socketio/decoder.hpp"
#include "transport/socketio/encoder.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace weir {

namespace {

using engineio::port_event;
using socketio::packet;
using socketio::packet_type;

constexpr std::string_view nsp = "/admin";

/// The page compares this text.
constexpr std::string_view refusal = "invalid credentials";

/// A page that has not been let in after this time is closed.
constexpr auto entry_timeout = std::chrono::seconds{45};

/// Passwords that one connection may try.
constexpr int max_refused = 3;

/// Of what a page sends.
constexpr std::size_t json_depth = 32;
constexpr std::size_t max_attachments = 64 * 1024;

/// The session's calls come between two messages of the actor, on the same
/// thread.
struct ui_session_state : engineio::session_handler {
  static inline const char* name = "weir.ui-session";

  enum class stage : std::uint8_t { outside, waiting, inside };

  ui_session_state(ui_session_actor::pointer self, actor_executor executor,
                   admin_ui_actor ui,
                   std::shared_ptr<engineio::session_control> session,
                   std::string id)
    : self(self),
      me(self),
      executor(executor),
      ui(std::move(ui)),
      session(std::move(session)),
      id(std::move(id)),
      decoder(json_depth, max_attachments) {}

  ~ui_session_state() override { session->detach(); }

  ui_session_actor::behavior_type make_behavior() {
    watch(*this, ui);
    timer.start(self, executor, entry_timeout, [this] { close(); });
    session->attach(*this);
    return {
      [this](const ui_verdict& x) { on_verdict(x); },
      [this](const ui_events& x) { on_events(x); },
    };
  }

  // -- the page ---------------------------------------------------------------

  void on_text(std::string_view text) override {
    on_decoded(decoder.text(text));
  }

  void on_binary(std::string_view bytes) override {
    on_decoded(decoder.binary(bytes));
    decoder.release();
  }

  void on_drained() override {}

  void on_stopping() override { close(); }

  void on_closed(engineio::close_reason) override { end(); }

  void on_decoded(const socketio::decoder::result& x) {
    if (x.error != socketio::decode_errc::none)
      abort(to_string(x.error));
    else if (x.value != nullptr)
      on_packet(*x.value);
  }

  void on_packet(const packet& x) {
    if (x.type == packet_type::connect)
      return on_connect(x);
    if (x.nsp != nsp || at != stage::inside)
      return abort("a packet that does not fit its namespace's state");
    if (x.type == packet_type::disconnect)
      close();
    else if (x.type == packet_type::event
             && x.refusal == socketio::refusal::none)
      tell(self, ui,
           ui_command{std::string{x.name}, std::string{x.args}, address()});
  }

  void on_connect(const packet& x) {
    if (x.nsp != nsp)
      return send(socketio::encode_connect_error(x.nsp, "Invalid namespace"));
    if (at != stage::outside || x.refusal != socketio::refusal::none)
      return abort("a page enters twice, or with what is no JSON");
    at = stage::waiting;
    tell(self, ui, ui_entry{me, std::string{x.json}, address()});
  }

  // -- ADMIN UI ---------------------------------------------------------------

  void on_verdict(const ui_verdict& x) {
    if (x.is_admitted) {
      at = stage::inside;
      timer.cancel();
      send(socketio::encode_connect(nsp, id));
      return;
    }
    at = stage::outside;
    send(socketio::encode_connect_error(nsp, refusal));
    if (++refused == max_refused)
      close();
  }

  /// What it has not read by now is worth nothing any more: it comes back, and
  /// gets all that there is.
  void on_events(const ui_events& x) {
    if (session->outbox_size() + x.frames->size() <= session->outbox_limit())
      return session->send(x.frames);
    log::warning("a page of the Admin UI does not read: it is closed",
                 {{"from", address()}});
    close();
  }

  void on_down(const caf::actor_addr&, const caf::error&) { close(); }

  // -- the session ------------------------------------------------------------

  std::string address() const { return session->handshake().address; }

  void send(const std::string& text) {
    std::string frames;
    engineio::append_text_message(frames, text);
    session->send(frames);
  }

  void abort(std::string_view why) {
    session->abort(port_event::packet_failed, why);
    end();
  }

  void close() {
    session->close();
    end();
  }

  /// The actor's end comes as a message, whoever calls this. (CAF ignores an
  /// exit message with the reason "normal".)
  void end() {
    timer.cancel();
    self->send_exit(me, caf::exit_reason::user_shutdown);
  }

  ui_session_actor::pointer self;
  ui_session_actor me;
  actor_executor executor;
  admin_ui_actor ui;
  std::shared_ptr<engineio::session_control> session;
  std::string id;
  socketio::decoder decoder;
  loop_timer timer; ///< until it is let in
  stage at = stage::outside;
  int refused = 0;
};

} // namespace

ui_session_actor
spawn_ui_session(actor_executor executor, admin_ui_actor ui,
                 std::shared_ptr<engineio::session_control> session,
                 std::string id) {
  return executor.spawn<ui_session_actor, ui_session_state>(
    executor, std::move(ui), std::move(session), std::move(id));
}

} // namespace weir
