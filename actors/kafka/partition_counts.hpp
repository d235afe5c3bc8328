#pragma once

#include "transport/kafka/record.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace weir {

/// How many partitions topics have, as Kafka tells, and as it is passed on.
class partition_counts {
public:
  /// Passed on only by `settle`.
  void note(const std::string& topic, std::int32_t partitions) {
    counts_[topic].latest = partitions;
  }

  /// Whether the topic was another one until now.
  bool note_log(const std::string& topic, kafka::log_id log) {
    auto before = std::exchange(logs_[topic], log);
    return before != 0 && before != log;
  }

  /// Whether there is another count to pass on. A topic loses partitions only
  /// by being created again: until it is known to be another one, fewer are but
  /// a moment's view.
  bool settle(const std::string& topic) {
    auto& x = counts_[topic];
    auto log = logs_[topic];
    if (x.latest == x.settled
        || (x.latest < x.settled && log != 0 && log == x.log))
      return false;
    x.settled = x.latest;
    x.log = log;
    return true;
  }

  /// The count to pass on; 0: not known.
  std::int32_t of(const std::string& topic) const {
    auto i = counts_.find(topic);
    return i == counts_.end() ? 0 : i->second.settled;
  }

  /// It is not read any more; in which log it is stays known.
  void forget(const std::string& topic) { counts_.erase(topic); }

private:
  struct count {
    std::int32_t latest = 0, settled = 0;
    kafka::log_id log = 0; ///< of `settled`
  };

  std::map<std::string, count> counts_;
  std::map<std::string, kafka::log_id> logs_; ///< the last known
};

} // namespace weir
