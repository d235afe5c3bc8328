#include "actors/kafka/topic_table.hpp"

#include "actors/contract/cursor.hpp"
#include "transport/kafka/partitioner.hpp"

#include <algorithm>
#include <utility>

namespace weir {

// -- partitions ---------------------------------------------------------------

std::int32_t topic_table::home_of(std::string_view key) const {
  return kafka::partition_of(key, count_);
}

std::vector<topic_table::ended_partition>
topic_table::set_count(std::int32_t partitions) {
  auto before = std::exchange(count_, partitions);
  if (before == 0)
    return {};
  std::vector<ended_partition> result;
  auto known = static_cast<std::int32_t>(positions_.next.all().size());
  for (auto i = count_; i < known; ++i)
    if (positions_.next.knows(i)) {
      result.push_back({i, positions_.next.at(i)});
      forget(i);
    }
  for (auto i = before; i < count_; ++i)
    if (!positions_.next.knows(i))
      positions_.next.set(i, 0);
  return result;
}

void topic_table::forget(std::int32_t partition) {
  auto& x = positions_;
  for (auto* y : {&x.next, &x.log_start, &x.log_end, &x.log, &x.leader_epoch,
                  &x.misplaced_from})
    y->set(partition, cursor::unknown);
  x.epochs.erase(partition);
  misplaced_.erase(partition);
  shared_.reset();
}

// -- positions ----------------------------------------------------------------

void topic_table::begin_at(std::int32_t partition, std::int64_t offset,
                           std::string_view noted) {
  if (noted.empty())
    misplaced_.erase(partition);
  else
    misplaced_[partition] = misplaced_keys::read(noted);
  positions_.next.set(partition, offset);
  shared_.reset(); // rooms are notified of all partitions
}

void topic_table::take_live(std::int32_t partition, const record_batch& x) {
  positions_.next.set(partition, x.to);
  positions_.leader_epoch.set(partition, x.leader_epoch);
  if (x.log != 0)
    positions_.log.set(partition, x.log);
  if (x.to < x.from)
    go_back(partition, x.to);
}

/// What was shared before is of another log, or of what this one has lost.
void topic_table::go_back(std::int32_t partition, std::int64_t to) {
  shared_.reset();
  positions_.misplaced_from.set(partition, cursor::unknown);
  if (auto i = misplaced_.find(partition); i != misplaced_.end())
    i->second.cut(to);
}

void topic_table::note_end(std::int32_t partition, const record_batch& x) {
  auto is_new_log = x.to < x.from;
  if (is_new_log || x.to > positions_.log_end.at(partition))
    positions_.log_end.set(partition, x.to);
}

void topic_table::note_bounds(std::int32_t partition, std::int64_t start,
                              std::int64_t end) {
  if (start >= 0)
    positions_.log_start.set(partition, start);
  if (end > positions_.log_end.at(partition))
    positions_.log_end.set(partition, end);
}

void topic_table::set_log(std::int32_t partition, kafka::log_id x) {
  positions_.log.set(partition, static_cast<std::int64_t>(x));
  shared_.reset();
}

void topic_table::set_leader_epoch(std::int32_t partition, std::int32_t x) {
  positions_.leader_epoch.set(partition, x);
  shared_.reset();
}

void topic_table::begin_log(std::int32_t partition, std::int64_t end) {
  auto at = next_of(partition);
  go_back(partition, at);
  positions_.log_end.set(partition, std::max(end, at));
}

/// Rooms compare with it what clients come back with. They learn it with the
/// next batch. It is kept when the log is cut: what was reported of its former
/// end the later leader overrules.
bool topic_table::merge_epochs(std::int32_t partition,
                               std::string_view written) {
  auto known = positions_.epochs_of(partition);
  auto all = known ? *known : leader_epochs{};
  if (!all.merge(written))
    return false;
  auto end = positions_.log_end.at(partition);
  auto is_past = !all.is_same_below(known ? *known : leader_epochs{}, end);
  positions_.epochs[partition]
    = std::make_shared<const leader_epochs>(std::move(all));
  shared_.reset();
  return is_past;
}

// -- for rooms to keep --------------------------------------------------------

const topic_table::shared_positions& topic_table::share() {
  shared_ = std::make_shared<const topic_positions>(positions_);
  shared_with_ = last_room_;
  return shared_;
}

const topic_table::shared_positions&
topic_table::share_since(std::uint64_t room) {
  return !shared_ || shared_with_ < room ? share() : shared_;
}

// -- misplaced records --------------------------------------------------------

positions topic_table::beside(std::string_view key) const {
  positions result;
  for (auto& [partition, x] : misplaced_)
    if (auto first = x.first(key);
        first != cursor::unknown && partition != home_of(key))
      result[partition] = first;
  return result;
}

void topic_table::forget_misplaced(std::int64_t now) {
  for (auto& [partition, x] : misplaced_)
    if (x.forget_old(now))
      positions_.misplaced_from.set(partition, next_of(partition));
}

// -- what cannot be read ------------------------------------------------------

void topic_table::set_problem(std::int32_t partition, std::string why) {
  if (why.empty())
    problems_.erase(partition);
  else
    problems_[partition] = std::move(why);
}

std::string topic_table::why_unreadable(std::string_view key,
                                        bool is_complete) const {
  if (!problem_.empty() || count_ == 0)
    return problem_;
  auto home = home_of(key);
  for (auto& [partition, why] : problems_)
    if (partition == home
        || (!is_complete && !positions_.next.knows(partition)))
      return why;
  return {};
}

} // namespace weir
