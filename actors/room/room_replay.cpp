#include "actors/room/room_replay.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <utility>

namespace weir {

namespace {

/// What events cost beside their frames.
constexpr std::size_t overhead = 256;

std::int64_t size_of(const room_events& x) {
  return x.frames ? static_cast<std::int64_t>(x.frames->size()) : 0;
}

std::size_t memory_of(const room_events& x) {
  return overhead + static_cast<std::size_t>(size_of(x))
         + x.events.size() * sizeof(room_events::event);
}

bool holds(const room_events& x, std::int64_t at) {
  return x.from <= at && at < x.to;
}

/// At one offset, the lower epoch is the one that the log may not continue; one
/// that is not known (-1) comes last.
bool is_earlier(const room_replay::reader& x, const room_replay::reader& y) {
  auto order = [](auto& z) {
    return std::pair{z.at, static_cast<std::uint32_t>(z.of.leader_epoch)};
  };
  return order(x) <= order(y);
}

} // namespace

room_replay::room_replay(ports out, std::size_t limit,
                         std::shared_ptr<byte_budget> memory)
  : out_(std::move(out)), limit_(limit), memory_(std::move(memory)) {
}

room_replay::~room_replay() {
  memory_->give_back(bytes_);
}

void room_replay::read(reader x, std::int64_t live) {
  assert(x.budget > 0);
  auto mine = enter(std::move(x));
  if (!serve(*mine, live))
    leave(mine);
  steer(live);
}

void room_replay::note(const reader& x, std::int64_t live) {
  if (x.at < live && !index_.contains(x.socket.get()))
    enter(x);
}

void room_replay::remove(const socket_ptr& socket, std::int64_t live) {
  if (auto i = index_.find(socket.get()); i != index_.end())
    leave(i->second);
  steer(live);
}

void room_replay::add(const events_ptr& events, const lease_ptr& lease,
                      std::int64_t live) {
  if (events->from > end_) // nothing that we asked for
    return;
  remove_readers_if([&](reader& x) {
    if (x.budget == 0 || !holds(*events, x.at))
      return false;
    out_.send(x, events, lease);
    x.budget = std::max<std::int64_t>(x.budget - size_of(*events), 0);
    return !take(x, *events, live);
  });
  keep(events);
  steer(live);
}

/// Who waits for it has it already.
void room_replay::add_live(const events_ptr& events, std::int64_t live) {
  remove_readers_if([&](reader& x) {
    return x.budget > 0 && holds(*events, x.at) && !take(x, *events, live);
  });
  if (events->from <= end_)
    keep(events);
  steer(live);
}

void room_replay::reset() {
  for (auto& x : readers_)
    if (x.budget > 0)
      out_.finish(x);
  readers_.clear();
  index_.clear();
  close();
}

// -- readers ------------------------------------------------------------------

room_replay::readers::iterator room_replay::enter(reader x) {
  auto [i, is_new] = index_.try_emplace(x.socket.get());
  if (is_new)
    i->second = readers_.insert(readers_.end(), std::move(x));
  else
    *i->second = std::move(x);
  return i->second;
}

/// Returns the next one.
room_replay::readers::iterator room_replay::leave(readers::iterator i) {
  index_.erase(i->socket.get());
  return readers_.erase(i);
}

template <class F>
void room_replay::remove_readers_if(F f) {
  for (auto i = readers_.begin(); i != readers_.end();)
    i = f(*i) ? leave(i) : std::next(i);
}

/// Gives it what the window has. False: it is where the live flow is.
bool room_replay::serve(reader& x, std::int64_t live) {
  if (!move(x, x.at, live))
    return false;
  auto ends_before = [](auto& y, std::int64_t at) { return y->to <= at; };
  auto i = std::lower_bound(window_.begin(), window_.end(), x.at, ends_before);
  for (; i != window_.end() && x.budget > 0 && holds(**i, x.at); ++i) {
    out_.send(x, *i, nullptr);
    x.budget = std::max<std::int64_t>(x.budget - size_of(**i), 0);
    if (!take(x, **i, live))
      return false;
  }
  return true;
}

/// The epoch of its position comes with the range that leads there, as the
/// member's own does. False: that is where the live flow is.
bool room_replay::take(reader& x, const room_events& events,
                       std::int64_t live) {
  if (events.leader_epoch >= 0)
    x.of = {events.log, events.leader_epoch};
  return move(x, events.to, live);
}

/// It has had what is before there. False: that is where the live flow is.
bool room_replay::move(reader& x, std::int64_t to, std::int64_t live) {
  x.at = to;
  if (to >= live || x.budget == 0)
    out_.finish(x);
  return to < live;
}

// -- the window ---------------------------------------------------------------

void room_replay::keep(const events_ptr& x) {
  if (x->to <= end_)
    return;
  end_ = x->to;
  auto bytes = memory_of(*x);
  if (!make_room(bytes))
    return;
  window_.push_back(x);
  bytes_ += bytes;
}

bool room_replay::make_room(std::size_t bytes) {
  while (bytes_ + bytes > limit_ || !memory_->take(bytes)) {
    if (window_.empty())
      return false;
    drop_oldest();
  }
  return true;
}

void room_replay::drop_oldest() {
  auto bytes = memory_of(*window_.front());
  window_.pop_front();
  bytes_ -= bytes;
  memory_->give_back(bytes);
}

// -- the fetch ----------------------------------------------------------------

/// Requires: who is within the window has been served.
void room_replay::steer(std::int64_t live) {
  if (readers_.empty())
    return close();
  if (end_ >= live)
    stop();
  const reader* lowest = nullptr;
  auto highest = std::numeric_limits<std::int64_t>::min();
  for (auto& x : readers_)
    if (x.budget > 0) {
      lowest = lowest && is_earlier(*lowest, x) ? lowest : &x;
      highest = std::max(highest, x.at);
    }
  if (lowest && (fetch_ == 0 || highest < end_))
    start(*lowest);
  else
    pace(lowest == nullptr);
}

/// The one before ends behind it: so what its reader has in memory stays there.
void room_replay::start(const reader& from) {
  auto before = std::exchange(fetch_, out_.start_fetch(from.at, from.of));
  if (before != 0)
    out_.stop_fetch(before);
  is_paused_ = false;
  drop_window();
  end_ = from.at;
}

void room_replay::stop() {
  is_paused_ = false;
  if (fetch_ != 0)
    out_.stop_fetch(std::exchange(fetch_, 0));
}

void room_replay::pace(bool pauses) {
  if (fetch_ != 0 && std::exchange(is_paused_, pauses) != pauses)
    out_.pace_fetch(fetch_, pauses);
}

void room_replay::close() {
  stop();
  drop_window();
}

void room_replay::drop_window() {
  window_.clear();
  memory_->give_back(std::exchange(bytes_, 0));
}

} // namespace weir
