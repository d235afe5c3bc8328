#include "transport/kafka/reachability.hpp"

#include "transport/kafka/statistics.hpp"

#include <cstdint>
#include <utility>

namespace weir::kafka {

using statistics::number;
using statistics::take;

namespace {

// A connection that has owed an answer for this long does not count. Longer
// than `fetch.wait.max.ms`, so never that of a long poll.
constexpr std::int64_t stalled_after_us = 2'000'000;

// The part of the statistics that tells of brokers: it stands before the
// topics, whose part may be large.
std::string_view brokers_part(std::string_view json) {
  if (!take(json, "\"brokers\":{"))
    return {};
  return json.substr(0, json.find("\"topics\":{"));
}

} // namespace

struct reachability::connections {
  bool readable = false;
  bool up = false;      ///< there is one
  bool heard = false;   ///< an answer came lately
  bool idle = false;    ///< nothing was asked
  bool stalled = false; ///< asked, and no answer
};

// How long a connection has been silent says nothing by itself: it was silent
// before it was asked as well. So what counts is the time since it was first
// seen to owe an answer.
reachability::connections reachability::look(std::string_view json) {
  connections result;
  auto now = take(json, "\"ts\":");
  auto rest = brokers_part(json);
  result.readable = now && !rest.empty();
  std::map<std::string, std::int64_t, std::less<>> owing_since;
  while (auto name = take(rest, "\"name\":\"")) {
    auto source = take(rest, "\"source\":\"");
    auto state = take(rest, "\"state\":\"");
    auto waiting = take(rest, "\"waitresp_cnt\":");
    auto silent = take(rest, "\"rxidle\":");
    if (!source || !state || !waiting || !silent) {
      result.readable = false;
      break;
    }
    // The group coordinator's connection stands still while a group forms,
    // and the internal one is no connection at all.
    auto real = source->starts_with("configured")
                || source->starts_with("learned");
    if (!real || !state->starts_with("UP"))
      continue;
    result.up = true;
    auto silence = number(*silent);
    result.heard |= silence >= 0 && silence <= stalled_after_us;
    if (number(*waiting) <= 0) {
      result.idle = true;
      continue;
    }
    auto key = name->substr(0, name->find('"'));
    auto since = number(*now);
    auto last_heard = silence < 0 ? 0 : since - silence;
    if (auto i = owing_since_.find(key);
        i != owing_since_.end() && last_heard <= i->second)
      since = i->second;
    result.stalled |= number(*now) - since > stalled_after_us;
    owing_since.emplace(key, since);
  }
  owing_since_ = std::move(owing_since);
  return result;
}

kafka_error reachability::on_statistics(std::string_view json) {
  auto x = look(json);
  if (!x.readable)
    return {"statistics", "librdkafka's statistics are not as expected"};
  if (x.heard || (x.idle && !x.stalled)) {
    on_answer();
  } else if (x.stalled || !x.up) {
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
