#include "actors/room/room_encoder.hpp"

#include "actors/contract/event_size.hpp"
#include "actors/contract/value_format.hpp"
#include "config/base/utf8.hpp"
#include "config/names.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/decoder.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"
#include "transport/socketio/placeholder.hpp"

namespace weir {

namespace {

/// Whether a name can stand in a client's packet.
bool is_deliverable(std::string_view name) {
  return !name.empty() && name.size() <= max_event_name
         && !socketio::is_reserved_event(name) && !is_weir_event(name)
         && is_utf8(name);
}

/// Whether some socket could have it: what is kept of a record is bounded.
bool is_socket_id(std::string_view x) {
  return !x.empty() && x.size() <= max_socket_id;
}

} // namespace

bool room_encoder::is_event(const kafka::record_view& record) const {
  return record.has_value
         || options_.route->settings.tombstones == tombstone_policy::event;
}

std::string_view room_encoder::decode(const kafka::record_view& record) {
  decode_record(to_schema(options_.route->settings.format),
                options_.route->event, record.value, record.has_value,
                record.headers, event_);
  return check();
}

std::string_view room_encoder::append(const kafka::record_view& record,
                                      room_events& events,
                                      std::string& frames) {
  if (auto wrong = decode(record); !wrong.empty())
    return wrong;
  auto args = event_.is_array ? *json::array_body(event_.json) : event_.json;
  engineio::append_text_message(
    frames, socketio::encode_event(options_.nsp, event_.name, args,
                                   event_.attachments.size()));
  for (auto bytes : event_.attachments)
    engineio::append_binary_message(frames, bytes);
  if (!options_.route->settings.echo && is_socket_id(event_.socket_id))
    events.exceptions.push_back(
      {std::string{event_.socket_id}, events.events.size()});
  events.events.push_back({record.offset, frames.size(), record.timestamp_ms});
  return {};
}

std::string_view room_encoder::check() const {
  if (event_.error != schemas::codec_errc::none)
    return to_string(event_.error);
  if (event_size(options_.nsp, event_.name, event_.json.size(),
                 event_.attachments)
      > options_.max_event)
    return "the event is larger than limits.outbox";
  if (event_.name != options_.route->event && !is_deliverable(event_.name))
    return "the event's name (ce_type) is empty, reserved (by Socket.IO, or as "
           "it begins with \"weir:\"), too long or not UTF-8";
  if (!json::is_valid(event_.json, options_.json_depth))
    return "the value is not valid JSON, or nested too deep";
  if (event_.is_array && !json::array_body(event_.json))
    return "the value is no JSON array";
  if (event_.attachments.size() > socketio::max_attachments)
    return "the event has more attachments than clients take";
  if (!event_.attachments.empty()
      && !socketio::placeholders_match(event_.json, event_.attachments.size()))
    return "the event's placeholders do not match its attachments";
  return {};
}

} // namespace weir
