#pragma once

// How a node shows that it knows the cluster's secret: by a keyed hash over all
// that both sides have said, with a random number of each. So a proof is good
// for one handshake, one direction and these two hellos only.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::cluster {

/// A random number that is used once.
using nonce = std::array<unsigned char, 32>;

inline constexpr std::size_t proof_size = 32;

/// Of the operating system's randomness.
nonce make_nonce();

enum class link_role : unsigned char { dialer = 'd', acceptor = 'a' };

/// Made from the secret, which is not kept. Thread-safe.
class link_key {
public:
  /// Throws std::runtime_error when libsodium does not start.
  explicit link_key(std::string_view secret);

  /// What `role` shows, after these greetings; `proof_size` bytes.
  std::string prove(link_role role, std::string_view dialers_greeting,
                    std::string_view acceptors_greeting) const;

private:
  std::array<unsigned char, 32> bytes_;
};

/// Compares without telling by its time where they differ.
bool equal(std::string_view a, std::string_view b);

} // namespace weir::cluster
