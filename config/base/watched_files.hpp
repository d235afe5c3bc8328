#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// When each of them was written. One that is missing has the oldest stamp.
std::vector<std::filesystem::file_time_type>
stamps_of(const std::vector<std::string>& files);

/// Files that settings name, read when the node starts, and again when they
/// change, or others are named. `Settings` can be compared. Not on a loop.
/// Thread-safe.
template <class Settings>
class watched_files {
public:
  using files_of = std::vector<std::string> (*)(const Settings&);

  watched_files(Settings settings, files_of files)
    : files_(files), settings_(std::move(settings)) {}

  Settings settings() const {
    const std::scoped_lock guard{mutex_};
    return settings_;
  }

  /// `read` takes the settings, and returns what has what is in their files
  /// used. Throws as it does; then the former stay in use. What is returned has
  /// both used, in one go for all threads, and throws nothing.
  template <class Read>
  std::function<void()> prepare(Settings x, Read read) {
    // first: what changes meanwhile is another one
    auto seen = stamps_of(files_(x));
    note(x, seen);
    std::function<void()> use = read(x);
    return
      [this, x = std::move(x), seen = std::move(seen), use = std::move(use)] {
        const std::scoped_lock guard{mutex_};
        settings_ = x;
        seen_ = seen;
        use();
      };
  }

  /// Whether a file is another one than when they were last read, well or not.
  bool has_changed() const {
    auto now = stamps_of(files_(settings()));
    const std::scoped_lock guard{mutex_};
    return now != seen_;
  }

private:
  using stamps = std::vector<std::filesystem::file_time_type>;

  /// Also where they are of no use: they are not read again and again.
  void note(const Settings& x, const stamps& seen) {
    const std::scoped_lock guard{mutex_};
    if (x == settings_)
      seen_ = seen;
  }

  files_of files_;
  mutable std::mutex mutex_; ///< of what follows
  Settings settings_;
  stamps seen_;
};

} // namespace weir
