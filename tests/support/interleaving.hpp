#pragma once

#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <random>
#include <utility>

namespace weir::test {

/// Pseudo-random choices that are the same for the same seed everywhere.
class interleaving {
public:
  explicit interleaving(std::uint32_t seed) : engine_(seed) {}

  /// A number below `n`. (The standard's distributions differ by library.)
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(engine_() % n);
  }

  /// True once in `n` times.
  bool once_in(std::uint32_t n) { return below(n) == 0; }

  /// Lets some ready actor handle one message, `steps` times at most.
  void run(caf::scheduler::test_coordinator& scheduler,
           std::size_t steps = SIZE_MAX) {
    auto& jobs = scheduler.jobs;
    for (; steps > 0 && !jobs.empty(); --steps) {
      std::swap(jobs.front(),
                jobs[below(static_cast<std::uint32_t>(jobs.size()))]);
      scheduler.try_run_once();
    }
  }

private:
  std::mt19937 engine_;
};

} // namespace weir::test
