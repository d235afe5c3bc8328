#include "tools/bench/load/load_event.hpp"

#include <charconv>

namespace weir::bench {

namespace {

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

/// Moves `text` behind the next `mark` and reads the number there.
template <class Number>
bool take_number(std::string_view& text, std::string_view mark,
                 Number& number) {
  auto at = text.find(mark);
  if (at == std::string_view::npos)
    return false;
  text.remove_prefix(at + mark.size());
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                      number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

void append_texts(std::string& out, const load_event& event,
                  std::string_view filler) {
  out += "\"r";
  append_number(out, event.room);
  out += "\",\"e:";
  append_number(out, event.emitter);
  out += ",n:";
  append_number(out, event.seq);
  out += ",t:";
  append_number(out, event.time);
  out += ",x:";
  out += filler;
  out += '"';
}

std::optional<load_event> parse_texts(std::string_view text) {
  load_event event;
  if (take_number(text, ",\"r", event.room)
      && take_number(text, "\"e:", event.emitter)
      && take_number(text, ",n:", event.seq)
      && take_number(text, ",t:", event.time))
    return event;
  return std::nullopt;
}

} // namespace

void append_object(std::string& out, const load_event& event,
                   std::string_view filler) {
  out += "{\"e\":";
  append_number(out, event.emitter);
  out += ",\"n\":";
  append_number(out, event.seq);
  out += ",\"room\":\"r";
  append_number(out, event.room);
  out += "\",\"t\":";
  append_number(out, event.time);
  out += ",\"x\":\"";
  out += filler;
  out += "\"}";
}

void append_emit(std::string& out, std::uint32_t ack_id,
                 const load_event& event, std::string_view filler,
                 event_form form) {
  out += "42";
  append_number(out, ack_id);
  out += "[\"message\",";
  if (form == event_form::object)
    append_object(out, event, filler);
  else
    append_texts(out, event, filler);
  out += ']';
}

std::optional<load_event> parse_event(std::string_view text, event_form form) {
  if (form == event_form::texts)
    return parse_texts(text);
  load_event event;
  if (take_number(text, "\"e\":", event.emitter)
      && take_number(text, "\"n\":", event.seq)
      && take_number(text, "\"room\":\"r", event.room)
      && take_number(text, "\"t\":", event.time))
    return event;
  return std::nullopt;
}

std::optional<load_ack> parse_ack(std::string_view text) {
  load_ack ack;
  if (!take_number(text, "", ack.ack_id))
    return std::nullopt;
  ack.ok = text == "[true]"
           || text.find("\"status\":\"ok\"") != std::string_view::npos;
  return ack;
}

} // namespace weir::bench
