#include "transport/http/admin_server.hpp"

#include "config/log.hpp"
#include "transport/http/admin_door.hpp"
#include "transport/http/admin_ui.hpp"
#include "transport/http/http_session.hpp"
#include "transport/http/listener.hpp"
#include "transport/http/query.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace weir::http {

namespace {

/// An operator's requests are short and few.
constexpr http_limits limits{std::chrono::seconds{10}, 16 * 1024, 64 * 1024};
constexpr std::size_t max_connections = 256;

constexpr std::string_view plain = "text/plain; charset=utf-8";

std::string text(boost::beast::string_view x) {
  return {x.data(), x.size()};
}

/// What all of its fields of that name say, so that none can be hidden behind
/// another.
std::string all_of(const request& x, boost::beast::http::field name) {
  std::string result;
  auto [begin, end] = x.equal_range(name);
  for (auto i = begin; i != end; ++i)
    result += (i == begin ? "" : ", ") + text(i->value());
  return result;
}

/// The file of the page that it wants. Null: something else, or what cannot be
/// decoded.
const served_file* wanted_of(const page_files& page, const request& x) {
  auto path = percent_decoded(split_target(x.target()).path);
  return path ? page.find(*path) : nullptr;
}

} // namespace

struct admin_server::impl : request_handler,
                            std::enable_shared_from_this<impl> {
  explicit impl(boost::asio::io_context& on) : loop(on) {}

  bool on_header(http_session& from) override {
    auto& request = from.message();
    auto is_for_ui = wants_ui(from);
    auto [status, why] = judge(from, is_for_ui);
    if (status == 0)
      return !is_for_ui || ui->on_header(from);
    tell(engineio::port_event::operator_refused);
    log::limited(log_level::warning, "an operator's request is refused", why,
                 {{"from", from.peer_address().to_string()},
                  {"request", text(request.method_string()) + ' '
                                + text(request.target())},
                  {"why", why}});
    if (status == 401)
      from.add_fields("WWW-Authenticate: Bearer\r\n");
    from.respond({status, "application/json", R"({"error":")" + why + "\"}"});
    return false;
  }

  bool wants_ui(const http_session& from) const {
    return ui && admin_ui::has(split_target(from.message().target()).path);
  }

  door_verdict judge(const http_session& from, bool is_for_ui) const {
    using boost::beast::http::field;
    auto& request = from.message();
    auto host = all_of(request, field::host);
    auto origin = all_of(request, field::origin);
    auto authorization = all_of(request, field::authorization);
    admin_caller caller{host, origin, authorization, from.is_encrypted(),
                        wanted_of(page, request) != nullptr};
    return is_for_ui ? ui->judge(caller, !token.empty())
                     : judge_caller(caller, token);
  }

  void on_too_large(http_session& from) override {
    if (wants_ui(from))
      ui->on_too_large(from);
    else
      from.respond({413, plain,
                    "the body of a request has at most "
                      + std::to_string(limits.max_body) + " bytes here\n"});
  }

  void on_request(http_session& from) override {
    if (wants_ui(from)) {
      ui->on_request(from);
      return;
    }
    if (auto* file = wanted_of(page, from.message())) {
      serve(from, *file, page_fields);
      return;
    }
    auto [path, query] = split_target(from.message().target());
    auto decoded = percent_decoded(path);
    if (!decoded) {
      from.respond(
        {400, plain, "the path has a \"%\" without two hexadecimal digits\n"});
      return;
    }
    auto& message = from.message();
    admin_request asked{text(message.method_string()), std::move(*decoded),
                        std::string{query}, from.peer_address().to_string(),
                        std::move(message.body())};
    auto respond = [session = from.shared_from_this()](admin_response x) {
      boost::asio::post(session->get_executor(), [session,
                                                  x = std::move(x)]() mutable {
        if (!x.allow.empty())
          session->add_fields("Allow: " + x.allow + "\r\n");
        session->respond({x.status, x.content_type, std::move(x.body)});
      });
    };
    if (reserve && !reserve->refill())
      from.close_after_answer(); // its descriptor is wanted
    handler(std::move(asked), std::move(respond));
  }

  void tell(engineio::port_event x) override {
    if (tell_event)
      tell_event(x);
  }

  boost::asio::io_context& loop;
  std::string url;
  std::string token; ///< used on the loop
  admin_handler handler;
  page_files page;
  std::unique_ptr<admin_ui> ui; ///< null: there is none
  std::shared_ptr<descriptor_reserve> reserve;
  engineio::tell_port_event tell_event;
  std::shared_ptr<listener> port;
};

admin_server::admin_server(const admin_options& settings,
                           boost::asio::io_context& loop, admin_handler handler,
                           std::shared_ptr<descriptor_reserve> reserve,
                           engineio::tell_port_event tell,
                           std::shared_ptr<const tls_port> tls, page_files page,
                           admin_ui_options ui)
  : impl_(std::make_shared<impl>(loop)) {
  auto ports = open_port(settings.listen, "[admin] listen", {&loop});
  impl_->url = url_of(ports.front(), tls != nullptr);
  impl_->token = settings.token;
  if (!settings.ui.empty())
    impl_->ui = std::make_unique<admin_ui>(settings, loop, std::move(ui), tell);
  impl_->handler = std::move(handler);
  impl_->page = std::move(page);
  impl_->reserve = std::move(reserve);
  impl_->tell_event = std::move(tell);
  auto weak = impl_->weak_from_this();
  impl_->port = std::make_shared<listener>(
    std::move(ports.front()),
    listener_options{
      std::make_shared<engineio::admission>(max_connections, max_connections),
      [weak](engineio::client_stream x) {
        if (auto self = weak.lock())
          std::make_shared<http_session>(std::move(x), limits, self)->start();
      },
      [weak](engineio::port_event x) {
        if (auto self = weak.lock())
          self->tell(x);
      },
      impl_->reserve, true, std::move(tls)});
  impl_->port->start();
}

admin_server::~admin_server() {
  impl_->port->close();
  if (impl_->ui)
    impl_->ui->discard();
}

void admin_server::set_token(std::string token) {
  boost::asio::post(impl_->loop,
                    [x = impl_, token = std::move(token)]() mutable {
                      x->token = std::move(token);
                    });
}

std::string admin_server::url() const {
  return impl_->url;
}

} // namespace weir::http
