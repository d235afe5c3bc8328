#pragma once

#include <cstdint>

namespace weir {

/// A subscriber's position in a partition: the next offset it wants.
class cursor {
public:
  /// Not known before the first batch: any position will do.
  static constexpr std::int64_t unknown = -1;

  explicit cursor(std::int64_t next = unknown) : next_(next) {}

  std::int64_t next() const { return next_; }

  /// Takes the range `[from, to)`. False, and nothing changes, when it does
  /// not begin exactly here: then something was missed or comes twice, and the
  /// subscriber has to subscribe again from `next()`.
  bool advance(std::int64_t from, std::int64_t to) {
    if ((next_ != unknown && from != next_) || to < from)
      return false;
    next_ = to;
    return true;
  }

  /// The log's offsets have gone back, `from` here to `to`. False, and nothing
  /// changes, when it is not that.
  bool restart(std::int64_t from, std::int64_t to) {
    if (from != next_ || to < 0 || to >= from)
      return false;
    next_ = to;
    return true;
  }

private:
  std::int64_t next_;
};

} // namespace weir
