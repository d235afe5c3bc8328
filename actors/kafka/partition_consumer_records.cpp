#include "actors/contract/record_block.hpp"
#include "actors/kafka/partition_consumer_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/base/wall_clock.hpp"
#include "config/log.hpp"
#include "transport/kafka/partitioner.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace weir {

namespace {

/// Bytes that are read, and sent, in one go, so that the loop gets its turn.
constexpr std::size_t max_step_bytes = replay_reader::max_step_bytes;

} // namespace

/// Moves records from librdkafka to whoever has credit for them, one step's
/// bytes a turn.
void partition_consumer_state::pump() {
  if (!source || !start_cache())
    return;
  look_at_log();
  serve_all();
  auto more = false;
  show_held(!may_read());
  if (!is_held) {
    more = read() >= max_step_bytes;
    serve_all();
    cache->evict();
  }
  more = replay() || more;
  if (more && !std::exchange(pumping, true))
    tell(self, partition_consumer_actor{self}, records_ready{});
}

record_source_ptr partition_consumer_state::reopen_log(
  const decltype(partition_log::reopen)& reopen, kafka::log_position from) {
  count(self->system(), metrics::log_reads)->inc();
  log::debug("the log is read for who is behind",
             {{"topic", options.partition.topic},
              {"partition", options.partition.partition},
              {"from", from.offset},
              {"replays", replays.size()}});
  from.log = log;
  if (from.leader_epoch < 0 && source)
    from.leader_epoch = source->leader_epoch();
  return reopen(from, self_notifier.callback());
}

/// Serves those who are behind. Who has arrived at the live flow stays there.
bool partition_consumer_state::replay() {
  auto more = replays.step(*cache, source->leader_epoch());
  if (auto found = replays.take_cut()) {
    on_replay_cut(*found);
    more = true;
  }
  for (auto& [who, wants] : replays.take_arrived(cache->begin()))
    subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
  return more;
}

std::size_t partition_consumer_state::read() {
  auto last = source->leader_epoch();
  auto n = source->read(max_step_bytes, [&, this](const kafka::record_view& x) {
    if (!cache)
      begin_cache(source->position(), x.offset,
                  x.offset < source->position() ? -1 : last);
    else if (x.offset < cache->end())
      on_log_restarted(x.offset, x.leader_epoch, last);
    else
      skip_what_is_gone(x.offset);
    cache->append(x);
    heat.add(x);
    note_misplaced(x.key, x.offset);
    if (epochs.note(x.offset, x.leader_epoch,
                    std::exchange(last, x.leader_epoch)))
      turn_back_strays();
  });
  if (!cache)
    return n;
  skip_what_is_gone(source->position());
  cache->advance(source->position());
  return n;
}

/// Retention may have overtaken us. What subscribers want of the hole, they
/// look for in the log, which tells them that it is lost.
void partition_consumer_state::skip_what_is_gone(std::int64_t next) {
  if (next <= cache->end())
    return; // no hole: librdkafka's locks are spared
  auto start = std::min(source->log_start(), next);
  if (start <= cache->end())
    return;
  misplaced.add_any(cache->end(), unix_seconds());
  epochs.lose_to(start);
  cache.emplace(options.tail_cache, start);
}

/// Where an empty partition starts is known from the first read that finds
/// nothing.
bool partition_consumer_state::start_cache() {
  if (cache)
    return true;
  auto start = source->position();
  read();
  if (auto at = source->position(); !cache && at >= 0)
    begin_cache(start >= 0 ? start : at, at, source->leader_epoch());
  if (!cache)
    return false;
  look_at_log(); // where it starts may be in a former one
  // To be committed before anybody begins there: whoever reads next what nobody
  // has committed reads from its end on.
  tell(self, group, position());
  for (auto& f : std::exchange(early, {}))
    f();
  return true;
}

/// What was read before `start`, an earlier consumer of ours has noted, which
/// names its log; what is gone between there and `at`, nobody has. `epoch` is
/// of what is before `at`.
void partition_consumer_state::begin_cache(std::int64_t start, std::int64_t at,
                                           std::int32_t epoch) {
  cache.emplace(options.tail_cache, at);
  auto committed = source->start();
  log = committed.log; // the topic may have another by now
  misplaced = misplaced_keys::read(committed.note);
  epochs.merge_notes(committed.epochs);
  epochs.start(at, epoch);
  if (committed.offset >= 0 && committed.log == 0)
    misplaced.add_any(0,
                      unix_seconds()); // who has read that has noted nothing
  if (auto left = std::min(source->log_start(), at); left > start) {
    misplaced.add_any(start, unix_seconds());
    epochs.lose_to(left);
  }
}

/// Reading is of use when somebody has credit. Who has none holds nobody up:
/// what leaves the cache meanwhile, it gets from the log.
bool partition_consumer_state::may_read() const {
  auto has_credit = [](auto& x) { return x.second.wants.credit().is_open(); };
  return std::any_of(subscribers.begin(), subscribers.end(), has_credit);
}

/// Who reads for those who are behind may have come to another leader first.
void partition_consumer_state::serve_all() {
  for (auto i = subscribers.begin(); i != subscribers.end();) {
    auto& x = i->second;
    if (auto at = way_back(x.wants); at && *at < x.wants.delivered_to())
      restart(x.handle, x.wants, *at);
    auto in_doubt = is_in_doubt(x.wants);
    if (x.wants.scanned_to() >= cache->begin() && !in_doubt) {
      serve(x);
      ++i;
    } else { // too slow for the cache, or retention has left a hole
      note_request(false);
      if (in_doubt)
        x.wants.skip(x.wants.delivered_to());
      replays.add(x.handle, std::move(x.wants), true);
      i = subscribers.erase(i);
    }
  }
}

/// Sends what the subscriber wants for as long as it has credit.
void partition_consumer_state::serve(subscriber& x) {
  auto& wants = x.wants;
  auto wanted = [&wants](std::string_view key) { return wants.wants(key); };
  while (wants.credit().is_open() && wants.scanned_to() < cache->end()) {
    record_batch batch{wants.id(), wants.delivered_to(), 0, {}};
    batch.to = cache->collect(
      wants.scanned_to(), std::min(wants.credit().available(), max_step_bytes),
      wanted, batch.records);
    if (batch.records.empty())
      return wants.skip(batch.to);
    wants.serve(batch.to, batch.records.size());
    send(x.handle, wants, std::move(batch));
  }
}

/// The first record that somebody may still need.
std::int64_t partition_consumer_state::slowest() const {
  auto result = cache->end();
  for (auto& [who, x] : subscribers)
    result = std::min(result, x.wants.scanned_to());
  return result;
}

// -- misplaced records --------------------------------------------------------

/// Which keys belong elsewhere is known when a subscriber has said how many
/// partitions there are; until the first does, all that was read is kept. All
/// subscribe again when they hear of another number, one after the other: the
/// last one is right, and what has come before it is looked at again.
void partition_consumer_state::note_partitions(std::int32_t n) {
  if (n == 0 || std::exchange(partitions, n) == n)
    return;
  cache->visit(cache->begin(), std::numeric_limits<std::size_t>::max(),
               [this](std::int64_t offset, std::string_view record) {
                 note_misplaced(record_key(record), offset);
               });
}

void partition_consumer_state::note_misplaced(std::string_view key,
                                              std::int64_t offset) {
  if (partitions > 0 && !key.empty()
      && kafka::partition_of(key, partitions) != options.partition.partition)
    misplaced.add(key, offset, unix_seconds());
}

} // namespace weir
