#include "config/room_pattern.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace weir::config {

namespace {

constexpr auto nothing_to_serve =
  R"(nothing to serve: there is no [[namespace]]; begin with

[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat"
  topic = "chat.messages")";

/// One use of an event in a mapping.
struct mapped_event {
  std::string_view name;
  const mapping_options* mapping;
  std::string path;
};

std::vector<mapped_event> mapped_events(const namespace_options& x,
                                        const std::string& path) {
  std::vector<mapped_event> result;
  for (std::size_t i = 0; i < x.mappings.size(); ++i) {
    auto& events = x.mappings[i].events;
    auto list = element(path + ".mapping", i) + ".events";
    for (std::size_t j = 0; j < events.size(); ++j)
      result.push_back({events[j], &x.mappings[i], element(list, j)});
  }
  return result;
}

/// `line 12`.
std::string line_of(const std::string& path, const report& log) {
  return "line " + std::to_string(log.place_of(path).line);
}

void check_membership_event(const namespace_options& nsp,
                            std::string_view event, const std::string& path,
                            report& log) {
  if (event == nsp.join_event || event == nsp.leave_event)
    log.error_at(path,
                 in_quotes(event) + " is how clients "
                   + (event == nsp.join_event ? "join" : "leave")
                   + " rooms; choose another name, or another "
                   + (event == nsp.join_event ? "join_event" : "leave_event"));
}

/// An emitted event must name one room, wherever it is mapped.
void check_mapped_events(const namespace_options& nsp,
                         const std::vector<mapped_event>& events, report& log) {
  for (auto x = events.begin(); x != events.end(); ++x) {
    check_membership_event(nsp, x->name, x->path, log);
    auto earlier = std::find_if(events.begin(), x,
                                [&](auto& y) { return y.name == x->name; });
    if (earlier == x)
      continue;
    auto& room_from = x->mapping->room_from;
    if (room_from.empty() || room_from != earlier->mapping->room_from)
      log.error_at(x->path, in_quotes(x->name) + " is also mapped in "
                              + line_of(earlier->path, log)
                              + "; an event of several mappings needs the same "
                                "room_from in each, to tell the rooms apart");
  }
}

void check_local_events(const namespace_options& nsp,
                        const std::vector<mapped_event>& mapped,
                        const std::string& path, report& log) {
  std::vector<std::pair<std::string_view, std::string>> seen;
  seen.reserve(mapped.size());
  for (auto& x : mapped)
    seen.emplace_back(x.name, x.path);
  for (std::size_t i = 0; i < nsp.locals.size(); ++i) {
    auto& events = nsp.locals[i].events;
    for (std::size_t j = 0; j < events.size(); ++j) {
      auto here = element(element(path + ".local", i) + ".events", j);
      check_membership_event(nsp, events[j], here, log);
      auto earlier = std::find_if(seen.begin(), seen.end(), [&](auto& y) {
        return y.first == events[j];
      });
      if (earlier != seen.end())
        log.error_at(here, in_quotes(events[j]) + " is the event of "
                             + line_of(earlier->second, log)
                             + " too; a local event never reaches Kafka and "
                               "has one answer, so drop one of the two");
      seen.emplace_back(events[j], here);
    }
  }
}

bool is_pattern(const mapping_options& x) {
  return !x.room.empty();
}

void check_overlaps(const namespace_options& nsp, const std::string& path,
                    report& log) {
  auto& xs = nsp.mappings;
  for (std::size_t i = 1; i < xs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!is_pattern(xs[i]) || !is_pattern(xs[j])
          || !room_pattern{xs[i].room}.overlaps(room_pattern{xs[j].room}))
        continue;
      log.error_at(element(path + ".mapping", i) + ".room",
                   in_quotes(xs[i].room) + " overlaps " + in_quotes(xs[j].room)
                     + " of "
                     + line_of(element(path + ".mapping", j) + ".room", log)
                     + ": some room matches both; begin them with different "
                       "words");
      break; // one is enough to act on
    }
  }
}

/// The texts that a mapping's records can have as keys. Nothing where they
/// are not all texts of a pattern: a name is repeated, or a key is wrong.
std::optional<room_pattern> key_pattern(const mapping_options& x) {
  auto& text = x.key.empty() ? x.room : x.key;
  if (text.empty() || room_pattern::check(text))
    return std::nullopt;
  return room_pattern{text};
}

bool share_a_key(const mapping_options& a, const mapping_options& b) {
  if (a.topic.empty() || a.topic != b.topic || (a.key.empty() && b.key.empty()))
    return false; // then the rooms overlap, or nothing does
  auto x = key_pattern(a);
  auto y = key_pattern(b);
  return x && y && x->overlaps(*y);
}

/// A record belongs to the rooms whose key it has.
void check_keys(const namespace_options& nsp, const std::string& path,
                report& log) {
  auto& xs = nsp.mappings;
  for (std::size_t i = 1; i < xs.size(); ++i) {
    auto here = xs.begin() + static_cast<std::ptrdiff_t>(i);
    auto earlier = std::find_if(xs.begin(), here,
                                [&](auto& x) { return share_a_key(x, *here); });
    if (earlier == here)
      continue;
    auto place = element(path + ".mapping",
                         static_cast<std::size_t>(earlier - xs.begin()));
    log.error_at(element(path + ".mapping", i)
                   + (xs[i].key.empty() ? ".room" : ".key"),
                 "some key is also that of a room " + in_quotes(earlier->room)
                   + " of " + line_of(place + ".room", log)
                   + " in the same topic, so each would get the other's "
                     "events; choose keys that differ, or another topic");
  }
}

void check_names(const namespace_options& x, const std::string& path,
                 report& log) {
  if (x.join_event == x.leave_event)
    log.error_at(path + ".leave_event",
                 in_quotes(x.leave_event)
                   + " is the join_event too; choose two names");
  if (x.on_connect && x.on_connect->event.empty()
      && log.lacks(path + ".on_connect", "event"))
    log.error(log.place_of(path + ".on_connect"),
              "on_connect needs an event, such as { event = \"auth\" }");
}

/// Whoever could sign positions could read rooms that it may not join.
void check_recovery(const options& x, const namespace_options& nsp,
                    const std::string& path, report& log) {
  if (nsp.recovery.count() == 0 || !x.cluster.secret.empty()
      || log.is_unreadable("cluster.secret"))
    return;
  if (log.is_given("cluster.secret") || log.lacks("cluster", "secret"))
    log.error_at(path + ".recovery",
                 "clients hand back signed positions, so set a secret in "
                 "[cluster], the same on every node");
}

/// A room that nobody could name.
void check_room_names(const options& x, const namespace_options& nsp,
                      const std::string& path, report& log) {
  auto is_too_long = [&](const std::string& room) {
    return !room.empty() && !room_pattern::check(room)
           && room_pattern{room}.shortest() > x.limits.room_name;
  };
  for (std::size_t i = 0; i < nsp.mappings.size(); ++i)
    if (is_too_long(nsp.mappings[i].room))
      log.error_at(element(path + ".mapping", i) + ".room",
                   "every such room's name is longer than limits.room_name, "
                     + std::to_string(x.limits.room_name)
                     + " bytes; shorten it, or raise the limit");
}

} // namespace

void validate_namespaces(const options& x, report& log) {
  if (x.namespaces.empty() && log.lacks({}, "namespace"))
    log.error(log.place_of({}), nothing_to_serve);
  for (std::size_t i = 0; i < x.namespaces.size(); ++i) {
    auto path = element("namespace", i);
    for (std::size_t j = 0; j < i; ++j)
      if (x.namespaces[i].name == x.namespaces[j].name)
        log.error_at(path + ".name", in_quotes(x.namespaces[i].name)
                                       + " is the namespace of "
                                       + line_of(element("namespace", j), log)
                                       + " too; put its mappings there");
    validate_namespace(x.namespaces[i], path, log);
    check_recovery(x, x.namespaces[i], path, log);
    check_room_names(x, x.namespaces[i], path, log);
  }
}

void validate_namespace(const namespace_options& x, const std::string& path,
                        report& log) {
  check_names(x, path, log);
  for (std::size_t i = 0; i < x.mappings.size(); ++i)
    validate_mapping(x.mappings[i], element(path + ".mapping", i), log);
  for (std::size_t i = 0; i < x.locals.size(); ++i)
    validate_local(x, x.locals[i], element(path + ".local", i), log);
  auto events = mapped_events(x, path);
  check_mapped_events(x, events, log);
  check_local_events(x, events, path, log);
  check_overlaps(x, path, log);
  check_keys(x, path, log);
}

} // namespace weir::config
