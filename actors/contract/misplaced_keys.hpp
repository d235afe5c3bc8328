#pragma once

#include "actors/contract/cursor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir {

/// From where on one partition may hold records of keys that belong into
/// others. Who comes back to a room with a position that does not name the
/// partition has had none of them. Plain logic.
///
/// Keys are distinguished by a hash, and so many are: of any other key, records
/// may lie there from the first on that was one too many. So a key may be taken
/// for misplaced that is not, which costs a look into the partition, but none
/// is missed. The same holds of all keys where records were deleted before
/// anybody has read them: nobody can tell whose they were. A day after the last
/// one all are forgotten.
class misplaced_keys {
public:
  static constexpr std::size_t capacity = 400;
  static constexpr std::int64_t kept = std::int64_t{24} * 60 * 60; // seconds

  /// A record is there; `now` in seconds of the system's clock.
  void add(std::string_view key, std::int64_t offset, std::int64_t now);

  /// Records from there on are gone that nobody has read: they may have been of
  /// any key.
  void add_any(std::int64_t offset, std::int64_t now) {
    last_added_ = std::max(last_added_, now);
    note_others(offset);
  }

  bool empty() const { return first_.empty() && others_ == cursor::unknown; }

  /// No record of the key is there before this offset; unknown: none at all.
  std::int64_t first(std::string_view key) const;

  /// The log has lost what was there from this offset on.
  void cut(std::int64_t at);

  /// False: there is nothing old.
  bool forget_old(std::int64_t now);

  /// What is known, in base64url of at most 4000 characters: Kafka keeps it
  /// with the committed offset, whose metadata may have 4096. With less than is
  /// known where that is more; empty: nothing is known.
  std::string write() const;

  /// Nothing, where that is no such text.
  static misplaced_keys read(std::string_view text);

private:
  static std::uint32_t hash_of(std::string_view key);

  void note_others(std::int64_t from) {
    others_ = others_ == cursor::unknown ? from : std::min(others_, from);
  }

  std::map<std::uint32_t, std::int64_t> first_; ///< by hash
  std::int64_t others_ = cursor::unknown;       ///< of any other key
  std::int64_t last_added_ = 0;                 ///< seconds
};

} // namespace weir
