#pragma once

// An emit, from the client to Kafka, and its answer.

#include "actors/contract/idempotency_table.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/runtime/emit_error.hpp"
#include "schemas/event_codec.hpp"
#include "transport/kafka/error.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Whoever waits for what became of an emit.
using emitter_actor = caf::typed_actor<
  // Stored, with their offsets; or refused, with a code.
  caf::result<void>(emits_answered)>;

/// INBOUND ROUTER: event and room to topic, key and value. One per I/O loop.
using inbound_router_actor = caf::typed_actor<
  // Events that clients have emitted.
  caf::result<void>(emit_events)>;

/// PRODUCER: one per I/O loop. The last of them leads: it takes librdkafka's
/// reports, and answers for all.
using producer_actor = caf::typed_actor<
  // Records to store; each is answered to its emitter.
  caf::result<void>(produce_records),
  // librdkafka has delivery reports or news of the brokers.
  caf::result<void>(producer_event),
  // There are further topics; to the one that leads.
  caf::result<void>(declare_topics),
  // Are brokers there, how much is in flight?
  caf::result<producer_status>(query_status),
  // Answers once every record handed over has its report.
  caf::result<void>(drain)>;

/// From GATEWAY to the PRODUCER that leads, before anything is emitted into
/// them.
struct declare_topics {
  std::set<std::string> topics;
};

/// A client has emitted a mapped event.
struct emit_event {
  emitter_actor emitter;
  ack_target ack;
  std::string event;
  /// JSON values with commas between them; valid.
  std::string args;
  std::vector<std::string> attachments;
  /// Of the connection's credit, in bytes; comes back with the answer.
  std::size_t cost = 0;
  /// Where it goes, if the connection had to know; null: it had not.
  std::unique_ptr<destination> to;
  /// By which its connection has looked at it, in its namespace; null: those of
  /// the node's start. Lives as long as the node.
  const nsp_routes* rules = nullptr;
};

/// From CONNECTION to INBOUND ROUTER: what the clients of a loop emit in one
/// turn of it, oldest first. The CONNECTIONs add to it until it is taken (see
/// `emit_collector`); no other loop has anything to do with it.
struct emit_events {
  std::shared_ptr<std::vector<emit_event>> all;
};

/// A record to store.
struct produce_record {
  emitter_actor emitter;
  ack_target ack;
  std::size_t cost = 0;
  const mapping_route* route = nullptr; ///< lives as long as the node
  std::string key;
  schemas::encoded_record record;
  /// Of an event that carries an id of the client's: it is stored once.
  std::optional<emit_identity> identity;
};

/// From INBOUND ROUTER to PRODUCER: the records of one turn, in their order.
struct produce_records {
  std::vector<produce_record> all;
};

/// The emit's credit is free again, and this is the ack.
struct emit_answered {
  ack_target ack;
  std::size_t cost = 0;
  emit_errc error = emit_errc::none;
  std::string message;
  /// Null with an error.
  const mapping_route* route = nullptr;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// From INBOUND ROUTER or PRODUCER to CONNECTION: what has become of emits of
/// its client's, in the order in which that is known.
struct emits_answered {
  std::vector<emit_answered> all;
};

/// What became of a record.
struct emit_outcome {
  emit_errc error = emit_errc::none;
  std::string message;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// The emit is over: so is its span, if it has one.
inline void end_span(ack_target& x, const emit_outcome& outcome) {
  auto span = std::exchange(x.span, nullptr);
  if (!span)
    return;
  if (outcome.error == emit_errc::none) {
    span->set("messaging.destination.partition.id",
              std::to_string(outcome.partition));
    span->set("messaging.kafka.offset", outcome.offset);
  } else {
    span->set("error.type", std::string{to_string(outcome.error)});
    span->fail(outcome.message);
  }
}

/// From librdkafka's threads to the PRODUCER that leads: there are reports or
/// news. Between the PRODUCERs of a node's loops: what has become of records
/// that the receiver has handed over; and there may be a place for those that
/// wait.
struct producer_event {
  struct settled {
    std::uint64_t number = 0; ///< the receiver's
    emit_outcome outcome;
  };
  std::vector<settled> records{};
};

/// What PRODUCER answers to `query_status`.
struct producer_status {
  kafka::broker_state brokers;
  std::uint64_t in_flight = 0;
  std::vector<std::string> reasons; ///< why the node is not ready
};

} // namespace weir
