// A single mapping, a single local event.

#include "config/room_pattern.hpp"
#include "config/validate.hpp"

namespace weir::config {

namespace {

/// Reports a key that a table cannot do without.
void require(bool present, const std::string& table, const std::string& key,
             const std::string& problem, report& log) {
  if (!present && log.lacks(table, key))
    log.error(log.place_of(table), problem);
}

void check_key(const room_pattern& room, const std::string& key,
               const std::string& path, report& log) {
  auto repair = room.is_constant()
                  ? std::string{"leave key out"}
                  : "use every name in braces of " + in_quotes(room.text())
                      + ", or leave key out";
  if (!room.uses_known_names(key))
    return log.error_at(
      path, in_quotes(key) + " has a name in braces that the room "
              + in_quotes(room.text()) + " does not have; " + repair);
  if (auto unused = room.unused_name(key))
    return log.error_at(
      path, in_quotes(key) + " does not use " + in_quotes("{" + *unused + "}")
              + ", so two rooms would share a key; " + repair);
  if (!room.keeps_rooms_apart(key))
    log.error_at(path,
                 in_quotes(key)
                   + " could be the key of two rooms; keep the order and the "
                     "characters between the names as they are in "
                   + in_quotes(room.text()));
}

void check_room(const mapping_options& x, const std::string& path,
                report& log) {
  room_pattern room{x.room};
  if (!x.key.empty())
    check_key(room, x.key, path + ".key", log);
  if (room.is_constant())
    return;
  require(x.events.empty() || !x.room_from.empty(), path, "room_from",
          "room_from is missing: clients emit into " + in_quotes(x.room)
            + ", so say where an event names its room, such as room_from = "
              "\"/0/room\"",
          log);
  if (x.join == join_policy::automatic)
    log.error_at(path + ".join", "\"auto\" needs a room without captures, "
                                 "unlike "
                                   + in_quotes(x.room)
                                   + "; use \"client\", or name one room");
}

} // namespace

void validate_mapping(const mapping_options& x, const std::string& path,
                      report& log) {
  require(!x.room.empty(), path, "room",
          "[[namespace.mapping]] needs a room, such as room = \"chat:{id}\"",
          log);
  require(!x.topic.empty(), path, "topic",
          "[[namespace.mapping]] needs a topic, such as topic = "
          "\"chat.messages\"",
          log);
  if (!x.room.empty())
    check_room(x, path, log);
  if (!x.id_from.empty() && x.format == value_format::raw)
    log.error_at(path + ".id_from",
                 "an event of format = \"raw\" has one binary argument and no "
                 "place for an id; leave it out, or use another format");
  if (!x.trace_from.empty() && x.format == value_format::raw)
    log.error_at(path + ".trace_from",
                 "an event of format = \"raw\" has one binary argument and no "
                 "place for a trace; leave it out, or use another format");
}

void validate_local(const namespace_options& nsp, const local_options& x,
                    const std::string& path, report& log) {
  require(!x.events.empty() || log.is_given(path + ".events"), path, "events",
          "[[namespace.local]] needs events, such as events = [\"typing\"]",
          log);
  auto to_room = x.to == local_target::room;
  if (to_room)
    require(!x.room_from.empty(), path, "room_from",
            "room_from is missing: to = \"room\" needs to know where the event "
            "names its room, such as room_from = \"/0/room\"",
            log);
  if (to_room && nsp.mappings.empty()
      && log.lacks(path.substr(0, path.rfind('.')), "mapping"))
    log.error(log.place_of(path),
              "this namespace has no rooms to send to; add a "
              "[[namespace.mapping]], or use to = \"sender\"");
  if (x.to == local_target::none && x.ack == local_ack::none)
    log.error_at(path + ".to",
                 "\"none\" without an ack does nothing; add ack = \"echo\"");
}

} // namespace weir::config
