#pragma once

#include "transport/engineio/frames.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace weir::test {

struct answer {
  unsigned status = 0;
  std::map<std::string, std::string> fields; ///< names in lower case
  std::string body;
};

/// A client on a blocking socket, which speaks HTTP and WebSocket just well
/// enough and can also misbehave. Every wait ends with an exception after a
/// while.
class peer {
public:
  /// `url` as a server names it.
  explicit peer(std::string_view url);

  /// Bytes as they are.
  void send(std::string_view bytes);

  /// Sends a request; `fields` are whole header lines.
  void send_get(std::string_view target, std::string_view fields = {});
  void send_post(std::string_view target, std::string_view body,
                 std::string_view fields = {});

  answer read_answer();

  /// The answer to a HEAD: it has no body, whatever length it tells.
  answer read_head();

  answer get(std::string_view target, std::string_view fields = {});
  answer post(std::string_view target, std::string_view body,
              std::string_view fields = {});

  // -- WebSocket --------------------------------------------------------------

  /// Sends an upgrade request and reads the answer.
  answer upgrade(std::string_view target);

  /// Sends a masked frame.
  void send_frame(engineio::opcode op, std::string_view bytes);
  void send_text(std::string_view text) {
    send_frame(engineio::opcode::text, text);
  }

  /// "text:<bytes>", "binary:<bytes>", "pong:<bytes>", "close:<code>", or "end"
  /// when the connection is over.
  std::string read_frame();

  // -- TCP --------------------------------------------------------------------

  /// Waits for the end of the connection; what came before it is ignored.
  bool is_ended();

  /// Whether something has arrived.
  bool has_input();

  void close() { socket_.close(); }

private:
  bool fill();

  std::unique_ptr<boost::asio::io_context> context_
    = std::make_unique<boost::asio::io_context>();
  boost::asio::ip::tcp::socket socket_{*context_};
  std::string in_;
};

/// The upgrade request with a key; `fields` are whole header lines.
std::string upgrade_request(std::string_view target,
                            std::string_view fields = {});

/// A client's frame.
std::string masked_frame(engineio::opcode op, std::string_view bytes);

} // namespace weir::test
