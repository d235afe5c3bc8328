#pragma once

#include <cstddef>

namespace weir::test {

/// What this thread has had of the heap by `new`.
struct heap_use {
  std::size_t allocations = 0;
  std::size_t bytes = 0;
  /// Less what it has given back, as the allocator rounds it.
  std::ptrdiff_t live = 0;

  heap_use operator-(const heap_use& x) const {
    return {allocations - x.allocations, bytes - x.bytes, live - x.live};
  }
};

heap_use heap_used();

} // namespace weir::test
