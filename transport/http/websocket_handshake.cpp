#include "transport/http/websocket_handshake.hpp"

#include "config/base/base64.hpp"
#include "transport/http/request_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <openssl/sha.h>

#include <array>
#include <set>
#include <string_view>

namespace weir::http {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_size = 24; // 16 bytes in base64

std::string accept_value(std::string key) {
  key += guid;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
       digest.data());
  std::string value;
  append_base64(value,
                {reinterpret_cast<const char*>(digest.data()), digest.size()});
  return value;
}

/// The value of the answer's field; nothing if there is none. False: what the
/// client sends is no list of names that differ (RFC 6455, 4.1).
bool choose_protocol(const request& x, std::optional<std::string>& chosen) {
  std::set<std::string_view> names;
  auto [begin, end] = x.equal_range(http::field::sec_websocket_protocol);
  for (; begin != end; ++begin) {
    std::string_view rest = begin->value();
    for (;;) {
      auto name = trimmed(rest.substr(0, rest.find(',')));
      if (!is_token(name) || !names.insert(name).second)
        return false;
      if (!chosen)
        chosen = name;
      if (rest.find(',') == rest.npos)
        break;
      rest.remove_prefix(rest.find(',') + 1);
    }
  }
  return true;
}

} // namespace

bool asks_for_websocket(const request& x) {
  return http::token_list{x[http::field::connection]}.exists("upgrade")
         && http::token_list{x[http::field::upgrade]}.exists("websocket");
}

std::optional<std::string> websocket_answer(const http_session& from) {
  auto& x = from.message();
  std::optional<std::string> protocol;
  auto key = x[http::field::sec_websocket_key];
  if (x.method() != http::verb::get || x.version() != 11
      || x[http::field::sec_websocket_version] != "13" || key.size() != key_size
      || from.has_body() || !choose_protocol(x, protocol))
    return std::nullopt;
  auto field = protocol ? "Sec-WebSocket-Protocol: " + *protocol + "\r\n" : "";
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Accept: "
         + accept_value(std::string{key}) + "\r\n" + field + "\r\n";
}

} // namespace weir::http
