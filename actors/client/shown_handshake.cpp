#include "actors/client/shown_handshake.hpp"

#include "transport/http/query.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace weir {

namespace {

constexpr std::array<std::string_view, 11> shown_headers{"accept-language",
                                                         "dnt",
                                                         "host",
                                                         "origin",
                                                         "sec-ch-ua",
                                                         "sec-ch-ua-mobile",
                                                         "sec-ch-ua-platform",
                                                         "user-agent",
                                                         "x-forwarded-for",
                                                         "x-forwarded-proto",
                                                         "forwarded"};

constexpr std::array<std::string_view, 4> shown_parameters{"EIO", "transport",
                                                           "b64", "t"};

std::map<std::string, std::string> headers_of(std::string_view lines) {
  std::map<std::string, std::string> result;
  while (!lines.empty()) {
    auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto name = line.substr(0, line.find(':'));
    if (std::find(shown_headers.begin(), shown_headers.end(), name)
        == shown_headers.end())
      continue;
    auto value = line.substr(std::min(line.size(), name.size() + 2));
    result.emplace(name, value); // of several, the first
  }
  return result;
}

} // namespace

schemas::handshake_status shown_handshake(const engineio::handshake_info& x,
                                          bool is_encrypted) {
  using std::chrono::milliseconds;
  schemas::handshake_status result;
  auto [path, query] = http::split_target(x.url);
  result.path = path;
  for (auto name : shown_parameters)
    if (auto value = http::parameter(query, name))
      result.query.emplace(name, *value);
  result.headers = headers_of(x.headers);
  auto issued
    = std::chrono::duration_cast<milliseconds>(x.time.time_since_epoch());
  result.issued_ms = static_cast<std::uint64_t>(issued.count());
  result.secure = is_encrypted;
  return result;
}

} // namespace weir
