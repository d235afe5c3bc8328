#pragma once

#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/room/room.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace weir::test {

/// A ROOM, members that record, and a directory that is told.
struct room_fixture : deterministic_actor_system {
  using texts = std::vector<std::string>;

  /// A socket, and what its connection got.
  struct member {
    std::vector<join_answered> joins;
    std::vector<deliver_events> deliveries;
    std::vector<deliver_local> locals;
    std::vector<read_done> done;
    std::vector<room_closed> closed;
    std::vector<disconnect_socket> unwanted;
    member_actor handle;
    socket_ptr socket;
  };

  room_fixture() {
    for (auto* x : {&a, &b, &c}) {
      x->handle = spawn_probe<member_actor>(&x->joins, &x->deliveries,
                                            &x->locals, &x->done, &x->closed,
                                            &x->unwanted);
      x->socket = std::make_shared<const socket_identity>();
    }
  }

  void join(member& x, std::string ack = "1") {
    tell(room, request_of(x, std::move(ack)));
  }

  join_room request_of(member& x, std::string ack) {
    return {x.handle, {x.socket, std::move(ack)}, &route, "room", "k", 9};
  }

  void leave(member& x) { tell(room, leave_room{x.socket, "room"}); }

  void complete(positions from = {{0, 0}}) {
    room_complete message{from};
    for (auto& [partition, offset] : from)
      message.log_start[partition] = 0;
    tell(room, std::move(message));
  }

  static std::shared_ptr<const topic_positions> at(const positions& x) {
    topic_positions result;
    for (auto& [partition, offset] : x)
      result.next.set(partition, offset);
    return std::make_shared<const topic_positions>(std::move(result));
  }

  static room_moved moved(const positions& to) { return {at(to)}; }

  /// Records of the room in one batch, as the router sends them.
  void send(const std::vector<kafka::record_view>& records,
            std::int32_t partition = 0) {
    auto from = records.front().offset;
    auto to = records.back().offset + 1;
    send(batch_of(records, from, to), partition);
  }

  static record_batch batch_of(const std::vector<kafka::record_view>& records,
                               std::int64_t from, std::int64_t to,
                               std::int64_t lost = -1) {
    return {1, from, to, block_of(records), lost};
  }

  void send(record_batch x, std::int32_t partition = 0,
            std::uint64_t replay = 0) {
    tell(room, records_in(std::move(x), partition, replay));
  }

  room_records records_in(record_batch x, std::int32_t partition = 0,
                          std::uint64_t replay = 0) {
    auto batch = std::make_shared<const record_batch>(std::move(x));
    room_records message{batch, nullptr, partition, {}, replay};
    std::string_view rest = batch->records;
    while (auto size = record_size(rest)) {
      message.begins.push_back(
        static_cast<std::uint32_t>(rest.data() - batch->records.data()));
      rest.remove_prefix(size);
    }
    message.lease = std::make_shared<const credit_lease>([this] { ++freed; });
    return message;
  }

  void send(std::int64_t offset, std::string_view value) {
    send({record_of(offset, "k", value)});
  }

  /// The packets that a member got.
  static texts packets(const member& x) {
    texts result;
    for (auto& y : x.deliveries) {
      auto rest = y.events->frames ? std::string_view{*y.events->frames} : "";
      while (!rest.empty()) {
        auto frame = engineio::next_frame(rest);
        result.emplace_back(frame.bytes.substr(1));
        rest.remove_prefix(frame.size);
      }
    }
    return result;
  }

  mapping_route route{0, mapping("room", "topic", {"e"})};
  std::vector<room_empty> empty;
  int freed = 0; ///< leases of batches that have ended
  texts over;    ///< those of requests
  member a, b, c;
  room_directory_actor directory = spawn_directory();
  outbound_router_actor router = spawn_router();
  room_options settings{executor, 7, "room", 0, {&route, "/", 10, 1000}, 5s};
  room_actor room = keep(spawn_room(settings, router, directory));

  /// Another room, by other settings.
  void restart() {
    end(room);
    room = keep(spawn_room(settings, router, directory));
  }

  std::vector<start_replay> started;
  std::vector<pace_replay> paced;
  std::vector<stop_replay> stopped;

private:
  room_directory_actor spawn_directory() {
    return keep_probe(system.spawn([this](room_directory_actor::pointer) {
      return room_directory_actor::behavior_type{
        [](const join_room&) {},
        [](const leave_room&) {},
        [](const broadcast_local&) {},
        [](const disconnect_room&) { return disconnected{}; },
        [this](room_empty& x) { empty.push_back(std::move(x)); },
        [](const find_rooms&) { return rooms_found{}; },
        [](const use_routes&) {},
        [](const release_topic&) {},
      };
    }));
  }

  outbound_router_actor spawn_router() {
    return keep_probe(system.spawn([this](outbound_router_actor::pointer) {
      return outbound_router_actor::behavior_type{
        [](const record_batch&) {},
        [](const keys_added&) {},
        [](const local_event&) {},
        [](const partition_assigned&) {},
        [](const partition_revoked&) {},
        [](const topic_known&) {},
        [](const partitions_unreachable&) {},
        [](const add_room&) {},
        [](const remove_room&) {},
        [this](const start_replay& x) { started.push_back(x); },
        [this](const pace_replay& x) { paced.push_back(x); },
        [this](const stop_replay& x) { stopped.push_back(x); },
        [](const grant_credit&) {},
        [](const relay_event&) {},
      };
    }));
  }
};

} // namespace weir::test
