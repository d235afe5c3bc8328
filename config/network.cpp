#include "config/network.hpp"

#include "config/node.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

constexpr unsigned v4_bits = 32;
constexpr unsigned all_bits = 128;
constexpr std::size_t v4_begin = 12; ///< in a mapped address

struct parsed_address {
  address_bytes bytes;
  bool is_v4;
};

std::optional<parsed_address> parse_ip(const std::string& text) {
  parsed_address x{{}, false};
  if (inet_pton(AF_INET6, text.c_str(), x.bytes.data()) == 1)
    return x;
  x = {{}, true};
  std::fill_n(x.bytes.begin() + v4_begin - 2, 2, std::uint8_t{0xFF});
  if (inet_pton(AF_INET, text.c_str(), x.bytes.data() + v4_begin) == 1)
    return x;
  return std::nullopt;
}

/// The first `bits` of it; all others 0.
address_bytes masked(address_bytes x, unsigned bits) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto kept = std::clamp(static_cast<int>(bits) - static_cast<int>(8 * i), 0,
                           8);
    x[i] = static_cast<std::uint8_t>(x[i] & (0xFF00 >> kept));
  }
  return x;
}

/// With whatever bits there are beyond the prefix.
std::optional<network> parse_any(std::string_view text) {
  auto slash = std::min(text.find('/'), text.size());
  auto host = text.substr(0, slash);
  auto ip = host.find('\0') == host.npos ? parse_ip(std::string{host})
                                         : std::nullopt;
  if (!ip)
    return std::nullopt;
  auto most = ip->is_v4 ? v4_bits : all_bits;
  auto bits = most;
  if (slash < text.size()) {
    auto end = text.data() + text.size();
    auto [rest, e] = std::from_chars(text.data() + slash + 1, end, bits);
    if (e != std::errc{} || rest != end || bits > most)
      return std::nullopt;
  }
  return network{ip->bytes, all_bits - most + bits};
}

} // namespace

bool network::contains(const address_bytes& x) const {
  return masked(x, bits) == address;
}

std::optional<network> parse_network(std::string_view text) {
  auto x = parse_any(text);
  return x && x->contains(x->address) ? x : std::nullopt;
}

namespace config {

std::optional<std::string> check_network(std::string_view text) {
  if (parse_network(text))
    return std::nullopt;
  if (parse_any(text))
    return in_quotes(text)
           + " has bits of an address beyond its prefix; write 0 for them, or "
             "leave the prefix out for the one address";
  return in_quotes(text)
         + " is not a network; write it like \"10.0.0.0/8\" or \"fd00::/8\", "
           "or "
           "as an address";
}

} // namespace config

} // namespace weir
