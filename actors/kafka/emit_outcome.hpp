#pragma once

#include "actors/contract/emit.hpp"
#include "actors/contract/idempotency_table.hpp"
#include "actors/contract/participants.hpp"
#include "transport/kafka/producer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace weir {

/// An emit that waits for the outcome of a record.
struct pending_emit {
  emitter_actor emitter; ///< null: it has been answered already
  ack_target ack;
  std::size_t cost = 0;
  const mapping_route* route = nullptr;
  /// Of an emit that others may repeat.
  std::optional<emit_identity> identity;
  /// When it is answered, whatever has become of it by then.
  std::chrono::steady_clock::time_point deadline{};
};

/// Takes what the answer needs out of the message.
pending_emit pending_of(produce_record& x);

/// librdkafka's words and codes, as clients see them.
emit_outcome outcome_of(kafka::produce_errc error, std::string message);
emit_outcome outcome_of(kafka::delivery_report x);

/// What is said of an emit that has come before and is not in flight.
emit_outcome repeated(const idempotency_table::finding& found,
                      const produce_record& x);

/// The answer; the position is that of a stored record only.
emit_answered answer_of(pending_emit x, const emit_outcome& outcome);

} // namespace weir
