#include "transport/engineio/sid.hpp"

#include "transport/engineio/base64.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace weir::engineio {

std::string make_sid(std::size_t loop) {
  std::array<unsigned char, 15> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the secure random source failed");
  bytes[0] = static_cast<unsigned char>(loop);
  return to_base64url(
    {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<std::size_t> loop_of(std::string_view sid) {
  std::string bytes;
  if (sid.size() != sid_size || sid.find('=') != std::string_view::npos
      || !append_decoded_base64(bytes, sid.substr(0, 4)))
    return std::nullopt;
  return static_cast<unsigned char>(bytes[0]);
}

} // namespace weir::engineio
