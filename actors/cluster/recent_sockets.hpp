#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace weir {

/// What is known of sockets that were here, the most recent ones: what their
/// clients have, and where they have gone. Plain logic: an offset from before
/// what the client has is not the client's last, so it was used already or is
/// somebody else's.
class recent_sockets {
public:
  explicit recent_sockets(std::size_t limit) : limit_(limit) {}

  void note(const std::string& socket_id, std::int64_t known) {
    auto& x = entry_of(socket_id);
    x.known = std::max(x.known, known);
  }

  /// Whether an offset written at `seconds` may be the client's last.
  bool allows(const std::string& socket_id, std::int64_t seconds) const {
    auto i = entries_.find(socket_id);
    return i == entries_.end() || seconds >= i->second.known;
  }

  /// Another node has it from here; empty: it is back.
  void note_moved(const std::string& socket_id, std::string to) {
    entry_of(socket_id).moved_to = std::move(to);
  }

  /// Empty: no other node has it from here.
  std::string moved_to(const std::string& socket_id) const {
    auto i = entries_.find(socket_id);
    return i == entries_.end() ? std::string{} : i->second.moved_to;
  }

private:
  struct entry {
    std::int64_t known = 0;
    std::string moved_to;
  };

  entry& entry_of(const std::string& socket_id) {
    auto [i, is_new] = entries_.try_emplace(socket_id);
    if (!is_new)
      return i->second;
    order_.push_back(socket_id);
    if (order_.size() > limit_) {
      entries_.erase(order_.front());
      order_.pop_front();
    }
    return entries_[socket_id];
  }

  std::size_t limit_;
  std::unordered_map<std::string, entry> entries_;
  std::deque<std::string> order_; ///< oldest first
};

} // namespace weir
