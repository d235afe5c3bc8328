#include "transport/engineio/sid.hpp"

#include "config/base/base64.hpp"

#include <openssl/rand.h>

#include <array>
#include <cassert>
#include <stdexcept>

namespace weir::engineio {

namespace {

constexpr std::string_view alphabet
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool has_form(std::string_view sid) {
  return sid.size() == sid_size
         && sid.find_first_not_of(alphabet) == std::string_view::npos;
}

} // namespace

std::string make_sid(std::string_view node, std::size_t loop) {
  assert(node.size() == node_tag_size && loop < max_loops);
  std::array<unsigned char, 12> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the secure random source failed");
  bytes[0] = static_cast<unsigned char>(loop);
  return std::string{node}
         + to_base64url(
           {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<std::string_view> node_of(std::string_view sid) {
  if (!has_form(sid))
    return std::nullopt;
  return sid.substr(0, node_tag_size);
}

std::optional<std::size_t> loop_of(std::string_view sid) {
  if (!has_form(sid))
    return std::nullopt;
  std::string bytes;
  append_decoded_base64(bytes, sid.substr(node_tag_size, 4));
  return static_cast<unsigned char>(bytes[0]);
}

} // namespace weir::engineio
