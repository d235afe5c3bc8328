#pragma once

#include "config/base/watched_files.hpp"
#include "config/options/jwt.hpp"
#include "transport/auth/key_set.hpp"

#include <functional>
#include <vector>

namespace weir::auth {

/// The files that the keys of tokens are in: read when the node starts, and
/// again when they change. Not on a loop. Thread-safe.
class key_files {
public:
  explicit key_files(jwt_options settings);

  /// What is in them, and in the configuration. Throws std::runtime_error that
  /// begins with the key and says what is wrong.
  std::vector<verification_key> read();

  /// Makes ready what is to become of keys that are read again, and of where
  /// others are fetched; may throw std::runtime_error.
  using prepare_use = std::function<std::function<void()>(
    const jwt_options&, std::vector<verification_key>)>;

  void on_reload(prepare_use f) { prepare_use_ = std::move(f); }

  /// Throws as `read` does; then the former keys stay in use.
  void reload() { prepare(files_.settings())(); }

  /// Reads files that may be other ones. Throws likewise; what is returned has
  /// their keys used from then on.
  std::function<void()> prepare(jwt_options settings);

  /// Whether a file is another one than when they were last read, well or not.
  bool has_changed() const { return files_.has_changed(); }

private:
  watched_files<jwt_options> files_;
  prepare_use prepare_use_;
};

} // namespace weir::auth
