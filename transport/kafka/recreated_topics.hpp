#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir::kafka {

/// Topics that were created again under a producer, and have taken no record
/// since. librdkafka keeps to the brokers that led the former topic if those
/// had been elected more often than the new one's: such a client never finds
/// the new leaders, and another one does.
class recreated_topics {
public:
  using clock = std::chrono::steady_clock;

  /// From the first record on; longer than brokers need to elect leaders.
  static constexpr std::chrono::seconds patience{3};

  void on_topic(const std::string& topic, const topic_state& state) {
    auto& log = logs_[topic];
    if (log != 0 && state.log != log)
      first_record_[topic] = std::nullopt;
    log = state.log;
  }

  void on_produced(std::string_view topic, clock::time_point now) {
    if (auto i = first_record_.find(topic);
        i != first_record_.end() && !i->second)
      i->second = now;
  }

  void on_stored(std::string_view topic) {
    if (auto i = first_record_.find(topic); i != first_record_.end())
      first_record_.erase(i);
  }

  /// None to look for, as nearly always.
  bool empty() const { return first_record_.empty(); }

  /// One whose records do not reach it; empty: none.
  std::string stuck(clock::time_point now) const {
    for (const auto& [topic, since] : first_record_)
      if (since && now - *since >= patience)
        return topic;
    return {};
  }

private:
  std::map<std::string, log_id> logs_;
  std::map<std::string, std::optional<clock::time_point>, std::less<>>
    first_record_;
};

} // namespace weir::kafka
