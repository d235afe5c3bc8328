#include "actors/room/room_state.hpp"
#include "actors/runtime/metrics/rooms.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace weir {

namespace {

/// How often passes look for members that hold them up.
constexpr auto aging_interval = std::chrono::milliseconds{500};

} // namespace

void room_state::on_catch_up(const catch_up& x) {
  auto* y = members.find(x.socket);
  if (y == nullptr || y->membership != x.membership)
    return;
  if (!y->is_behind())
    y->live_bytes_when_current = live_bytes;
  y->behind = x.behind;
  y->budget = static_cast<std::int64_t>(x.budget);
  y->request = x.request;
  if (y->budget > 0 && lag_of(*y) > options.max_lag
      && options.on_lag == lag_policy::skip)
    skip(*y);
  for (auto& [partition, at] : x.behind)
    settle(*y, partition);
  note(*y);
  for (auto& [partition, at] : x.behind) {
    if (auto i = passes.find(partition); i == passes.end()) {
      start_pass(partition);
    } else {
      replay_to(*y, partition, i->second);
      continue_pass(partition);
    }
  }
}

std::uint64_t room_state::lag_of(const room_member& x) const {
  return live_bytes - x.live_bytes_when_current;
}

void room_state::check_lag() {
  members.each_behind([this](room_member& x) {
    auto lag = lag_of(x);
    if (lag <= options.max_lag || options.on_lag != lag_policy::disconnect)
      return;
    x.live_bytes_when_current = live_bytes; // it is told once
    count(self->system(), metrics::lag_exceeded)->inc();
    tell(self, x.handle, lag_exceeded{options.id, lag});
  });
}

/// It continues with what is live, and is told what it has missed.
void room_state::skip(room_member& x) {
  count(self->system(), metrics::lag_exceeded)->inc();
  for (auto& [partition, at] : x.behind) {
    auto to = partitions.delivered_to(partition);
    if (at >= to)
      continue;
    auto events = new_events(partition, at, to);
    events->lost = true;
    at = to;
    tell(self, x.handle, deliver_events{std::move(events)});
  }
  x.live_bytes_when_current = live_bytes;
}

void room_state::note(const room_member& x) {
  auto before = static_cast<std::int64_t>(members.behind());
  members.note(x);
  behind->inc(static_cast<std::int64_t>(members.behind()) - before);
}

/// Lets it resume live where it has arrived.
void room_state::settle(room_member& x, std::int32_t partition) {
  auto i = x.behind.find(partition);
  if (i == x.behind.end())
    return;
  if (i->second >= partitions.delivered_to(partition)) {
    tell(self, x.handle,
         caught_up{options.id, partition, i->second, x.request});
    x.behind.erase(i);
    note(x);
  }
}

void room_state::start_pass(std::int32_t partition) {
  auto from = std::numeric_limits<std::int64_t>::max();
  members.each_behind([&](room_member& x) {
    if (x.waits_at(partition, 0))
      from = std::min(from, x.behind[partition]);
  });
  if (from == std::numeric_limits<std::int64_t>::max())
    return;
  passes.insert_or_assign(partition, replay_pass{++last_replay, from});
  tell(self, router,
       start_replay{self, topic(), partition,
                    *options.encoder.route->key_of(options.name), from,
                    last_replay});
}

void room_state::stop_pass(std::int32_t partition) {
  auto i = passes.find(partition);
  if (i == passes.end())
    return;
  tell(self, router, stop_replay{self, i->second.id()});
  passes.erase(i);
}

/// What it has kept for those who could not take it, they get later.
void room_state::on_replay_ended(const replay_ended& x) {
  auto i = passes.find(x.partition);
  if (i == passes.end() || i->second.id() != x.replay)
    return;
  passes.erase(i);
  start_pass(x.partition);
}

void room_state::on_replayed(const room_records& x) {
  auto i = passes.find(x.partition);
  if (i == passes.end() || i->second.id() != x.replay)
    return; // of a pass that is over
  auto& batch = *x.batch;
  // A pass may be ahead of the live flow, and who was on it may leave and
  // come back before that is there.
  partitions.note_end(x.partition, batch.to);
  if (batch.lost > batch.from)
    i->second.add(lost_events(x));
  auto events = encode(x, std::max(batch.from, batch.lost), false);
  if (!events)
    events = new_events(x, std::max(batch.from, batch.lost), batch.to);
  i->second.add(std::move(events));
  members.each_behind(
    [&](room_member& y) { replay_to(y, x.partition, i->second); });
  continue_pass(x.partition);
  age_passes();
}

std::shared_ptr<room_events> room_state::lost_events(const room_records& x) {
  count(self->system(), metrics::gaps)->inc();
  auto events = new_events(x, x.batch->from, x.batch->lost);
  events->lost = true;
  return events;
}

/// What the pass has for a member at its position.
void room_state::replay_to(room_member& x, std::int32_t partition,
                           const replay_pass& from) {
  auto is_spent = false;
  from.each([&](auto& events, auto& content) {
    if (!x.waits_at(partition, events->from)
        || x.behind[partition] >= events->to)
      return;
    auto bytes
      = events->frames ? static_cast<std::int64_t>(events->frames->size()) : 0;
    tell_shared(self, x.handle, content);
    x.behind[partition] = events->to;
    x.budget = std::max<std::int64_t>(x.budget - bytes, 0);
    x.live_bytes_when_current
      = std::min(live_bytes,
                 x.live_bytes_when_current + static_cast<std::uint64_t>(bytes));
    settle(x, partition);
    is_spent = x.budget == 0 && x.is_behind();
  });
  if (is_spent)
    tell(self, x.handle, budget_spent{options.id, x.request});
}

/// Forgets what all in the pass have. Ends the pass when nobody is; who waits
/// behind it begins another.
void room_state::continue_pass(std::int32_t partition) {
  auto& pass = passes.at(partition);
  auto oldest = std::numeric_limits<std::int64_t>::max();
  members.each_behind([&](room_member& x) {
    auto i = x.behind.find(partition);
    if (i == x.behind.end() || i->second < pass.begin())
      return; // it has missed it
    if (x.budget > 0 || i->second <= pass.at())
      oldest = std::min(oldest, i->second);
  });
  if (oldest != std::numeric_limits<std::int64_t>::max())
    return pass.drop_before(oldest);
  stop_pass(partition);
  start_pass(partition);
}

void room_state::continue_passes() {
  for (auto i = passes.begin(); i != passes.end();)
    continue_pass((i++)->first);
}

/// Whether a member could take something right now.
bool room_state::somebody_waits(std::int32_t partition) {
  auto result = false;
  members.each_behind(
    [&](room_member& x) { result = result || x.waits_at(partition, 0); });
  return result;
}

/// Looks after passes that wait for somebody.
void room_state::age_passes() {
  auto keeps_any = [](auto& x) { return x.second.keeps_any(); };
  if (is_aging || !std::any_of(passes.begin(), passes.end(), keeps_any))
    return;
  is_aging = true;
  aging.start(self, options.executor, aging_interval, [this] {
    is_aging = false;
    for (auto i = passes.begin(); i != passes.end();) {
      auto& [partition, pass] = *i++;
      pass.age(somebody_waits(partition));
      continue_pass(partition);
    }
    age_passes();
  });
}

} // namespace weir
