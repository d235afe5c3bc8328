#pragma once

#include "config/options/jwt.hpp"
#include "transport/auth/key_set.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::auth {

/// Fetches the key set that is at a URL, on a thread of its own, again and
/// again: after the time that the server says, or when somebody asks. What was
/// good last is kept until there is something better.
class key_fetcher {
public:
  /// What came of an attempt: a problem, or empty. On the fetcher's thread.
  using tell_result = std::function<void(const std::string& problem)>;

  /// Puts what it has fetched into `keys`, behind `others`. Throws
  /// std::runtime_error where `jwks_ca` cannot be used.
  key_fetcher(const jwt_options& settings, std::vector<verification_key> others,
              std::shared_ptr<current_keys> keys, tell_result tell);
  ~key_fetcher();

  /// There are others now. Thread-safe.
  void set_others(std::vector<verification_key> others);

  /// A key is not there that a token names. Whether it pays to wait for the
  /// attempt that is under way or begins now; `attempts` then grows.
  /// Thread-safe, does not wait.
  bool want();

  /// How many attempts have ended. Thread-safe.
  std::size_t attempts() const;

private:
  struct impl;

  std::shared_ptr<impl> impl_;
};

/// What is wrong with the URL or its authority, as `load_keys` tells it.
std::vector<key_problem> check_url(const jwt_options& settings);

} // namespace weir::auth
