#include "transport/http/admin_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <cstdint>
#include <future>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace weir::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::use_future;
using clock = std::chrono::steady_clock;

/// A page of a thousand connections is some hundred KiB.
constexpr std::uint64_t max_body = 64U << 20U;

/// What a URL says.
struct place {
  bool encrypted = false;
  std::string host;
  std::string port;
};

bool is_port(std::string_view x) {
  return !x.empty() && x.size() <= 5
         && x.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Nothing: it is no URL of an admin endpoint.
std::optional<place> place_of(std::string_view url) {
  place result;
  for (auto& [scheme, encrypted] :
       {std::pair{std::string_view{"http://"}, false},
        std::pair{std::string_view{"https://"}, true}})
    if (url.starts_with(scheme)) {
      result.encrypted = encrypted;
      url.remove_prefix(scheme.size());
    }
  if (url.ends_with('/'))
    url.remove_suffix(1);
  auto colon = url.rfind(':');
  if (colon == std::string_view::npos || !is_port(url.substr(colon + 1)))
    return std::nullopt;
  result.port = url.substr(colon + 1);
  auto host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  result.host = host;
  if (host.empty() || host.find_first_of("/@?#[] ") != std::string_view::npos)
    return std::nullopt;
  return result;
}

/// One question, step by step, each of which throws when it fails or when the
/// time is over.
class question {
public:
  question(const admin_target& where, place to)
    : where_(where), to_(std::move(to)), until_(clock::now() + where.timeout) {}

  admin_answer ask(const std::string& method, const std::string& target) {
    auto request = request_for(method, target);
    asio::ip::tcp::resolver resolver{loop_};
    auto found = wait(resolver.async_resolve(to_.host, to_.port, use_future));
    if (!to_.encrypted) {
      beast::tcp_stream stream{loop_};
      wait(stream.async_connect(found, use_future));
      return exchange(stream, request);
    }
    auto context = verifying_context();
    beast::ssl_stream<beast::tcp_stream> stream{loop_, context};
    SSL_set_tlsext_host_name(stream.native_handle(), to_.host.c_str());
    stream.set_verify_callback(asio::ssl::host_name_verification{to_.host});
    wait(stream.next_layer().async_connect(found, use_future));
    wait(stream.async_handshake(asio::ssl::stream_base::client, use_future));
    return exchange(stream, request);
  }

private:
  using request_type = beast::http::request<beast::http::empty_body>;

  request_type request_for(const std::string& method,
                           const std::string& target) const {
    using beast::http::field;
    request_type result;
    result.version(11);
    result.method_string(method);
    result.target(target);
    auto is_ipv6 = to_.host.find(':') != std::string::npos;
    result.set(field::host,
               (is_ipv6 ? '[' + to_.host + ']' : to_.host) + ':' + to_.port);
    result.set(field::connection, "close");
    if (!where_.token.empty())
      result.set(field::authorization, "Bearer " + where_.token);
    return result;
  }

  asio::ssl::context verifying_context() const {
    asio::ssl::context result{asio::ssl::context::tls_client};
    result.set_options(asio::ssl::context::no_tlsv1
                       | asio::ssl::context::no_tlsv1_1);
    result.set_verify_mode(asio::ssl::verify_peer);
    if (where_.ca.empty())
      result.set_default_verify_paths();
    else
      result.load_verify_file(where_.ca);
    return result;
  }

  template <class Stream>
  admin_answer exchange(Stream& stream, const request_type& request) {
    wait(beast::http::async_write(stream, request, use_future));
    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(max_body);
    wait(beast::http::async_read(stream, buffer, parser, use_future));
    auto& x = parser.get();
    auto type = x[beast::http::field::content_type];
    return {{}, x.result_int(), {type.data(), type.size()}, x.body()};
  }

  template <class T>
  T wait(std::future<T> x) { // not on a loop: it runs one of its own
    loop_.restart();
    loop_.run_until(until_);
    if (x.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
      throw std::runtime_error(
        "no answer within " + std::to_string(where_.timeout.count()) + " ms");
    return x.get();
  }

  const admin_target& where_;
  place to_;
  clock::time_point until_;
  asio::io_context loop_; // outlives the streams
};

} // namespace

admin_answer ask_admin(const admin_target& where, const std::string& method,
                       const std::string& target) {
  auto to = place_of(where.url);
  if (!to)
    return {where.url
            + " is no URL of an admin endpoint: http:// or "
              "https://, a host, \":\" and a port"};
  try {
    return question{where, std::move(*to)}.ask(method, target);
  } catch (const std::exception& e) {
    return {where.url + ": " + e.what()
            + "; is the node there, and is this its [admin] listen?"};
  }
}

} // namespace weir::http
