#include "actors/client/room_reader.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// So often what it has asked for may leave it in doubt.
constexpr int max_doubts = 3;

bool goes_back(const room_events& x) {
  return x.lost && x.to < x.from;
}

std::uint64_t size_of(const room_events& x) {
  return x.frames ? x.frames->size() : 0;
}

} // namespace

room_reader::outcome room_reader::take(const deliver_events& delivery,
                                       bool knows_log) {
  auto& x = *delivery.events;
  outcome result;
  auto is_same_log = log_ == x.log || (log_ == 0 && knows_log);
  auto is_cut = goes_back(x) && x.log != 0 && is_same_log;
  enter_log(x, result);
  note_live(delivery, result);
  if (is_in_doubt(delivery)) {
    doubts_ += delivery.is_live ? 0 : 1;
    if (goes_back(x))
      begin_to_miss(result);
    else
      miss(delivery, result);
    return result;
  }
  auto went_back = (is_cut || !goes_back(x)) && look_if_cut(delivery, result);
  if (is_cut || (went_back && x.lost))
    return result;
  if (x.from > next_ && !goes_back(x))
    miss(delivery, result);
  else if (x.lost)
    lose(x, result);
  else
    result.has_events = x.to > next_;
  if (result.has_events)
    take_epoch(x, result);
  if (result.has_events && !x.events.empty())
    is_behind_hole_ = false;
  return result;
}

std::optional<room_reader::outcome>
room_reader::hold(const deliver_events& delivery) {
  auto& x = *delivery.events;
  outcome result;
  auto is_void = way_back(delivery).has_value();
  enter_log(x, result);
  note_live(delivery, result);
  if (result.is_other_log || is_void)
    return std::nullopt;
  if (x.to > next_ || goes_back(x))
    miss(delivery, result);
  return result;
}

/// What comes live ends where the next of it begins.
void room_reader::finish(const deliver_events& x) {
  next_ = std::max(next_, x.events->to);
  if (x.is_live)
    find_current();
  else
    missed_bytes_ -= std::min(missed_bytes_, size_of(*x.events));
}

bool room_reader::end_ask(std::uint32_t id, std::int64_t live) {
  if (id != pending_)
    return false;
  pending_ = 0;
  is_announced_ = false;
  live_to_ = std::max(live_to_, live);
  if (next_ >= live)
    find_current();
  return true;
}

/// It asks once more from there, as the room takes it for one that will. What
/// it goes on with is of the leader that it has missed last.
room_reader::gap room_reader::skip() {
  missed_bytes_ = 0;
  if (missed_to_ > next_ && missed_epoch_ >= 0)
    leader_epoch_ = missed_epoch_;
  return {std::exchange(next_, std::max(next_, missed_to_)), missed_to_};
}

std::optional<std::int64_t> room_reader::lag() const {
  if (!is_missing_)
    return 0;
  return live_to_ > next_ ? std::optional{live_to_ - next_} : std::nullopt;
}

/// What is read tells of another log before what comes by itself does.
void room_reader::note_live(const deliver_events& x, const outcome& result) {
  if (x.is_live)
    live_to_ = x.events->to;
  else if (result.is_other_log)
    live_to_ = 0;
}

void room_reader::miss(const deliver_events& x, outcome& result) {
  begin_to_miss(result);
  if (!x.is_live)
    return;
  missed_bytes_ += size_of(*x.events);
  missed_to_ = x.events->to;
  missed_epoch_ = x.events->log == log_ ? x.events->leader_epoch : -1;
}

void room_reader::begin_to_miss(outcome& result) {
  if (!std::exchange(is_missing_, true))
    result.begins_to_miss = true;
}

void room_reader::find_current() {
  is_missing_ = false;
  missed_bytes_ = 0;
}

/// A position in another log is none in this one: the member begins at its
/// start. It is told so also from 0: the log that is gone may have held what
/// nobody has read.
void room_reader::enter_log(const room_events& x, outcome& result) {
  if (x.log == 0 || x.log == log_)
    return;
  result.is_named_new = true;
  leader_epoch_ = x.leader_epoch;
  auto before = std::exchange(log_, x.log);
  result.is_other_log = before != 0 && before != x.log;
  if (!result.is_other_log)
    return;
  result.former = gap{end_of(x), 0};
  next_ = 0;
  missed_bytes_ = 0;
}

bool room_reader::can_compare(const room_events& x) const {
  return x.epochs && x.log != 0 && x.log == log_ && leader_epoch_ >= 0
         && !is_behind_hole_;
}

/// It is of a later leader, or leads to one, and nobody knows where the first
/// one after its own began: maybe before its position. It asks, by its own; what
/// is read for others, too, may tell nothing of that, and readers of the former
/// version never do.
bool room_reader::is_in_doubt(const deliver_events& delivery) const {
  auto& x = *delivery.events;
  auto is_later = x.leader_epoch > leader_epoch_;
  auto concerns = goes_back(x) ? x.to < next_ || is_later
                               : x.to > next_ && is_later;
  return concerns && (delivery.is_live || doubts_ < max_doubts)
         && can_compare(x) && x.epochs->is_open_after(leader_epoch_);
}

/// Where it is led back to, as the log has lost what it has had last; nothing:
/// as far as is known, the log has that. Who has read may have come to a later
/// leader before what comes by itself goes back to where that has begun. If it
/// is not known where, as if nobody had been asked, it is the log's start.
std::optional<std::int64_t>
room_reader::way_back(const deliver_events& delivery) const {
  auto& x = *delivery.events;
  auto knows = can_compare(x);
  std::optional<std::int64_t> result;
  if (is_in_doubt(delivery))
    return result;
  if (!knows && goes_back(x))
    result = x.to;
  else if (knows && (goes_back(x) || x.leader_epoch > leader_epoch_))
    if (auto later = x.epochs->after(leader_epoch_))
      result = later->is_known ? later->offset : std::min(x.log_start, x.to);
  return result && *result < next_ ? result : std::nullopt;
}

/// What comes by itself may be further: then it is to ask.
bool room_reader::look_if_cut(const deliver_events& delivery, outcome& result) {
  auto& x = *delivery.events;
  auto at = way_back(delivery);
  if (!at)
    return false;
  result.lost = gap{std::exchange(next_, *at), *at};
  missed_bytes_ = 0; // nobody knows how much of that there still is
  if (!delivery.is_live)
    live_to_ = 0;
  if (!goes_back(x) || *at < x.to)
    begin_to_miss(result);
  if (goes_back(x) && (!x.epochs || leader_epoch_ < 0))
    take_epoch(x, result);
  return true;
}

/// Of where the range ends.
void room_reader::take_epoch(const room_events& x, outcome& result) {
  if (x.log == 0 || x.leader_epoch < 0 || x.leader_epoch == leader_epoch_)
    return;
  leader_epoch_ = x.leader_epoch;
  doubts_ = 0;
  result.is_named_new = true;
}

/// Offsets that went back mean that the log was recreated: a member that is
/// just there has missed what else there was.
void room_reader::lose(const room_events& x, outcome& result) {
  if (x.from < x.to && x.to <= next_)
    return;
  auto from = result.is_other_log ? next_ : end_of(x);
  next_ = x.to;
  take_epoch(x, result);
  is_behind_hole_ = !goes_back(x);
  if (goes_back(x))
    missed_bytes_ = 0; // nobody knows how much of that there still is
  if (from != x.to || !result.is_other_log)
    result.lost = gap{from, x.to};
}

/// Up to where the member has had the log that ends with this range: who misses
/// nothing has all that came before it.
std::int64_t room_reader::end_of(const room_events& x) const {
  return goes_back(x) && !is_missing_ ? std::max(next_, x.from) : next_;
}

} // namespace weir
