#include "transport/kafka/group_member.hpp"

namespace weir::kafka {

void consumer::group_member::count_partitions(
  const std::vector<std::string>& wanted) {
  counts.watch(client.get(), wanted);
}

void consumer::group_member::subscribe(const std::vector<std::string>& wanted) {
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(wanted.size()))};
  for (auto& topic : wanted)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                      RD_KAFKA_PARTITION_UA);
  member.subscribe();
  report(rd_kafka_subscribe(client.get(), list.get()), "subscribe");
}

// What is assigned is revoked, and given back before the group is left.
void consumer::group_member::unsubscribe() {
  if (member.unsubscribe())
    report(rd_kafka_unsubscribe(client.get()), "unsubscribe");
}

} // namespace weir::kafka
