#pragma once

#include "transport/auth/decision.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace weir::auth {

/// What a webhook has answered, for as long as it said that may be used. When
/// it is full, what was not asked for longest goes.
class decision_cache {
public:
  /// In seconds: no answer is used for longer, whatever it says.
  static constexpr std::int64_t max_age = 60 * 60;

  /// So many answers at most, with so many bytes together.
  decision_cache(std::size_t max_entries, std::size_t max_bytes)
    : max_entries_(max_entries), max_bytes_(max_bytes) {}

  /// Null: there is none, or no longer. `now`: seconds since 1970.
  const decision* find(const std::string& key, std::int64_t now);

  /// Not kept: what has no time, or only one that is over.
  void put(const std::string& key, const decision& x, std::int64_t now);

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

private:
  struct entry {
    std::string key;
    decision value;
    std::int64_t until; ///< seconds since 1970
    std::size_t bytes;
  };
  using entries = std::list<entry>;

  void erase(entries::iterator i);

  std::size_t max_entries_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  entries entries_; ///< the latest first
  std::unordered_map<std::string, entries::iterator> index_;
};

} // namespace weir::auth
