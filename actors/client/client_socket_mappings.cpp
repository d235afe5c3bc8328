// What becomes of a socket where the mappings of its namespace change while it
// is there: rooms that are the same by both stay, and it is told of the others.

#include "actors/client/client_socket.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr lost_room gone{"mapping_gone",
                         {emit_errc::unknown_room,
                          "no mapping of this namespace has such a room"}};

constexpr lost_room changed{"mapping_changed",
                            {emit_errc::unavailable,
                             "the room's mapping has changed; join again"}};

constexpr lost_room not_allowed{"not_allowed",
                                {emit_errc::not_allowed,
                                 "the mapping's allow.join does not name you"}};

} // namespace

void client_socket::use(const nsp_routes& next) {
  const former_rules former{rules, std::move(rights)};
  rules = &next;
  rights = take_rights(*host.context, next, token);
  if (!resuming) {
    end_lost_rooms(*former.rules);
    join_automatically(&former);
  } else if (!can_resume(*former.rules)) {
    host.start_over(*this, "the mappings have changed meanwhile");
  }
}

const lost_room* loss_of(const std::string& room, const nsp_routes& former,
                         const nsp_routes& now) {
  auto *was = former.mapping_of(room), *is = now.mapping_of(room);
  if (is == nullptr)
    return &gone;
  return was != nullptr && was->is_like(*is) ? nullptr : &changed;
}

/// The client has not been answered: it may as well start over.
bool client_socket::can_resume(const nsp_routes& former) const {
  auto& all = resuming->position.rooms;
  return std::all_of(all.begin(), all.end(), [&](auto& x) {
    return !loss_of(x.room, former, *rules)
           && may(right::join, *rules->mapping_of(x.room), x.room);
  });
}

/// As an operator's leave ends them; where one is only not allowed any more, an
/// operator may have wanted it so.
void client_socket::end_lost_rooms(const nsp_routes& former) {
  std::vector<std::pair<std::string, const lost_room*>> lost;
  for (auto& [room, m] : rooms.all()) {
    auto* why = loss_of(m->room, former, *rules);
    if (!why && !m->is_ordered
        && !may(right::join, *rules->mapping_of(room), room))
      why = &not_allowed;
    if (why)
      lost.emplace_back(m->room, why);
  }
  for (auto& [room, why] : lost)
    end_membership(room, why->reason, why->to_who_joins);
}

} // namespace weir
