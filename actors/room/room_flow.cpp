#include "actors/room/room_state.hpp"
#include "actors/runtime/metrics/rooms.hpp"
#include "config/log.hpp"

#include <caf/message.hpp>

#include <algorithm>
#include <utility>

namespace weir {

void room_state::on_records(const room_records& x) {
  if (x.replay != 0)
    return on_replayed(x);
  auto partition = x.partition;
  auto& batch = *x.batch;
  partitions.track(partition);
  auto before = partitions.log_of(partition);
  partitions.begin_batch(partition, batch);
  look_after_ahead(); // what comes may begin where they are not yet
  if (batch.to < batch.from && before != 0 && batch.log == before)
    return on_log_cut(partition, batch);
  if (batch.to < batch.from) {
    partitions.deliver_to(
      partition, std::max(partitions.delivered_to(partition), batch.from));
    return on_log_restarted(partition, batch.to);
  }
  // Also where nothing was read of the log before, as little as that tells.
  // Of what is before the batch, nothing is the room's.
  if (before != 0 && before != partitions.log_of(partition))
    on_log_restarted(partition, 0);
  auto from = partitions.delivered_to(partition);
  if (batch.lost > from) {
    // Some of them may have been the room's.
    partitions.note_misplaced(partition, from);
    tell_lost(partition, from, batch.lost);
  }
  partitions.read_to(partition, batch.to);
  auto events = encode(x, std::max(from, batch.lost), true);
  if (!events)
    return;
  for (auto& y : events->events)
    history.add(partition, y.offset);
  partitions.note_record(partition, events->events.front().offset);
  partitions.deliver_to(partition, batch.to);
  to_members(partition, events, x.lease, begin_spans(partition));
}

/// Of the traced records among those that were encoded last: one for all members
/// here. Null: there are none.
shared_spans room_state::begin_spans(std::int32_t partition) {
  if (!options.traces)
    return nullptr;
  auto traced = encoder.take_traced();
  if (traced.empty() || members.size() == 0)
    return nullptr;
  std::vector<span_ptr> all;
  for (auto& x : traced) {
    auto span = options.traces->begin(x.parent, "", "deliver",
                                      schemas::span_kind::consumer);
    span->set("messaging.system", "kafka");
    span->set("messaging.operation.type", "process");
    span->set("messaging.destination.name", topic());
    span->set("messaging.destination.partition.id", std::to_string(partition));
    span->set("messaging.kafka.offset", x.offset);
    span->set("weir.namespace", options.encoder.nsp);
    span->set("weir.room", options.name);
    span->set("weir.members", static_cast<std::int64_t>(members.size()));
    all.push_back(std::move(span));
  }
  return std::make_shared<const std::vector<span_ptr>>(std::move(all));
}

/// All members get it: who is behind drops it by one comparison. Requires: that
/// is where they are delivered to now.
void room_state::to_members(std::int32_t partition,
                            const std::shared_ptr<const room_events>& events,
                            const std::shared_ptr<const credit_lease>& lease,
                            shared_spans spans) {
  auto content
    = caf::make_message(deliver_events{events, true, lease, std::move(spans)});
  for (auto& x : members.all())
    tell_shared(self, x.handle, content);
  note_heat(*events);
  auto i = replays.find(partition);
  if (i == replays.end() || events->to < events->from)
    return;
  i->second.add_live(events, events->to);
  close_idle(partition);
}

/// Who is behind gets them later; so each event counts once for each member.
void room_state::note_heat(const room_events& x) const {
  auto n = x.events.size() * members.size();
  if (n > 0 && options.heat)
    options.heat->add_room(cursor, n);
}

/// Of the leader that the batch is of: a replay is not where the room is.
std::shared_ptr<room_events> room_state::new_events(const room_records& of,
                                                    std::int64_t from,
                                                    std::int64_t to) const {
  auto events = new_events(of.partition, from, to);
  auto& batch = *of.batch;
  if (batch.log == events->log && batch.leader_epoch >= 0)
    events->leader_epoch = batch.leader_epoch;
  if (batch.log == events->log && batch.epochs)
    events->epochs = batch.epochs;
  return events;
}

std::shared_ptr<room_events> room_state::new_events(std::int32_t partition,
                                                    std::int64_t from,
                                                    std::int64_t to) const {
  auto events = std::make_shared<room_events>();
  events->room = options.id;
  events->nsp = options.nsp;
  events->partition = partition;
  auto named = partitions.named(partition);
  events->log = named.log;
  events->leader_epoch = named.leader_epoch;
  if (to >= from)
    events->epochs = partitions.epochs_of(partition);
  events->log_start = std::max<std::int64_t>(partitions.start_of(partition), 0);
  events->from = from;
  events->to = to;
  return events;
}

/// The events of a batch from an offset on; null: there are none.
std::shared_ptr<room_events>
room_state::encode(const room_records& x, std::int64_t from, bool is_live) {
  auto events = new_events(x, from, x.batch->to);
  batch_encoder::skipped_records unreadable;
  auto has_any = encoder.encode(x, is_live, *events, unreadable);
  for (auto& y : unreadable)
    report_skipped(x.partition, y);
  return has_any ? events : nullptr;
}

void room_state::report_skipped(std::int32_t partition,
                                const skipped_record& x) {
  count(self->system(), metrics::records_skipped)->inc();
  log::limited(log_level::warning, "record skipped",
               topic() + ' ' + std::string{x.why},
               {{"topic", topic()},
                {"partition", partition},
                {"offset", x.offset},
                {"room", options.name},
                {"why", x.why},
                {"skipped_in_room", ++skipped}});
}

/// Nothing of the room is before these offsets that it has not seen.
void room_state::on_moved(const room_moved& x) {
  partitions.note_others(x.to);
  look_after_ahead();
  partitions.move_to_others();
  if (!options.recovers)
    return;
  for (auto& [partition, from] : partitions.deliver_to_next()) {
    auto events = new_events(partition, from,
                             partitions.delivered_to(partition));
    events->gives_position = partitions.homes().contains(partition);
    to_members(partition, events);
  }
}

void room_state::tell_lost(std::int32_t partition, std::int64_t from,
                           std::int64_t to) {
  report_lost(partition, from, to);
  auto events = new_events(partition, from, to);
  events->lost = true;
  partitions.deliver_to(partition, to);
  to_members(partition, events);
}

void room_state::report_lost(std::int32_t partition, std::int64_t from,
                             std::int64_t to) {
  count(self->system(), metrics::gaps)->inc();
  log::limited(log_level::error, "records are missed: deleted by retention",
               topic() + '/' + std::to_string(partition),
               {{"topic", topic()},
                {"partition", partition},
                {"room", options.name},
                {"from", from},
                {"to", to}});
}

/// Offsets mean something else now: whoever was behind cannot catch up.
void room_state::on_log_restarted(std::int32_t partition, std::int64_t at) {
  history.forget(partition, 0);
  auto before = partitions.delivered_to(partition);
  partitions.restart(partition, at);
  if (at < before || partitions.homes().contains(partition))
    tell_lost(partition, before, at);
  reset_replay(partition);
}

namespace {

/// Whether it is known of which leader it is what the batch leads back to: then
/// it is nothing to who has that already.
bool is_explained(const record_batch& x) {
  auto found = x.epochs ? x.epochs->cut_below(x.from, x.leader_epoch)
                        : std::nullopt;
  return found && (!found->is_known || found->offset == x.to);
}

} // namespace

/// The log has lost its end: who was beyond goes back, who is behind that
/// asks again. A room that had nothing beyond still has members that have begun
/// there.
void room_state::on_log_cut(std::int32_t partition, const record_batch& batch) {
  auto at = batch.to;
  history.forget(partition, at);
  encoder.forget(partition, at);
  ahead.cut(partition, at);
  if (auto before = partitions.delivered_to(partition); before > at)
    report_lost(partition, before, at);
  partitions.cut(partition, at);
  auto events = new_events(partition, batch.from, at);
  events->lost = true;
  if (is_explained(batch))
    events->epochs = batch.epochs;
  auto content = caf::make_message(deliver_events{std::move(events), true});
  for (auto& x : members.all())
    tell_shared(self, x.handle, content);
  reset_replay(partition);
}

} // namespace weir
