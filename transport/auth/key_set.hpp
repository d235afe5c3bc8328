#pragma once

#include "config/options/jwt.hpp"
#include "transport/auth/verification_key.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::auth {

/// The keys that tokens are verified with at some time. Immutable.
class key_set {
public:
  key_set() = default;
  explicit key_set(std::vector<verification_key> keys)
    : keys_(std::move(keys)) {}

  std::size_t size() const { return keys_.size(); }

  /// Those that may have made a signature: with the id that a token names, or
  /// else without any; all where it names none. `max_key_tries` at most.
  std::vector<const verification_key*> candidates(algorithm x,
                                                  std::string_view id) const;

private:
  std::vector<verification_key> keys_;
};

using key_set_ptr = std::shared_ptr<const key_set>;

/// The keys as of now: who verifies takes them, who has got others puts them.
/// Thread-safe.
class current_keys {
public:
  explicit current_keys(key_set_ptr keys) : keys_(std::move(keys)) {}

  key_set_ptr get() const {
    std::scoped_lock guard{mutex_};
    return keys_;
  }

  void set(key_set_ptr keys) {
    std::scoped_lock guard{mutex_};
    keys_.swap(keys); // the others are freed behind the lock
  }

private:
  mutable std::mutex mutex_;
  key_set_ptr keys_;
};

/// What is wrong with a key of the configuration.
struct key_problem {
  std::string path; ///< `auth.jwt.keys[1]`
  std::string text;
};

/// What the configuration names, but for a key set that is at a URL.
struct loaded_keys {
  std::vector<verification_key> keys;
  std::vector<key_problem> problems;
};

/// Reads the files: not on an I/O loop. Of a URL only what it looks like is
/// checked.
loaded_keys load_keys(const jwt_options& settings);

} // namespace weir::auth
