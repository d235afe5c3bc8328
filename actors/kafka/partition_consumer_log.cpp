#include "actors/contract/cursor.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/kafka/partition_consumer_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// So many ticks a subscriber may be beyond a log that has been read to its
/// end; then it is another one, or was cut: 5 s, and a minute where that is not
/// shown by a leader's epoch. As kafka::truncation_detector.
constexpr int beyond_ticks = 25;
constexpr int believed_ticks = 300;

} // namespace

/// A cursor of another log, or of an end that this one has lost, is no
/// position in it: who has it goes back, and is notified of that. A room's
/// replay of another log is over; the room hears of it by its node's
/// subscription.
void partition_consumer_state::begin(subscribe x, std::int64_t now) {
  knows_keys = knows_keys || !x.replay;
  note_partitions(x.partitions);
  auto who = x.subscriber.address();
  auto from = x.cursor == cursor::unknown ? now : x.cursor;
  subscription wants{x.subscription, from, x.credit};
  auto named = take_log(x.keys);
  wants.set_log(named.log);
  wants.set_leader_epoch(named.leader_epoch >= 0 ? named.leader_epoch
                                                 : epochs.before(from));
  wants.add(x.keys);
  wants.add_misplaced(options.partition.partition, x.partitions);
  if (x.all_keys)
    wants.add_all();
  auto back = way_back(wants);
  if (x.replay && is_of_another_log(wants))
    return;
  if (!x.replay) {
    subscribers.erase(who);
    if (!misplaced.empty())
      x.keys.push_back(misplaced_key(misplaced.write()));
    add_epochs(x.keys);
    tell(self, x.subscriber,
         answer_to(wants, std::move(x.keys), back.value_or(from)));
  }
  if (back)
    restart(x.subscriber, wants, *back);
  if (x.cursor != cursor::unknown)
    note_request(wants.scanned_to() >= cache->begin());
  if (x.replay || wants.scanned_to() < cache->begin() || is_in_doubt(wants))
    replays.add(x.subscriber, std::move(wants), !x.replay);
  else
    subscribers.emplace(who, subscriber{x.subscriber, std::move(wants)});
  pump();
}

/// Somebody wants what is there from some offset on.
void partition_consumer_state::note_request(bool is_cached) {
  (is_cached ? hits : misses)->inc();
  ++(is_cached ? cache_hits : cache_misses);
}

keys_added partition_consumer_state::answer_to(const subscription& x,
                                               std::vector<std::string> keys,
                                               std::int64_t from) const {
  if (log != 0)
    keys.push_back(log_key(log, x.leader_epoch()));
  return {x.id(), std::move(keys),     from,
          {},     source->log_start(), source->log_end()};
}

/// Nodes compare with it what clients come back with.
void partition_consumer_state::add_epochs(
  std::vector<std::string>& keys) const {
  if (auto all = epochs.all().write(); log != 0 && !all.empty())
    keys.push_back(epochs_key(all));
}

bool partition_consumer_state::is_of_another_log(const subscription& x) const {
  return log != 0 && x.log() != 0 && x.log() != log;
}

/// Where one continues that cannot be where it is; nothing: it can, or it is in
/// doubt where.
std::optional<std::int64_t>
partition_consumer_state::way_back(const subscription& x) const {
  if (is_of_another_log(x))
    return 0;
  auto found = epochs.read().cut_below(x.delivered_to(), x.leader_epoch());
  return found && found->is_known ? std::optional{found->offset} : std::nullopt;
}

/// The log may have been cut before what was read: who reads for those who are
/// behind asks for it where that was.
bool partition_consumer_state::is_in_doubt(const subscription& x) const {
  return !is_of_another_log(x) && epochs.read().is_open_after(x.leader_epoch())
         && !x.is_confirmed();
}

/// What it had from `at` on is of another log, or was cut off: it continues
/// there, and learns first of whose log that is. Some of its members may have
/// read on in that.
void partition_consumer_state::restart(const subscriber_actor& who,
                                       subscription& wants, std::int64_t at) {
  wants.set_log(log);
  if (log != 0)
    tell_epochs(who, wants, at);
  if (wants.delivered_to() <= at)
    return wants.skip(std::min(wants.scanned_to(), at));
  tell(self, who, record_batch{wants.id(), wants.delivered_to(), at, {}, at});
  wants.serve(at, 0);
}

/// It has been with a later leader than we have read of: what we have from
/// its position on may have been replaced.
bool partition_consumer_state::is_ahead(const subscription& x) const {
  return x.leader_epoch() > source->leader_epoch();
}

/// The subscriber learns first of which leader the end of the batch is. Were
/// it to learn later and be cut off between, it would be taken for a stray.
/// One that is ahead is given what we have, and then is no longer; where that
/// is nothing but that all is deleted, it still has what it has had.
void partition_consumer_state::send(const subscriber_actor& who,
                                    subscription& wants, record_batch x) {
  auto is_read = x.lost < x.to;
  auto epoch = is_read ? epochs.before(x.to) : epochs.before_deleted(x.to);
  if (epoch > wants.leader_epoch()
      || (epoch >= 0 && is_read && is_ahead(wants))) {
    wants.set_leader_epoch(epoch);
    tell_epochs(who, wants, x.from);
  }
  tell(self, who, std::move(x));
}

void partition_consumer_state::tell_epochs(const subscriber_actor& who,
                                           const subscription& wants,
                                           std::int64_t at) const {
  std::vector<std::string> keys;
  add_epochs(keys);
  tell(self, who, answer_to(wants, std::move(keys), at));
}

// -- another log, or another end ----------------------------------------------

/// The topic may be another one by now, or its log be known at last.
void partition_consumer_state::look_at_log() {
  auto found = source->log();
  if (found == 0 || found == log)
    return;
  if (std::exchange(log, found) != 0) {
    source->restart({0});
    return on_log_restarted(0, -1, -1);
  }
  for (auto& [who, wants] : replays.take_joining())
    subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
  for (auto& [who, x] : subscribers) {
    tell(self, x.handle, answer_to(x.wants, {}, x.wants.delivered_to()));
    if (is_of_another_log(x.wants))
      restart(x.handle, x.wants, 0);
    x.wants.set_log(log);
  }
}

/// The log was cut, or its topic created again: what is there from `at` on,
/// by a leader of that epoch, has nothing to do with what the offsets meant
/// before; `last` is that of what is before. Who comes from another node may
/// know that.
void partition_consumer_state::on_log_restarted(std::int64_t at,
                                                std::int32_t epoch,
                                                std::int32_t last) {
  log::warning("the partition's offsets have gone back",
               {{"topic", options.partition.topic},
                {"partition", options.partition.partition},
                {"expected", cache->end()},
                {"found", at}});
  cache.emplace(options.tail_cache, at);
  misplaced.cut(at);
  epochs.cut(at);
  epochs.note(at, epoch, last);
  for (auto& [who, wants] : replays.take_joining())
    subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
  if (epoch < 0)
    replays.clear();
  auto go_back = [&, this](const subscriber_actor& who, subscription& wants) {
    if (epoch < 0)
      wants.set_leader_epoch(-1);
    if (wants.leader_epoch() < 0)
      return restart(who, wants, at);
    if (auto to = way_back(wants))
      restart(who, wants, *to);
    else if (wants.scanned_to() > at) // in what was cut off
      wants.skip(std::max(wants.delivered_to(), at));
  };
  for (auto& [who, x] : subscribers)
    go_back(x.handle, x.wants);
  replays.turn_back(go_back);
}

/// The log has shown where another leader began: a cursor that has come
/// before it was read so far may be beyond that.
void partition_consumer_state::turn_back_strays() {
  auto go_back = [this](const subscriber_actor& who, subscription& wants) {
    if (auto at = way_back(wants))
      restart(who, wants, *at);
  };
  for (auto& [who, x] : subscribers)
    go_back(x.handle, x.wants);
  replays.turn_back(go_back);
}

/// Who reads for those who are behind has found that the log was cut, maybe
/// below the live flow, which nobody may be reading.
void partition_consumer_state::on_replay_cut(const replay_reader::cut& x) {
  if (x.at.leader_epoch >= 0) {
    source->restart(x.at);
    on_log_restarted(x.at.offset, x.at.leader_epoch, x.last);
  }
  turn_back_strays();
}

/// Who is beyond the log's end for long was in another one, or in what has
/// been cut off.
void partition_consumer_state::look_for_strays() {
  auto is_at_end = source && source->log_end() >= 0
                   && cache->end() >= source->log_end();
  for (auto& [who, x] : subscribers) {
    auto is_beyond = is_at_end && x.wants.scanned_to() > cache->end();
    x.beyond = is_beyond ? x.beyond + 1 : 0;
    if (x.beyond >= beyond_ticks && is_cut_before(x))
      restart(x.handle, x.wants,
              std::max<std::int64_t>(source->log_start(), 0));
  }
}

/// Whether the log ends there, or only what a broker has of it that has not
/// heard of a later leader.
bool partition_consumer_state::is_cut_before(const subscriber& x) {
  if (log == 0 || x.wants.leader_epoch() < 0 || x.beyond >= believed_ticks)
    return true;
  source->ask_leader();
  auto& leader = source->leader();
  if (leader && leader->epoch > x.wants.leader_epoch()
      && leader->log_end < x.wants.scanned_to())
    return true;
  log::limited(log_level::warning,
               "a partition's leader has less than was read, or takes itself "
               "for the leader",
               options.partition.topic,
               {{"topic", options.partition.topic},
                {"partition", options.partition.partition},
                {"read_to", x.wants.scanned_to()},
                {"its_end", cache->end()}});
  return false;
}

} // namespace weir
