#pragma once

#include "actors/client/connection.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace weir {

/// What the connections of each loop that come from now on share. Thread-safe
/// once all are added.
class loop_contexts {
public:
  using context_ptr = std::shared_ptr<const connection_context>;

  void add(connection_context x) {
    all_.push_back(std::make_shared<const connection_context>(std::move(x)));
  }

  context_ptr of(std::size_t loop) const {
    const std::scoped_lock lock{mutex_};
    return all_[loop];
  }

  /// Those who are there keep to what there was.
  void change(const limits_options& limits) {
    change([&](auto& x) { x.limits = limits; });
  }

  /// Those who are there are told by the census of their loop.
  void change(const routes_ptr& rules) {
    change([&](auto& x) { x.rules = rules; });
  }

private:
  template <class F>
  void change(F f) {
    const std::scoped_lock lock{mutex_};
    for (auto& x : all_) {
      auto next = *x;
      f(next);
      x = std::make_shared<const connection_context>(std::move(next));
    }
  }

  mutable std::mutex mutex_; // guards what follows
  std::vector<context_ptr> all_;
};

} // namespace weir
