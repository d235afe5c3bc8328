#include "actors/contract/routes.hpp"

#include "config/field_hash.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <set>

namespace weir {

namespace {

/// The room that the arguments name; nothing when there is no string there.
std::optional<std::string> named_room(std::string_view args,
                                      std::string_view pointer) {
  auto value = json::argument_at(args, pointer);
  return value ? json::string_value(*value) : std::nullopt;
}

/// Written with `{id}`, or not written at all where it is the room's name.
const std::string& key_pattern(const mapping_options& x) {
  return x.key.empty() ? x.room : x.key;
}

/// As many as an offset has room for.
std::uint32_t digest_of(const mapping_options& x, const std::string& event) {
  constexpr std::uint64_t bits = (1U << 21) - 1;
  field_hash out;
  out.add_all(x.room, x.topic, key_pattern(x), event, x.echo, x.history,
              x.format, x.tombstones);
  auto folded = out.value() ^ (out.value() >> 32);
  return std::max(static_cast<std::uint32_t>(folded & bits), 1U); // 0 is none
}

destination refusal(emit_errc error, std::string message) {
  destination result;
  result.error = error;
  result.message = std::move(message);
  return result;
}

} // namespace

mapping_route::mapping_route(nsp_index nsp, const mapping_options& settings)
  : nsp(nsp),
    settings(settings),
    pattern(settings.room),
    event(!settings.event.empty()   ? settings.event
          : settings.events.empty() ? "message"
                                    : settings.events.front()) {
  json::append_string(topic_json, settings.topic);
  digest = digest_of(settings, event);
}

std::optional<std::string> mapping_route::key_of(std::string_view room) const {
  auto found = pattern.match(room);
  if (!found)
    return std::nullopt;
  if (settings.key.empty() || settings.key == settings.room)
    return std::string{room}; // nothing is to be put together
  return pattern.expand(settings.key, *found);
}

std::optional<std::string> mapping_route::room_of(std::string_view key) const {
  return pattern.room_of(settings.key.empty() ? settings.room : settings.key,
                         key);
}

bool mapping_route::is_like(const mapping_route& x) const {
  auto &a = settings, &b = x.settings;
  return a.room == b.room && a.topic == b.topic
         && key_pattern(a) == key_pattern(b) && event == x.event
         && a.echo == b.echo && a.history == b.history && a.format == b.format
         && a.tombstones == b.tombstones;
}

nsp_routes::nsp_routes(nsp_index index, const namespace_options& settings,
                       std::size_t max_room, const nsp_routes* former)
  : index_(index),
    settings_(settings),
    version_(former ? former->version_ + 1 : 1),
    permissions_(settings),
    max_room_(max_room) {
  mappings_.reserve(settings_.mappings.size());
  for (auto& x : settings_.mappings)
    mappings_.emplace_back(index, x);
  number_mappings(former);
  for (auto& x : mappings_)
    has_members_only_ = has_members_only_ || x.settings.members_only;
  for (auto& x : mappings_)
    for (auto& event : x.settings.events)
      events_[event].push_back(&x);
  for (auto& x : settings_.locals)
    for (auto& event : x.events)
      locals_.emplace(event, &x);
}

/// One that comes back as it has been is another one all the same: a client may
/// have been away since.
void nsp_routes::number_mappings(const nsp_routes* former) {
  for (auto& x : mappings_) {
    x.version = version_;
    if (former == nullptr)
      continue;
    auto& all = former->mappings_;
    auto i = std::find_if(all.begin(), all.end(),
                          [&](auto& y) { return y.is_like(x); });
    x.has_changed = i == all.end() || i->has_changed;
  }
}

const local_options* nsp_routes::local(std::string_view event) const {
  auto i = locals_.find(event);
  return i == locals_.end() ? nullptr : i->second;
}

const mapping_route* nsp_routes::mapping_of(std::string_view room) const {
  auto i = std::find_if(mappings_.begin(), mappings_.end(), [&](auto& x) {
    return x.pattern.match(room).has_value();
  });
  return i == mappings_.end() ? nullptr : &*i;
}

destination nsp_routes::resolve(std::string_view event,
                                std::string_view args) const {
  auto found = events_.find(event);
  if (found == events_.end())
    return refusal(emit_errc::unknown_event,
                   "no mapping of this namespace takes this event");
  const mapping_route* nameless = nullptr; // its room is not in the packet
  for (auto* route : found->second) {
    auto room = route->settings.room_from.empty()
                  ? std::optional{route->settings.room}
                  : named_room(args, route->settings.room_from);
    if (!room) {
      nameless = nameless ? nameless : route;
      continue;
    }
    if (room->size() > max_room_)
      return refusal(emit_errc::too_large,
                     "a room's name has at most limits.room_name bytes: "
                       + std::to_string(max_room_));
    if (auto key = route->key_of(*room))
      return {emit_errc::none, {}, route, std::move(*room), std::move(*key)};
  }
  if (nameless)
    return refusal(emit_errc::invalid_payload,
                   "the event must name its room as a string at "
                     + nameless->settings.room_from);
  return refusal(emit_errc::unknown_room,
                 "no mapping of this event has such a room");
}

std::string nsp_routes::local_room(const local_options& rule,
                                   std::string_view args) const {
  return named_room(args, rule.room_from).value_or(std::string{});
}

routes::routes(const std::vector<namespace_options>& settings,
               std::size_t max_room, std::shared_ptr<const routes> former)
  : former_(std::move(former)), version_(former_ ? former_->version_ + 1 : 1) {
  for (auto& x : settings) {
    auto index = static_cast<nsp_index>(nsps_.size());
    nsps_.push_back(std::make_unique<nsp_routes>(
      index, x, max_room, former_ ? &former_->at(index) : nullptr));
  }
}

const nsp_routes* routes::find(std::string_view name) const {
  auto i = std::find_if(nsps_.begin(), nsps_.end(),
                        [&](auto& x) { return x->settings().name == name; });
  return i == nsps_.end() ? nullptr : i->get();
}

std::vector<std::string> routes::topics() const {
  std::set<std::string> result;
  for (auto& nsp : nsps_)
    for (auto& x : nsp->mappings())
      result.insert(x.settings.topic);
  return {result.begin(), result.end()};
}

std::set<std::string> routes::written_topics() const {
  std::set<std::string> result;
  for (auto& nsp : nsps_)
    for (auto& x : nsp->mappings())
      if (!x.settings.events.empty())
        result.insert(x.settings.topic);
  return result;
}

} // namespace weir
