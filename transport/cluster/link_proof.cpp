#include "transport/cluster/link_proof.hpp"

#include "config/base/big_endian.hpp"

#include <sodium.h>

#include <cstdint>
#include <stdexcept>

namespace weir::cluster {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void start_sodium() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
}

/// Keeps the parts apart: ("a", "bc") is not ("ab", "c").
void update(crypto_generichash_state& state, std::string_view part) {
  std::string length;
  put_big_endian(length, static_cast<std::uint32_t>(part.size()));
  crypto_generichash_update(&state, bytes_of(length), length.size());
  crypto_generichash_update(&state, bytes_of(part), part.size());
}

} // namespace

nonce make_nonce() {
  start_sodium();
  nonce result;
  randombytes_buf(result.data(), result.size());
  return result;
}

link_key::link_key(std::string_view secret) {
  start_sodium();
  // Unlike what is derived from the same secret for other purposes.
  constexpr std::string_view purpose = "weir.cluster.link-key.v1";
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, bytes_.size());
  update(state, purpose);
  update(state, secret);
  crypto_generichash_final(&state, bytes_.data(), bytes_.size());
}

std::string link_key::prove(link_role role, std::string_view dialers_greeting,
                            std::string_view acceptors_greeting) const {
  auto who = static_cast<char>(role);
  crypto_generichash_state state;
  crypto_generichash_init(&state, bytes_.data(), bytes_.size(), proof_size);
  update(state, {&who, 1});
  update(state, dialers_greeting);
  update(state, acceptors_greeting);
  std::string result(proof_size, '\0');
  crypto_generichash_final(
    &state, reinterpret_cast<unsigned char*>(result.data()), proof_size);
  return result;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace weir::cluster
