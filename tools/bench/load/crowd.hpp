#pragma once

// Many clients, of which only so many shake hands at a time.

#include "tools/bench/load/client.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace weir::bench {

class crowd {
public:
  crowd(client_context& context, std::uint32_t handshakes)
    : context_(context), handshakes_(handshakes) {}

  /// Opens clients until there are `count`, as the ones before get through.
  void grow_to(std::uint32_t count) {
    wanted_ = count;
    open_more();
  }

  /// Call from client_events::on_connected.
  void connected() {
    ++connected_;
    open_more();
  }

  std::uint32_t connected_count() const { return connected_; }
  client& operator[](std::uint32_t index) { return *clients_[index]; }

private:
  void open_more() {
    while (clients_.size() < wanted_
           && clients_.size() - connected_ < handshakes_) {
      auto index = static_cast<std::uint32_t>(clients_.size());
      clients_.push_back(std::make_unique<client>(context_, index));
      clients_.back()->open();
    }
  }

  client_context& context_;
  std::uint32_t handshakes_;
  std::uint32_t wanted_ = 0;
  std::uint32_t connected_ = 0;
  std::vector<std::unique_ptr<client>> clients_;
};

} // namespace weir::bench
