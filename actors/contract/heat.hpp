#pragma once

#include "actors/contract/space_saving.hpp"
#include "schemas/listing_rows.hpp"
#include "transport/kafka/record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// How often names come, in the window of time at present and in the one
/// before. Plain logic.
class hot_names {
public:
  explicit hot_names(std::size_t k) : k_(k) {}

  void add(std::string_view name, std::uint64_t n = 1) { now_.add(name, n); }

  /// Another window begins.
  void turn() { last_ = std::exchange(now_, sketch{k_}); }

  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  using sketch = space_saving<std::string, hash>;

  const sketch& now() const { return now_; }
  const sketch& last() const { return last_; }

private:
  std::size_t k_;
  sketch now_{k_};
  sketch last_{k_};
};

/// What is read of one partition, by key. Plain logic.
class partition_heat {
public:
  /// Keys that it tells apart; of longer ones, so many bytes.
  static constexpr std::size_t keys = 64;
  static constexpr std::size_t max_key = 256;

  explicit partition_heat(kafka::topic_partition of) : of_(std::move(of)) {}

  void add(const kafka::record_view& x);
  void turn();

  /// In the last window.
  bool had_any() const { return last_.records > 0; }

  /// Appends the partition and its `n` hottest keys.
  void describe(bool last, std::size_t n,
                std::vector<schemas::hot_status>& to) const;

private:
  struct sum {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
  };

  kafka::topic_partition of_;
  hot_names keys_{keys};
  sum now_;
  sum last_;
};

/// What is hot of what one I/O loop does: its rooms, by events that their
/// members are sent, and the partitions that it reads. In windows of time, so
/// that what was hot an hour ago is forgotten. Used on that loop only. Plain
/// logic.
class loop_heat {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t rooms = 256;
  static constexpr auto window = std::chrono::seconds{10};

  explicit loop_heat(clock::time_point now = clock::now()) : begun_(now) {}

  /// `name`: `schemas::room_cursor`.
  void add_room(std::string_view name, std::uint64_t events) {
    rooms_.add(name, events);
  }

  /// Requires: `remove` is called before it is gone.
  void add(partition_heat& x) { partitions_.insert(&x); }
  void remove(partition_heat& x) { partitions_.erase(&x); }

  /// To be called from time to time: the window may be over.
  void look_at(clock::time_point now);

  /// The `n` hottest of each kind: of the last window, or where nothing was in
  /// that, of the one at present.
  std::vector<schemas::hot_status> describe(clock::time_point now,
                                            std::size_t n) const;

private:
  bool had_any() const;

  clock::time_point begun_;
  clock::duration last_length_{0};
  hot_names rooms_{rooms};
  std::set<partition_heat*> partitions_;
};

} // namespace weir
