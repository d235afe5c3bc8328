#pragma once

#include "transport/engineio/socket.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir::engineio {

/// One of the connections that are allowed at once; given back when it goes,
/// on whatever thread.
class connection_slot {
public:
  using counter = std::shared_ptr<std::atomic<std::size_t>>;

  connection_slot() = default;

  explicit connection_slot(counter open) : open_(std::move(open)) { ++*open_; }

  connection_slot(connection_slot&&) noexcept = default;

  connection_slot& operator=(connection_slot&& other) noexcept {
    std::swap(open_, other.open_);
    return *this;
  }

  ~connection_slot() {
    if (open_)
      --*open_;
  }

private:
  counter open_;
};

/// A TCP connection on its way from one part to another.
struct connection {
  tcp_socket socket;
  connection_slot slot;
  std::string early; ///< bytes that have been read, but not understood yet
};

} // namespace weir::engineio
