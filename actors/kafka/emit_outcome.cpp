#include "actors/kafka/emit_outcome.hpp"

#include <utility>
#include <vector>

namespace weir {

namespace {

emit_errc to_emit_error(kafka::produce_errc x) {
  switch (x) {
    case kafka::produce_errc::none:
      return emit_errc::none;
    case kafka::produce_errc::too_large:
      return emit_errc::too_large;
    case kafka::produce_errc::timed_out:
      return emit_errc::timeout;
    default:
      return emit_errc::unavailable;
  }
}

/// The id that the event's client gave it, in quotes.
std::string id_of(const produce_record& x) {
  std::vector<schemas::header> headers;
  x.record.append_headers(headers);
  for (auto& [name, value] : headers)
    if (name == "ce_id")
      return '"' + std::string{value} + '"';
  return "of the event";
}

} // namespace

pending_emit pending_of(produce_record& x) {
  return {std::move(x.emitter), std::move(x.ack), x.cost, x.route, x.identity};
}

emit_outcome outcome_of(kafka::produce_errc error, std::string message) {
  return {to_emit_error(error), std::move(message)};
}

emit_outcome outcome_of(kafka::delivery_report x) {
  auto result = outcome_of(x.error, std::move(x.message));
  result.partition = x.partition;
  result.offset = x.offset;
  // No broker has said so: librdkafka concludes it from what came behind, also
  // of a record that was refused meanwhile.
  if (result.error == emit_errc::none && x.offset < 0)
    result = {emit_errc::timeout, "Kafka has not told whether it is stored"};
  return result;
}

emit_outcome repeated(const idempotency_table::finding& found,
                      const produce_record& x) {
  using verdict = idempotency_table::verdict;
  switch (found.what) {
    case verdict::stored:
      return {emit_errc::none, {}, found.partition, found.offset};
    case verdict::unknown:
      return {emit_errc::timeout, "whether the event with the id " + id_of(x)
                                    + " is stored is not known; only the log "
                                      "can tell"};
    default:
      return {emit_errc::invalid_payload,
              "the id " + id_of(x) + " is another event's; each needs its own"};
  }
}

emit_answered answer_of(pending_emit x, const emit_outcome& outcome) {
  emit_answered result{std::move(x.ack), x.cost, outcome.error,
                       outcome.message};
  if (outcome.error == emit_errc::none) {
    result.route = x.route;
    result.partition = outcome.partition;
    result.offset = outcome.offset;
  }
  return result;
}

} // namespace weir
