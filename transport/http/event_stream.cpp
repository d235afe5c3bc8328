#include "transport/http/event_stream.hpp"

#include "transport/http/command_tls.hpp"
#include "transport/http/endpoint_url.hpp"
#include "transport/http/timed_loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <future>
#include <utility>

namespace weir::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

// -- packets ------------------------------------------------------------------

/// What a client of Socket.IO does: text in, text out, without a socket.
class listening_client {
public:
  enum class step { go_on, enough, refused };

  listening_client(const event_stream_options& x,
                   const std::function<bool(std::string_view)>& on_event)
    : x_(x), on_event_(on_event), prefix_(x.nsp == "/" ? "" : x.nsp + ",") {}

  /// What the node has sent. `reply`: what it is sent for that; empty: nothing.
  step take(std::string_view text, std::string& reply) {
    if (text.starts_with('0')) {
      silence_ = number_in(text, "pingInterval")
                 + number_in(text, "pingTimeout");
      reply = "40" + prefix_ + x_.auth;
    } else if (text == "2")
      reply = "3";
    else if (text.starts_with('4'))
      return take_packet(text.substr(1), reply);
    return step::go_on;
  }

  bool is_in() const { return is_in_; }

  const std::string& why() const { return why_; }

  /// That there is while the node is there.
  std::chrono::milliseconds longest_silence() const { return silence_; }

private:
  /// Behind a key of an object; 0: there is none.
  static std::chrono::milliseconds number_in(std::string_view text,
                                             const std::string& key) {
    auto begin = text.find('"' + key + "\":");
    std::uint32_t result = 0;
    if (begin != std::string_view::npos) {
      text.remove_prefix(begin + key.size() + 3);
      std::from_chars(text.data(), text.data() + text.size(), result);
    }
    return std::chrono::milliseconds{result};
  }

  step take_packet(std::string_view packet, std::string& reply) {
    if (packet.empty())
      return step::go_on;
    auto type = packet.front();
    packet.remove_prefix(1);
    if (type == '5') // with attachments: how many
      packet.remove_prefix(std::min(packet.size(), packet.find('-') + 1));
    if (!packet.starts_with(prefix_))
      return step::go_on;
    packet.remove_prefix(prefix_.size());
    switch (type) {
      case '0':
        reply = "42" + prefix_ + "0" + x_.join;
        return step::go_on;
      case '1':
        return refuse("the node has disconnected it");
      case '2':
      case '5':
        return on_event_(packet) ? step::go_on : step::enough;
      case '3':
        return take_ack(packet);
      case '4':
        return refuse("it is not let in: " + std::string{packet});
      default:
        return step::go_on;
    }
  }

  step take_ack(std::string_view packet) {
    if (packet.find(R"("status":"ok")") == std::string_view::npos)
      return refuse("it does not get into the room: "
                    + std::string{packet.substr(packet.find('['))});
    is_in_ = true;
    return step::go_on;
  }

  step refuse(std::string why) {
    why_ = std::move(why);
    return step::refused;
  }

  const event_stream_options& x_;
  const std::function<bool(std::string_view)>& on_event_;
  std::string prefix_;
  std::string why_;
  std::chrono::milliseconds silence_{0};
  bool is_in_ = false;
};

// -- the WebSocket ------------------------------------------------------------

/// Waits for one thing after the other, each of which throws when it fails or
/// when the time is over.
class connection {
public:
  connection(const endpoint& to, const event_stream_options& x,
             listening_client& client)
    : to_(to), x_(x), client_(client), patience_(x.timeout) {}

  /// Why it is over; empty: it was enough.
  std::string follow() {
    auto found = wait(asio::ip::tcp::resolver{loop_.context()}.async_resolve(
      to_.host, to_.port, loop_.token()));
    if (!to_.encrypted) {
      beast::websocket::stream<beast::tcp_stream> stream{loop_.context()};
      wait(stream.next_layer().async_connect(found, loop_.token()));
      return follow(stream);
    }
    auto context = verifying_context(x_.ca);
    beast::websocket::stream<beast::ssl_stream<beast::tcp_stream>> stream{
      loop_.context(), context};
    auto& tls = stream.next_layer();
    SSL_set_tlsext_host_name(tls.native_handle(), to_.host.c_str());
    tls.set_verify_callback(asio::ssl::host_name_verification{to_.host});
    wait(tls.next_layer().async_connect(found, loop_.token()));
    wait(tls.async_handshake(asio::ssl::stream_base::client, loop_.token()));
    return follow(stream);
  }

private:
  template <class Stream>
  std::string follow(Stream& stream) {
    wait(stream.async_handshake(
      to_.name(), x_.path + "?EIO=4&transport=websocket", loop_.token()));
    beast::flat_buffer buffer; // at most: the stream's read_message_max
    for (;;) {
      buffer.clear();
      wait(stream.async_read(buffer, loop_.token()));
      if (stream.got_binary())
        continue;
      std::string reply;
      auto next = client_.take(beast::buffers_to_string(buffer.data()), reply);
      if (next != listening_client::step::go_on)
        return client_.why();
      if (!reply.empty())
        wait(stream.async_write(asio::buffer(reply), loop_.token()));
      if (client_.is_in()) // from now on it is quiet between pings
        patience_ = std::max(x_.timeout, client_.longest_silence());
    }
  }

  template <class T>
  T wait(std::future<T> x) { // not on a loop: it runs one of its own
    return loop_.wait(std::move(x), timed_loop::clock::now() + patience_,
                      "nothing has come for "
                        + std::to_string(patience_.count()) + " ms");
  }

  timed_loop loop_; // outlives the streams
  const endpoint& to_;
  const event_stream_options& x_;
  listening_client& client_;
  std::chrono::milliseconds patience_;
};

} // namespace

stream_end
follow_events(const event_stream_options& x,
              const std::function<bool(std::string_view)>& on_event) {
  auto to = endpoint_of(x.url);
  if (!to)
    return {x.url
            + " is no URL of a port: http:// or https://, a host, \":\" and a "
              "port"};
  try {
    listening_client client{x, on_event};
    auto why = connection{*to, x, client}.follow();
    return {why, !why.empty()};
  } catch (const step_failed& e) {
    return {x.url + ": " + e.what()
            + "; is the node there, and is this its port of clients?"};
  }
}

} // namespace weir::http
