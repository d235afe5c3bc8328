#include "actors/node/action_request.hpp"

#include "actors/node/query_reader.hpp"
#include "config/base/utf8.hpp"
#include "config/log.hpp"
#include "config/names.hpp"
#include "config/options/limits.hpp"
#include "transport/socketio/json_slice.hpp"

#include <utility>

namespace weir {

namespace {

using kind = action_request::kind;

/// A path with a name in it where `end` is not empty.
struct place {
  std::string_view begin;
  std::string_view end;
  kind what;
};

constexpr place places[]{
  {"/v1/nodes/", "/drain", kind::drain}, {"/v1/log-level", "", kind::log_level},
  {"/v1/emit", "", kind::emit},          {"/v1/join", "", kind::join},
  {"/v1/leave", "", kind::leave},        {"/v1/publish", "", kind::publish},
  {reload_path, "", kind::reload}};

bool is_at(std::string_view path, const place& x) {
  if (x.end.empty())
    return path == x.begin;
  return path.size() > x.begin.size() + x.end.size()
         && path.starts_with(x.begin) && path.ends_with(x.end);
}

/// Null: it is none of them.
const place* find(std::string_view path) {
  for (auto& x : places)
    if (is_at(path, x))
      return &x;
  return nullptr;
}

std::string_view name_in(std::string_view path, const place& x) {
  path.remove_prefix(x.begin.size());
  path.remove_suffix(x.end.size());
  return path;
}

parameter_reader to_level(std::optional<log_level>& x) {
  return {[&x](const std::string& value) {
            x = log::level_of(value);
            return x.has_value();
          },
          "is trace, debug, info, warning or error"};
}

parameter_reader to_event(std::string& x) {
  return {[&x](std::string value) {
            x = std::move(value);
            return is_utf8(x) && !config::check_event(x);
          },
          "is the name of an event that a client may get"};
}

parameter_readers parameters_of(action_request& x,
                                std::optional<log_level>& level) {
  if (x.what == kind::drain)
    return {};
  if (x.what == kind::reload)
    return {{"node", to(x.node)}};
  if (x.what == kind::log_level)
    return {{"level", to_level(level)}, {"node", to(x.node)}};
  parameter_readers result{{"namespace", to_namespace(x.nsp)},
                           {"room", to(x.room)}};
  if (x.what != kind::publish)
    result.insert(
      {{"sid", to(x.sid)}, {"user", to(x.user)}, {"node", to(x.node)}});
  if (x.what == kind::emit || x.what == kind::publish)
    result["event"] = to_event(x.event);
  return result;
}

/// The parameter that must be there, and is not; empty: all are.
std::string_view missing(const action_request& x) {
  if (x.what == kind::reload)
    return "";
  auto has_event = x.what == kind::emit || x.what == kind::publish;
  auto is_someone = !x.sid.empty() || !x.user.empty();
  if (has_event && x.event.empty())
    return "event is missing";
  if (x.what == kind::emit)
    return is_someone || !x.room.empty() ? "" : "room, sid or user is missing";
  if (x.what == kind::publish || x.what == kind::join || x.what == kind::leave)
    if (x.room.empty())
      return "room is missing";
  return x.what == kind::publish || is_someone ? "" : "sid or user is missing";
}

/// The arguments of an event; nothing: the body is something else.
std::optional<std::string> arguments_in(std::string_view body) {
  if (json::trimmed(body).empty())
    return std::string{};
  if (!json::is_valid(body, limits_options{}.json_depth))
    return std::nullopt;
  auto found = json::array_body(body);
  return found ? std::optional{std::string{*found}} : std::nullopt;
}

} // namespace

action_request_result parse_action_request(std::string_view path,
                                           std::string_view query,
                                           std::string_view body) {
  auto* found = find(path);
  if (found == nullptr)
    return {};
  action_request result;
  result.what = found->what;
  std::optional<log_level> level;
  auto problem = read_query(query, parameters_of(result, level));
  if (!problem.empty())
    return {std::nullopt, std::move(problem)};
  if (found->what == kind::drain)
    result.node = name_in(path, *found);
  else if (found->what != kind::log_level)
    problem = missing(result);
  else if (!level)
    problem = "level is missing: trace, debug, info, warning or error";
  result.level = level.value_or(result.level);
  if (auto args = arguments_in(body); !result.event.empty() && args)
    result.args = std::move(*args);
  else if (!result.event.empty() && problem.empty())
    problem = "the body must be a JSON array: the event's arguments";
  if (!problem.empty())
    return {std::nullopt, std::move(problem)};
  return {std::move(result), {}};
}

bool is_action(std::string_view path) {
  return find(path) != nullptr;
}

} // namespace weir
