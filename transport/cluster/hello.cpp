#include "transport/cluster/hello.hpp"

#include "config/address.hpp"
#include "config/base/big_endian.hpp"
#include "config/names.hpp"

#include <algorithm>

namespace weir::cluster {

namespace {

enum field : unsigned char {
  cluster_field = 1,
  node_field,
  incarnation_field,
  address_field,
  config_field,
  oldest_version_field,
  version_field, // the last that each version has
  fixed_config_field,
};

constexpr std::size_t max_config = 256;

void put(std::string& out, field number, std::string_view value) {
  out += static_cast<char>(number);
  put_big_endian(out, static_cast<std::uint16_t>(value.size()));
  out += value;
}

template <std::unsigned_integral T>
void put(std::string& out, field number, T value) {
  std::string bytes;
  put_big_endian(bytes, value);
  put(out, number, bytes);
}

template <std::unsigned_integral T>
bool read(std::string_view value, T& out) {
  if (value.size() != sizeof(T))
    return false;
  out = from_big_endian<T>(value);
  return true;
}

bool read(std::string_view value, std::string& out) {
  out = value;
  return true;
}

bool read_field(unsigned char number, std::string_view value, hello& out) {
  switch (number) {
    case cluster_field:
      return read(value, out.cluster);
    case node_field:
      return read(value, out.node);
    case incarnation_field:
      return read(value, out.incarnation);
    case address_field:
      return read(value, out.address);
    case config_field:
      return read(value, out.config);
    case oldest_version_field:
      return read(value, out.oldest_version);
    case version_field:
      return read(value, out.version);
    case fixed_config_field:
      return read(value, out.fixed_config);
    default: // of a later version
      return true;
  }
}

/// The first field's number and value, taken off `bytes`; nothing if there is
/// none.
std::optional<std::pair<unsigned char, std::string_view>>
next_field(std::string_view& bytes) {
  constexpr std::size_t head = 3;
  if (bytes.size() < head)
    return std::nullopt;
  auto number = static_cast<unsigned char>(bytes[0]);
  auto length = from_big_endian<std::uint16_t>(bytes.substr(1, 2));
  if (bytes.size() - head < length)
    return std::nullopt;
  auto value = bytes.substr(head, length);
  bytes.remove_prefix(head + length);
  return std::pair{number, value};
}

bool is_config(const std::string& x) {
  return x.size() <= max_config && std::all_of(x.begin(), x.end(), [](char c) {
           return c > ' ' && c < '\x7f';
         });
}

/// All of them end up in logs of other nodes.
bool is_acceptable(const hello& x) {
  return !config::check_identifier(x.cluster)
         && !config::check_identifier(x.node) && !config::check_peer(x.address)
         && is_config(x.config) && is_config(x.fixed_config)
         && x.oldest_version <= x.version;
}

} // namespace

std::string encode(const hello& x) {
  std::string result;
  put(result, cluster_field, x.cluster);
  put(result, node_field, x.node);
  put(result, incarnation_field, x.incarnation);
  put(result, address_field, x.address);
  put(result, config_field, x.config);
  put(result, oldest_version_field, x.oldest_version);
  put(result, version_field, x.version);
  if (!x.fixed_config.empty())
    put(result, fixed_config_field, x.fixed_config);
  return result;
}

std::optional<hello> decode_hello(std::string_view bytes) {
  if (bytes.size() > max_hello)
    return std::nullopt;
  hello result;
  unsigned char last = 0;
  while (!bytes.empty()) {
    auto field = next_field(bytes);
    auto skips = field && field->first > last + 1 && last < version_field;
    if (!field || field->first <= last || skips
        || !read_field(field->first, field->second, result))
      return std::nullopt;
    last = field->first;
  }
  if (last < version_field || !is_acceptable(result))
    return std::nullopt;
  return result;
}

} // namespace weir::cluster
