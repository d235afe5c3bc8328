#include "transport/http/response.hpp"

#include <boost/beast/http/status.hpp>

namespace weir::http {

std::string head_of(const response& x, bool keep_alive, unsigned version,
                    std::string_view fields) {
  auto reason = boost::beast::http::obsolete_reason(
    static_cast<boost::beast::http::status>(x.status));
  std::string head = "HTTP/1.1 " + std::to_string(x.status) + ' ';
  head.append(reason.data(), reason.size()).append("\r\n");
  if (x.status != 204 && x.status != 304)
    head.append("Content-Type: ").append(x.content_type).append("\r\n");
  if (x.status != 304)
    head += "Content-Length: " + std::to_string(x.content().size()) + "\r\n";
  if (!keep_alive)
    head += "Connection: close\r\n";
  else if (version < 11)
    head += "Connection: keep-alive\r\n";
  return head.append(fields).append("\r\n");
}

} // namespace weir::http
