#pragma once

#include "config/options/jwt.hpp"
#include "transport/auth/key_set.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <vector>

namespace weir::auth {

/// The files that the keys of tokens are in: read when the node starts, and
/// again when they change. Not on a loop. Thread-safe.
class key_files {
public:
  explicit key_files(jwt_options settings) : settings_(std::move(settings)) {}

  /// What is in them, and in the configuration. Throws std::runtime_error that
  /// begins with the key and says what is wrong.
  std::vector<verification_key> read();

  /// Makes ready what is to become of keys that are read again, and of where
  /// others are fetched; may throw std::runtime_error.
  using prepare_use = std::function<std::function<void()>(
    const jwt_options&, std::vector<verification_key>)>;

  void on_reload(prepare_use f) { prepare_use_ = std::move(f); }

  /// Throws as `read` does; then the former keys stay in use.
  void reload() { prepare(settings())(); }

  /// Reads files that may be other ones. Throws likewise; what is returned has
  /// their keys used from then on.
  std::function<void()> prepare(jwt_options settings);

  /// Whether a file is another one than when they were last read, well or not.
  bool has_changed() const;

private:
  using stamps = std::vector<std::filesystem::file_time_type>;

  static stamps look(const jwt_options& settings);
  jwt_options settings() const;
  std::vector<verification_key> read(const jwt_options& settings);

  prepare_use prepare_use_;
  mutable std::mutex mutex_; ///< of what follows
  jwt_options settings_;
  stamps seen_;
};

} // namespace weir::auth
