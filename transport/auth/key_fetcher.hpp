#pragma once

#include "config/options/jwt.hpp"
#include "transport/auth/key_set.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::auth {

/// What came of an attempt to fetch a key set.
struct key_fetch {
  std::string url;
  std::string problem; ///< empty: there are keys
  /// No attempt at this URL has succeeded before: until then the keys of the
  /// former one count, if there was any.
  bool is_new = false;
};

/// Fetches the key set that is at a URL, on a thread of its own, again and
/// again: after the time that the server says, or when somebody asks. What was
/// good last is kept until there is something better. Without a URL it waits
/// for one.
class key_fetcher {
public:
  /// On the fetcher's thread.
  using tell_result = std::function<void(const key_fetch&)>;

  /// Puts what it has fetched into `keys`, behind `others`. Throws
  /// std::runtime_error where `jwks_ca` cannot be used.
  key_fetcher(const jwt_options& settings, std::vector<verification_key> others,
              std::shared_ptr<current_keys> keys, tell_result tell);
  ~key_fetcher();

  /// Another URL, or the same with another authority, and other keys beside
  /// those that it has. Throws as the constructor does; what is returned has
  /// them used: the others at once, those of another URL when it has answered,
  /// and what the former one answers after that counts no more. Thread-safe,
  /// and may be called when this is gone.
  std::function<void()> prepare(const jwt_options& settings,
                                std::vector<verification_key> others);

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
