#include "actors/room/room_state.hpp"

#include <chrono>
#include <map>
#include <utility>

namespace weir {

namespace {

/// Of the members that are behind, an operator sees so many.
constexpr std::size_t max_lagging = 100;

using lagging_members
  = std::map<const socket_identity*, schemas::lagging_member>;

void note(lagging_members& to, std::int32_t partition,
          const room_replay::reader& x) {
  auto [i, is_new] = to.try_emplace(x.socket.get());
  if (is_new)
    i->second = {x.socket->id, x.socket->user, {}};
  i->second.positions.push_back({partition, x.at, true});
}

} // namespace

/// Those are behind that have asked for what they missed, or said that they will.
room_described room_state::on_query(const query_room& x) const {
  lagging_members lagging;
  for (auto& [partition, replay] : replays)
    replay.each_reader([&](auto& y) { note(lagging, partition, y); });
  room_described result;
  auto& y = result.status;
  y.members = static_cast<std::uint32_t>(members.size());
  y.members_lagging = static_cast<std::uint32_t>(lagging.size());
  y.waiting_joins = static_cast<std::uint32_t>(waiting.size());
  if (!waiting.empty()) {
    auto time_left = waiting.first_due() - self->clock().now();
    y.waiting_ms = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(options.join_timeout
                                                            - time_left)
        .count());
  }
  y.problem = problem.empty() ? unreachable : problem;
  y.skipped_records = skipped;
  if (!x.in_detail)
    return result;
  for (auto partition : partitions.homes())
    y.partitions.push_back(
      {partition, partitions.next_of(partition), replays.contains(partition)});
  for (auto& [socket, z] : lagging)
    if (y.lagging.size() < max_lagging)
      y.lagging.push_back(std::move(z));
  return result;
}

} // namespace weir
