#pragma once

#include "config/options/admin.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/http/admin_request.hpp"
#include "transport/http/admin_ui_options.hpp"
#include "transport/http/descriptor_reserve.hpp"
#include "transport/http/page_files.hpp"
#include "transport/http/tls_port.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace weir::http {

/// Called on the server's loop; must have `respond` called in the end.
using admin_handler = std::function<void(admin_request, admin_respond respond)>;

/// The operator's port. Checks the token before it calls the handler; the files
/// of its page it serves by itself, and to whoever asks. Where there are no
/// descriptors left, it has those of the reserve.
class admin_server {
public:
  /// Throws like `client_server`. Without `tls`, the port speaks plain HTTP;
  /// `ui` is for the Admin UI, where `settings` wants it.
  admin_server(const admin_options& settings, boost::asio::io_context& loop,
               admin_handler handler,
               std::shared_ptr<descriptor_reserve> reserve = nullptr,
               engineio::tell_port_event tell = {},
               std::shared_ptr<const tls_port> tls = nullptr,
               page_files page = {}, admin_ui_options ui = {});

  /// Requires: the loop does not run (any more).
  ~admin_server();

  std::string url() const;

  /// From now on; empty: none is needed. Thread-safe.
  void set_token(std::string token);

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace weir::http
