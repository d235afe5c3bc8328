#include "actors/client/request_rates.hpp"

#include <algorithm>

namespace weir {

namespace {

/// So much each refusal takes of a bucket that gets `max_rate_limited` a
/// second: that is how many there may be in a minute.
constexpr std::size_t refusal_cost = 60;

} // namespace

request_rates::request_rates(const limits_options& limits)
  : limits_(limits), by_event_(limits.event.size()) {
}

bool request_rates::are_limited(const limits_options& limits) {
  return limits.events.is_on() || limits.bytes.is_on() || limits.joins.is_on()
         || !limits.event.empty();
}

template <class F>
void request_rates::for_each_demand(const request& x, F f) {
  auto demand = [&](std::string_view name, const rate_options& rate,
                    bucket& from, std::size_t n) {
    if (rate.is_on())
      f(name, rate, from, n);
  };
  demand("events", limits_.events, events_, 1);
  demand("bytes", limits_.bytes, bytes_, x.bytes);
  if (x.is_join)
    demand("joins", limits_.joins, joins_, 1);
  for (std::size_t i = 0; i < by_event_.size(); ++i)
    if (limits_.event[i].name == x.event) {
      demand("event.events", limits_.event[i].events, by_event_[i].events, 1);
      demand("event.bytes", limits_.event[i].bytes, by_event_[i].bytes,
             x.bytes);
    }
}

request_rates::verdict request_rates::admit(const request& x,
                                            bucket::time_point now) {
  verdict result;
  for_each_demand(x, [&](auto name, auto& rate, auto& from, auto n) {
    if (auto wait = from.wait(rate, now, n); wait > result.wait)
      result = {name, wait};
  });
  if (result.limit.empty())
    for_each_demand(x, [&](auto, auto& rate, auto& from, auto n) {
      from.take(rate, now, n);
    });
  return result;
}

request_rates::verdict request_rates::charge(std::size_t bytes,
                                             bucket::time_point now) {
  request x{{}, bytes};
  verdict result;
  for_each_demand(x, [&](auto name, auto& rate, auto& from, auto n) {
    if (auto wait = from.wait(rate, now, n); wait > result.wait)
      result = {name, wait};
    from.take(rate, now, n);
  });
  return result;
}

bool request_rates::refuse(bucket::time_point now) {
  rate_options most{limits_.max_rate_limited,
                    refusal_cost * limits_.max_rate_limited};
  if (!most.is_on())
    return false;
  refusals_.take(most, now, refusal_cost);
  return refusals_.wait(most, now).count() > 0;
}

} // namespace weir
