#pragma once

// Limits that stand on one event's way, from the client that emits it through
// Kafka to the members of its room: none may be below what an earlier one lets
// pass, or what was acked would never arrive.

#include "config/options.hpp"
#include "config/report.hpp"

#include <cstddef>

namespace weir {

/// Bytes of an event's frames that fit into a client's outbox, with the offset
/// that recovery appends. Larger ones are neither taken from clients nor
/// delivered.
std::size_t max_event(const limits_options& x);

namespace config {

/// What the largest event that clients may emit takes in Kafka.
std::size_t largest_record(const options& x);

/// Likewise in a member's outbox, without an offset: of what Kafka's client
/// library takes.
std::size_t largest_event(const options& x);

/// Raises the limits that are not given to what `engineio.max_payload` asks
/// for: [limits] outbox, max_lag, producer_queue and forwarded_bytes, and
/// librdkafka's message.max.bytes with the queues that must hold such a record.
void derive_limits(options& x, const report& log);

/// Reports those that are given together and contradict each other.
void validate_limits(const options& x, report& log);

} // namespace config

} // namespace weir
