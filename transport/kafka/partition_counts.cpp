#include "transport/kafka/partition_counts.hpp"

#include "transport/kafka/statistics.hpp"

#include <algorithm>

namespace weir::kafka {

using statistics::number;
using statistics::take;

namespace {

// The partitions of one topic's part of the statistics. Also there is what
// someone has asked for and no broker has ("unknown"), and -1, which is where
// a producer keeps what has no partition yet.
std::int32_t count(std::string_view topic) {
  std::int64_t result = 0;
  while (auto partition = take(topic, "\"partition\":"))
    if (auto unknown = take(topic, "\"unknown\":");
        unknown && unknown->starts_with("false"))
      result = std::max(result, number(*partition) + 1);
  return static_cast<std::int32_t>(result);
}

} // namespace

void partition_counts::watch(rd_kafka_t* client,
                             const std::vector<std::string>& topics) {
  std::erase_if(topics_, [&](auto& x) {
    return std::find(topics.begin(), topics.end(), x.first) == topics.end();
  });
  for (auto& topic : topics)
    if (auto& x = topics_[topic]; !x.handle)
      x.handle.reset(rd_kafka_topic_new(client, topic.c_str(), nullptr));
}

void partition_counts::on_statistics(std::string_view json,
                                     const listener& tell) {
  if (!take(json, "\"topics\":{"))
    return;
  while (auto topic = take(json, "\"topic\":\"")) {
    auto known = topics_.find(topic->substr(0, topic->find('"')));
    if (known == topics_.end())
      continue;
    auto found = count(topic->substr(0, topic->find("\"topic\":\"")));
    if (found == 0 || found == known->second.count)
      continue;
    known->second.count = found;
    tell(known->first, found);
  }
}

} // namespace weir::kafka
