#include "transport/kafka/partition_list.hpp"

#include <span>

namespace weir::kafka {

partitions_handle to_list(const std::vector<topic_partition>& partitions) {
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
  for (const auto& x : partitions)
    rd_kafka_topic_partition_list_add(list.get(), x.topic.c_str(), x.partition);
  return list;
}

partitions_handle to_list(const partition_offsets& offsets) {
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()))};
  for (const auto& [x, offset] : offsets)
    rd_kafka_topic_partition_list_add(list.get(), x.topic.c_str(), x.partition)
      ->offset
      = offset;
  return list;
}

std::vector<topic_partition>
from_list(const rd_kafka_topic_partition_list_t* list) {
  std::vector<topic_partition> result;
  if (list == nullptr)
    return result;
  for (const auto& x :
       std::span{list->elems, static_cast<std::size_t>(list->cnt)})
    result.push_back({x.topic, x.partition});
  return result;
}

} // namespace weir::kafka
