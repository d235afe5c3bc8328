#include "actors/room/room_state.hpp"

namespace weir {

namespace {

/// Of the members that are behind, an operator sees so many.
constexpr std::size_t max_lagging = 100;

schemas::lagging_member describe(const room_member& x) {
  schemas::lagging_member result{x.socket->id, x.socket->user, {}};
  for (auto& [partition, next] : x.behind)
    result.positions.push_back({partition, next, true});
  return result;
}

} // namespace

room_described room_state::on_query(const query_room& x) const {
  room_described result;
  auto& y = result.status;
  y.members = static_cast<std::uint32_t>(members.size());
  y.members_lagging = static_cast<std::uint32_t>(members.behind());
  y.waiting_joins = static_cast<std::uint32_t>(waiting.size());
  y.problem = problem.empty() ? unreachable : problem;
  y.skipped_records = skipped;
  if (!x.in_detail)
    return result;
  for (auto partition : partitions.homes())
    y.partitions.push_back(
      {partition, partitions.next_of(partition), passes.contains(partition)});
  members.each_behind(max_lagging, [&](const room_member& z) {
    y.lagging.push_back(describe(z));
  });
  return result;
}

} // namespace weir
