#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace weir {

/// How many connections each user has on this node
/// (limits.connections_per_user). Thread-safe.
class user_connections : public std::enable_shared_from_this<user_connections> {
public:
  explicit user_connections(std::uint32_t limit) : limit_(limit) {}

  /// One of them, given back with its last copy, on whatever thread; null: it
  /// would be one too many.
  using slot = std::shared_ptr<const void>;

  /// `in_any_case`: it takes the place of another one, which is about to go.
  slot admit(const std::string& user, bool in_any_case = false);

  std::size_t users() const;

private:
  void release(const std::string& user);

  std::uint32_t limit_;
  mutable std::mutex mutex_; // guards what follows
  std::unordered_map<std::string, std::uint32_t> by_user_; ///< none is 0
};

} // namespace weir
