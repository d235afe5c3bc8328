#pragma once

#include "config/base/owned_counter.hpp"

#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

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

  /// Of so many messages one is timed, as the metrics' help says.
  static constexpr std::int64_t messages_by_timed = 64;

  message_meter(caf::actor_system& system, const char* type, caf::actor_id id);
  ~message_meter();

  message_meter(const message_meter&) = delete;
  message_meter& operator=(const message_meter&) = delete;

  // -- those who send, on any thread ------------------------------------------

  /// It is about to be put into the mailbox. Chooses whether its times are
  /// taken, by chance: whatever comes at regular intervals is seen as often as
  /// anything else.
  void enqueue(caf::mailbox_element& x) {
    thread_local std::uint32_t random = 1;
    random = random * 1664525 + 1013904223;
    if (random >> 26 == 0)
      x.set_enqueue_time();
    auto before = enqueued_.fetch_add(1, std::memory_order_relaxed);
    if (before < 0)
      return;
    all_.mailbox->inc();
    // Of two who send at a time, the lesser may be the one that is kept.
    if (auto n = before + 1 - handled_.get();
        n > longest_.load(std::memory_order_relaxed))
      longest_.store(n, std::memory_order_relaxed);
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
  void end(const caf::error& reason);

  // -- who looks, on any thread -----------------------------------------------

  const char* type() const { return type_; }
  caf::actor_id id() const { return id_; }
  std::int64_t mailbox() const;
  std::int64_t longest_mailbox() const { return longest_; }
  std::int64_t messages() const { return handled_.get(); }

  /// What it has taken for all its messages, by those that were timed.
  std::chrono::nanoseconds busy() const {
    return std::chrono::nanoseconds{timed_.get()} * messages_by_timed;
  }

  /// Calls `f` with the meters of all actors of a system that have not ended,
  /// which do not end meanwhile: `f` must be quick.
  static void each(const caf::actor_system& system,
                   const std::function<void(const message_meter&)>& f);

private:
  static constexpr std::int64_t ended = INT64_MIN / 2;

  void enlist();
  void delist();

  actor_counters all_;
  caf::actor_system* system_;
  const char* type_;
  caf::actor_id id_;
  std::atomic<std::int64_t> enqueued_ = 0; ///< below 0: `end` has been called
  std::atomic<std::int64_t> longest_ = 0;
  owned_counter handled_;
  owned_counter timed_; ///< nanoseconds
  bool is_over_ = false;
  // In the list of all.
  message_meter* next_ = nullptr;
  message_meter** here_ = nullptr; ///< what points to this; null: nothing does
};

} // namespace weir
