#include "transport/http/admin_ui.hpp"

#include "config/options.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/http/cors.hpp"
#include "transport/http/query.hpp"

#include <string>
#include <utility>

namespace weir::http {

namespace {

constexpr std::string_view page_path = "/ui";
constexpr std::string_view sessions_path = "/socket.io/";

/// A person's pages, and those of a few others.
constexpr std::uint32_t max_sessions = 32;

/// As a request's body on this port.
constexpr std::size_t max_payload = 64 * kib;

/// All that there is at a time, and what becomes of it.
constexpr std::size_t max_outbox = 2 * max_ui_listing;
constexpr std::size_t max_outboxes = 64 * mib;

/// Nobody tries many passwords so.
constexpr rate_options login_rate{2, 20};
constexpr rate_options packet_rate{50, 200};

/// The page runs and asks nothing but what is here; it takes two style sheets
/// and their fonts from where the official one does.
constexpr std::string_view ui_page_fields
  = "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; style-src 'self' "
    "'unsafe-inline' https://fonts.googleapis.com https://cdn.jsdelivr.net; "
    "font-src 'self' data: https://fonts.gstatic.com https://cdn.jsdelivr.net; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

options engine_options(const admin_options& x) {
  options result;
  result.server.path = sessions_path;
  result.server.max_connections = max_sessions;
  result.server.cors = {x.ui_origins, !x.ui_origins.empty()};
  result.engineio.max_payload = max_payload;
  result.limits.outbox = max_outbox;
  result.limits.outboxes = max_outboxes;
  result.limits.connections_per_address = max_sessions;
  result.limits.connection_rate = login_rate;
  result.limits.packets = packet_rate;
  return result;
}

std::string_view path_of(const http_session& from) {
  return split_target(from.message().target()).path;
}

bool is_of_page(std::string_view path) {
  return path.starts_with(page_path)
         && (path.size() == page_path.size() || path[page_path.size()] == '/');
}

} // namespace

admin_ui::admin_ui(const admin_options& settings, boost::asio::io_context& on,
                   admin_ui_options x, engineio::tell_port_event tell)
  : cors_{settings.ui_origins, true}, page_(settings.ui, x.max_file_bytes) {
  auto port = std::make_shared<client_port>(
    engine_options(settings),
    [accept = std::move(x.accept)](std::size_t, auto session) {
      accept(std::move(session));
    },
    nullptr);
  auto loop = std::make_shared<engineio::loop>(on, 0, port->settings,
                                               std::move(tell));
  sessions_ = std::make_shared<client_loop>(std::move(port), std::move(loop));
}

bool admin_ui::has(std::string_view path) {
  return is_of_page(path) || path.starts_with(sessions_path);
}

door_verdict admin_ui::judge(admin_caller x, bool has_token) const {
  if (has_token)
    return {};
  if (is_on(cors_) && lets_in(cors_, x.origin, x.host))
    x.origin = {};
  return judge_caller(x, {});
}

bool admin_ui::on_header(http_session& from) {
  auto path = path_of(from);
  if (path.starts_with(sessions_path))
    return sessions_->on_header(from);
  serve_page(from, path.substr(page_path.size()));
  return false;
}

/// `path` begins with a slash, or is empty: then what the page names next to
/// itself would be elsewhere.
void admin_ui::serve_page(http_session& from, std::string_view path) const {
  if (path.empty()) {
    from.add_fields("Location: ui/\r\n");
    from.respond({301, "text/plain", "it is at /ui/\n"});
    return;
  }
  auto decoded = percent_decoded(path);
  if (!decoded) {
    from.respond({400, "text/plain", "bad path\n"});
    return;
  }
  from.add_fields(ui_page_fields);
  page_.serve(from, *decoded);
}

void admin_ui::on_request(http_session& from) {
  sessions_->on_request(from);
}

void admin_ui::on_too_large(http_session& from) {
  if (path_of(from).starts_with(sessions_path))
    sessions_->on_too_large(from);
  else
    from.respond({413, "text/plain", "too large\n"});
}

void admin_ui::discard() {
  sessions_->discard();
}

} // namespace weir::http
