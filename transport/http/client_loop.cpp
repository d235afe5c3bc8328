#include "transport/http/client_loop.hpp"

#include "config/log.hpp"
#include "transport/engineio/sid.hpp"
#include "transport/http/cors.hpp"
#include "transport/http/handshake_info.hpp"
#include "transport/http/query.hpp"
#include "transport/http/websocket_handshake.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace weir::http {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

/// What older protocols sent bytes as: now they are base64 in text.
constexpr std::string_view binary_type = "application/octet-stream";

/// For clients that are too many: nobody can tell when one of them goes.
constexpr auto until_one_goes = std::chrono::seconds{5};

/// A request for another node is held back for so long, at most: it may be of a
/// session.
constexpr std::chrono::nanoseconds longest_hold = std::chrono::seconds{1};

/// In whole seconds, rounded up.
std::string retry_after(std::chrono::nanoseconds wait) {
  auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return "Retry-After: " + std::to_string(seconds) + "\r\n";
}

auto now() {
  return std::chrono::steady_clock::now();
}

/// How somebody is refused who comes too often.
struct refusal {
  engineio::port_event event;
  log::line_text line;
  std::string_view advice;
  std::string_view body;
};

refusal refusal_for(handshake_rates::limit by) {
  using limit = handshake_rates::limit;
  using engineio::port_event;
  constexpr std::string_view sessions = "too many sessions begin; come later\n";
  if (by == limit::requests)
    return {port_event::requests_too_often, "requests come too often",
            "look at who it is; limits.requests",
            "too many requests; come later\n"};
  if (by == limit::node)
    return {port_event::node_too_often, "sessions begin too often",
            "limits.handshakes", sessions};
  return {port_event::address_too_often, "sessions begin too often",
          "look at who it is; limits.connection_rate", sessions};
}

engineio::session_io::websocket_request take(http_session& from,
                                             std::string answer, bool base64) {
  return {from.release(), std::move(answer), base64};
}

} // namespace

client_loop::client_loop(std::shared_ptr<client_port> port,
                         std::shared_ptr<engineio::loop> on)
  : port_(std::move(port)),
    loop_(std::move(on)),
    forwarded_(std::make_shared<forwarded_requests>(loop_, port_->forwarder,
                                                    port_->forwarded)),
    echo_(loop_),
    cors_(settings().server.cors) {
}

void client_loop::serve(engineio::client_stream from) {
  http_limits limits{settings().server.header_timeout,
                     settings().server.max_header,
                     settings().engineio.max_payload,
                     settings().server.max_url};
  std::make_shared<http_session>(std::move(from), limits, shared_from_this())
    ->start();
}

void client_loop::discard() {
  forwarded_->discard();
  loop_->discard();
}

// -- routes -------------------------------------------------------------------

bool client_loop::on_header(http_session& from) {
  std::string_view path = split_target(from.message().target()).path;
  auto& engine = settings().server.path;
  if (answer_health(from, path))
    return false;
  if (!is_echo(path) && !path.starts_with(engine)) {
    serve_file(from, path);
    return false;
  }
  if (answer_preflight(from))
    return false;
  from.add_fields(cors_fields(cors_, from.message()[http::field::origin]));
  if (is_echo(path))
    return on_engine_header(from);
  auto name = path.substr(engine.size());
  if (!name.empty() && port_->client_files.contains(name)) {
    if (admit_other(from))
      port_->client_files.serve(from, name);
    return false;
  }
  return on_engine_header(from);
}

/// For balancers, which cannot reach the operator's port: only whether, and not
/// why, as anybody can ask.
bool client_loop::answer_health(http_session& from, std::string_view path) {
  if (!port_->health || (path != "/livez" && path != "/readyz"))
    return false;
  if (!admit_other(from))
    return true;
  from.add_fields("Cache-Control: no-store\r\n");
  port_->health(std::string{path}, [session = from.shared_from_this()](
                                     const admin_response& x) {
    asio::post(session->get_executor(), [session, status = x.status] {
      session->respond(
        {status, "text/plain", status == 200 ? "ok\n" : "not ready\n"});
    });
  });
  return true;
}

void client_loop::serve_file(http_session& from, std::string_view path) {
  if (!admit_other(from))
    return;
  if (auto decoded = percent_decoded(path))
    port_->files.serve(from, *decoded);
  else
    from.respond({400, "text/plain", "bad path\n"});
}

bool client_loop::answer_preflight(http_session& from) {
  auto& message = from.message();
  if (!is_on(cors_) || message.method() != http::verb::options)
    return false;
  if (!admit_other(from))
    return true;
  from.add_fields(
    preflight_fields(cors_, message[http::field::origin],
                     message[http::field::access_control_request_headers]));
  from.respond({204, {}, {}});
  return true;
}

// -- Engine.IO ----------------------------------------------------------------

bool client_loop::on_engine_header(http_session& from) {
  engine_request request{from.message()};
  auto error = request.error(settings().engineio);
  if (!error && is_from_elsewhere(from, request))
    error = request_error::forbidden;
  else if (!error && !request.has_sid)
    error = request.handshake_error();
  else if (!error && move_to_session(from, request.sid))
    return false;
  from.add_fields("Cache-Control: no-store\r\n");
  if (error) {
    refuse(from, request, *error);
    return false;
  }
  if (!request.has_sid)
    return on_handshake(from, request);
  return is_foreign(request.sid) ? on_foreign_header(from, request)
                                 : on_session_header(from, request);
}

/// Browsers do not hold WebSockets to CORS: a server that has a list of origins
/// has to look itself.
bool client_loop::is_from_elsewhere(http_session& from,
                                    const engine_request& x) {
  auto& message = from.message();
  std::string_view origin = message[http::field::origin];
  if (!x.upgrade || lets_in(cors_, origin, message[http::field::host]))
    return false;
  tell(engineio::port_event::origin_refused);
  log::limited(log_level::warning, "a WebSocket from elsewhere was refused",
               origin, {{"origin", origin}, {"do", "server.cors.origins"}});
  return true;
}

/// The errors of a WebSocket request are plain text, and none is a 403.
void client_loop::refuse(http_session& from, const engine_request& x,
                         request_error e) {
  if (!admit_other(from))
    return;
  auto text = std::string{to_string(e)};
  if (x.upgrade) {
    from.close_after_answer();
    from.respond({400, "text/html", text});
    return;
  }
  auto status = e == request_error::forbidden ? 403U : 400U;
  from.respond({status, "application/json", to_json(e)});
}

bool client_loop::on_handshake(http_session& from, const engine_request& x) {
  if (port_->stopping) {
    from.close_after_answer();
    from.respond({503, "text/plain", "this node is about to stop\n"});
    return false;
  }
  auto answer = x.upgrade ? websocket_answer(from) : std::nullopt;
  if (x.upgrade && !answer) {
    refuse(from, x, request_error::bad_request);
    return false;
  }
  auto client = address_of(from);
  auto slot = admit(from, client);
  if (!slot)
    return false;
  using engineio::transport_kind;
  auto kind = x.upgrade ? transport_kind::websocket : transport_kind::polling;
  auto is_for_echo = is_echo(split_target(from.message().target()).path);
  auto session = std::make_shared<engineio::session_io>(
    loop_,
    handshake_of(from, client, engineio::make_sid(port_->node, loop_->index()),
                 settings()),
    kind, std::move(slot));
  if (x.upgrade)
    session->begin_websocket(take(from, std::move(*answer), x.base64));
  else
    session->begin_polling(from.shared_from_this());
  if (is_for_echo)
    echo_.take(std::move(session));
  else
    port_->accept(loop_->index(), std::move(session));
  return false;
}

engineio::admission_slot client_loop::admit(http_session& from,
                                            const asio::ip::address& client) {
  if (!is_within(port_->rates.admit(client, now()), from, client))
    return {};
  auto slot = port_->sessions->admit(client);
  if (!slot)
    refuse_many(from, client, slot.is_of_address());
  return slot;
}

asio::ip::address client_loop::address_of(const http_session& from) const {
  return client_address(from.peer_address(), from.message(), port_->proxies);
}

bool client_loop::admit_other(http_session& from) {
  auto client = address_of(from);
  return is_within(port_->rates.admit_other(client, now()), from, client);
}

bool client_loop::is_within(const handshake_rates::verdict& x,
                            http_session& from,
                            const asio::ip::address& client) {
  if (x.by != handshake_rates::limit::none)
    refuse_often(from, client, x);
  return x.by == handshake_rates::limit::none;
}

void client_loop::refuse_often(http_session& from,
                               const asio::ip::address& client,
                               const handshake_rates::verdict& why) {
  note_often(why.by, client);
  from.add_fields(retry_after(why.wait));
  from.close_after_answer();
  from.respond({429, "text/plain", std::string{refusal_for(why.by).body}});
}

void client_loop::note_often(handshake_rates::limit by,
                             const asio::ip::address& client) {
  auto x = refusal_for(by);
  tell(x.event);
  auto address = client.to_string();
  log::limited(log_level::warning, x.line, address,
               {{"from", address}, {"do", x.advice}});
}

void client_loop::refuse_many(http_session& from,
                              const asio::ip::address& client,
                              bool is_of_address) {
  tell(engineio::port_event::connection_refused);
  if (is_of_address)
    tell(engineio::port_event::address_full);
  auto address = client.to_string();
  log::limited(log_level::warning, "too many sessions", address,
               {{"from", address},
                {"do", is_of_address ? "limits.connections_per_address"
                                     : "server.max_connections"}});
  from.add_fields(retry_after(until_one_goes));
  from.close_after_answer();
  from.respond({is_of_address ? 429U : 503U, "text/plain",
                "there are too many connections\n"});
}

bool client_loop::is_foreign(std::string_view sid) const {
  auto node = engineio::node_of(sid);
  return port_->forwarder && node && *node != port_->node;
}

/// True: the connection is now on the loop of its session.
bool client_loop::move_to_session(http_session& from, std::string_view sid) {
  auto index = engineio::loop_of(sid);
  if (is_foreign(sid) || !index || *index >= all_.size()
      || *index == loop_->index())
    return false;
  auto there = all_[*index].lock();
  if (!there)
    return false;
  from.move_to(there->on_loop().get_executor(), there);
  return true;
}

std::shared_ptr<engineio::session_io>
client_loop::session_of(std::string_view sid, std::string_view user) {
  auto session = loop_->sessions().find(sid);
  if (!session || session->handshake().is_of(user))
    return session;
  tell(engineio::port_event::request_refused);
  auto& owner = session->handshake().address;
  log::limited(log_level::warning,
               "a session was asked for without its user's certificate", owner,
               {{"sid", sid},
                {"owner", owner},
                {"do", "look at who has its id; it is the owner's alone"}});
  return nullptr;
}

bool client_loop::on_session_header(http_session& from,
                                    const engine_request& x) {
  auto session = session_of(x.sid, user_of(from, settings()));
  if (!session) {
    refuse(from, x, request_error::unknown_sid);
    return false;
  }
  if (auto e = x.session_error(session->kind())) {
    refuse(from, x, *e);
    return false;
  }
  if (x.upgrade)
    return upgrade(from, x, *session);
  if (x.is_get)
    session->on_get(from.shared_from_this());
  else if (x.is_post)
    return on_post_header(from, *session);
  else if (admit_other(from))
    from.respond({500, "text/html", {}});
  return false;
}

bool client_loop::on_post_header(http_session& from,
                                 engineio::session_io& session) {
  if (from.message()[http::field::content_type] == binary_type) {
    session.reject(from);
    return false;
  }
  return session.on_post_header(from.shared_from_this());
}

/// The session ends: a client that waits for an answer to what was in there
/// would wait for ever.
void client_loop::on_too_large(http_session& from) {
  engine_request x{from.message()};
  if (is_foreign(x.sid))
    forwarded_->forward_too_large(from, *engineio::node_of(x.sid));
  else if (auto session = loop_->sessions().find(x.sid))
    session->reject_too_large(from);
  else
    request_handler::on_too_large(from);
}

void client_loop::on_request(http_session& from) {
  engine_request x{from.message()};
  if (is_foreign(x.sid))
    forward(from);
  else if (auto session = loop_->sessions().find(x.sid))
    session->on_post_body(std::move(from.message().body()));
  else
    from.respond(
      {400, "application/json", to_json(request_error::unknown_sid)});
}

bool client_loop::upgrade(http_session& from, const engine_request& x,
                          engineio::session_io& session) {
  auto answer = websocket_answer(from);
  if (!answer)
    refuse(from, x, request_error::bad_request);
  else if (session.may_upgrade())
    session.begin_probe(take(from, std::move(*answer), x.base64));
  else
    session.reject_upgrade(take(from, std::move(*answer), x.base64));
  return false;
}

// -- between nodes ------------------------------------------------------------

/// A WebSocket is not passed on: the client continues polling.
bool client_loop::on_foreign_header(http_session& from,
                                    const engine_request& x) {
  if (x.upgrade) {
    refuse(from, x, request_error::unknown_sid);
    return false;
  }
  if (x.is_post)
    return true;
  forward(from);
  return false;
}

/// Only its node knows whether it is of a session. So it is not refused, but
/// waits, as long as others from there were of none.
void client_loop::forward(http_session& from) {
  auto client = address_of(from);
  auto often = port_->rates.look(client, now());
  if (often.by == handshake_rates::limit::none)
    return forward_now(from);
  note_often(often.by, client);
  auto timer = std::make_shared<engineio::steady_timer>(
    loop_->get_executor(), std::min(longest_hold, often.wait));
  timer->async_wait([me = weak_from_this(), held = from.shared_from_this(),
                     timer](boost::system::error_code e) {
    auto self = me.lock();
    if (!e && self && !held->is_answered())
      engineio::contain(*held, [&] { self->forward_now(*held); });
  });
}

void client_loop::forward_now(http_session& from) {
  engine_request x{from.message()};
  forwarded_->forward(from, *engineio::node_of(x.sid));
}

void client_loop::answer(poll_id id, poll_answer x) {
  auto is_error = x.status >= 400;
  auto from = forwarded_->answer(id, std::move(x));
  if (from && is_error)
    port_->rates.admit_other(address_of(*from), now());
}

void client_loop::serve(const engineio::exchange_ptr& from, poll_request x) {
  engine_request parsed{x};
  auto session = session_of(parsed.sid, x.user);
  std::optional<request_error> e = request_error::unknown_sid;
  if (session)
    e = parsed.session_error(session->kind());
  if (e)
    from->respond(400, "application/json", to_json(*e));
  else if (parsed.is_get)
    session->on_get(from);
  else if (x.method == too_large_post)
    session->reject_too_large(*from);
  else if (!parsed.is_post)
    from->respond(500, "text/html", {});
  else if (x.content_type == binary_type)
    session->reject(*from);
  else if (x.body.size() > settings().engineio.max_payload)
    session->reject_too_large(*from);
  else if (session->on_post_header(from))
    session->on_post_body(std::move(x.body));
}

} // namespace weir::http
