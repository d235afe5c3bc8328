#include "transport/engineio/session_io.hpp"

#include "config/base/utf8.hpp"
#include "config/log.hpp"
#include "transport/engineio/client_fault.hpp"
#include "transport/engineio/handshake.hpp"
#include "transport/engineio/payload.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace weir::engineio {

namespace {

auto now() {
  return std::chrono::steady_clock::now();
}

} // namespace

session_io::session_io(std::shared_ptr<loop> on, handshake_info handshake,
                       transport_kind transport, admission_slot slot)
  : loop_(std::move(on)),
    slot_(std::move(slot)),
    outbox_share_(loop_->outboxes()),
    machine_(loop_->settings().engineio, transport, now()),
    handshake_(std::move(handshake)),
    timer_(loop_->get_executor()) {
}

session_io::~session_io() {
  for (auto& x : {websocket_, probe_})
    if (x)
      x->forget();
}

// -- for the HTTP side --------------------------------------------------------

void session_io::begin(bool offer_websocket) {
  loop_->sessions().insert(shared_from_this());
  count_session(kind(), 1);
  send_packet(packet_type::open, open_data(handshake_.sid, offer_websocket,
                                           loop_->settings().engineio));
  arm_timer();
}

void session_io::begin_polling(exchange_ptr get) {
  polling_ = std::make_unique<polling_transport>();
  auto& offered = loop_->settings().engineio.transports;
  begin(std::find(offered.begin(), offered.end(), "websocket")
        != offered.end());
  polling_->begin_get(std::move(get));
  polling_->flush(loop_->settings().engineio.max_payload);
}

void session_io::begin_websocket(websocket_request request) {
  websocket_ = make_websocket(request);
  websocket_->start(request.answer);
  update_reading();
  begin(false);
}

void session_io::count_session(transport_kind x, int change) {
  auto& all = loop_->traffic();
  (x == transport_kind::polling ? all.polling : all.websocket).add(change);
}

std::shared_ptr<websocket_transport>
session_io::make_websocket(websocket_request& x) {
  return std::make_shared<websocket_transport>(loop_, std::move(x.from),
                                               x.base64, *this);
}

void session_io::on_get(const exchange_ptr& get) {
  if (!polling_->begin_get(get)) {
    reject(*get);
    return;
  }
  get->watch(weak_from_this());
  flush();
}

bool session_io::on_post_header(const exchange_ptr& post) {
  if (polling_->begin_post(post)) {
    post->watch(weak_from_this());
    return true;
  }
  reject(*post);
  return false;
}

void session_io::reject(exchange& request) {
  note_fault(port_event::packet_failed, "a request that its session must not "
                                        "have at this time, or of bytes");
  request.respond(400, "text/html", {});
  apply(machine_.on_transport_closed(close_reason::transport_error));
}

void session_io::reject_too_large(exchange& request) {
  auto self = shared_from_this();
  request.respond(413, "text/html", {});
  if (polling_)
    polling_->forget(request);
  recalled_ = true;
  apply(machine_.on_transport_closed(close_reason::transport_error));
}

void session_io::on_post_body(std::string body) {
  if (!polling_)
    return;
  polling_->set_body(std::move(body));
  take_post();
}

void session_io::begin_probe(websocket_request request) {
  probe_ = make_websocket(request);
  probe_->start(request.answer);
  machine_.begin_probe(now());
  arm_timer();
}

void session_io::reject_upgrade(websocket_request request) {
  auto websocket = make_websocket(request);
  websocket->forget();
  websocket->start(request.answer);
  websocket->close_at_once(websocket_close::going_away);
}

void session_io::ask_to_close() {
  auto self = shared_from_this();
  if (is_closing())
    return;
  if (handler_ != nullptr)
    handler_->on_stopping();
  else
    shut_down();
}

std::size_t session_io::disconnect(const unwanted& whom) {
  auto self = shared_from_this();
  return is_closing() || handler_ == nullptr ? 0 : handler_->disconnect(whom);
}

void session_io::shut_down() {
  auto* owner = handler_;
  close();
  if (owner)
    owner->on_closed(close_reason::forced_close);
}

void session_io::discard() {
  handler_ = nullptr;
  machine_.finish();
  timer_.cancel();
  polling_.reset();
  for (auto& x : {websocket_, probe_}) {
    if (x) {
      x->forget();
      x->kill();
    }
  }
}

// -- session_control: the end -------------------------------------------------

void session_io::close() {
  close_with(websocket_close::going_away);
}

void session_io::detach() {
  close();
}

void session_io::abort(port_event what, std::string_view why) {
  if (!is_closing())
    note_fault(what, why);
  close_with(websocket_close::protocol_error);
}

void session_io::close_with(websocket_close code) {
  if (is_closing())
    return;
  handler_ = nullptr;
  closing_ = true;
  machine_.close(now());
  drop_probe();
  aborted_ = code != websocket_close::going_away;
  if (websocket_)
    websocket_->close(code);
  else
    cork();
  arm_timer();
  update_reading();
}

// -- session_control: in ------------------------------------------------------

void session_io::attach(session_handler& handler) {
  if (machine_.state() != session_state::opening)
    return;
  handler_ = &handler;
  attached_ = true;
  machine_.attach();
  arm_timer();
  update_reading();
}

void session_io::pause_reading() {
  if (std::exchange(paused_, true))
    return;
  if (!held_)
    machine_.pause(now());
  update_reading();
}

void session_io::resume_reading() {
  if (!std::exchange(paused_, false))
    return;
  if (!held_)
    machine_.resume(now());
  arm_timer();
  update_reading();
}

bool session_io::reads() const {
  return !held_
         && (is_closing()
             || (attached_ && !paused_
                 && machine_.state() == session_state::open));
}

void session_io::note_packet() {
  packet_at_ = now();
  auto pause = meter_.take(loop_->settings().limits.packets, packet_at_);
  if (pause.count() > 0)
    hold_back(pause);
}

/// A client that is held back is alive, and its pongs may be behind the rest:
/// they are not waited for.
void session_io::hold_back(packet_meter::duration pause) {
  if (!std::exchange(held_, true) && !paused_)
    machine_.pause(now());
  loop_->tell(port_event::packets_too_often);
  log::limited(log_level::warning, "a client sends too many packets",
               handshake_.address,
               {{"from", handshake_.address},
                {"sid", handshake_.sid},
                {"do", "look at who it is; limits.packets"}});
  update_reading();
  if (!hold_)
    hold_ = std::make_unique<steady_timer>(loop_->get_executor());
  hold_->expires_after(pause);
  hold_->async_wait([me = weak_from_this()](boost::system::error_code e) {
    auto self = me.lock();
    if (!e && self)
      contain(*self, [&] { self->on_hold_over(); });
  });
}

void session_io::on_hold_over() {
  held_ = false;
  if (!paused_)
    machine_.resume(now());
  arm_timer();
  update_reading();
}

void session_io::update_reading() {
  auto has_post = polling_ && polling_->has_post();
  if (probe_ && held_)
    probe_->pause();
  else if (probe_)
    probe_->resume();
  // Packets of a POST that is held come before those of the WebSocket.
  if (websocket_ && reads() && !has_post)
    websocket_->resume();
  else if (websocket_)
    websocket_->pause();
  if (has_post && reads()) // not from within the owner's call
    boost::asio::post(loop_->context(), [me = shared_from_this()] {
      contain(*me, [&] { me->take_post(); });
    });
}

void session_io::take_post() {
  std::string body;
  if (!polling_ || !reads() || !polling_->take_body(body))
    return;
  auto self = shared_from_this();
  payload_reader reader{body};
  auto valid = is_utf8(body);
  while (polling_ && polling_->has_post() && reads() && !reader.done()) {
    auto text = reader.next();
    note_packet();
    auto x = parse_packet(*text, loop_->decoded());
    apply_packet(x && valid ? &*x : nullptr);
  }
  arm_timer();
  if (!polling_ || !polling_->has_post())
    return;
  if (!reader.done()) {
    polling_->put_back(reader.rest());
    return;
  }
  polling_->answer_post(true);
  if (machine_.transport() == transport_kind::websocket)
    polling_.reset();
  update_reading();
}

void session_io::note_fault(port_event what, std::string_view why) {
  engineio::note_fault([this](port_event x) { loop_->tell(x); }, what,
                       handshake_.address, why);
}

void session_io::deliver(const packet& message) {
  if (handler_ == nullptr)
    return;
  loop_->traffic().received_bytes.add(
    static_cast<std::int64_t>(message.data.size()));
  if (message.binary)
    handler_->on_binary(message.data);
  else
    handler_->on_text(message.data);
}

// -- session_control: out -----------------------------------------------------

template <class Frames>
void session_io::queue(Frames&& frames) {
  auto before = outbox_size();
  if (websocket_) {
    websocket_->send(std::forward<Frames>(frames));
  } else if (polling_) {
    polling_->frames().append(std::forward<Frames>(frames));
    cork();
  }
  auto size = outbox_size();
  loop_->traffic().sent_bytes.add(static_cast<std::int64_t>(size - before));
  outbox_share_.note(size);
  if (size > outbox_limit())
    above_limit_ = true;
}

void session_io::cork() {
  if (!std::exchange(corked_, true))
    loop_->flush_later(shared_from_this());
}

void session_io::send(shared_frames frames) {
  if (machine_.state() <= session_state::open)
    queue(std::move(frames));
}

void session_io::send(std::string_view frames) {
  if (machine_.state() <= session_state::open)
    queue(frames);
}

void session_io::send_packet(packet_type type, std::string_view data) {
  std::string frame;
  append_packet(frame, type, data);
  queue(std::string_view{frame});
}

std::size_t session_io::outbox_size() const {
  if (websocket_)
    return websocket_->outbox_size();
  return polling_ ? polling_->frames().size() : 0;
}

std::string_view session_io::transport() const {
  return kind() == transport_kind::websocket ? "websocket" : "polling";
}

void session_io::flush() {
  auto self = shared_from_this();
  corked_ = false;
  if (!polling_ || websocket_)
    return;
  polling_->flush(loop_->settings().engineio.max_payload);
  // The client is told by a GET of its own: one that finds the end among events
  // shows them only when it has connected again, after it has asked for what it
  // missed.
  if (machine_.state() == session_state::closing && polling_->frames().empty()
      && polling_->has_get())
    end(close_reason::forced_close);
  else
    check_drained();
}

void session_io::check_drained() {
  auto size = outbox_size();
  outbox_share_.settle(size);
  if (!above_limit_ || size > outbox_limit() / 2)
    return;
  above_limit_ = false;
  if (handler_ != nullptr)
    handler_->on_drained();
}

} // namespace weir::engineio
