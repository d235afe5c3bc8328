#pragma once

#include "actors/contract/cursor.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/records.hpp"

#include <cstdint>
#include <utility>

namespace weir {

/// A subscription's position: the next offset that it wants, the log that this
/// is of, and the epoch of the leader that has written what is before it, as
/// far as they are known. Plain logic.
class log_cursor {
public:
  explicit log_cursor(std::int64_t next = cursor::unknown, named_log of = {})
    : next_(next), of_(of) {}

  std::int64_t next() const { return next_.next(); }
  const named_log& of() const { return of_; }

  bool is_of_another_log(kafka::log_id x) const {
    return of_.log != 0 && of_.log != x;
  }

  /// Its reader has said where it begins.
  void begin(std::int64_t offset) { next_ = cursor{offset}; }

  /// Takes the batch's range. False, and nothing changes: something was missed,
  /// or comes twice, or is not of the log that the position is of.
  bool advance(const record_batch& x) {
    if (x.to < x.from && next_.restart(x.from, x.lost)) {
      if (later_log_ != 0)
        of_.log = std::exchange(later_log_, 0);
      return true;
    }
    return later_log_ == 0 && next_.advance(x.from, x.to);
  }

  /// Its reader has named its log, and of which leader `at` is. A position of
  /// another log is none in this one: only a batch that goes back takes us
  /// there. An epoch is that of a position: after a batch was lost, ours is not
  /// the one meant.
  void name(const named_log& x, std::int64_t at) {
    if (next() == at)
      of_.leader_epoch = x.leader_epoch;
    else if (of_.log != x.log)
      of_.leader_epoch = -1;
    auto is_position_of = of_.log == 0 || of_.log == x.log || next() == at;
    (is_position_of ? of_.log : later_log_) = x.log;
  }

private:
  cursor next_;
  named_log of_;
  kafka::log_id later_log_ = 0; ///< that a batch that goes back leads to
};

} // namespace weir
