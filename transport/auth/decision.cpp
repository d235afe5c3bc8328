#include "transport/auth/decision.hpp"

#include "config/base/rfc3339.hpp"
#include "config/options/fixed_bounds.hpp"
#include "config/options/units.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace weir::auth {

namespace {

namespace json = boost::json;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Of a user or a room: what a record's header or a room's name may hold.
bool is_name(std::string_view x, std::size_t max) {
  return !x.empty() && x.size() <= max
         && std::none_of(x.begin(), x.end(), is_control);
}

/// False: it is there, and wrong.
bool read_rooms(const json::object& from, std::size_t max_room, decision& to) {
  auto* value = from.if_contains("rooms");
  if (value == nullptr || value->is_null())
    return true;
  auto* rooms = value->if_array();
  if (rooms == nullptr || rooms->size() > max_decision_rooms)
    return false;
  for (auto& x : *rooms) {
    auto* room = x.if_string();
    if (room == nullptr || !is_name({room->data(), room->size()}, max_room))
      return false;
    to.rooms.emplace_back(room->data(), room->size());
  }
  return true;
}

bool read_user(const json::object& from, decision& to) {
  auto* value = from.if_contains("user");
  if (value == nullptr || value->is_null())
    return true;
  auto* user = value->if_string();
  if (user == nullptr || !is_name({user->data(), user->size()}, max_user))
    return false;
  to.user.emplace(user->data(), user->size());
  return true;
}

bool read_expiry(const json::object& from, decision& to) {
  auto* value = from.if_contains("expires_at");
  if (value == nullptr || value->is_null())
    return true;
  auto* seconds = value->if_int64();
  if (seconds == nullptr || *seconds < 0)
    return false;
  to.expires = *seconds;
  return true;
}

const char* name_of(decision_question::kind x) {
  return x == decision_question::kind::join ? "weir.join" : "weir.connect";
}

/// As deep as what clients may send is by default (`limits.json_depth`).
constexpr std::size_t max_depth = 128;

/// Null: it is none.
json::value parse(std::string_view text) {
  json::error_code e;
  json::parse_options options;
  options.max_depth = max_depth;
  auto result = json::parse(json::string_view{text.data(), text.size()}, e, {},
                            options);
  return e ? json::value{} : result;
}

json::object data_of(const decision_question& x) {
  json::object result{{"namespace", x.nsp}, {"address", x.address}};
  result["user"] = x.user.empty() ? json::value{} : json::value(x.user);
  if (x.what == decision_question::kind::join)
    result["room"] = x.room;
  else
    result["auth"] = parse(x.auth);
  result["claims"] = parse(x.claims);
  return result;
}

} // namespace

std::string decision_question::key() const {
  std::string result = name_of(what);
  for (auto* part : {&nsp, &user, &room, &address, &claims, &auth})
    result += " " + std::to_string(part->size()) + ":" + *part;
  return result;
}

std::string shown_by(std::string_view payload) {
  auto value = parse(payload);
  auto* shown = value.if_object();
  if (shown == nullptr)
    return {};
  shown->erase("pid");
  shown->erase("offset");
  return shown->empty() ? std::string{} : json::serialize(*shown);
}

std::optional<decision> read_decision(std::string_view text,
                                      std::size_t max_room) {
  if (text.size() > max_decision)
    return std::nullopt;
  json::error_code e;
  auto value = json::parse(json::string_view{text.data(), text.size()}, e);
  auto* object = e ? nullptr : value.if_object();
  auto* allow = object == nullptr ? nullptr : object->if_contains("allow");
  if (allow == nullptr || !allow->is_bool())
    return std::nullopt;
  decision result;
  result.allow = allow->get_bool();
  if (!read_rooms(*object, max_room, result) || !read_user(*object, result)
      || !read_expiry(*object, result))
    return std::nullopt;
  return result;
}

std::string to_cloud_event(const decision_question& x, std::string_view id,
                           std::string_view source, std::int64_t now) {
  json::object result{{"specversion", "1.0"},
                      {"id", json::string_view{id.data(), id.size()}},
                      {"source",
                       json::string_view{source.data(), source.size()}},
                      {"type", name_of(x.what)},
                      {"time", to_rfc3339_seconds(now)},
                      {"datacontenttype", "application/json"}};
  result["data"] = data_of(x);
  return json::serialize(result);
}

} // namespace weir::auth
