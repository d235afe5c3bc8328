#pragma once

#include "config/node_tag.hpp"
#include "transport/engineio/echo.hpp"
#include "transport/engineio/loop.hpp"
#include "transport/engineio/session_io.hpp"
#include "transport/http/client_address.hpp"
#include "transport/http/client_server.hpp"
#include "transport/http/engine_request.hpp"
#include "transport/http/file_folder.hpp"
#include "transport/http/forwarded_requests.hpp"
#include "transport/http/handshake_rates.hpp"
#include "transport/http/http_session.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http {

/// What all loops of the client side's port have in common. Once it is open,
/// only that changes which is thread-safe.
struct client_port {
  client_port(const options& x, accept_session on_accept,
              std::shared_ptr<request_forwarder> to_others)
    : settings(std::make_shared<const options>(x)),
      node(node_tag(x.cluster.node)),
      files(x.server.files, x.server.max_file_bytes),
      client_files(x.server.client_files, x.server.max_file_bytes),
      proxies(x.server.trust_proxy),
      rates(x.limits),
      sessions(std::make_shared<engineio::admission>(
        x.server.max_connections, x.limits.connections_per_address)),
      accept(std::move(on_accept)),
      forwarder(std::move(to_others)) {}

  std::shared_ptr<const options> settings;
  std::string node; ///< this one's tag
  file_folder files;
  file_folder client_files;
  trusted_proxies proxies;
  handshake_rates rates;
  std::shared_ptr<engineio::admission> sessions;
  accept_session accept;
  ask_health health; ///< empty: not on this port
  std::shared_ptr<request_forwarder>
    forwarder; ///< null: there are no other nodes
  std::shared_ptr<poll_budget> forwarded = std::make_shared<poll_budget>();
  std::atomic<bool> stopping{false};
};

/// Routes the client side's requests on one loop: Engine.IO below its paths,
/// with its sessions, and files.
class client_loop final : public request_handler,
                          public std::enable_shared_from_this<client_loop> {
public:
  client_loop(std::shared_ptr<client_port> port,
              std::shared_ptr<engineio::loop> on);

  /// All loops by index, this one among them.
  void introduce(std::vector<std::weak_ptr<client_loop>> all) {
    all_ = std::move(all);
  }

  void serve(engineio::client_stream from);

  /// A request that has come to another node.
  void serve(const engineio::exchange_ptr& from, poll_request x);

  /// What another node has answered.
  void answer(poll_id id, poll_answer x);

  engineio::loop& on_loop() { return *loop_; }

  /// On its loop.
  void set_cors(cors_options x) { cors_ = std::move(x); }

  /// No client of another node's sessions is kept waiting here any more.
  void complete_forwarded_now() { forwarded_->complete_now(); }

  /// The loop runs no more.
  void discard();

  // -- request_handler --------------------------------------------------------

  bool on_header(http_session& from) override;
  void on_request(http_session& from) override;
  void on_too_large(http_session& from) override;
  void tell(engineio::port_event x) override { loop_->tell(x); }

private:
  boost::asio::ip::address address_of(const http_session& from) const;
  /// A request that neither begins a session nor is of one. False: there are
  /// too many, and it has been answered.
  bool admit_other(http_session& from);
  bool answer_preflight(http_session& from);
  bool is_from_elsewhere(http_session& from, const engine_request& x);
  bool on_engine_header(http_session& from);
  bool on_handshake(http_session& from, const engine_request& x);
  /// Empty: it has been refused.
  engineio::admission_slot admit(http_session& from,
                                 const boost::asio::ip::address& client);
  bool is_within(const handshake_rates::verdict& x, http_session& from,
                 const boost::asio::ip::address& client);
  void note_often(handshake_rates::limit by,
                  const boost::asio::ip::address& client);
  void refuse_often(http_session& from, const boost::asio::ip::address& client,
                    const handshake_rates::verdict& why);
  void refuse_many(http_session& from, const boost::asio::ip::address& client,
                   bool is_of_address);
  bool on_foreign_header(http_session& from, const engine_request& x);
  /// To the session's node; later if its client's address asks too often.
  void forward(http_session& from);
  void forward_now(http_session& from);
  /// Null: there is none, or it is another user's.
  std::shared_ptr<engineio::session_io> session_of(std::string_view sid,
                                                   std::string_view user);
  bool on_session_header(http_session& from, const engine_request& x);
  bool on_post_header(http_session& from, engineio::session_io& session);
  bool answer_health(http_session& from, std::string_view path);
  void serve_file(http_session& from, std::string_view path);
  void refuse(http_session& from, const engine_request& x, request_error e);
  bool is_foreign(std::string_view sid) const;
  bool move_to_session(http_session& from, std::string_view sid);
  bool upgrade(http_session& from, const engine_request& x,
               engineio::session_io& session);

  const options& settings() const { return *port_->settings; }

  bool is_echo(std::string_view path) const {
    auto& echo = settings().server.echo_path;
    return !echo.empty() && path.starts_with(echo);
  }

  std::shared_ptr<client_port> port_;
  std::shared_ptr<engineio::loop> loop_;
  std::shared_ptr<forwarded_requests> forwarded_;
  engineio::echo echo_;
  cors_options cors_;
  std::vector<std::weak_ptr<client_loop>> all_;
};

} // namespace weir::http
