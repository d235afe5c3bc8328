#include "config/event_bounds.hpp"

#include "config/quantity.hpp"

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

/// `,"` and `"` around an offset.
constexpr std::size_t offset_punctuation = 3;

} // namespace

std::size_t max_event(const limits_options& x) {
  return x.outbox
         - std::min(x.recovery_offset + offset_punctuation, x.outbox / 2);
}

} // namespace weir

namespace weir::config {

namespace {

/// librdkafka's own defaults.
constexpr std::size_t default_record = 1'000'000;
constexpr std::size_t default_queue_kib = 65'536;
constexpr std::size_t default_response = 100'000'000;
/// What librdkafka takes at most for the largest record.
constexpr std::size_t most_record = 1'000'000'000;
/// What a fetch answer holds besides the record (fetch.max.bytes).
constexpr std::size_t usual_response = 17 * mib;
/// Beside one batch.
constexpr std::size_t around_an_answer = 64 * kib;

constexpr auto most_received = "receive.message.max.bytes";

/// Headers, frames and punctuation around what the client has sent; ids and
/// times have bounds.
constexpr std::size_t around_an_event = 2 * kib;

/// The most that a character of a name becomes: \u00XX.
constexpr std::size_t escaped_character = 6;

bool has_attachments(const options& x) {
  for (auto& nsp : x.namespaces)
    for (auto& mapping : nsp.mappings)
      if (mapping.format == value_format::raw
          || mapping.format == value_format::envelope)
        return true;
  return false;
}

/// What is written of an event besides its arguments, wherever.
std::size_t around(const options& x) {
  std::size_t longest = 0;
  for (auto& nsp : x.namespaces)
    for (auto& mapping : nsp.mappings)
      for (auto& event : mapping.events)
        longest = std::max(longest, nsp.name.size() + mapping.topic.size()
                                      + event.size() * escaped_character);
  return longest + around_an_event;
}

/// Of its packet and of its attachments each.
std::size_t largest_emit(const options& x) {
  return x.engineio.max_payload * (has_attachments(x) ? 2 : 1);
}

/// Null: it is not set for the producer.
const std::string* property_of(const std::map<std::string, std::string>& own,
                               const options& x, const std::string& key) {
  for (auto* from : {&own, &x.kafka.properties})
    if (auto i = from->find(key); i != from->end())
      return &i->second;
  return nullptr;
}

/// What is no number is refused elsewhere.
std::size_t number_of(const std::map<std::string, std::string>& own,
                      const options& x, const std::string& key,
                      std::size_t otherwise) {
  if (auto* text = property_of(own, x, key))
    std::from_chars(text->data(), text->data() + text->size(), otherwise);
  return otherwise;
}

/// What librdkafka takes.
std::size_t accepted_record(const options& x) {
  return number_of(x.kafka.producer, x, "message.max.bytes", default_record);
}

/// The largest that there may be of ours. A batch of several is no larger, and
/// a broker answers with one batch whatever the fetch sizes say.
std::size_t largest_stored(const options& x) {
  return std::min(largest_record(x), accepted_record(x));
}

/// A fetch answer may hold the largest record, or as much as it is asked for.
std::size_t largest_answer(const options& x) {
  auto asked = number_of(x.kafka.consumer, x, "fetch.max.bytes", 0);
  return std::max(largest_stored(x) + usual_response, asked + kib);
}

void raise_property(std::map<std::string, std::string>& own, const options& x,
                    const std::string& key, std::size_t usual,
                    std::size_t needed) {
  if (needed > usual && property_of(own, x, key) == nullptr)
    own[key] = std::to_string(needed);
}

void raise(std::size_t& limit, const std::string& path, std::size_t needed,
           const report& log) {
  if (!log.is_given(path))
    limit = std::max(limit, needed);
}

std::string place_text(const position& x) {
  return x.line == 0 ? x.source : "line " + std::to_string(x.line);
}

/// Reports a limit that is given, together with `max_payload`, and below what
/// that asks for.
void compare(std::size_t limit, const std::string& path, std::size_t needed,
             const std::string& consequence, const options& x, report& log) {
  if (limit >= needed || !log.is_given(path)
      || !log.is_given("engineio.max_payload"))
    return;
  log.error_at(path, size_to_string(limit) + " is less than an event of "
                       + "engineio.max_payload ("
                       + place_text(log.place_of("engineio.max_payload")) + ": "
                       + size_to_string(x.engineio.max_payload) + ") can take, "
                       + consequence + "; set at least "
                       + size_to_string(needed)
                       + ", lower max_payload, or leave "
                       + path.substr(path.rfind('.') + 1)
                       + " out: then it follows max_payload");
}

/// The consumer would be cut off with each such answer, and fetch it again.
void validate_answers(const options& x, report& log) {
  auto needed = largest_stored(x) + around_an_answer;
  for (auto* section : {"kafka.consumer", "kafka.properties"}) {
    auto path = std::string{section} + "." + most_received;
    if (!log.is_given(path))
      continue;
    if (auto given = number_of(x.kafka.consumer, x, most_received, needed);
        given < needed)
      log.error_at(path,
                   size_to_string(given) + " is less than a record of "
                     + size_to_string(largest_stored(x))
                     + ", which emits may become, takes in an answer, so it "
                       "could never be read; set at least "
                     + std::to_string(needed) + ", or leave it out");
    return; // the consumer's own is the one that counts
  }
}

/// An outbox with which `max_event` is that much.
std::size_t outbox_for(std::size_t event, const limits_options& x) {
  return event + std::min(x.recovery_offset + offset_punctuation, event);
}

} // namespace

std::size_t largest_record(const options& x) {
  return largest_emit(x) + around(x);
}

std::size_t largest_event(const options& x) {
  return std::min(largest_emit(x), accepted_record(x)) + around(x);
}

void derive_limits(options& x, const report& log) {
  auto& kafka = x.kafka;
  auto record = std::min(largest_record(x), most_record);
  // The default payload and librdkafka's default are the same number.
  if (x.engineio.max_payload > default_record)
    raise_property(kafka.producer, x, "message.max.bytes", default_record,
                   record);
  auto accepted = std::min(record, accepted_record(x));
  raise_property(kafka.producer, x, "queue.buffering.max.kbytes",
                 default_queue_kib, 2 * accepted / kib);
  raise_property(kafka.consumer, x, most_received, default_response,
                 largest_answer(x));
  raise(x.server.max_url, "server.max_url", x.server.max_header, log);
  auto event = largest_event(x);
  raise(x.limits.outbox, "limits.outbox", outbox_for(event, x.limits), log);
  raise(x.limits.max_lag, "limits.max_lag", event, log);
  raise(x.limits.producer_queue, "limits.producer_queue", largest_emit(x), log);
  raise(x.limits.forwarded_bytes, "limits.forwarded_bytes",
        x.engineio.max_payload, log);
}

void validate_limits(const options& x, report& log) {
  auto& limits = x.limits;
  compare(limits.outbox, "limits.outbox", outbox_for(largest_event(x), limits),
          "so it could never be delivered", x, log);
  compare(limits.max_lag, "limits.max_lag", largest_event(x),
          "so one event would be more than a member may be behind", x, log);
  compare(limits.producer_queue, "limits.producer_queue", largest_emit(x),
          "so it could never wait for Kafka", x, log);
  compare(limits.forwarded_bytes, "limits.forwarded_bytes",
          x.engineio.max_payload, "so no other node could pass it on", x, log);
  validate_answers(x, log);
}

} // namespace weir::config
