#pragma once

#include "config/options/admin.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/http/admin_door.hpp"
#include "transport/http/admin_ui_options.hpp"
#include "transport/http/client_loop.hpp"
#include "transport/http/file_folder.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string_view>

namespace weir::http {

/// The official Admin UI on the operator's port: its page below `/ui/`, and
/// below `/socket.io/` the Engine.IO sessions that it opens. They are not those
/// of the clients' port: neither port knows the ids of the other. Used on one
/// loop.
class admin_ui {
public:
  /// Requires: `settings.ui`. Throws where the page cannot be read.
  admin_ui(const admin_options& settings, boost::asio::io_context& on,
           admin_ui_options x, engineio::tell_port_event tell);

  /// Whether a request for this path (as it came) is for it.
  static bool has(std::string_view path);

  /// Whether the caller may come in. With a token on the port, anybody may: the
  /// page holds no secrets, and who wants a session has to log in.
  door_verdict judge(admin_caller x, bool has_token) const;

  /// As those of `request_handler`. Requires: `has` its path.
  bool on_header(http_session& from);
  void on_request(http_session& from);
  void on_too_large(http_session& from);

  /// The loop runs no more.
  void discard();

private:
  void serve_page(http_session& from, std::string_view path) const;

  cors_options cors_;
  file_folder page_;
  std::shared_ptr<client_loop> sessions_;
};

} // namespace weir::http
