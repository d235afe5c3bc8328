#pragma once

#include <utility>

namespace weir::cluster {

/// Owns a socket of the operating system.
class native_socket {
public:
  native_socket() = default;
  explicit native_socket(int descriptor) : descriptor_(descriptor) {}

  native_socket(native_socket&& other) noexcept
    : descriptor_(other.release()) {}

  native_socket& operator=(native_socket&& other) noexcept {
    native_socket{std::move(other)}.swap(*this);
    return *this;
  }

  ~native_socket();

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

  /// Leaves it to the caller to close.
  int release() { return std::exchange(descriptor_, -1); }

  /// A second owner of the same connection; not open if there are no more
  /// descriptors.
  native_socket duplicate() const;

  /// Ends the connection, whoever else owns it. Thread-safe.
  void shut_down() const;

private:
  void swap(native_socket& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
  }

  int descriptor_ = -1;
};

} // namespace weir::cluster
