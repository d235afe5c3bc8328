#include "actors/room/room.hpp"

#include "actors/room/room_state.hpp"
#include "schemas/listing_codec.hpp"

#include <caf/message.hpp>

#include <utility>

namespace weir {

room_state::room_state(room_actor::pointer self, room_options options,
                       outbound_router_actor router,
                       room_directory_actor directory)
  : self(self),
    options(std::move(options)),
    router(std::move(router)),
    directory(std::move(directory)),
    encoder(this->options.encoder),
    cursor(
      schemas::room_cursor(this->options.encoder.nsp, this->options.name)) {
}

/// Whoever is still a member must not continue believing that it is up to
/// date. Sent without a sender: the last reference to this actor may be gone.
room_state::~room_state() {
  for (auto& x : members.all())
    tell_anonymously(x.handle, room_closed{options.id});
  for (auto& x : waiting.take_all())
    tell_anonymously(x.request.member,
                     refusal_of(x.request, emit_errc::unavailable,
                                "the room has failed; join again"));
}

room_actor::behavior_type room_state::make_behavior() {
  return {
    [this](join_room& x) { on_join(std::move(x)); },
    [this](const leave_room& x) { on_leave(x); },
    [this](const room_records& x) { on_records(x), admit_waiting(); },
    [this](const room_complete& x) { on_complete(x); },
    [this](const partition_added& x) { on_partition_added(x); },
    [this](const room_problem& x) { on_problem(x); },
    [this](const room_unreachable& x) { on_unreachable(x); },
    [this](const room_moved& x) { on_moved(x), admit_waiting(); },
    [this](const read_room& x) { on_read(x); },
    [this](const broadcast_local& x) { on_broadcast(x); },
    [this](const disconnect_room&) { return on_disconnect(); },
    [this](const query_room& x) { return on_query(x); },
  };
}

void room_state::on_broadcast(const broadcast_local& x) {
  if (x.nsp != options.nsp || x.room != options.name)
    return; // of another namespace's room with the same key
  auto content = caf::make_message(
    deliver_local{options.id, options.nsp, x.sender, x.frames, x.lease});
  for (auto& y : members.all())
    tell_shared(self, y.handle, content);
}

/// They leave when they go.
disconnected room_state::on_disconnect() {
  for (auto& x : members.all())
    tell(self, x.handle, disconnect_socket{x.socket});
  return {static_cast<std::uint32_t>(members.size())};
}

room_actor spawn_room(const room_options& options,
                      const outbound_router_actor& router,
                      const room_directory_actor& directory) {
  return options.executor.spawn<room_actor, room_state>(options, router,
                                                        directory);
}

} // namespace weir
