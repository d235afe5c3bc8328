#include "actors/runtime/loop_meter.hpp"

#include "actors/runtime/metrics/emits.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/rooms.hpp"
#include "config/base/wall_clock.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace weir {

loop_meter::loop_meter(actor_executor on, wall_clock wall)
  : executor_(on), wall_(wall ? std::move(wall) : unix_milliseconds) {
}

void loop_meter::acknowledged(clock::time_point since) {
  keep(acked_, since);
}

void loop_meter::delivered(std::int64_t timestamp_ms) {
  if (timestamp_ms >= 0)
    keep(sent_, timestamp_ms);
}

template <class Time>
void loop_meter::keep(std::vector<entry<Time>>& all, Time since) {
  if (!all.empty() && all.back().since == since) {
    ++all.back().times;
    return;
  }
  if (all.size() == most_kept)
    settle();
  all.push_back({since, 1});
  if (!std::exchange(is_to_settle_, true))
    settle_later();
}

void loop_meter::hold(std::shared_ptr<const void> x) {
  held_.push_back(std::move(x));
  if (!std::exchange(is_to_settle_, true))
    settle_later();
}

/// What the turn sends leaves in a call that it has posted before this one
/// (`engineio::loop::flush_later`), or does now.
void loop_meter::settle_later() {
  if (executor_.loop() == nullptr)
    return settle();
  executor_.loop()->post([me = shared_from_this()] { me->settle(); });
}

void loop_meter::settle() {
  using std::chrono::duration_cast, std::chrono::microseconds;
  is_to_settle_ = false;
  held_.clear();
  if (!acked_.empty()) {
    auto now = clock::now();
    for (auto& x : acked_)
      acks_.add(duration_cast<microseconds>(now - x.since).count(), x.times);
    acked_.clear();
  }
  if (!sent_.empty()) {
    auto now = wall_();
    for (auto& x : sent_)
      deliveries_.add((now - x.since) * 1000, x.times);
    sent_.clear();
  }
}

// -- for Prometheus -----------------------------------------------------------

namespace {

std::string seconds(std::int64_t microseconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f",
                static_cast<double>(microseconds) / 1e6);
  return text.data();
}

std::string sample(const std::string& name, std::string_view bound,
                   std::int64_t value) {
  return name + "_bucket{le=\"" + std::string{bound} + "\"} "
         + std::to_string(value) + '\n';
}

/// `part_of`: one loop's.
template <class F>
std::string histogram_text(const metric& x, const loop_meters& all, F part_of) {
  auto name = "weir_" + std::string{x.name};
  auto result = "# HELP " + name + ' ' + std::string{x.help} + "\n# TYPE "
                + name + " histogram\n";
  std::int64_t count = 0, sum = 0;
  for (std::size_t i = 0; i <= time_buckets::bounds; ++i) {
    for (auto& loop : all)
      count += part_of(*loop).count(i);
    result += sample(
      name,
      i == time_buckets::bounds ? "+Inf" : seconds(time_buckets::bound(i)),
      count);
  }
  for (auto& loop : all)
    sum += part_of(*loop).sum();
  return result + name + "_sum " + seconds(sum) + '\n' + name + "_count "
         + std::to_string(count) + '\n';
}

} // namespace

std::string histograms_text(const loop_meters& all) {
  auto acks = [](auto& x) -> auto& {
    return x.acks();
  };
  auto deliveries = [](auto& x) -> auto& {
    return x.deliveries();
  };
  auto delays = [](auto& x) -> auto& {
    return x.delay;
  };
  return histogram_text(metrics::emit_ack, all, acks)
         + histogram_text(metrics::record_delivery, all, deliveries)
         + histogram_text(metrics::loop_delay, all, delays);
}

} // namespace weir
