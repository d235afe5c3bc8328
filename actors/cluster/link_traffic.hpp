#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// Bytes of messages that a link has carried, before encryption. Counted on
/// CAF's I/O thread, read on any.
struct link_traffic {
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> received{0};
};

} // namespace weir
