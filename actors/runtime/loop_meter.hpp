#pragma once

#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/time_buckets.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// What is counted of the clients of one I/O loop, and how long they wait. On
/// that loop it costs an addition or two per event: the clock is looked at once
/// for all that a turn of the loop sends, after it has been written to the
/// sockets. The numbers may be read on any thread.
class loop_meter : public std::enable_shared_from_this<loop_meter> {
public:
  using clock = std::chrono::steady_clock;

  /// Milliseconds since 1970, as in records.
  using wall_clock = std::function<std::int64_t()>;

  /// Without a loop, as in tests, nothing waits for the end of a turn.
  explicit loop_meter(actor_executor on, wall_clock wall = {});

  // -- on the loop ------------------------------------------------------------

  /// An emit that has come at that time is being acknowledged.
  void acknowledged(clock::time_point since);

  /// A record with this timestamp is being sent to a client; below 0: it has
  /// none.
  void delivered(std::int64_t timestamp_ms);

  /// Lets go of it once what this turn sends has been written to the sockets.
  void hold(std::shared_ptr<const void> x);

  owned_counter events_in;
  owned_counter events_out;
  time_buckets delay; ///< how late the loop comes to what is due

  // -- on any thread ----------------------------------------------------------

  const time_buckets& acks() const { return acks_; }
  const time_buckets& deliveries() const { return deliveries_; }

private:
  /// What a turn has sent; those next to each other are mostly alike.
  template <class Time>
  struct entry {
    Time since;
    std::int64_t times;
  };

  /// More than these in one turn are not kept until its end.
  static constexpr std::size_t most_kept = 4096;

  template <class Time>
  void keep(std::vector<entry<Time>>& all, Time since);
  void settle_later();
  void settle();

  actor_executor executor_;
  wall_clock wall_;
  std::vector<entry<clock::time_point>> acked_; ///< these two keep their memory
  std::vector<entry<std::int64_t>> sent_;
  std::vector<std::shared_ptr<const void>> held_;
  bool is_to_settle_ = false;
  time_buckets acks_;
  time_buckets deliveries_;
};

using loop_meters = std::vector<std::shared_ptr<const loop_meter>>;

/// Their histograms, in Prometheus' text format.
std::string histograms_text(const loop_meters& all);

} // namespace weir
