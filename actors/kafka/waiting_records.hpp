#pragma once

#include "actors/contract/byte_budget.hpp"
#include "actors/contract/emit.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>

namespace weir {

/// Records that wait for a place in librdkafka's queue, in their order, within
/// a limit in bytes that others may share; each has a deadline. Plain logic.
class waiting_records {
public:
  using time = std::chrono::steady_clock::time_point;

  struct element {
    produce_record record;
    time deadline;
  };

  explicit waiting_records(byte_budget& limit) : limit_(limit) {}

  ~waiting_records() { limit_.give_back(bytes_); }

  waiting_records(const waiting_records&) = delete;

  /// False: there is no place, and the record is untouched. Requires: the
  /// deadline is not before that of an earlier record.
  bool push(produce_record& x, time deadline) {
    if (!limit_.take(x.cost))
      return false;
    bytes_ += x.cost;
    all_.push_back({std::move(x), deadline});
    return true;
  }

  element& front() { return all_.front(); }

  /// Removes the first, whose `cost` must still be there.
  void pop() {
    bytes_ -= all_.front().record.cost;
    limit_.give_back(all_.front().record.cost);
    all_.pop_front();
  }

  bool has_expired(time now) const {
    return !all_.empty() && all_.front().deadline <= now;
  }

  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  std::size_t bytes() const { return bytes_; }

private:
  byte_budget& limit_;
  std::size_t bytes_ = 0;
  std::deque<element> all_;
};

} // namespace weir
