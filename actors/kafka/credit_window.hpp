#pragma once

#include <cstddef>

namespace weir {

/// How many more bytes a receiver will take. The last batch may overdraw it by
/// one record, so that a record larger than the window can pass; the debt is
/// paid off before anything else is sent.
class credit_window {
public:
  explicit credit_window(std::size_t initial = 0)
    : available_(static_cast<std::ptrdiff_t>(initial)) {}

  void grant(std::size_t n) { available_ += static_cast<std::ptrdiff_t>(n); }

  void spend(std::size_t n) { available_ -= static_cast<std::ptrdiff_t>(n); }

  bool is_open() const { return available_ > 0; }

  /// Bytes that may be sent now.
  std::size_t available() const {
    return is_open() ? static_cast<std::size_t>(available_) : 0;
  }

  /// Bytes by which it is overdrawn.
  std::size_t debt() const {
    return available_ < 0 ? static_cast<std::size_t>(-available_) : 0;
  }

private:
  std::ptrdiff_t available_;
};

} // namespace weir
