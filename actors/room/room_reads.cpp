#include "actors/room/room_state.hpp"
#include "actors/runtime/metrics/rooms.hpp"

#include <algorithm>
#include <utility>

namespace weir {

void room_state::on_read(const read_room& x) {
  auto* y = members.find(x.socket);
  if (y == nullptr || y->membership != x.membership)
    return;
  partitions.track(x.partition);
  room_replay::reader reader{
    x.socket, y->handle, x.id, x.from, static_cast<std::int64_t>(x.max_bytes),
    x.of};
  auto live = partitions.delivered_to(x.partition);
  if (reader.budget > 0
      && partitions.is_open_after(x.partition, x.of.leader_epoch))
    replay_of(x.partition).begin_again();
  if (reader.budget == 0)
    replay_of(x.partition).note(reader, live);
  else
    replay_of(x.partition).read(std::move(reader), live);
  close_idle(x.partition);
}

room_replay& room_state::replay_of(std::int32_t partition) {
  return replays
    .try_emplace(partition, ports_of(partition), options.window,
                 options.windows)
    .first->second;
}

room_replay::ports room_state::ports_of(std::int32_t partition) {
  room_replay::ports out;
  out.send = [this](auto& to, auto& events, auto& lease) {
    tell(self, to.member, deliver_events{events, false, lease});
  };
  out.finish = [this, partition](auto& to) {
    tell(self, to.member,
         read_done{options.id, partition, to.id,
                   partitions.delivered_to(partition)});
  };
  out.start_fetch = [this, partition](auto from, auto& of) {
    tell(self, router,
         start_replay{self, topic(), partition,
                      *options.encoder.route->key_of(options.name), from,
                      ++last_replay, of});
    return last_replay;
  };
  out.pace_fetch = [this](auto fetch, auto pauses) {
    tell(self, router, pace_replay{self, fetch, pauses});
  };
  out.stop_fetch = [this](auto fetch) {
    tell(self, router, stop_replay{self, fetch});
  };
  return out;
}

void room_state::close_idle(std::int32_t partition) {
  auto i = replays.find(partition);
  if (i != replays.end() && i->second.is_idle())
    replays.erase(i);
}

/// Offsets mean something else now; who has asked learns it before its answer.
void room_state::reset_replay(std::int32_t partition) {
  auto i = replays.find(partition);
  if (i == replays.end())
    return;
  i->second.reset();
  replays.erase(i);
}

void room_state::on_replayed(const room_records& x) {
  auto i = replays.find(x.partition);
  auto is_wanted = [&] {
    return i != replays.end() && i->second.fetch() == x.replay;
  };
  if (!is_wanted())
    return; // of a fetch that is over
  auto& batch = *x.batch;
  // It may be ahead of the live flow, and who was served by it may leave and
  // come back before that is there.
  partitions.note_end(x.partition, batch.to);
  auto live = partitions.delivered_to(x.partition);
  if (batch.lost > batch.from)
    i->second.add(lost_events(x), nullptr, live);
  auto from = std::max(batch.from, batch.lost);
  auto events = encode(x, from, false);
  if (!events)
    events = new_events(x, from, batch.to);
  if (is_wanted())
    i->second.add(events, x.lease, live);
  close_idle(x.partition);
}

std::shared_ptr<room_events> room_state::lost_events(const room_records& x) {
  count(self->system(), metrics::gaps)->inc();
  auto events = new_events(x, x.batch->from, x.batch->lost);
  events->lost = true;
  return events;
}

} // namespace weir
