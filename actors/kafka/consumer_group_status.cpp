#include "actors/kafka/consumer_group_state.hpp"
#include "transport/kafka/group_settings.hpp"

namespace weir {

group_status consumer_group_state::brief() const {
  group_status result;
  if (kafka)
    result.brokers = kafka->brokers();
  result.assigned_once = assigned_once;
  for (auto& [topic, why] : topic_problems)
    result.reasons.push_back("topic " + topic + ": " + why);
  for (auto& topic : unwritable)
    if (options.written.contains(topic))
      result.reasons.push_back("topic " + topic + ": "
                               + std::string{not_written});
  if (group_is_refused)
    result.reasons.push_back("consumer group "
                             + kafka::group_of(options.kafka, options.cluster)
                             + ": it may not be joined: allow READ on it");
  for (auto& [x, why] : partition_problems)
    if (!topic_problems.contains(x.topic))
      result.reasons.push_back("partition " + name_of(x) + ": " + why);
  return result;
}

group_status consumer_group_state::status() const {
  auto result = brief();
  for (auto& [x, position] : positions.latest())
    result.partitions.push_back(position);
  result.readers = consumers;
  result.readers.insert(interim.begin(), interim.end());
  for (auto& [x, consumer] : interim)
    result.interim.insert(x);
  for (auto& [x, offset] : positions.committed())
    result.committed[name_of(x)] = offset;
  return result;
}

std::string consumer_group_state::name_of(const kafka::topic_partition& x) {
  return x.topic + "/" + std::to_string(x.partition);
}

} // namespace weir
