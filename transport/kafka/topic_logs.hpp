#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/partition_source.hpp"

#include <map>
#include <memory>
#include <string>

namespace weir::kafka {

/// What is known of topics, as the queues of their partitions see it. Used by
/// one thread; what it hands out is for all.
class topic_logs {
public:
  std::shared_ptr<topic_log> of(const std::string& topic);

  void note(const std::string& topic, const topic_state& state);

private:
  std::map<std::string, std::shared_ptr<topic_log>> logs_;
};

} // namespace weir::kafka
