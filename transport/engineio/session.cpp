#include "transport/engineio/session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::engineio {

namespace {

/// A ping that is late by less than this part of its timeout counts as sent in
/// time.
constexpr int late_share = 20;

} // namespace

session::session(const engineio_options& settings, transport_kind transport,
                 time_point now)
  : settings_(&settings),
    state_until_(now + settings.ping_timeout),
    heartbeat_at_(now + settings.ping_interval),
    transport_(transport) {
}

session::time_point session::deadline() const {
  if (state_ == session_state::closed)
    return time_point::max();
  auto at = heartbeat_at_;
  if (state_ != session_state::open)
    at = state_until_;
  if (probe_ != probe_state::none)
    at = std::min(at, probe_until_);
  if (probe_ == probe_state::probed)
    at = std::min(at, noop_at_);
  return at;
}

decision session::on_time(time_point now) {
  if (state_ == session_state::closed)
    return {};
  if (state_ != session_state::open && now >= state_until_)
    return end(close_reason::forced_close);
  if (probe_ != probe_state::none && now >= probe_until_) {
    on_probe_closed();
    return {action::drop_probe};
  }
  if (probe_ == probe_state::probed && now >= noop_at_) {
    noop_at_ = now + noop_interval;
    return {action::send_noop};
  }
  if (state_ == session_state::open && now >= heartbeat_at_)
    return on_heartbeat(now);
  return {};
}

decision session::on_heartbeat(time_point now) {
  if (pong_due_ && !paused_)
    return end(close_reason::ping_timeout);
  pong_due_ = true;
  extended_ = false;
  // Timers are a little late, which is not to add up: a client that waits for
  // the interval and the timeout finds the session closed. A node that was held
  // up itself gives its clients all the time there is.
  auto slack = settings_->ping_timeout / late_share;
  auto sent_at = now - heartbeat_at_ <= slack ? heartbeat_at_ : now;
  heartbeat_at_
    = sent_at + (paused_ ? settings_->ping_interval : settings_->ping_timeout);
  return {action::send_ping};
}

decision session::on_packet(const packet* x, time_point now) {
  if (state_ == session_state::closed)
    return {};
  if (x == nullptr)
    return end(close_reason::parse_error);
  if (x->type == packet_type::close)
    return end(close_reason::transport_close);
  if (state_ != session_state::open)
    return {};
  if (x->type == packet_type::pong)
    return on_pong(now);
  // A client that is busy sending may be late with its pong, once.
  if (pong_due_ && !paused_ && !extended_) {
    extended_ = true;
    heartbeat_at_ = now + settings_->ping_timeout;
  }
  if (x->type == packet_type::ping)
    return end(close_reason::transport_error); // only servers ping
  if (x->type == packet_type::message)
    return {action::deliver};
  return {}; // open, upgrade, noop: of no use here, as for the reference
}

decision session::on_pong(time_point now) {
  auto was_due = std::exchange(pong_due_, false);
  heartbeat_at_ = now + settings_->ping_interval;
  return {was_due ? action::tell_alive : action::nothing};
}

void session::on_progress(time_point now) {
  if (awaits_progress())
    heartbeat_at_ = now + settings_->ping_timeout;
}

decision session::on_transport_closed(close_reason reason) {
  if (state_ == session_state::closed)
    return {};
  return end(reason);
}

bool session::may_probe() const {
  return transport_ == transport_kind::polling && probe_ == probe_state::none
         && state_ <= session_state::open;
}

void session::begin_probe(time_point now) {
  assert(may_probe());
  probe_ = probe_state::attached;
  probe_until_ = now + settings_->upgrade_timeout;
}

decision session::on_probe_packet(const packet* x, time_point now) {
  if (probe_ == probe_state::none)
    return {};
  if (x != nullptr && !x->binary) {
    if (x->type == packet_type::ping && x->data == "probe") {
      probe_ = probe_state::probed;
      noop_at_ = now; // the GET that waits already
      return {action::answer_probe};
    }
    if (x->type == packet_type::upgrade && probe_ == probe_state::probed) {
      probe_ = probe_state::none;
      transport_ = transport_kind::websocket;
      return {action::upgrade};
    }
  }
  on_probe_closed();
  return {action::drop_probe};
}

void session::on_probe_closed() {
  probe_ = probe_state::none;
}

void session::attach() {
  if (state_ == session_state::opening)
    state_ = session_state::open;
}

void session::pause(time_point now) {
  paused_ = true;
  if (pong_due_)
    heartbeat_at_ = now + settings_->ping_interval;
}

void session::resume(time_point now) {
  paused_ = false;
  if (pong_due_)
    heartbeat_at_ = now + settings_->ping_timeout;
}

void session::close(time_point now) {
  if (state_ == session_state::closed)
    return;
  state_ = session_state::closing;
  probe_ = probe_state::none;
  state_until_ = now + settings_->ping_timeout;
}

decision session::end(close_reason reason) {
  finish();
  probe_ = probe_state::none;
  return {action::close, reason};
}

} // namespace weir::engineio
