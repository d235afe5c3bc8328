#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

namespace weir::http {

/// File descriptors that are kept open for the operator's port: where clients,
/// or anything else, have used up all there are, it gives one of them up and
/// has a descriptor for whoever asks how the node is. Ports for clients accept
/// nobody until it is full again. Thread-safe.
class descriptor_reserve {
public:
  /// As many as fit, if not `size`.
  explicit descriptor_reserve(std::size_t size);
  ~descriptor_reserve();

  /// Makes room for one descriptor; false: there are none left.
  bool take();

  /// Takes back what was given, where that is possible; whether it is full.
  bool refill();

private:
  std::mutex mutex_; // guards descriptors_
  std::size_t size_;
  std::vector<int> descriptors_;
};

} // namespace weir::http
