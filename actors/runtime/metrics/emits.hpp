#pragma once

// Metrics of events on their way to Kafka.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric emits{
  "emits", "Emitted events that were answered or dropped, by their code",
  "code"};
inline constexpr metric emit_ack{
  "emit_ack_seconds",
  "How long clients have waited for the ack of an emit that was stored: from "
  "when it was read until its ack was written to the socket",
  {}};
inline constexpr metric emits_deduplicated{
  "emits_deduplicated",
  "Emits whose id had come before, so that nothing was produced",
  {}};
inline constexpr metric unanswered{
  "producer_unanswered",
  "Emits that wait for what becomes of their record",
  {}};
inline constexpr metric unanswered_bytes{
  "producer_unanswered_bytes",
  "Bytes of those (limits.unanswered_bytes per connection)",
  {}};
inline constexpr metric queue_bytes{
  "producer_queue_bytes",
  "Bytes of events that wait for librdkafka's queue",
  {}};
inline constexpr metric queue_limit{
  "producer_queue_limit_bytes",
  "The most that may wait: limits.producer_queue",
  {}};
inline constexpr metric ids{"idempotency_ids",
                            "Ids of emits that are remembered",
                            {}};
inline constexpr metric ids_limit{"idempotency_ids_limit",
                                  "The most of them: limits.idempotency_ids",
                                  {}};
inline constexpr metric client_failures{
  "producer_failures",
  "Times that librdkafka's producer was recreated",
  {}};
inline constexpr metric records_resent{
  "records_resent",
  "Records that were sent again, one by one: Kafka had refused their request",
  {}};

} // namespace weir::metrics
