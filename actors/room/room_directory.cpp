#include "actors/room/room_directory.hpp"

#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/relay.hpp"
#include "actors/room/room.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

namespace {

struct room_directory_state {
  static inline const char* name = "weir.room-directory";

  room_directory_state(room_directory_actor::pointer self,
                       room_directory_options options,
                       outbound_router_actor router)
    : self(self), options(std::move(options)), router(std::move(router)) {}

  /// Rooms do not outlive their directory.
  ~room_directory_state() {
    for (auto& [name, x] : rooms)
      self->send_exit(x.handle, caf::exit_reason::user_shutdown);
    for (auto& x : former)
      self->send_exit(x.what.handle, caf::exit_reason::user_shutdown);
  }

  room_directory_actor::behavior_type make_behavior() {
    return {
      [this](join_room& x) { on_join(std::move(x)); },
      [this](leave_room& x) { on_leave(std::move(x)); },
      [this](broadcast_local& x) { on_broadcast(std::move(x)); },
      [this](disconnect_room& x) { return on_disconnect(std::move(x)); },
      [this](const room_empty& x) { on_empty(x); },
      [this](use_routes& x) { on_routes(std::move(x)); },
      [this](release_topic& x) { return on_release(std::move(x)); },
      [this](const find_rooms& x) { return on_find(x); },
    };
  }

  using room_key = std::pair<nsp_index, std::string>;

  struct entry {
    room_actor handle;
    std::uint64_t id;
    std::string topic;
    std::string key;
    const mapping_route* route;
    std::uint64_t joins = 0; ///< handed on
  };

  /// A room that is none of the mappings' of now, while its members are told.
  struct former_room {
    room_key name;
    entry what;
  };

  void on_join(join_room x) {
    if (is_outdated(x))
      return refuse(x);
    auto i = rooms.find({x.route->nsp, x.room});
    if (i == rooms.end())
      i = open(x);
    ++i->second.joins;
    tell(self, i->second.handle, std::move(x));
  }

  std::map<room_key, entry>::iterator open(const join_room& x) {
    auto& nsp = options.rules->at(x.route->nsp);
    auto id = ++last_room;
    auto loop = id % options.executors.size();
    auto handle
      = spawn_room({options.executors[loop],
                    id,
                    x.room,
                    x.route->nsp,
                    {x.route, nsp.settings().name, options.json_depth,
                     options.max_event, options.traces != nullptr},
                    options.join_timeout,
                    nsp.settings().recovery.count() > 0,
                    options.may_be_behind,
                    options.window,
                    windows,
                    options.heats.empty() ? nullptr : options.heats.at(loop),
                    options.traces},
                   router, self);
    watch(*this, handle);
    auto& topic = x.route->settings.topic;
    tell(self, router,
         add_room{handle, topic, x.key, x.route->settings.history});
    return rooms
      .emplace(room_key{x.route->nsp, x.room},
               entry{handle, id, topic, x.key, x.route})
      .first;
  }

  /// A former room of the name may have the socket, or else the one of now.
  void on_leave(leave_room x) {
    auto i = rooms.find({x.socket->nsp, x.room});
    for (auto& y : former)
      if (y.name.first == x.socket->nsp && y.name.second == x.room)
        tell(self, y.what.handle, x);
    if (i != rooms.end())
      tell(self, i->second.handle, std::move(x));
  }

  void on_broadcast(broadcast_local x) {
    auto i = rooms.find({x.nsp, x.room});
    if (i == rooms.end())
      return;
    auto& y = i->second;
    tell(self, router,
         relay_event{y.topic, y.key, x.nsp, x.room, *x.frames, x.lease});
    tell(self, y.handle, std::move(x));
  }

  caf::result<disconnected> on_disconnect(disconnect_room x) {
    auto i = rooms.find({x.nsp, x.room});
    if (i == rooms.end())
      return disconnected{};
    return self->delegate(i->second.handle, std::move(x));
  }

  void on_empty(const room_empty& x) {
    if (end_former(x))
      return;
    auto i = rooms.find({x.nsp, x.room_name});
    if (i == rooms.end() || i->second.id != x.room
        || i->second.joins != x.joins)
      return; // it is gone already, or a join is on its way to it
    end(i->second);
    rooms.erase(i);
  }

  /// Tells the router, and the room.
  void end(const entry& x) {
    retire(x);
    self->demonitor(x.handle.address());
    self->send_exit(x.handle, caf::exit_reason::user_shutdown);
  }

  // -- other mappings ---------------------------------------------------------

  /// A room that is another one by these has no new members: its name is free
  /// for a room of now. It stays until its members have left, whose connections
  /// know more than we do of what they are told.
  void on_routes(use_routes x) {
    options.rules = std::move(x.rules);
    for (auto i = rooms.begin(); i != rooms.end();) {
      auto& [name, y] = *i;
      if (is_there(*y.route, name.second)) {
        ++i;
        continue;
      }
      former.push_back({name, std::move(y)});
      i = rooms.erase(i);
    }
  }

  /// Whether the mappings of now have that room, and it is the same by them.
  bool is_there(const mapping_route& route, std::string_view room) const {
    auto* now = options.rules->at(route.nsp).mapping_of(room);
    return now != nullptr && now->is_like(route);
  }

  /// Its connection has yet to hear of the mappings of now.
  bool is_outdated(const join_room& x) const {
    return x.route->version < options.rules->version()
           && !is_there(*x.route, x.room);
  }

  void refuse(join_room& x) {
    join_answered answer{std::move(x.ack), x.room};
    answer.error = emit_errc::unavailable;
    answer.message = "the room's mapping has changed; join again";
    answer.membership = x.membership;
    tell(self, x.member, std::move(answer));
  }

  /// Nobody joins it any more. False: it is none of those.
  bool end_former(const room_empty& x) {
    auto i = std::find_if(former.begin(), former.end(),
                          [&](auto& y) { return y.what.id == x.room; });
    if (i == former.end())
      return false;
    if (i->what.joins == x.joins) {
      end(i->what);
      former.erase(i);
      answer_released();
    }
    return true;
  }

  caf::result<void> on_release(release_topic x) {
    auto answer = self->make_response_promise<void>();
    released.emplace_back(std::move(x.topic), answer);
    answer_released();
    return answer;
  }

  void answer_released() {
    std::erase_if(released, [this](auto& x) {
      if (!has_rooms(x.first))
        x.second.deliver();
      return !x.second.pending();
    });
  }

  bool has_rooms(const std::string& topic) const {
    return std::any_of(former.begin(), former.end(),
                       [&](auto& x) { return x.what.topic == topic; })
           || std::any_of(rooms.begin(), rooms.end(),
                          [&](auto& x) { return x.second.topic == topic; });
  }

  // -- what an operator sees --------------------------------------------------

  rooms_found on_find(const find_rooms& x) const {
    rooms_found result;
    auto after = schemas::place_of(x.after);
    for (auto& [nsp, index] : namespaces()) {
      if (nsp < after.nsp || (!x.nsp.empty() && nsp != x.nsp))
        continue;
      auto is_begun = !x.after.empty() && nsp == after.nsp;
      if (!find_in(index, is_begun ? after.name : "", is_begun, x, result))
        break;
    }
    return result;
  }

  /// By name.
  std::map<std::string, nsp_index> namespaces() const {
    std::map<std::string, nsp_index> result;
    for (auto& x : options.rules->all())
      result.emplace(x->settings().name, x->index());
    return result;
  }

  /// Behind `after`, or with it. False: there are more than are wanted.
  bool find_in(nsp_index nsp, std::string_view after, bool is_behind,
               const find_rooms& x, rooms_found& result) const {
    std::string from{
      std::max<std::string_view>({after, x.prefix, std::string_view{x.name}})};
    for (auto i = rooms.lower_bound({nsp, from});
         i != rooms.end() && i->first.first == nsp; ++i) {
      auto& name = i->first.second;
      if (!name.starts_with(x.prefix) || (!x.name.empty() && name != x.name))
        return true; // so are all others
      if ((is_behind && name == after)
          || (!x.topic.empty() && i->second.topic != x.topic))
        continue;
      if (result.rooms.size() == x.limit) {
        result.more = true;
        return false;
      }
      result.rooms.push_back(describe(i->first, i->second));
    }
    return true;
  }

  rooms_found::room describe(const room_key& key, const entry& x) const {
    schemas::room_status known;
    known.nsp = options.rules->at(key.first).settings().name;
    known.name = key.second;
    known.topic = x.topic;
    known.key = x.key;
    return {std::move(known), x.handle};
  }

  void retire(const entry& x) {
    tell(self, router, remove_room{x.handle, x.topic, x.key});
  }

  /// A room that ended by itself has failed; its members have been told.
  void on_down(const caf::actor_addr& who, const caf::error& reason) {
    auto i = std::find_if(rooms.begin(), rooms.end(), [&](auto& x) {
      return x.second.handle.address() == who;
    });
    if (i == rooms.end())
      return on_former_down(who, reason);
    note_failed(i->first.second, i->second, reason);
    rooms.erase(i);
  }

  void on_former_down(const caf::actor_addr& who, const caf::error& reason) {
    auto i = std::find_if(former.begin(), former.end(), [&](auto& x) {
      return x.what.handle.address() == who;
    });
    if (i == former.end())
      return;
    note_failed(i->name.second, i->what, reason);
    former.erase(i);
    answer_released();
  }

  void note_failed(const std::string& room, const entry& x,
                   const caf::error& reason) {
    log::error("a room has failed",
               {{"room", room}, {"why", to_string(reason)}});
    retire(x);
  }

  room_directory_actor::pointer self;
  room_directory_options options;
  std::shared_ptr<byte_budget> windows
    = std::make_shared<byte_budget>(options.windows);
  outbound_router_actor router;
  std::map<room_key, entry> rooms;
  std::vector<former_room> former;
  /// Topics of which it is to be told when no room has them.
  std::vector<std::pair<std::string, caf::typed_response_promise<void>>>
    released;
  std::uint64_t last_room = 0;
};

} // namespace

room_directory_actor spawn_room_directory(actor_executor executor,
                                          room_directory_options options,
                                          outbound_router_actor router) {
  return executor.spawn<room_directory_actor, room_directory_state>(
    std::move(options), std::move(router));
}

} // namespace weir
