#pragma once

#include <string>

namespace weir::kafka {

/// What became of a record that was to be stored; librdkafka's codes by what
/// the client may conclude from them.
enum class produce_errc {
  none,
  queue_full,  ///< not taken: try again when reports have come
  too_large,   ///< certainly not stored: over `message.max.bytes`
  unavailable, ///< certainly not stored
  timed_out,   ///< unknown: it may still be stored
  fatal,       ///< the producer can go on no longer (idempotence violated)
};

/// Kafka's own words, for logs and `/readyz`; empty: no error.
struct broker_state {
  bool reachable = false;
  std::string last_error;
};

} // namespace weir::kafka
