#include "actors/client/room_reader.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

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
  if (x.from > next_ && !goes_back(x))
    miss(delivery, result);
  else if (x.lost)
    lose(x, is_cut, result);
  else
    result.has_events = x.to > next_;
  if (result.has_events)
    take_epoch(x, result);
  return result;
}

std::optional<room_reader::outcome>
room_reader::hold(const deliver_events& delivery) {
  auto& x = *delivery.events;
  outcome result;
  auto is_void = goes_back(x) && next_ > x.to;
  enter_log(x, result);
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
  if (next_ >= live)
    find_current();
  return true;
}

/// It asks once more from there, as the room takes it for one that will.
room_reader::gap room_reader::skip() {
  missed_bytes_ = 0;
  return {std::exchange(next_, std::max(next_, missed_to_)), missed_to_};
}

void room_reader::miss(const deliver_events& x, outcome& result) {
  result.begins_to_miss = !std::exchange(is_missing_, true);
  if (!x.is_live)
    return;
  missed_bytes_ += size_of(*x.events);
  missed_to_ = x.events->to;
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

/// Of where the range ends.
void room_reader::take_epoch(const room_events& x, outcome& result) {
  if (x.log == 0 || x.leader_epoch < 0 || x.leader_epoch == leader_epoch_)
    return;
  leader_epoch_ = x.leader_epoch;
  result.is_named_new = true;
}

/// Offsets that went back mean that the log was recreated: a member that is
/// just there has missed what else there was. Or that it has lost its end,
/// which is nothing to who has not been further.
void room_reader::lose(const room_events& x, bool is_cut, outcome& result) {
  auto is_new_log = x.to <= x.from && !is_cut;
  if (is_cut ? next_ <= x.to : !is_new_log && x.to <= next_)
    return;
  auto from = result.is_other_log || is_cut ? next_ : end_of(x);
  next_ = x.to;
  take_epoch(x, result);
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
