#include "transport/http/admin_client.hpp"

#include "transport/http/command_tls.hpp"
#include "transport/http/endpoint_url.hpp"
#include "transport/http/timed_loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <cstdint>
#include <future>
#include <optional>
#include <utility>

namespace weir::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using clock = std::chrono::steady_clock;

/// A page of a thousand connections is some hundred KiB.
constexpr std::uint64_t max_body = 64U << 20U;

/// One question, step by step, each of which throws when it fails or when the
/// time is over.
class question {
public:
  question(const admin_target& where, endpoint to)
    : where_(where), to_(std::move(to)), until_(clock::now() + where.timeout) {}

  admin_answer ask(const std::string& method, const std::string& target,
                   const std::string& body) {
    auto request = request_for(method, target, body);
    asio::ip::tcp::resolver resolver{loop_.context()};
    auto found
      = wait(resolver.async_resolve(to_.host, to_.port, loop_.token()));
    if (!to_.encrypted) {
      beast::tcp_stream stream{loop_.context()};
      wait(stream.async_connect(found, loop_.token()));
      return exchange(stream, request);
    }
    auto context = verifying_context(where_.ca);
    beast::ssl_stream<beast::tcp_stream> stream{loop_.context(), context};
    SSL_set_tlsext_host_name(stream.native_handle(), to_.host.c_str());
    stream.set_verify_callback(asio::ssl::host_name_verification{to_.host});
    wait(stream.next_layer().async_connect(found, loop_.token()));
    wait(stream.async_handshake(asio::ssl::stream_base::client, loop_.token()));
    return exchange(stream, request);
  }

private:
  using request_type = beast::http::request<beast::http::string_body>;

  request_type request_for(const std::string& method, const std::string& target,
                           const std::string& body) const {
    using beast::http::field;
    request_type result;
    result.version(11);
    result.method_string(method);
    result.target(target);
    result.set(field::host, to_.name());
    result.set(field::connection, "close");
    if (!where_.token.empty())
      result.set(field::authorization, "Bearer " + where_.token);
    if (!body.empty())
      result.set(field::content_type, "application/json");
    result.body() = body;
    result.prepare_payload();
    return result;
  }

  /// A body that is too long is refused before all of it is taken.
  template <class Stream>
  admin_answer exchange(Stream& stream, const request_type& request) {
    std::optional<step_failed> unsent;
    try {
      wait(beast::http::async_write(stream, request, loop_.token()));
    } catch (const step_failed& e) {
      unsent = e;
    }
    try {
      return read_answer(stream);
    } catch (const step_failed&) {
      if (unsent)
        throw step_failed{*unsent};
      throw;
    }
  }

  template <class Stream>
  admin_answer read_answer(Stream& stream) {
    beast::flat_buffer buffer{max_body};
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(max_body);
    wait(beast::http::async_read(stream, buffer, parser, loop_.token()));
    auto& x = parser.get();
    auto type = x[beast::http::field::content_type];
    return {{}, x.result_int(), {type.data(), type.size()}, x.body()};
  }

  template <class T>
  T wait(std::future<T> x) { // not on a loop: it runs one of its own
    return loop_.wait(std::move(x), until_,
                      "no answer within "
                        + std::to_string(where_.timeout.count()) + " ms");
  }

  const admin_target& where_;
  endpoint to_;
  clock::time_point until_;
  timed_loop loop_; // outlives the streams
};

} // namespace

admin_answer ask_admin(const admin_target& where, const std::string& method,
                       const std::string& target, const std::string& body) {
  auto to = endpoint_of(where.url);
  if (!to)
    return {where.url
            + " is no URL of an admin endpoint: http:// or "
              "https://, a host, \":\" and a port"};
  try {
    return question{where, std::move(*to)}.ask(method, target, body);
  } catch (const step_failed& e) {
    return {where.url + ": " + e.what()
            + "; is the node there, and is this its [admin] listen?"};
  }
}

} // namespace weir::http
