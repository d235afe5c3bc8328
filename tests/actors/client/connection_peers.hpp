#pragma once

#include "actors/client/connection.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace weir::test {

/// The actors around a CONNECTION, which record what it tells them.
struct connection_peers : deterministic_actor_system {
  std::vector<emit_event> emits;
  int emit_batches = 0; ///< in which these came
  std::vector<join_room> joins;
  std::vector<leave_room> leaves;
  std::vector<broadcast_local> locals;
  inbound_router_actor router = spawn_router_probe();
  room_directory_actor directory = spawn_directory_probe();
  std::vector<socket_opened> opened;
  std::vector<socket_closed> ended;
  std::vector<resume_socket> resumes;
  std::vector<release_socket> released;
  std::vector<socket_released> answered;
  std::vector<peer_joined> joined;
  std::vector<peer_gone> gone;
  socket_directory_actor socket_directory = spawn_probe<socket_directory_actor>(
    &released, &answered, &joined, &gone, &opened, &ended, &resumes);
  std::vector<read_room> reads;     ///< since a test has looked
  std::vector<read_room> all_reads; ///< of rooms
  std::vector<read_room> announced; ///< of members that cannot ask yet
  room_actor room = spawn_room_probe();
  /// As all connections of a loop.
  std::shared_ptr<connection_registry> registry
    = std::make_shared<connection_registry>();
  std::shared_ptr<loop_meter> meter = std::make_shared<loop_meter>(executor);

private:
  inbound_router_actor spawn_router_probe() {
    return keep_probe(system.spawn([this](inbound_router_actor::pointer) {
      return inbound_router_actor::behavior_type{[this](emit_events& x) {
        ++emit_batches;
        std::move(x.all->begin(), x.all->end(), std::back_inserter(emits));
      }};
    }));
  }

  room_directory_actor spawn_directory_probe() {
    return keep_probe(system.spawn([this](room_directory_actor::pointer) {
      return room_directory_actor::behavior_type{
        [this](join_room& x) { joins.push_back(std::move(x)); },
        [this](leave_room& x) { leaves.push_back(std::move(x)); },
        [this](broadcast_local& x) { locals.push_back(std::move(x)); },
        [](const disconnect_room&) { return disconnected{}; },
        [](const room_empty&) {},
        [](const find_rooms&) { return rooms_found{}; },
        [](const use_routes&) {},
        [](const release_topic&) {},
      };
    }));
  }

  room_actor spawn_room_probe() {
    return keep_probe(system.spawn([this](room_actor::pointer) {
      return room_actor::behavior_type{
        [](const join_room&) {},
        [](const leave_room&) {},
        [](const room_records&) {},
        [](const room_complete&) {},
        [](const partition_added&) {},
        [](const room_problem&) {},
        [](const room_unreachable&) {},
        [](const room_moved&) {},
        [this](const read_room& x) {
          if (x.max_bytes == 0)
            return announced.push_back(x);
          reads.push_back(x);
          all_reads.push_back(x);
        },
        [](const broadcast_local&) {},
        [](const disconnect_room&) { return disconnected{}; },
        [](const query_room&) { return room_described{}; },
      };
    }));
  }
};

} // namespace weir::test
