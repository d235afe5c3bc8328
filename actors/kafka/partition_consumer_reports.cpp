#include "actors/kafka/partition_consumer_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/base/wall_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir {

namespace {

/// How often the position is reported, and told to idle subscribers.
constexpr auto tick = std::chrono::milliseconds{200};

/// Ticks between two reports to those who are behind: so several come within a
/// turn (see `replay_budget`).
constexpr int report_ticks = 5;

/// Characters that are committed with a position, and of them those about
/// leaders: Kafka keeps 4096, by default, and ours begin with `log=` and a
/// number.
constexpr std::size_t max_committed = 4096 - 20;
constexpr std::size_t max_epochs = 1000;

} // namespace

void partition_consumer_state::schedule_tick() {
  self->run_delayed(tick, [this] {
    on_tick();
    schedule_tick();
  });
}

/// Quiet subscribers move on too, and the group learns the position.
void partition_consumer_state::on_tick() {
  pump();
  if (source)
    look_for_problem();
  if (!cache) {
    tell(self, group, position()); // of what keeps it from being read
    return;
  }
  look_for_strays();
  misplaced.forget_old(unix_seconds());
  show_cached(static_cast<std::int64_t>(cache->bytes()));
  for (auto& [who, x] : subscribers) {
    x.relayed = 0;
    report_scanned(x.handle, x.wants);
  }
  if (++ticks % report_ticks == 0)
    replays.report_scanned();
  auto now = position();
  show_credit(now.credit);
  tell(self, group, std::move(now));
}

void partition_consumer_state::note_problem(commit_position& to,
                                            const record_source* from) {
  if (!from || to.problem)
    return;
  to.problem = from->problem();
  to.errors += from->errors();
}

commit_position partition_consumer_state::position() const {
  commit_position result;
  result.topic = options.partition.topic;
  result.partition = options.partition.partition;
  note_problem(result, source.get());
  note_problem(result, replays.log());
  if (!cache)
    return result;
  // Before that is said, no misplaced key was noted of what was read.
  result.next = knows_keys ? slowest() : cache->begin();
  result.log = log;
  result.note = misplaced.write();
  if (log != 0)
    result.epochs = epochs.all().write(
      std::min(max_epochs, max_committed - result.note.size()));
  result.leader_epoch = epochs.before(result.next);
  result.log_end = source->log_end();
  result.cached_bytes = cache->bytes();
  result.cache_hits = cache_hits;
  result.cache_misses = cache_misses;
  result.subscribers = subscribers.size();
  for (auto& [who, x] : subscribers)
    result.credit += x.wants.credit().available();
  return result;
}

void partition_consumer_state::show_cached(std::int64_t bytes) {
  cached->inc(bytes - std::exchange(shown_bytes, bytes));
}

void partition_consumer_state::show_credit(std::int64_t bytes) {
  available->inc(bytes - std::exchange(shown_credit, bytes));
}

void partition_consumer_state::show_held(bool x) {
  if (std::exchange(is_held, x) == x)
    return;
  held->inc(x ? 1 : -1);
  if (x && !subscribers.empty())
    stalls->inc();
}

/// After this answer nothing of ours holds the partition any more.
commit_position partition_consumer_state::on_revoke() {
  auto result = position();
  source.reset();
  replays.clear();
  self->quit();
  return result;
}

} // namespace weir
