// Input: a token as a client sends it; or after a "!" a key set, after a "-" a
// PEM file.

#include "config/options/fixed_bounds.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/transport/auth/foreign_tokens.hpp"
#include "transport/auth/token_verifier.hpp"

#include <algorithm>

using namespace weir;
using namespace weir::auth;
using weir::fuzz::require;

namespace {

const key_set& keys() {
  static const auto result = [] {
    auto read = keys_from_jwks(test::foreign_keys);
    read.keys.push_back(key_from_secret(test::foreign_secret));
    return key_set{std::move(read.keys)};
  }();
  return result;
}

const token_verifier& verifier() {
  static const auto result = [] {
    jwt_options x;
    for (auto& token : test::foreign_tokens)
      x.algorithms.push_back(token.algorithm);
    return token_verifier{x};
  }();
  return result;
}

/// Nobody without the keys can make one.
void check_forgery(std::string_view text) {
  auto result = verifier().verify(text, keys(), 1'700'000'000);
  if (result.error != token_errc::none)
    return require(result.claims == token_claims{},
                   "what does not count says nothing");
  require(std::any_of(test::foreign_tokens.begin(), test::foreign_tokens.end(),
                      [&](auto& x) { return x.text == text; }),
          "a token that counts was signed");
}

void check_keys(const read_keys& x) {
  require(!x.keys.empty() || !x.problem.empty(),
          "without keys there is a reason");
  require(x.keys.size() <= max_token_keys, "there are not too many keys");
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  std::vector<std::string> result;
  for (auto& x : test::foreign_tokens)
    result.push_back(x.text);
  result.push_back("!" + test::foreign_keys);
  result.emplace_back("--BEGIN PUBLIC KEY-----\n"
                      "MCowBQYDK2VwAyEAQnAwmiABwZVuLVWu7l9H3XkbRkrLPlyWD3o/"
                      "dnCT1JU=\n-----END PUBLIC KEY-----\n");
  return result;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.starts_with('!'))
    check_keys(keys_from_jwks(input.substr(1)));
  else if (input.starts_with('-'))
    check_keys(keys_from_pem("---" + std::string{input}));
  else
    check_forgery(input);
  return 0;
}
