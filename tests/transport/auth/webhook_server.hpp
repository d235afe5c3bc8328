#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <list>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace weir::auth::test {

/// An endpoint on this machine, a thread per connection. What it answers is a
/// function of the request; an answer without a status is never sent. It keeps
/// connections open for as many questions as an answer says.
class webhook_server {
public:
  using request = boost::beast::http::request<boost::beast::http::string_body>;
  struct reply {
    unsigned status = 200;
    std::string body{};
    /// Ends the connection after this answer, without having told.
    bool is_last = false;
    /// Sent with the answer, behind it.
    std::string behind{};
    std::string retry_after{}; ///< empty: no such header
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

  /// Those that there are, with whatever was asked over them.
  void end_connections() {
    std::scoped_lock guard{mutex_};
    for (auto& x : sockets_)
      ::shutdown(x.native_handle(), SHUT_RDWR);
  }

  std::size_t connections() {
    std::scoped_lock guard{mutex_};
    return connections_;
  }

private:
  using socket = boost::asio::ip::tcp::socket;

  void run() {
    boost::system::error_code e;
    for (;;) {
      auto x = acceptor_.accept(e);
      if (e)
        return;
      std::scoped_lock guard{mutex_};
      ++connections_;
      auto& kept = sockets_.emplace_back(std::move(x));
      threads_.emplace_back([this, &kept] {
        boost::beast::flat_buffer buffer;
        while (serve(kept, buffer)) {
        }
        boost::system::error_code ignored;
        kept.shutdown(socket::shutdown_send, ignored);
      });
    }
  }

  /// Whether another question may follow.
  bool serve(socket& x, boost::beast::flat_buffer& buffer) {
    namespace http = boost::beast::http;
    boost::system::error_code e;
    request got;
    http::read(x, buffer, got, e);
    if (e)
      return false;
    {
      std::scoped_lock guard{mutex_};
      requests_.push_back(got);
    }
    auto reply = answer_to_(got);
    if (reply.status == 0) {
      http::read(x, buffer, got, e); // until the other end has had enough
      return false;
    }
    http::response<http::string_body> answer{
      static_cast<http::status>(reply.status), 11, reply.body};
    if (!reply.retry_after.empty())
      answer.set(http::field::retry_after, reply.retry_after);
    answer.prepare_payload();
    std::ostringstream text;
    text << answer << reply.behind; // in one piece, so that it comes in one
    boost::asio::write(x, boost::asio::buffer(text.str()), e);
    return !e && !reply.is_last;
  }

  answer_to answer_to_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_{
    loop_,
    {boost::asio::ip::make_address("127.0.0.1"), 0}};
  unsigned short port_ = 0;
  std::mutex mutex_;
  std::vector<request> requests_; // guarded
  std::size_t connections_ = 0;   // likewise
  std::list<socket> sockets_;     // likewise
  std::vector<std::thread> threads_;
  std::thread thread_;
};

} // namespace weir::auth::test
