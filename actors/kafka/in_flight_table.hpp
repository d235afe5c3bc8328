#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir {

/// What waits for an answer, found again by the token that came with the
/// answer. Places are reused, so that in a steady state nothing is allocated.
/// Bounded by its user. Plain logic.
template <class T>
class in_flight_table {
public:
  /// The token under which `x` can be taken out, once.
  std::uint64_t add(T x) {
    ++size_;
    if (free_.empty()) {
      places_.push_back(std::move(x));
      return places_.size() - 1;
    }
    auto token = free_.back();
    free_.pop_back();
    places_[token] = std::move(x);
    return token;
  }

  /// Requires: `add` returned the token, and it has not been taken out since.
  T take(std::uint64_t token) {
    --size_;
    free_.push_back(token);
    return std::exchange(places_[token], T{});
  }

  /// Calls `f` with all, in no order, and with default values in free places.
  template <class F>
  void each(F f) {
    for (auto& x : places_)
      f(x);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

private:
  std::vector<T> places_;
  std::vector<std::uint64_t> free_;
  std::size_t size_ = 0;
};

} // namespace weir
