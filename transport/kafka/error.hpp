#pragma once

#include "transport/kafka/record.hpp"

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
  fatal,       ///< the producer can continue no longer (idempotence violated)
};

/// An error that librdkafka reports: its name for the code, and what to say of
/// it. Empty: none.
struct kafka_error {
  std::string code;
  std::string message;

  bool operator==(const kafka_error&) const = default;

  explicit operator bool() const { return !code.empty(); }
};

/// What brokers say of a topic.
struct topic_state {
  log_id log = 0;              ///< the last that was known of
  std::int32_t partitions = 0; ///< of that log
  bool is_missing = false;
  kafka_error problem;   ///< why its records cannot be read; empty: they can
  bool may_write = true; ///< as far as brokers tell

  bool operator==(const topic_state&) const = default;
};

/// Kafka's own words, for logs and `/readyz`; empty: no error.
struct broker_state {
  bool reachable = false;
  std::string last_error;
};

} // namespace weir::kafka
