#pragma once

// One emitter's emits that are still on their way: not yet acked, or not yet
// delivered to every member of the room.

#include <bit>
#include <cstdint>
#include <vector>

namespace weir::bench {

class emit_window {
public:
  explicit emit_window(std::uint32_t size)
    : slots_(std::bit_ceil(size)), size_(size) {}

  bool full() const { return next_ - oldest_ >= size_; }
  bool empty() const { return next_ == oldest_; }
  /// How many emits there were so far, which is also the next one's number.
  std::uint32_t emitted() const { return next_; }
  std::uint32_t unfinished() const { return next_ - oldest_; }

  /// Requires: not full. Returns the emit's sequence number.
  std::uint32_t emit(std::uint64_t time, std::uint32_t members) {
    slot(next_) = {time, members, false};
    return next_++;
  }

  /// Returns when it was emitted; 0 if it is not on its way.
  std::uint64_t acked(std::uint32_t seq) {
    if (!holds(seq) || slot(seq).acked)
      return 0;
    slot(seq).acked = true;
    auto time = slot(seq).time;
    advance();
    return time;
  }

  void delivered(std::uint32_t seq) {
    if (!holds(seq) || slot(seq).undelivered == 0)
      return;
    if (--slot(seq).undelivered == 0)
      advance();
  }

  /// Its emitter is gone: calls `f` with each emit that has no ack. Nobody
  /// knows whether these are stored, so nobody is waited for.
  template <class F>
  void give_up(F f) {
    for (auto seq = oldest_; seq != next_; ++seq) {
      if (slot(seq).acked)
        continue;
      slot(seq) = {slot(seq).time, 0, true};
      f(seq);
    }
    advance();
  }

  /// Nobody will get it.
  void refused(std::uint32_t seq) {
    if (!holds(seq))
      return;
    slot(seq) = {slot(seq).time, 0, true};
    advance();
  }

private:
  struct emit_slot {
    std::uint64_t time = 0;
    std::uint32_t undelivered = 0;
    bool acked = false;
  };

  emit_slot& slot(std::uint32_t seq) {
    return slots_[seq & (slots_.size() - 1)];
  }
  bool holds(std::uint32_t seq) const {
    return seq - oldest_ < next_ - oldest_;
  }
  void advance() {
    while (oldest_ != next_ && slot(oldest_).acked
           && slot(oldest_).undelivered == 0)
      ++oldest_;
  }

  std::vector<emit_slot> slots_;
  std::uint32_t size_;
  std::uint32_t oldest_ = 0;
  std::uint32_t next_ = 0;
};

} // namespace weir::bench
