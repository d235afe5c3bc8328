#include "transport/http/handshake_info.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace weir::http {

namespace {

/// Headers that say nothing about the client, but for its connection.
constexpr std::array<std::string_view, 14> left_out{
  "connection",     "upgrade",         "sec-websocket-key",
  "accept",         "accept-encoding", "sec-websocket-version",
  "cache-control",  "pragma",          "sec-websocket-extensions",
  "sec-fetch-dest", "sec-fetch-mode",  "content-length",
  "content-type",   "sec-fetch-site",
};

/// Whole lines, in their order, as far as they fit.
std::string kept_headers(const request& x, std::size_t max_bytes) {
  std::string lines;
  for (auto& field : x) {
    std::string name{field.name_string()};
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    if (std::find(left_out.begin(), left_out.end(), name) != left_out.end())
      continue;
    if (lines.size() + name.size() + field.value().size() + 3 > max_bytes)
      continue;
    lines.append(name).append(": ").append(field.value()).append("\n");
  }
  lines.shrink_to_fit();
  return lines;
}

} // namespace

engineio::handshake_info
handshake_of(const http_session& from, const boost::asio::ip::address& client,
             std::string sid, const options& settings) {
  auto& x = from.message();
  auto max_bytes = settings.limits.handshake;
  std::string url{x.target().substr(0, max_bytes)};
  auto headers = kept_headers(x, max_bytes - url.size());
  return {std::move(sid),
          client.to_string(),
          std::move(url),
          std::move(headers),
          std::chrono::system_clock::now(),
          from.certificate(settings.auth.certificate_user)};
}

std::string user_of(const http_session& from, const options& settings) {
  auto shown = from.certificate(settings.auth.certificate_user);
  return shown ? shown->user : std::string{};
}

} // namespace weir::http
