#include "tests/actors/delivery_world.hpp"

#include "actors/contract/catching_up.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "transport/kafka/partitioner.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <utility>

namespace weir::delivery {

namespace {

using namespace std::chrono_literals;

/// Some ranges of events.
constexpr std::size_t window = 1500;

} // namespace

world::world(std::uint32_t seed, const world_options& as)
  : faults(std::make_shared<test::link_faults>(
    test::link_faults{test::interleaving{seed}})),
    options(as) {
  group = keep_probe(system.spawn([this](consumer_group_actor::pointer) {
    return consumer_group_actor::behavior_type{
      [](const read_interim&) {},
      [](group_event) {},
      [this](const commit_position& x) {
        if (!x.epochs.empty() && !loses_notes)
          logs[static_cast<std::size_t>(x.partition)].set_epochs(x.epochs);
      },
      [](query_status) { return group_status{}; },
      [](const check_topics&) { return topics_checked{}; },
      [](const use_topics&) {},
      [](drain) {},
    };
  }));
  for (std::size_t i = 0; i < nodes; ++i)
    start_node(i);
  for (std::size_t i = 0; i < count; ++i)
    move_partition(i);
  tell_count();
}

void world::start_node(std::size_t i) {
  routers[i]
    = keep(spawn_outbound_router(executor, options.credit, options.replays));
  directories[i] = keep(spawn_room_directory(
    executor, {rules, {executor}, 10, 1000, 1h, true, window, 2 * window},
    routers[i]));
}

// -- what may happen ----------------------------------------------------------

void world::append_to(std::size_t p) {
  append_to(p, room_name(choice().below(rooms)));
}

void world::append_to(std::size_t p, const std::string& room) {
  auto value = "[" + std::to_string(p) + "," + std::to_string(logs[p].end())
               + "," + std::to_string(++last_serial) + "]";
  if (options.longest > 0)
    value.insert(value.size() - 1,
                 ",\"" + std::string(choice().below(options.longest), 'x')
                   + '"');
  serials[p][logs[p].end()] = last_serial;
  stored[p].emplace_back(logs[p].append(room, value), room);
  if (choice().once_in(5))
    logs[p].skip(choice().below(3));
}

void world::join() {
  auto room = room_name(choice().below(rooms));
  positions since;
  if (choice().once_in(3))
    for (std::int32_t i = 0;
         i < (changes_count ? 1 : static_cast<std::int32_t>(count)); ++i)
      since[i] = 0; // of partitions that there will always be
  join(choice().below(nodes), std::move(room), std::move(since));
}

member& world::join(std::uint32_t node, std::string room, positions since) {
  auto& x = members.emplace_back();
  x.room = std::move(room);
  x.since = std::move(since);
  x.me = spawn_member(x);
  x.node = node;
  self->send(directories[x.node], join_room{*x.me,
                                            {x.socket, ""},
                                            &rules->at(0).mappings()[0],
                                            x.room,
                                            x.room,
                                            1,
                                            x.since});
  return x;
}

void world::join_everywhere() {
  for (std::uint32_t i = 0; i < 2 * rooms; ++i) {
    auto room = room_name(i % rooms);
    auto home = kafka::partition_of(room, static_cast<std::int32_t>(count));
    append_to(static_cast<std::size_t>(home), room);
    ++fresh[room];
  }
  settle();
  for (std::uint32_t i = 0; i < nodes * rooms; ++i)
    newcomers.push_back(&join(i % nodes, room_name(i / nodes), {}));
  settle();
}

member_actor world::spawn_member(member& x) {
  return keep_probe(
    system.spawn([&x, visit = ++x.visits, this](member_actor::pointer) {
      auto is_over = [&x, visit] { return x.visits != visit; };
      return member_actor::behavior_type{
        [=, &x, this](const join_answered& y) {
          if (!is_over())
            on_joined(x, y);
        },
        [=, &x, this](const deliver_events& y) {
          if (is_over() || x.room_id != y.events->room)
            return;
          x.take(y, choice());
          look_at_ways_back(x);
        },
        [=, &x](const read_done& y) {
          auto* reader = x.at.find(y.partition);
          if (!is_over() && y.room == x.room_id && reader)
            BOOST_TEST(reader->end_ask(y.id, y.live));
        },
        [](const deliver_local&) {},
        [](const room_closed&) {},
        [](const disconnect_socket&) {},
      };
    }));
}

void world::look_at_ways_back(member& x) {
  for (auto& way : std::exchange(x.ways_back, {})) {
    auto p = static_cast<std::size_t>(way.partition);
    note_if_too_far(way.partition, way.from, way.epoch, way.to);
    std::map<std::int64_t, long> is_there;
    for (auto& [offset, room] : stored[p])
      if (room == x.room && offset >= way.to && offset < way.from)
        is_there[offset] = serials[p].at(offset);
    if (way.had.empty() || way.to <= logs[p].begin())
      continue;
    ++led_back;
    needlessly += way.had == is_there ? 1 : 0;
  }
}

void world::note_if_too_far(std::int32_t partition, std::int64_t from,
                            std::int32_t epoch, std::int64_t to) {
  auto cut = logs[static_cast<std::size_t>(partition)].cut_of(from, epoch);
  too_far += to < cut.value_or(from) ? 1 : 0;
}

void world::on_joined(member& x, const join_answered& y) {
  if (y.error == emit_errc::none) {
    if (x.joins.empty()) {
      note_history(x, y);
      x.log_at_join = last_log;
      for (std::int32_t i = 0; i < std::int32_t{most_partitions}; ++i)
        x.ends_at_join[i] = logs[static_cast<std::size_t>(i)].end();
    }
    auto before = x.taken_back.size();
    x.on_joined(y);
    for (auto i = before; i < x.taken_back.size(); ++i) {
      auto& z = x.taken_back[i];
      note_if_too_far(z.partition, z.offset, z.epoch, z.to);
    }
    return;
  }
  BOOST_TEST_REQUIRE(x.was_away);
  come_back(x);
}

void world::note_history(const member& x, const join_answered& y) {
  std::size_t n = 0;
  for (auto& [partition, begin] : x.since.empty() ? y.behind : positions{}) {
    auto p = static_cast<std::size_t>(partition);
    auto of = y.logs.find(partition);
    if (p >= count || (of != y.logs.end() && of->second.log != logs[p].log()))
      return; // the topic is another one by now
    for (auto& [offset, room] : stored[p])
      n += room == x.room && offset >= std::max(begin, logs[p].begin())
           && offset < y.from.at(partition);
  }
  with_history += n > 0 ? 1 : 0;
  if (!elects) // other records may be there by now
    BOOST_TEST(n <= options.history);
}

void world::leave_and_come_back() {
  leave_and_come_back(
    members[choice().below(static_cast<std::uint32_t>(members.size()))]);
}

void world::leave_and_come_back(member& x) {
  if (x.room_id == 0)
    return;
  self->send(directories[x.node], leave_room{x.socket, x.room});
  x.room_id = 0;
  x.was_away = true;
  x.left_at = x.here();
  x.left_logs = x.logs();
  x.away_for = 1 + static_cast<int>(choice().below(40));
}

void world::replace_node() {
  auto i = choice().below(nodes);
  auto joins = [i](auto& x) {
    return x.node == i && x.room_id == 0 && x.away_for <= 0;
  };
  if (std::any_of(members.begin(), members.end(), joins))
    return;
  for (auto& x : members)
    if (x.node == i)
      leave_and_come_back(x);
  start_node(i);
  self->send(routers[i],
             topic_known{"topic", static_cast<std::int32_t>(count)});
  for (std::size_t p = 0; p < count; ++p)
    assign(p, routers[i]);
}

void world::assign(std::size_t p, const outbound_router_actor& to) {
  auto link = executor.spawn<test::link_actor, test::faulty_link_state>(
    *consumers[p], faults);
  self->send(to, partition_assigned{"topic", static_cast<std::int32_t>(p),
                                    keep(link)});
}

void world::pass_time_away() {
  for (auto& x : members)
    if (x.was_away && --x.away_for == 0)
      come_back(x);
}

void world::come_back(member& x) {
  x.socket = std::make_shared<const socket_identity>();
  x.node = choice().below(nodes);
  x.me = spawn_member(x);
  self->send(directories[x.node], join_room{*x.me,
                                            {x.socket, ""},
                                            &rules->at(0).mappings()[0],
                                            x.room,
                                            x.room,
                                            1,
                                            x.left_at,
                                            x.left_logs,
                                            x.of_partitions});
}

void world::catch_up_members(std::size_t budget) {
  for (auto& x : members)
    for (auto& reader : x.at.readers)
      if (x.room_id != 0 && reader.is_to_ask()) {
        reader.ask(++x.at.reads);
        caf::send_as(*x.me, x.handle,
                     read_room{x.socket,
                               1,
                               reader.partition(),
                               reader.next(),
                               budget,
                               x.at.reads,
                               {reader.log(), reader.leader_epoch()}});
      }
}

} // namespace weir::delivery
