#pragma once

#include "config/base/trace_context.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Which traces are recorded: those whose parent is, none whose parent is not,
/// and of those that begin here a share, by their id, so that all nodes and
/// programs with the same ratio choose the same. Plain logic.
class trace_sampler {
public:
  /// `ratio`: 0 to 1.
  explicit trace_sampler(double ratio)
    : rejected_below_(static_cast<std::uint64_t>(
      std::llround((1.0 - ratio) * static_cast<double>(randomness_bound)))) {}

  /// Something with a parent, wherever that has been.
  static bool samples_child_of(const trace_context& parent) {
    return parent.is_sampled();
  }

  /// A trace that begins here.
  bool samples_root(const trace_context& root) const {
    return randomness_of(root) >= rejected_below_;
  }

private:
  /// W3C Trace Context, level 2: the last 56 bits of an id are random.
  static constexpr std::size_t random_bytes = 7;
  static constexpr std::uint64_t randomness_bound = std::uint64_t{1} << 56;

  static std::uint64_t randomness_of(const trace_context& x) {
    std::uint64_t result = 0;
    for (auto i = x.trace_id.size() - random_bytes; i < x.trace_id.size(); ++i)
      result = result << 8 | x.trace_id[i];
    return result;
  }

  std::uint64_t rejected_below_;
};

} // namespace weir
