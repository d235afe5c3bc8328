#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>

namespace weir::schemas {

/// 128 bits that stand for a list of texts within this process: different lists
/// have different fingerprints, and nobody outside can find two that have not.
struct fingerprint {
  std::array<unsigned char, 16> bytes{};

  bool operator==(const fingerprint&) const = default;
};

/// SipHash-2-4 with a key that each process makes up. Thread-safe. Throws
/// std::runtime_error when libsodium does not start.
fingerprint fingerprint_of(std::span<const std::string_view> parts);

} // namespace weir::schemas

template <>
struct std::hash<weir::schemas::fingerprint> {
  std::size_t operator()(const weir::schemas::fingerprint& x) const noexcept {
    std::size_t result;
    std::memcpy(&result, x.bytes.data(), sizeof(result));
    return result;
  }
};
