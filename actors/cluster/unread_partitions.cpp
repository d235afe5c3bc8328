#include "actors/cluster/unread_partitions.hpp"

#include <utility>

namespace weir {

void unread_partitions::know(const std::string& topic, std::int32_t count,
                             instant now) {
  auto is_new = std::exchange(counts_[topic], count) == 0;
  for (std::int32_t i = 0; i < count; ++i) {
    auto& x
      = partitions_.try_emplace({topic, i}, state{false, now}).first->second;
    if (is_new) // nobody is late with what was not wanted
      x.since = now;
  }
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

bool unread_partitions::reads_all(const std::string& topic) const {
  auto known = counts_.find(topic);
  auto count = known == counts_.end() ? 0 : known->second;
  for (std::int32_t i = 0; i < count; ++i)
    if (!partitions_.at({topic, i}).is_read)
      return false;
  return count > 0;
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
