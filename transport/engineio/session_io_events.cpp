// What happens to a session, and what is done about it: the second half of
// session_io.cpp.

#include "transport/engineio/session_io.hpp"

#include <utility>

namespace weir::engineio {

namespace {

auto now() {
  return std::chrono::steady_clock::now();
}

websocket_close code_of(close_reason reason) {
  switch (reason) {
    case close_reason::parse_error:
    case close_reason::transport_error:
      return websocket_close::protocol_error;
    default:
      return websocket_close::going_away;
  }
}

} // namespace

// -- events -------------------------------------------------------------------

void session_io::on_websocket_packet(websocket_transport& from,
                                     const packet* x) {
  if (&from != probe_.get())
    return apply_packet(x);
  auto decided = machine_.on_probe_packet(x, now());
  if (decided.what == action::drop_probe)
    note_fault(port_event::upgrade_failed, "a WebSocket does not upgrade");
  apply(decided);
  arm_timer();
}

void session_io::on_websocket_failed(websocket_transport&,
                                     websocket_close code) {
  note_fault(port_event::frame_failed, code == websocket_close::too_big
                                         ? "a WebSocket message is too large"
                                         : "a WebSocket's bytes are no frames");
}

void session_io::on_websocket_written(websocket_transport& from) {
  if (&from != websocket_.get())
    return;
  if (machine_.awaits_progress()) // spares the clock at each write
    machine_.on_progress(now());
  check_drained();
}

void session_io::on_websocket_ended(websocket_transport& from,
                                    close_reason reason) {
  auto self = shared_from_this();
  if (&from == probe_.get())
    machine_.on_probe_closed();
  else
    apply(machine_.on_transport_closed(reason));
}

void session_io::on_websocket_gone(websocket_transport& from) {
  auto self = shared_from_this();
  if (&from == probe_.get()) {
    probe_.reset();
  } else if (&from == websocket_.get()) {
    websocket_.reset();
    timer_.cancel();
  }
}

void session_io::on_aborted(const exchange& request) {
  auto self = shared_from_this();
  if (polling_ && polling_->forget(request))
    apply(machine_.on_transport_closed(close_reason::transport_error));
}

void session_io::on_complete_now(const exchange& request) {
  if (polling_ && polling_->is_get(request))
    polling_->answer_get(packet_type::noop);
}

void session_io::arm_timer() {
  auto at = machine_.deadline();
  // A deadline that has moved away is looked at again when the timer fires:
  // most do, with each pong.
  if (at >= timer_at_ || machine_.state() == session_state::closed)
    return;
  timer_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([me = shared_from_this()](boost::system::error_code e) {
    if (!e)
      contain(*me, [&] { me->on_time(); });
  });
}

void session_io::on_time() {
  timer_at_ = session::time_point::max();
  for (;;) {
    auto x = machine_.on_time(now());
    if (x.what == action::nothing)
      break;
    if (x.what == action::drop_probe)
      note_fault(port_event::upgrade_failed, "a WebSocket upgrades too slowly");
    apply(x);
  }
  arm_timer();
}

void session_io::on_out_of_memory() {
  loop_->tell(port_event::out_of_memory);
  apply(machine_.on_transport_closed(close_reason::transport_error));
}

// -- decisions ----------------------------------------------------------------

void session_io::apply_packet(const packet* x) {
  auto decided = machine_.on_packet(x, packet_at_);
  if (decided.what == action::close
      && decided.reason != close_reason::transport_close)
    note_fault(port_event::packet_failed, x == nullptr
                                            ? "a packet that is none"
                                            : "a ping, which servers send");
  apply(decided, x);
  if (decided.what != action::close) // which may have been the end of this
    arm_timer();
}

void session_io::apply(decision x, const packet* message) {
  switch (x.what) {
    case action::nothing:
      break;
    case action::deliver:
      deliver(*message);
      break;
    case action::tell_alive:
      if (handler_ != nullptr)
        handler_->on_pong();
      break;
    case action::send_ping:
      send_packet(packet_type::ping);
      break;
    case action::send_noop:
      if (polling_)
        polling_->answer_get(packet_type::noop);
      break;
    case action::answer_probe: {
      std::string frame;
      append_packet(frame, packet_type::pong, "probe");
      probe_->send(std::string_view{frame});
      break;
    }
    case action::upgrade:
      take_over();
      break;
    case action::drop_probe:
      drop_probe();
      break;
    case action::close:
      end(x.reason);
      break;
  }
}

void session_io::take_over() {
  websocket_ = std::exchange(probe_, nullptr);
  count_session(transport_kind::polling, -1);
  count_session(transport_kind::websocket, 1);
  polling_->answer_get(packet_type::noop);
  websocket_->send(std::move(polling_->frames()));
  if (!polling_->has_post())
    polling_.reset();
  update_reading();
}

void session_io::drop_probe() {
  if (auto probe = std::exchange(probe_, nullptr)) {
    probe->forget();
    probe->close_at_once(websocket_close::going_away);
  }
}

/// Whatever the reason, once: frees what it can and tells the owner.
void session_io::end(close_reason reason) {
  auto self = shared_from_this();
  machine_.finish();
  count_session(kind(), -1);
  timer_.cancel();
  timer_at_ = session::time_point::max();
  loop_->sessions().erase(handshake_.sid);
  drop_probe();
  if (auto polling = std::exchange(polling_, nullptr)) {
    auto by_client = reason == close_reason::transport_close;
    if (recalled_ || (reason == close_reason::forced_close && !aborted_))
      polling->refuse_get();
    else
      polling->answer_get(by_client ? packet_type::noop : packet_type::close);
    polling->answer_post(by_client);
  }
  end_websocket(reason);
  if (auto* handler = std::exchange(handler_, nullptr))
    handler->on_closed(reason);
}

void session_io::end_websocket(close_reason reason) {
  if (!websocket_)
    return;
  auto time_is_up = closing_ && reason == close_reason::forced_close;
  websocket_->close(code_of(reason));
  if (time_is_up) {
    websocket_->forget();
    websocket_->kill();
  } else if (websocket_->is_open()) {
    do_linger();
  }
}

/// Waits a while for the client's close frame; `on_websocket_gone` comes first
/// if the client does its part.
void session_io::do_linger() {
  timer_.expires_after(loop_->settings().engineio.ping_timeout);
  timer_.async_wait([me = shared_from_this()](boost::system::error_code e) {
    if (e || !me->websocket_)
      return;
    me->websocket_->forget();
    me->websocket_->kill();
  });
}

} // namespace weir::engineio
