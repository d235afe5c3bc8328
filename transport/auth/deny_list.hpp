#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace weir::auth {

/// Which users and tokens do not count any more, whatever their signatures say.
/// A list that is not known, or not whole, denies nobody and lets nobody in.
/// Thread-safe.
class deny_list {
public:
  enum class verdict { allowed, denied, unknown };

  /// `max_bytes`: of all names; with more the list is not whole again before
  /// it starts over.
  explicit deny_list(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Whether somebody may come in: by the user's name, and by the id of the
  /// token (`jti`; empty: it has none).
  verdict look_up(std::string_view user, std::string_view token_id) const;

  /// False: it was there.
  bool add(std::string_view name);
  void remove(std::string_view name);

  /// Forgets all that was said, and is not known.
  void restart();

  /// Whether what is here is all there is; why not, or empty.
  void set_problem(std::string problem);
  std::string problem() const;

  std::size_t size() const;

  /// Whether there were more than it may hold.
  bool is_full() const;

private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  /// What an entry takes beside its name.
  static constexpr std::size_t per_name = 64;

  static constexpr const char* unread = "it has not been read yet";

  const std::size_t max_bytes_;
  mutable std::mutex mutex_; ///< of what follows
  std::unordered_set<std::string, hash, std::equal_to<>> names_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
  std::string problem_ = unread;
};

} // namespace weir::auth
