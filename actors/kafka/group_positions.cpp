#include "actors/kafka/group_positions.hpp"

#include <utility>

namespace weir {

namespace {

kafka::log_position position_of(const commit_position& x) {
  kafka::log_position result{x.next, x.log, x.leader_epoch};
  result.note = x.note;
  result.epochs = x.epochs;
  return result;
}

} // namespace

bool group_positions::take(commit_position x) {
  if (x.next < 0)
    return false;
  kafka::topic_partition key{x.topic, x.partition};
  return latest_.insert_or_assign(std::move(key), std::move(x)).second;
}

group_positions::by_partition group_positions::of(
  const std::vector<kafka::topic_partition>& partitions) const {
  by_partition result;
  for (auto& x : partitions)
    if (auto i = latest_.find(x); i != latest_.end())
      result[x] = position_of(i->second);
  return result;
}

group_positions::by_partition group_positions::take_changes(
  const std::function<bool(const kafka::topic_partition&)>& is_own) {
  by_partition changed;
  for (auto& [x, position] : latest_) {
    if (!is_own(x))
      continue;
    auto here = position_of(position);
    if (auto& last = taken_[x]; last != here)
      changed[x] = last = here;
  }
  return changed;
}

void group_positions::forget(const kafka::topic_partition& x) {
  end(x);
  taken_.erase(x);
  committed_.erase(x);
}

} // namespace weir
