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

  /// What becomes of keys that are read again.
  void on_reload(std::function<void(std::vector<verification_key>)> use) {
    use_ = std::move(use);
  }

  /// Throws as `read` does; then the former keys stay in use.
  void reload() { use_(read()); }

  /// Whether a file is another one than when they were last read, well or not.
  bool has_changed() const;

private:
  using stamps = std::vector<std::filesystem::file_time_type>;

  stamps look() const;

  const jwt_options settings_;
  std::function<void(std::vector<verification_key>)> use_;
  mutable std::mutex mutex_;
  stamps seen_; ///< guarded
};

} // namespace weir::auth
