#include "config/validate.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace weir::config {

namespace {

void validate_rate(const rate_options& x, const std::string& path,
                   report& log) {
  if (x.burst != 0 && x.rate == 0 && !log.is_unreadable(path + ".rate"))
    log.error_at(path + ".burst", "does nothing without rate; set both");
}

/// What clients may emit, in any namespace.
std::set<std::string, std::less<>> events_of(const options& x) {
  std::set<std::string, std::less<>> result;
  for (auto& nsp : x.namespaces) {
    result.insert({nsp.join_event, nsp.leave_event});
    for (auto& mapping : nsp.mappings)
      result.insert(mapping.events.begin(), mapping.events.end());
    for (auto& local : nsp.locals)
      result.insert(local.events.begin(), local.events.end());
  }
  return result;
}

void validate_event(const options& x, std::size_t i, report& log) {
  auto& all = x.limits.event;
  auto& event = all[i];
  auto path = element("limits.event", i);
  validate_rate(event.events, path + ".events", log);
  validate_rate(event.bytes, path + ".bytes", log);
  if (!event.events.is_on() && !event.bytes.is_on() && !log.is_unreadable(path))
    log.error_at(path, "limits nothing; set events or bytes, such as events = "
                       "{ rate = 5, burst = 10 }");
  if (event.name.empty()) {
    if (log.lacks(path, "name"))
      log.error_at(path, "name is missing: of the event");
    return;
  }
  auto is_same = [&](auto& y) { return y.name == event.name; };
  auto here = all.begin() + static_cast<std::ptrdiff_t>(i);
  if (std::find_if(all.begin(), here, is_same) != here)
    log.error_at(path + ".name", in_quotes(event.name)
                                   + " is there already; say all of it once");
  else if (!events_of(x).contains(event.name))
    log.error_at(path + ".name",
                 in_quotes(event.name)
                   + " is no event that clients may emit; see events in the "
                     "mappings");
}

} // namespace

void validate_rates(const options& x, report& log) {
  auto& limits = x.limits;
  for (auto [rate, name] : {std::pair<const rate_options*, const char*>{
                              &limits.connection_rate, "connection_rate"},
                            {&limits.handshakes, "handshakes"},
                            {&limits.requests, "requests"},
                            {&limits.packets, "packets"},
                            {&limits.events, "events"},
                            {&limits.bytes, "bytes"},
                            {&limits.joins, "joins"}})
    validate_rate(*rate, std::string{"limits."} + name, log);
  for (std::size_t i = 0; i < limits.event.size(); ++i)
    validate_event(x, i, log);
  auto are_limited = limits.events.is_on() || limits.bytes.is_on()
                     || limits.joins.is_on() || !limits.event.empty();
  if (limits.max_rate_limited != 0 && !are_limited)
    log.error_at(
      "limits.max_rate_limited",
      "does nothing without events, bytes, joins or [[limits.event]]; "
      "set one of them");
  if (limits.connections_per_user != 0 && !x.auth.identifies_clients()
      && !x.auth.webhook.is_configured())
    log.error_at(
      "limits.connections_per_user",
      "does nothing where nobody says who a user is; set [auth.jwt], "
      "[auth.webhook] or auth.certificate_user");
}

} // namespace weir::config
