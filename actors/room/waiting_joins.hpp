#pragma once

#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// A join that cannot be answered yet.
struct waiting_join {
  join_room request;
  std::chrono::steady_clock::time_point until; ///< it is refused then
  bool has_left = false; ///< it is answered, and the socket is no member
  request_lease leave{}; ///< of the leave that came behind it
};

/// Joins that a room cannot answer yet, in the order in which they have come.
/// Plain logic. Bounded by the sockets of the node.
class waiting_joins {
  static auto is_of(const socket_ptr& x) {
    return [&x](auto& y) { return y.request.ack.socket == x; };
  }

public:
  using time_point = std::chrono::steady_clock::time_point;
  using joins = std::vector<waiting_join>;

  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }

  bool has(const socket_ptr& x) const {
    return std::any_of(all_.begin(), all_.end(), is_of(x));
  }

  /// Requires: `until` is not before that of any other.
  void add(join_room x, time_point until) {
    all_.push_back({std::move(x), until});
  }

  /// When the first is refused. Requires: there is one.
  time_point first_due() const { return all_.front().until; }

  /// Takes out one that is due, the first to come before the others.
  std::optional<waiting_join> take_due(time_point now) {
    if (all_.empty() || all_.front().until > now)
      return std::nullopt;
    std::optional result{std::move(all_.front())};
    all_.pop_front();
    return result;
  }

  /// Takes out those that need not wait any longer. Those of one socket are
  /// admitted in their order.
  template <class F>
  joins take_ready(F must_wait) {
    return take([&, this](const join_room& x) {
      return !has(x.ack.socket) && !must_wait(x);
    });
  }

  /// Takes out those of which that holds. What it is asked of comes in order,
  /// and only those before remain here meanwhile.
  template <class F>
  joins take(F is_wanted) {
    joins result;
    for (auto& x : std::exchange(all_, {}))
      if (is_wanted(x.request))
        result.push_back(std::move(x));
      else
        all_.push_back(std::move(x));
    return result;
  }

  joins take_all() {
    return take([](auto&) { return true; });
  }

  /// What `f` finds first; nothing: it finds nothing.
  template <class F>
  auto find_first(F f) const -> decltype(f(std::declval<const join_room&>())) {
    for (auto& x : all_)
      if (auto found = f(x.request))
        return found;
    return std::nullopt;
  }

  /// The socket has left behind its joins. They are answered nevertheless, and
  /// the lease of the leave ends behind the answers.
  void leave(const socket_ptr& socket, const request_lease& lease) {
    for (auto& x : all_)
      if (is_of(socket)(x) && !std::exchange(x.has_left, true))
        x.leave = lease;
  }

  /// The socket is gone: nobody waits for an answer.
  void remove(const socket_ptr& socket) { std::erase_if(all_, is_of(socket)); }

private:
  std::deque<waiting_join> all_;
};

} // namespace weir
