#pragma once

#include "actors/contract/emit.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// Puts what the CONNECTIONs of a loop emit in one turn of it into one message.
/// It is used on that loop alone. Bounded by what its connections may have
/// unanswered. Plain logic.
class emit_collector {
public:
  using clock = std::chrono::steady_clock;

  /// When the first event of the message has come that the next one is put
  /// into: all of a turn have come then.
  clock::time_point arrival() {
    if (open_.expired())
      arrival_ = clock::now();
    return arrival_;
  }

  /// The message to send; nothing: the event is in one that has been sent and
  /// not been taken yet. So the order is that of the calls.
  std::optional<emit_events> add(emit_event&& x) {
    auto batch = open_.lock();
    auto is_new = !batch;
    if (is_new) {
      batch = std::make_shared<std::vector<emit_event>>();
      batch->reserve(std::exchange(size_, 0));
      open_ = batch;
    }
    batch->push_back(std::move(x));
    ++size_;
    return is_new ? std::optional{emit_events{std::move(batch)}} : std::nullopt;
  }

private:
  // The message's alone: whoever drops it drops what is in it.
  std::weak_ptr<std::vector<emit_event>> open_;
  clock::time_point arrival_{};
  std::size_t size_ = 0; ///< of the last one: a guess at that of the next
};

} // namespace weir
