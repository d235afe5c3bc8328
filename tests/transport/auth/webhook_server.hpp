#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace weir::auth::test {

/// An endpoint on this machine, a thread per connection. What it answers is a
/// function of the request; an answer without a status is never sent.
class webhook_server {
public:
  using request = boost::beast::http::request<boost::beast::http::string_body>;
  struct reply {
    unsigned status = 200;
    std::string body{};
  };
  using answer_to = std::function<reply(const request&)>;

  explicit webhook_server(answer_to f) : answer_to_(std::move(f)) {
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread{[this] { run(); }};
  }

  ~webhook_server() { stop(); }

  /// Nobody listens any more.
  void stop() {
    if (!thread_.joinable())
      return;
    acceptor_.cancel();
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    thread_.join();
    acceptor_.close();
    for (auto& x : sockets_)
      ::shutdown(x.native_handle(), SHUT_RDWR);
    for (auto& x : threads_)
      x.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/ask";
  }

  std::vector<request> requests() {
    std::scoped_lock guard{mutex_};
    return requests_;
  }

private:
  using socket = boost::asio::ip::tcp::socket;

  void run() {
    boost::system::error_code e;
    for (;;) {
      auto x = acceptor_.accept(e);
      if (e)
        return;
      auto& kept = sockets_.emplace_back(std::move(x));
      threads_.emplace_back([this, &kept] { serve(kept); });
    }
  }

  void serve(socket& x) {
    namespace http = boost::beast::http;
    boost::beast::flat_buffer buffer;
    boost::system::error_code e;
    request got;
    http::read(x, buffer, got, e);
    if (e)
      return;
    {
      std::scoped_lock guard{mutex_};
      requests_.push_back(got);
    }
    auto [status, body] = answer_to_(got);
    if (status == 0) {
      http::read(x, buffer, got, e); // until the other end has had enough
      return;
    }
    http::response<http::string_body> answer{static_cast<http::status>(status),
                                             11, body};
    answer.prepare_payload();
    http::write(x, answer, e);
    x.shutdown(socket::shutdown_send, e);
  }

  answer_to answer_to_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_{
    loop_,
    {boost::asio::ip::make_address("127.0.0.1"), 0}};
  unsigned short port_ = 0;
  std::mutex mutex_;
  std::vector<request> requests_; // guarded
  std::list<socket> sockets_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

} // namespace weir::auth::test
