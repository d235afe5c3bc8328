#include "transport/kafka/reachability.hpp"

#include "transport/kafka/statistics.hpp"

#include <cstdint>
#include <utility>

namespace weir::kafka {

using statistics::number;
using statistics::take;

namespace {

// A connection whose request has gone without any answer for this long does
// not count. Longer than `fetch.wait.max.ms`, so never that of a long poll.
constexpr std::int64_t stalled_after_us = 2'000'000;

struct connections {
  bool readable = false;
  bool heard = false;   ///< an answer came lately
  bool idle = false;    ///< nothing was asked
  bool stalled = false; ///< asked, and no answer
};

// The part of the statistics that tells of brokers: it stands before the
// topics, whose part may be large.
std::string_view brokers_part(std::string_view json) {
  if (!take(json, "\"brokers\":{"))
    return {};
  return json.substr(0, json.find("\"topics\":{"));
}

connections look(std::string_view json) {
  connections result;
  auto rest = brokers_part(json);
  result.readable = !rest.empty();
  while (auto source = take(rest, "\"source\":\"")) {
    // The group coordinator's connection stands still while a group forms,
    // and the internal one is no connection at all.
    auto real = source->starts_with("configured")
                || source->starts_with("learned");
    auto state = take(rest, "\"state\":\"");
    auto waiting = take(rest, "\"waitresp_cnt\":");
    auto silent = take(rest, "\"rxidle\":");
    if (!state || !waiting || !silent) {
      result.readable = false;
      break;
    }
    if (!real || !state->starts_with("UP"))
      continue;
    auto silence = number(*silent);
    auto asked = number(*waiting) > 0;
    result.heard |= silence >= 0 && silence <= stalled_after_us;
    result.idle |= !asked;
    result.stalled |= asked && silence > stalled_after_us;
  }
  return result;
}

} // namespace

kafka_error reachability::on_statistics(std::string_view json) {
  auto x = look(json);
  if (!x.readable)
    return {"statistics", "librdkafka's statistics are not as expected"};
  if (x.heard || (x.idle && !x.stalled)) {
    on_answer();
  } else {
    state_.reachable = false;
    if (state_.last_error.empty())
      state_.last_error = x.stalled ? "brokers do not answer"
                                    : "not connected to any broker";
  }
  return {};
}

void reachability::on_error(std::string message, bool all_brokers_down) {
  if (all_brokers_down)
    state_.reachable = false;
  // The reason ("connection refused") says more than "all are down".
  if (!all_brokers_down || state_.last_error.empty())
    state_.last_error = std::move(message);
}

void reachability::on_answer() {
  state_.reachable = true;
  state_.last_error.clear();
}

} // namespace weir::kafka
