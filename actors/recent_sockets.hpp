#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace weir {

/// What the clients of closed sockets are known to have, the most recent ones.
/// Plain logic: an offset from before that is not the client's last, so it was
/// used already or is somebody else's.
class recent_sockets {
public:
  explicit recent_sockets(std::size_t limit) : limit_(limit) {}

  void note(const std::string& socket_id, std::int64_t known) {
    auto [i, is_new] = known_.emplace(socket_id, known);
    i->second = std::max(i->second, known);
    if (!is_new)
      return;
    order_.push_back(socket_id);
    if (order_.size() > limit_) {
      known_.erase(order_.front());
      order_.pop_front();
    }
  }

  /// Whether an offset written at `seconds` may be the client's last.
  bool allows(const std::string& socket_id, std::int64_t seconds) const {
    auto i = known_.find(socket_id);
    return i == known_.end() || seconds >= i->second;
  }

private:
  std::size_t limit_;
  std::unordered_map<std::string, std::int64_t> known_;
  std::deque<std::string> order_; ///< oldest first
};

} // namespace weir
