#pragma once

#include "actors/contract/emit.hpp"
#include "actors/contract/operation.hpp"

#include <caf/result.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace weir {

/// Drains of a PRODUCER's: each is answered once it, and those that it has
/// asked to drain as well, have nothing left.
class pending_drains {
public:
  explicit pending_drains(producer_actor::pointer self) : self_(self) {}

  /// `on_change`: one of the others has nothing left.
  caf::result<void> add(const std::vector<producer_actor>& others,
                        const std::function<void()>& on_change) {
    auto left = std::make_shared<std::size_t>(others.size());
    auto on_end = [left, on_change] {
      --*left;
      on_change();
    };
    for (auto& x : others)
      self_->request(x, caf::infinite, drain{})
        .then(on_end, [on_end](const caf::error&) { on_end(); });
    auto reply = self_->make_response_promise<void>();
    all_.push_back({reply, left});
    return reply;
  }

  /// Requires: this PRODUCER has nothing left.
  void finish() {
    auto done = std::partition(all_.begin(), all_.end(),
                               [](auto& x) { return *x.others > 0; });
    for (auto i = done; i != all_.end(); ++i)
      i->reply.deliver();
    all_.erase(done, all_.end());
  }

private:
  struct pending {
    caf::typed_response_promise<void> reply;
    std::shared_ptr<std::size_t> others; ///< that have not answered yet
  };

  producer_actor::pointer self_;
  std::vector<pending> all_;
};

} // namespace weir
