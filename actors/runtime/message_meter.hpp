#pragma once

#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace weir {

/// What is counted of all actors of a type together: `metrics::actors` and
/// what stands with it.
struct actor_counters {
  actor_counters(caf::actor_system& system, const char* type);

  caf::telemetry::int_gauge* actors;
  caf::telemetry::int_gauge* mailbox;
  caf::telemetry::int_counter* messages;
  caf::telemetry::dbl_histogram* mailbox_time;
  caf::telemetry::dbl_histogram* processing_time;
};

/// Counts an actor's messages, each of them, and takes the time of some. CAF's
/// own metrics look at the clock three times for each, which would be 3 % of
/// all that a node does for an emit.
class message_meter {
public:
  using clock = std::chrono::steady_clock;

  message_meter(caf::actor_system& system, const char* type)
    : all_(system, type) {
    all_.actors->inc();
  }

  // -- those who send, on any thread ------------------------------------------

  /// It is about to be put into the mailbox. Chooses whether its times are
  /// taken, by chance: whatever comes at regular intervals is seen as often as
  /// anything else.
  void enqueue(caf::mailbox_element& x) {
    thread_local std::uint32_t random = 1;
    random = random * 1664525 + 1013904223;
    if (random >> 26 == 0) // one in 64, as the metrics' help says
      x.set_enqueue_time();
    if (enqueued_.fetch_add(1, std::memory_order_relaxed) >= 0)
      all_.mailbox->inc();
  }

  /// The mailbox was closed already.
  void refused() {
    if (enqueued_.fetch_sub(1, std::memory_order_relaxed) >= 0)
      all_.mailbox->dec();
  }

  // -- the actor --------------------------------------------------------------

  static bool is_timed(const caf::mailbox_element& x) {
    return x.enqueue_time != clock::time_point{};
  }

  /// Requires: `is_timed`.
  void observe(const caf::mailbox_element& x, clock::time_point begin);

  void handled(std::int64_t n);

  /// Its mailbox is closed, and what was in there is gone.
  void end();

private:
  static constexpr std::int64_t ended = INT64_MIN / 2;

  actor_counters all_;
  std::atomic<std::int64_t> enqueued_ = 0; ///< below 0: `end` has been called
  std::int64_t handled_ = 0;
  bool is_over_ = false;
};

} // namespace weir
