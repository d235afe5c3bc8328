#include "actors/room/room_partitions.hpp"

#include <algorithm>
#include <utility>

namespace weir {

// -- of any partition ---------------------------------------------------------

std::int64_t room_partitions::end_of(std::int32_t partition) const {
  auto position = next_of(partition);
  auto end = known_of(log_end_, &topic_positions::log_end, partition);
  return std::min(position, end) == cursor::unknown ? cursor::unknown
                                                    : std::max(position, end);
}

std::shared_ptr<const leader_epochs>
room_partitions::epochs_of(std::int32_t partition) const {
  if (auto i = epochs_.find(partition); i != epochs_.end())
    return i->second;
  return others_ ? others_->epochs_of(partition) : nullptr;
}

std::optional<std::int64_t>
room_partitions::way_back(std::int32_t partition, std::int64_t offset,
                          std::int32_t epoch) const {
  auto known = epochs_of(partition);
  auto found = known ? known->cut_below(offset, epoch) : std::nullopt;
  if (!found)
    return std::nullopt;
  auto at = found->is_known ? found->offset
                            : std::max<std::int64_t>(start_of(partition), 0);
  return at < offset ? std::optional{at} : std::nullopt;
}

std::int64_t
room_partitions::known_of(const positions& own,
                          partition_offsets topic_positions::*shared,
                          std::int32_t partition) const {
  if (auto i = own.find(partition); i != own.end())
    return i->second;
  return others_ ? ((*others_).*shared).at(partition) : cursor::unknown;
}

// -- of the topic -------------------------------------------------------------

kafka::log_id room_partitions::current_log() const {
  for (auto& [partition, log] : logs_)
    if (homes_.contains(partition))
      return log.log;
  return others_ ? others_->any_log() : 0;
}

bool room_partitions::is_one_log() const {
  auto is_other = [now = current_log()](auto log) {
    return log > 0 && log != now;
  };
  auto of_own = [&](auto& x) { return is_other(x.second.log); };
  return std::none_of(logs_.begin(), logs_.end(), of_own)
         && (!others_
             || std::none_of(others_->log.all().begin(),
                             others_->log.all().end(), is_other));
}

// -- what comes about ---------------------------------------------------------

void room_partitions::complete(const room_complete& x) {
  log_start_ = x.log_start;
  log_end_ = x.log_end;
  others_ = x.others;
  // They are as new in `others_`, also if its positions are older.
  epochs_.clear();
  add_home(x.home_partition);
  if (others_ && log_of(x.home_partition) == 0)
    note_log(x.home_partition, others_->named(x.home_partition));
  // Records after `from` may have come while other partitions had not answered
  // yet: no member has seen them, so their offset counts.
  for (auto& [partition, offset] : x.from)
    move_to(partition, offset, x.log);
  for (auto& [partition, offset] : next_)
    if (others_ && !x.from.contains(partition))
      move_to(partition, others_->next.at(partition),
              others_->named(partition));
  delivered_to_ = next_;
  for (auto& [partition, first] : x.misplaced)
    note_misplaced(partition, first);
}

void room_partitions::track(std::int32_t partition) {
  if (next_.contains(partition) || !others_ || !others_->next.knows(partition))
    return;
  next_[partition] = delivered_to_[partition] = others_->next.at(partition);
  note_log(partition, others_->named(partition));
}

positions room_partitions::track_homes() {
  positions result;
  for (auto partition : homes_) {
    track(partition);
    result[partition] = next_[partition];
  }
  return result;
}

void room_partitions::add_home(std::int32_t partition) {
  track(partition);
  if (home_ >= 0 && home_ != partition)
    begun_[home_] = delivered_to_[home_];
  home_ = partition;
  homes_.insert(partition);
  begun_[partition] = 0;
}

void room_partitions::note_misplaced(std::int32_t partition,
                                     std::int64_t first) {
  track(partition);
  if (!next_.contains(partition))
    return;
  homes_.insert(partition);
  auto& at = begun_.try_emplace(partition, first).first->second;
  at = std::min(at, first);
}

void room_partitions::begin_batch(std::int32_t partition,
                                  const record_batch& x) {
  next_.emplace(partition, x.from);
  delivered_to_.emplace(partition, next_[partition]);
  if (x.to < x.from)
    note_log(partition, {x.log, x.leader_epoch});
  else
    note_log_at(partition, x.to, {x.log, x.leader_epoch});
  if (x.epochs == (others_ ? others_->epochs_of(partition) : nullptr))
    epochs_.erase(partition);
  else
    epochs_[partition] = x.epochs;
}

void room_partitions::read_to(std::int32_t partition, std::int64_t to) {
  auto& next = next_[partition];
  next = std::max(next, to);
}

void room_partitions::note_record(std::int32_t partition, std::int64_t offset) {
  homes_.insert(partition);
  begun_.try_emplace(partition, offset);
}

void room_partitions::note_end(std::int32_t partition, std::int64_t to) {
  auto known = known_of(log_end_, &topic_positions::log_end, partition);
  log_end_[partition] = std::max(known, to);
}

void room_partitions::restart(std::int32_t partition, std::int64_t at) {
  next_[partition] = at;
  if (auto i = begun_.find(partition); i != begun_.end())
    i->second = 0;
  log_start_[partition] = log_end_[partition] = at;
}

void room_partitions::cut(std::int32_t partition, std::int64_t at) {
  auto& delivered = delivered_to_[partition];
  delivered = std::min(delivered, at);
  auto start = start_of(partition);
  log_start_[partition] = start < 0 ? at : std::min(start, at);
  next_[partition] = log_end_[partition] = at;
  if (auto i = begun_.find(partition); i != begun_.end())
    i->second = std::min(i->second, at);
}

void room_partitions::note_others(std::shared_ptr<const topic_positions> x) {
  others_ = std::move(x);
  epochs_.clear(); // they are as new there
  forget_gone();
  forget_misplaced();
}

void room_partitions::move_to_others() {
  for (auto partition : homes_)
    if (others_->next.knows(partition))
      next_.try_emplace(partition);
  for (auto& [partition, here] : next_) {
    auto to = others_->next.at(partition);
    note_log_at(partition, to, others_->named(partition));
    here = std::max(here, to);
  }
}

positions room_partitions::deliver_to_next() {
  positions result;
  for (auto& [partition, next] : next_) {
    auto& delivered = delivered_to_[partition];
    if (delivered < next)
      result[partition] = delivered;
    delivered = next;
  }
  return result;
}

// -- private ------------------------------------------------------------------

void room_partitions::note_log(std::int32_t partition, const named_log& x) {
  auto& known = logs_[partition];
  if (x.log != 0 && (x.log != known.log || x.leader_epoch >= 0))
    known = x;
  if (known.log == 0)
    logs_.erase(partition);
}

/// Of a position that is not before this one. What ends further back says
/// nothing of it: what others share may be older than what came since.
void room_partitions::note_log_at(std::int32_t partition, std::int64_t offset,
                                  const named_log& x) {
  auto here = next_.at(partition);
  auto known = named(partition);
  if (x.log != known.log || offset > here
      || (offset == here && x.leader_epoch > known.leader_epoch))
    note_log(partition, x);
}

void room_partitions::move_to(std::int32_t partition, std::int64_t offset,
                              const named_log& log) {
  auto& here = next_[partition];
  if (here > offset)
    return;
  note_log_at(partition, offset, log);
  here = offset;
}

/// A topic that was created again may have fewer partitions.
void room_partitions::forget_gone() {
  auto is_gone = [this](auto& x) { return !others_->next.knows(x.first); };
  for (auto* x : {&next_, &delivered_to_, &log_start_, &log_end_, &begun_})
    std::erase_if(*x, is_gone);
  std::erase_if(logs_, is_gone);
  std::erase_if(homes_, [this](auto x) { return !others_->next.knows(x); });
  if (!others_->next.knows(home_))
    home_ = -1;
}

/// Who comes from another node may have an offset of a time when that had no
/// memory of them any more.
void room_partitions::forget_misplaced() {
  for (auto& [partition, at] : begun_)
    if (partition != home_)
      at = std::max(at, others_->misplaced_from.at(partition));
}

} // namespace weir
