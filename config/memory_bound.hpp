#pragma once

// What a node's memory can come to: every buffer that has a limit, times how
// often there is one. An upper bound, not an estimate: most terms are never
// near it together. `weir check` prints it.
//
// Not counted, as no setting bounds it: what producers compress in Kafka (a
// batch counts as it is stored), and answers of the admin endpoint.

#include "config/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

/// What the configuration does not say.
struct memory_assumptions {
  /// Of each topic.
  std::uint32_t partitions = 4;
  /// What `io_threads = 0` stands for.
  std::uint32_t cores = 1;
};

/// A property of librdkafka that bounds a queue of its, and what Weir sets
/// where the configuration says nothing (a test compares).
struct queue_property {
  const char* key;
  std::uint64_t value;
  bool of_producer;
};

inline constexpr queue_property producer_kib{"queue.buffering.max.kbytes",
                                             65'536, true};
inline constexpr queue_property producer_records{"queue.buffering.max.messages",
                                                 100'000, true};
inline constexpr queue_property queued_kib{"queued.max.messages.kbytes", 2048,
                                           false};
inline constexpr queue_property queued_records{"queued.min.messages", 20'000,
                                               false};
inline constexpr queue_property fetch_bytes{"fetch.message.max.bytes", mib,
                                            false};
inline constexpr queue_property fetch_max_bytes{"fetch.max.bytes", 16 * mib,
                                                false};

struct memory_term {
  std::string what;
  /// What to lower, or empty where nothing can be.
  std::string keys;
  std::uint64_t each = 0;
  std::uint64_t count = 0;
  /// Of what there are so many.
  std::string_view unit;

  /// The largest number there is stands for all beyond it.
  std::uint64_t bytes() const;
};

struct memory_bound {
  std::vector<memory_term> terms; ///< not empty

  std::uint64_t bytes() const;
  const memory_term& largest() const;
};

/// Requires: `x` is valid.
memory_bound memory_bound_of(const options& x,
                             const memory_assumptions& assumed);

/// How many clients at once (server.max_connections) such a sum fits into
/// `memory` with, all else as it is; 0: not even one.
std::uint32_t clients_that_fit(const options& x,
                               const memory_assumptions& assumed,
                               std::uint64_t memory);

/// The terms as a table, their sum, and what to lower first.
std::string to_text(const memory_bound& x);

/// What the sum means on a machine: how many clients fit, or nothing where all
/// do that `x` allows.
std::string to_text(std::uint32_t clients_that_fit, const options& x,
                    std::uint64_t memory);

} // namespace weir::config
