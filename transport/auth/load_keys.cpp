#include "config/names.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/auth/key_fetcher.hpp"
#include "transport/auth/key_set.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace weir::auth {

namespace {

/// Nothing: it cannot be read, or is larger than any key.
std::optional<std::string> content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(max_key_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  auto size = static_cast<std::size_t>(in.gcount());
  if (in.bad() || (size == 0 && !in.eof()) || size > max_key_file)
    return std::nullopt;
  text.resize(size);
  return text;
}

struct loader {
  void complain(const std::string& key, const std::string& problem) {
    result.problems.push_back({"auth.jwt." + key, problem});
  }

  std::optional<std::string> read(const std::string& file,
                                  const std::string& key) {
    auto text = content_of(file);
    if (!text)
      complain(key, "\"" + file + "\" cannot be read, or has more than "
                      + std::to_string(max_key_file) + " bytes");
    return text;
  }

  void take(read_keys x, const std::string& file, const std::string& key) {
    if (!x.problem.empty())
      complain(key, "\"" + file + "\" holds " + x.problem);
    for (auto& y : x.keys)
      result.keys.push_back(std::move(y));
  }

  void add_pem(const std::string& file, const std::string& key) {
    if (auto text = read(file, key))
      take(keys_from_pem(*text), file, key);
  }

  void add_jwks(const std::string& file) {
    if (auto text = read(file, "jwks"))
      take(keys_from_jwks(*text), file, "jwks");
  }

  /// No message has it, or says more than its length.
  void add_secret(std::string secret, const std::string& key,
                  const std::vector<std::string>& algorithms) {
    std::size_t needed = 0;
    for (auto& name : algorithms)
      if (auto x = algorithm_of(name); x && name.starts_with("HS"))
        needed = std::max(needed, traits_of(*x).hash_size);
    if (secret.size() < needed)
      return complain(key, "the secret has " + std::to_string(secret.size())
                             + " bytes; what is in algorithms needs "
                             + std::to_string(needed)
                             + " at least; \"openssl rand -base64 48\" makes "
                               "one");
    result.keys.push_back(key_from_secret(std::move(secret)));
  }

  /// Keys of which no algorithm makes use let nobody in.
  void check_use(const jwt_options& x) {
    auto is_of_use = [&](const verification_key& key) {
      return std::any_of(x.algorithms.begin(), x.algorithms.end(),
                         [&](auto& name) {
                           auto found = algorithm_of(name);
                           return found && key.fits(*found);
                         });
    };
    auto& all = result.keys;
    if (!all.empty() && std::none_of(all.begin(), all.end(), is_of_use))
      complain(x.keys.empty() ? "jwks" : "keys",
               "no key is one for what is in algorithms; list there what the "
               "keys sign with, such as ES256 for one on the curve P-256");
  }

  loaded_keys result;
};

std::string without_line_break(std::string text) {
  for (auto c : {'\n', '\r'})
    if (text.ends_with(c))
      text.pop_back();
  return text;
}

} // namespace

loaded_keys load_keys(const jwt_options& x) {
  loader all;
  if (config::is_url(x.jwks))
    all.result.problems = check_url(x);
  for (std::size_t i = 0; i < x.keys.size(); ++i)
    all.add_pem(x.keys[i], "keys[" + std::to_string(i) + "]");
  if (!x.jwks.empty() && !config::is_url(x.jwks))
    all.add_jwks(x.jwks);
  if (!x.secret.empty())
    all.add_secret(x.secret, "secret", x.algorithms);
  else if (!x.secret_file.empty())
    if (auto text = all.read(x.secret_file, "secret_file"))
      all.add_secret(without_line_break(std::move(*text)), "secret_file",
                     x.algorithms);
  if (all.result.keys.size() > max_token_keys)
    all.complain("keys", "more than " + std::to_string(max_token_keys)
                           + " keys in all; no token needs as many");
  if (all.result.problems.empty() && !config::is_url(x.jwks))
    all.check_use(x);
  return std::move(all.result);
}

} // namespace weir::auth
