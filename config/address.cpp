#include "config/address.hpp"

#include "config/node.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

struct host_and_port {
  std::string_view host;
  std::uint16_t port;
  bool bracketed;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto end = text.data() + text.size();
  auto [stop, code] = std::from_chars(text.data(), end, port);
  if (code != std::errc{} || stop != end)
    return std::nullopt;
  return port;
}

std::optional<host_and_port> split(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto port = parse_port(text.substr(colon + 1));
  if (!port)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  return host_and_port{host, *port, bracketed};
}

bool is_ip(int family, const std::string& host) {
  in6_addr buffer; // large enough for both
  return inet_pton(family, host.c_str(), &buffer) == 1;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_host_and_port(std::string_view text) {
  auto parts = split(text);
  if (!parts || parts->port == 0)
    return false;
  return parts->bracketed ? is_ip(AF_INET6, std::string{parts->host})
                          : std::all_of(parts->host.begin(), parts->host.end(),
                                        is_host_character);
}

} // namespace

std::optional<ip_address> parse_address(std::string_view text) {
  auto parts = split(text);
  if (!parts || parts->host.find('\0') != std::string_view::npos)
    return std::nullopt;
  auto host = std::string{parts->host};
  if (!is_ip(parts->bracketed ? AF_INET6 : AF_INET, host))
    return std::nullopt;
  return ip_address{std::move(host), parts->port};
}

bool is_loopback(const ip_address& x) {
  in6_addr v6;
  if (inet_pton(AF_INET6, x.host.c_str(), &v6) == 1)
    return IN6_IS_ADDR_LOOPBACK(&v6)
           || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
  return x.host.starts_with("127.");
}

bool is_unspecified(const ip_address& x) {
  in6_addr v6;
  if (inet_pton(AF_INET6, x.host.c_str(), &v6) == 1)
    return IN6_IS_ADDR_UNSPECIFIED(&v6);
  return x.host == "0.0.0.0";
}

bool share_a_port(const ip_address& a, const ip_address& b) {
  if (a.port == 0 || a.port != b.port)
    return false;
  return a.host == b.host || is_unspecified(a) || is_unspecified(b);
}

namespace config {

std::optional<std::string> check_listen(std::string_view text) {
  if (parse_address(text))
    return std::nullopt;
  auto problem = in_quotes(text)
                 + " is not an IP address and port; write it like ";
  if (auto parts = split(text); parts && parts->host == "localhost")
    return problem + in_quotes("127.0.0.1:" + std::to_string(parts->port));
  return problem + "\"127.0.0.1:3000\" or \"[::1]:3000\"";
}

std::optional<std::string> check_optional_listen(std::string_view text) {
  return text.empty() ? std::nullopt : check_listen(text);
}

std::optional<std::string> check_peer(std::string_view text) {
  if (is_host_and_port(text))
    return std::nullopt;
  return in_quotes(text)
         + " is not a host and port; write it like \"weir1.example:7400\"";
}

std::optional<std::string> check_optional_peer(std::string_view text) {
  return text.empty() ? std::nullopt : check_peer(text);
}

std::optional<std::string> check_brokers(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    auto end = std::min(text.find(',', begin), text.size());
    auto broker = text.substr(begin, end - begin);
    if (!is_host_and_port(broker))
      return in_quotes(broker)
             + " is not a host and port; write them like "
               "\"kafka1:9092,kafka2:9092\"";
    begin = end + 1;
  }
  return std::nullopt;
}

} // namespace config

} // namespace weir
