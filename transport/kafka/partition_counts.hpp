#pragma once

#include "transport/kafka/handles.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka {

/// How many partitions topics have, whoever reads them. librdkafka asks for it
/// now and then (`topic.metadata.refresh.interval.ms`) for every topic that it
/// has a handle of; the only ways to learn of it without waiting for a broker
/// are to be the group's leader, and the statistics.
class partition_counts {
public:
  using listener = std::function<void(const std::string&, std::int32_t)>;

  /// From now on the statistics of `client` tell of `topics`, and of no others.
  /// Requires: this ends before the client.
  void watch(rd_kafka_t* client, const std::vector<std::string>& topics);

  /// Calls `tell` for the watched topics whose count has become known or has
  /// changed. A topic that does not exist (any more) is not reported.
  void on_statistics(std::string_view json, const listener& tell);

private:
  struct watched_topic {
    topic_handle handle;
    std::int32_t count = 0; ///< not known yet
  };

  std::map<std::string, watched_topic, std::less<>> topics_;
};

} // namespace weir::kafka
