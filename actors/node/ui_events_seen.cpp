#include "actors/node/ui_events_seen.hpp"

#include "actors/node/ui_servers.hpp"
#include "config/base/rfc3339.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

ui_event event_of(const schemas::seen_event& x) {
  std::string args;
  json::append_string(args, x.nsp);
  args += ',';
  json::append_string(args, x.socket);
  args += ',' + x.json + ",\""
          + to_rfc3339(static_cast<std::int64_t>(x.time_ms)) + '"';
  auto is_received = x.direction == schemas::seen_direction::received;
  return {is_received ? "event_received" : "event_sent", std::move(args)};
}

} // namespace

void ui_events_seen::add(const std::string& node,
                         const schemas::server_status& x) {
  auto [i, is_new] = nodes_.try_emplace(node, known{x, {}});
  auto& before = i->second;
  auto is_other = !is_same_process(before.last, x)
                  || x.events_left_out < before.last.events_left_out;
  if (!is_new && is_other)
    before = {}; // it counts from nothing
  std::set<std::uint64_t> numbers;
  for (auto& event : x.events) {
    numbers.insert(event.number);
    if (!before.numbers.contains(event.number))
      fresh_.push_back(event);
  }
  left_out_ += x.events_left_out - before.last.events_left_out;
  before = {x, std::move(numbers)};
  before.last.events.clear();
}

ui_events_seen::sight ui_events_seen::take() {
  std::stable_sort(fresh_.begin(), fresh_.end(),
                   [](auto& x, auto& y) { return x.time_ms < y.time_ms; });
  sight result;
  std::size_t bytes = 0;
  for (auto& x : fresh_) {
    auto event = event_of(x);
    bytes += event.args.size();
    if (result.events.size() == most_events || bytes > most_bytes)
      break;
    result.events.push_back(std::move(event));
  }
  result.left_out = std::exchange(left_out_, 0) + fresh_.size()
                    - result.events.size();
  fresh_.clear();
  return result;
}

} // namespace weir
