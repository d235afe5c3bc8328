#pragma once

// The event that the load emits, and what comes back.
//
//   emit      42<ack id>["message",{"e":<emitter>,"n":<seq>,"room":"r<room>",
//                                   "t":<ns>,"x":"<filler>"}]
//   or        42<ack id>["message","r<room>","e:<emitter>,n:<seq>,t:<ns>,
//                                             x:<filler>"]
//   delivery  42["message",...the same...]
//   ack       43<ack id>[{"status":"ok",...}], or 43<ack id>[true]
//
// The keys are in alphabetical order so that a server which parses and writes
// the object again (serde_json sorts) still returns them in the order in which
// they are read here, and the filler comes last.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::bench {

/// An object; or two texts, for servers that need no more than that.
enum class event_form { object, texts };

struct load_event {
  std::uint32_t emitter = 0;
  std::uint32_t seq = 0;
  std::uint32_t room = 0;
  /// When it was emitted, or should have been (open loop), in nanoseconds.
  std::uint64_t time = 0;

  bool operator==(const load_event&) const = default;
};

/// Just the object; it is also the value of the Kafka record.
void append_object(std::string& out, const load_event& event,
                   std::string_view filler);

/// The whole packet, beginning with Engine.IO's type.
void append_emit(std::string& out, std::uint32_t ack_id,
                 const load_event& event, std::string_view filler,
                 event_form form = event_form::object);

/// Reads an object, or two texts, or anything that has them in it.
std::optional<load_event> parse_event(std::string_view text,
                                      event_form form = event_form::object);

struct load_ack {
  std::uint32_t ack_id = 0;
  bool ok = false;
};

/// Reads what follows the packet's type: `<ack id>[...]`.
std::optional<load_ack> parse_ack(std::string_view text);

} // namespace weir::bench
