#pragma once

#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The recent records of one partition, in offset order, up to a number of
/// bytes. Plain logic: the PARTITION CONSUMER fills it and serves from it.
class tail_cache {
public:
  /// Keeps about `limit` bytes; the first record to come is `next` or later.
  tail_cache(std::size_t limit, std::int64_t next)
    : limit_(limit), begin_(next), end_(next) {}

  /// Requires: `record.offset >= end()`.
  void append(const kafka::record_view& record);

  /// The partition has been read up to here; offsets between hold no record
  /// (compacted, or a transaction's marker). Never goes back.
  void advance(std::int64_t next);

  /// Every record from here on is in the cache.
  std::int64_t begin() const { return begin_; }

  /// One after the last offset that was read.
  std::int64_t end() const { return end_; }

  std::size_t bytes() const { return bytes_; }

  /// Bytes of older records that would fit.
  std::size_t free_bytes() const { return limit_ - std::min(limit_, bytes_); }

  /// Appends the records in `[from, to)` whose key is `wanted` to `block`
  /// until it holds `max_bytes` or more; returns `to`. Requires:
  /// `begin() <= from <= end()`.
  std::int64_t collect(std::int64_t from, std::size_t max_bytes,
                       const std::function<bool(std::string_view)>& wanted,
                       std::string& block) const;

  /// Calls `f` with the records in `[from, to)`, each as it lies in a record
  /// block, until it has seen `max_bytes` or more; returns `to`. Requires as
  /// above.
  std::int64_t
  visit(std::int64_t from, std::size_t max_bytes,
        const std::function<void(std::int64_t offset, std::string_view record)>&
          f) const;

  /// The last `n` records before `to` whose key this is, oldest first.
  std::vector<std::int64_t> find_last(std::size_t n, std::string_view key,
                                      std::int64_t to) const;

  /// Takes over what was read again of the records right before, as far as
  /// there is space. Requires: `x.end() <= begin()`; what lies between is not
  /// missing.
  void prepend(tail_cache x);

  /// Forgets the oldest records while over the limit.
  void evict();

private:
  struct index_entry {
    std::int64_t offset;
    std::uint32_t at; // in chunk::block
  };

  /// Records are forgotten a chunk at a time.
  struct chunk {
    std::string block;
    std::vector<index_entry> index;
  };

  /// Calls `f` with offset and bytes from each record on, from `from` until it
  /// says no; returns where it did.
  template <class F>
  std::int64_t walk(std::int64_t from, F f) const;

  std::size_t limit_;
  std::size_t bytes_ = 0;
  std::int64_t begin_;
  std::int64_t end_;
  std::deque<chunk> chunks_;
};

} // namespace weir
