#include "actors/client/event_sample.hpp"

#include "config/base/wall_clock.hpp"
#include "transport/socketio/json_slice.hpp"

#include <atomic>
#include <string>

namespace weir {

namespace {

/// Tells events apart, whichever loop of this process has seen them.
std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

/// Its name, and instead of its arguments how many bytes it has.
std::string without_args(std::string_view event, std::size_t bytes) {
  auto body = json::array_body(event).value_or("");
  auto name = json::pop_front(body);
  if (name.empty() || name.size() > event_sample::most_bytes)
    name = "\"\"";
  return '[' + std::string{name} + ",\"(" + std::to_string(bytes)
         + " bytes)\"]";
}

std::string kept(std::string_view event) {
  return event.size() <= event_sample::most_bytes
           ? std::string{event}
           : without_args(event, event.size());
}

} // namespace

void event_sample::watch(time_point now) {
  is_watched_ = true;
  until_ = now + life_time;
}

bool event_sample::spend(schemas::seen_direction direction, time_point now) {
  auto& x = budgets_[direction == schemas::seen_direction::sent ? 1 : 0];
  if (now - x.begin >= std::chrono::seconds{1})
    x = {now, 0};
  return x.used++ < most_per_second;
}

void event_sample::add(schemas::seen_direction direction, std::string_view nsp,
                       std::string_view socket, std::string_view json,
                       time_point now) {
  if (now > until_) {
    is_watched_ = false;
    return all_.clear();
  }
  while (!all_.empty() && all_.front().when + life_time < now)
    all_.pop_front();
  if (!spend(direction, now)) {
    ++left_out_;
    return;
  }
  all_.push_back(
    {{direction, std::string{nsp}, std::string{socket}, kept(json),
      static_cast<std::uint64_t>(unix_milliseconds()), next_number()},
     json.size(),
     now});
}

std::vector<schemas::seen_event> event_sample::latest(time_point now,
                                                      bool with_args) const {
  std::vector<schemas::seen_event> result;
  for (auto& x : all_) {
    if (x.when + life_time < now)
      continue;
    auto& event = result.emplace_back(x.what);
    if (!with_args)
      event.json = without_args(event.json, x.bytes);
  }
  return result;
}

} // namespace weir
