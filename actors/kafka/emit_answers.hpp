#pragma once

#include "actors/contract/emit.hpp"
#include "actors/runtime/caf_compat.hpp"

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// Answers to emits until the turn ends: each CONNECTION gets its own in one
/// message, in the order in which they were given.
class emit_answers {
public:
  /// That a client gets in a turn, or less: so many grow into no larger place.
  static constexpr std::size_t usual_answers = 4;

  void add(emitter_actor to, emit_answered x) {
    auto [i, is_new] = places_.try_emplace(to.id(), batches_.size());
    if (is_new)
      batches_.push_back({std::move(to), {}});
    auto& all = batches_[i->second].content.all;
    if (is_new)
      all.reserve(usual_answers);
    all.push_back(std::move(x));
  }

  template <class Self>
  void send(Self* self) {
    for (auto& x : batches_)
      tell(self, x.to, std::move(x.content));
    batches_.clear();
    places_.clear();
  }

private:
  struct batch {
    emitter_actor to;
    emits_answered content;
  };

  std::vector<batch> batches_;
  std::unordered_map<caf::actor_id, std::size_t> places_;
};

} // namespace weir
