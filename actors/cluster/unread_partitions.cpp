#include "actors/cluster/unread_partitions.hpp"

namespace weir {

void unread_partitions::know(const std::string& topic, std::int32_t count,
                             instant now) {
  counts_[topic] = count;
  for (std::int32_t i = 0; i < count; ++i)
    partitions_.try_emplace({topic, i}, state{false, now});
}

void unread_partitions::read(const kafka::topic_partition& x) {
  partitions_[x].is_read = true;
}

void unread_partitions::unread(const kafka::topic_partition& x, instant now) {
  auto& y = partitions_.try_emplace(x, state{false, now}).first->second;
  if (y.is_read)
    y = {false, now};
}

void unread_partitions::restart(instant now) {
  for (auto& [partition, x] : partitions_)
    x.since = now;
}

std::vector<unread_partitions::unread_partition>
unread_partitions::overdue(duration time, instant now) const {
  std::vector<unread_partition> result;
  for (auto& x : all())
    if (auto& y = partitions_.at(x); !y.is_read && now - y.since >= time)
      result.push_back({x, y.since});
  return result;
}

// A reader may be known before the topic's count; and one that is made again
// with fewer partitions has no others.
std::vector<kafka::topic_partition> unread_partitions::all() const {
  std::vector<kafka::topic_partition> result;
  for (auto& [partition, x] : partitions_)
    if (auto i = counts_.find(partition.topic);
        i != counts_.end() && partition.partition < i->second)
      result.push_back(partition);
  return result;
}

} // namespace weir
