#include "actors/room/room_directory.hpp" // unit under test

#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::mapping;

/// A ROOM DIRECTORY with real rooms, a router that records, and one member.
struct fixture : test::deterministic_actor_system {
  using texts = std::vector<std::string>;

  void join(const socket_ptr& socket, std::string room = "chat:1",
            nsp_index nsp = 0) {
    post_join(socket, std::move(room), nsp);
    run();
  }

  /// Sends only.
  void post_join(const socket_ptr& socket, std::string room = "chat:1",
                 nsp_index nsp = 0) {
    auto* route = &rules->at(nsp).mappings()[0];
    auto key = *route->key_of(room);
    self->send(
      directory,
      join_room{member, {socket, "1"}, route, std::move(room), std::move(key)});
  }

  void leave(const socket_ptr& socket, std::string room = "chat:1") {
    tell(directory, leave_room{socket, std::move(room), nullptr, true});
  }

  static socket_ptr make_socket(nsp_index nsp = 0) {
    return std::make_shared<const socket_identity>(socket_identity{"id", nsp});
  }

  /// What an operator sees, as "namespace,room".
  std::vector<std::string> find(find_rooms x, bool more = false) {
    if (x.limit == 0)
      x.limit = 100;
    auto found = ask<rooms_found>(directory, std::move(x));
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->more == more);
    std::vector<std::string> result;
    for (auto& y : found->rooms)
      result.push_back(schemas::room_cursor(y.known.nsp, y.known.name));
    return result;
  }

  routes_ptr rules
    = test::rules_of({test::nsp("/", {mapping("chat:{id}", "topic")}),
                      test::nsp("/b", {mapping("chat:{id}", "topic")})});
  std::vector<join_answered> joins;
  std::vector<deliver_events> deliveries;
  std::vector<deliver_local> locals;
  std::vector<read_done> done;
  std::vector<room_closed> closed;
  std::vector<disconnect_socket> unwanted;
  member_actor member = spawn_probe<member_actor>(&joins, &deliveries, &locals,
                                                  &done, &closed, &unwanted);
  std::vector<record_batch> batches;
  std::vector<keys_added> keys;
  std::vector<partition_assigned> assigned;
  std::vector<partition_revoked> revoked;
  std::vector<topic_known> topics;
  std::vector<partitions_unreachable> unreachable;
  std::vector<add_room> added;
  std::vector<remove_room> removed;
  std::vector<start_replay> started;
  std::vector<pace_replay> paced;
  std::vector<stop_replay> stopped;
  std::vector<grant_credit> credits;
  std::vector<local_event> events;
  std::vector<relay_event> relayed;
  outbound_router_actor router = spawn_probe<outbound_router_actor>(
    &batches, &keys, &events, &assigned, &revoked, &topics, &unreachable,
    &added, &removed, &started, &paced, &stopped, &credits, &relayed);
  room_directory_actor directory = keep(
    spawn_room_directory(executor, {rules, {executor}, 10, 1000, 5s}, router));
  socket_ptr socket = make_socket(), other = make_socket();
};

BOOST_FIXTURE_TEST_SUITE(a_room_directory, fixture)

BOOST_AUTO_TEST_CASE(opens_a_room_for_its_first_join_only) {
  join(socket), join(other);
  BOOST_TEST_REQUIRE(added.size() == 1u);
  BOOST_TEST(added[0].topic == "topic");
  BOOST_TEST(added[0].key == "chat:1");
  tell(added[0].room, room_complete{{{0, 3}}});
  BOOST_TEST(joins.size() == 2u);
}

BOOST_AUTO_TEST_CASE(tells_rooms_of_different_namespaces_apart) {
  join(make_socket(0), "chat:1", 0);
  join(make_socket(1), "chat:1", 1);
  BOOST_TEST_REQUIRE(added.size() == 2u);
  BOOST_TEST((added[0].room != added[1].room));
}

BOOST_AUTO_TEST_CASE(retires_a_room_with_its_last_member) {
  join(socket), join(other);
  auto room = added.at(0).room;
  leave(socket);
  BOOST_TEST(removed.empty());
  leave(other);
  BOOST_TEST_REQUIRE(removed.size() == 1u);
  BOOST_TEST((removed[0].room == room));
  BOOST_TEST(removed[0].key == "chat:1");
  BOOST_TEST(is_over(room));
  join(socket);
  BOOST_TEST(added.size() == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_a_room_to_which_a_join_is_on_its_way) {
  join(socket);
  tell(added.at(0).room, room_complete{{{0, 0}}});
  // The leave makes the room report that it is empty; before the directory
  // reads that, it hands on the next join.
  self->send(directory, leave_room{socket, "chat:1"});
  post_join(other);
  run();
  BOOST_TEST(removed.empty());
  BOOST_TEST(!is_over(added[0].room));
  BOOST_TEST(joins.size() == 2u);
  BOOST_TEST(closed.empty());
  leave(other);
  BOOST_TEST(removed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_misled_by_what_an_earlier_room_of_the_name_says) {
  join(socket);
  leave(socket);
  join(other);
  BOOST_TEST_REQUIRE(added.size() == 2u);
  tell(directory, room_empty{0, "chat:1", 1, 1}); // the first room, once more
  BOOST_TEST(removed.size() == 1u);
  BOOST_TEST(!is_over(added[1].room));
}

BOOST_AUTO_TEST_CASE(retires_a_room_whose_joins_were_refused) {
  join(socket);
  advance(5s);
  BOOST_TEST(joins.at(0).error == emit_errc::unavailable);
  BOOST_TEST(removed.size() == 1u);
  leave(socket); // on its way meanwhile
  BOOST_TEST(removed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgets_a_room_that_failed) {
  join(socket);
  auto room = added.at(0).room;
  tell(room, room_complete{{{0, 0}}});
  self->send_exit(room, caf::exit_reason::kill);
  run();
  BOOST_TEST(closed.size() == 1u);
  BOOST_TEST_REQUIRE(removed.size() == 1u);
  BOOST_TEST((removed[0].room == room));
  join(other);
  BOOST_TEST(added.size() == 2u);
}

BOOST_AUTO_TEST_CASE(passes_local_events_to_rooms_that_are_there) {
  join(socket);
  tell(added.at(0).room, room_complete{{{0, 0}}});
  auto frames = std::make_shared<const std::string>("frames");
  tell(directory, broadcast_local{0, "chat:1", other, frames});
  tell(directory, broadcast_local{0, "chat:2", other, frames});
  tell(directory, broadcast_local{1, "chat:1", other, frames});
  BOOST_TEST(locals.size() == 1u);
}

// -- other mappings -----------------------------------------------------------

/// Its namespace "/" may have other mappings; "/b" has the same.
struct changing : fixture {
  routes_ptr follow(std::vector<mapping_options> x) {
    auto b = test::nsp("/b", {mapping("chat:{id}", "topic")});
    return std::make_shared<const routes>(
      std::vector<namespace_options>{test::nsp("/", std::move(x)), b},
      std::size_t{100}, rules);
  }

  void change(std::vector<mapping_options> x) {
    former = rules;
    rules = follow(std::move(x));
    tell(directory, use_routes{rules});
  }

  /// By a mapping of before.
  void join_late(const socket_ptr& who) {
    auto now = std::exchange(rules, former);
    join(who);
    rules = now;
  }

  routes_ptr former;
};

BOOST_FIXTURE_TEST_CASE(keeps_rooms_that_other_mappings_leave_alike, changing) {
  join(socket);
  auto x = mapping("chat:{id}", "topic", {"say"});
  x.event = "message"; // as before
  change({mapping("team:{id}", "other"), x});
  join_late(other);
  BOOST_TEST(added.size() == 1u);
  tell(added.at(0).room, room_complete{{{0, 3}}});
  BOOST_TEST(joins.size() == 2u);
  leave(socket), leave(other);
  BOOST_TEST(removed.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(has_a_new_room_of_a_name_whose_mapping_has_changed,
                        changing) {
  join(socket), join(make_socket(1), "chat:1", 1);
  auto room = added.at(0).room;
  tell(room, room_complete{{{0, 3}}});
  change({mapping("chat:{id}", "other")});
  join(other);
  BOOST_TEST_REQUIRE(added.size() == 3u);
  BOOST_TEST(added[2].topic == "other");
  BOOST_TEST(!is_over(room)); // its member has yet to be told
  BOOST_TEST(find({}) == (texts{"/,chat:1", "/b,chat:1"}));
  leave(socket);
  BOOST_TEST(is_over(room));
  BOOST_TEST_REQUIRE(removed.size() == 1u);
  BOOST_TEST((removed[0].room == room));
  BOOST_TEST(removed[0].topic == "topic");
  BOOST_TEST(!is_over(added[2].room));
  BOOST_TEST(closed.empty());
  leave(other);
  BOOST_TEST(removed.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(refuses_who_joins_by_a_mapping_that_is_gone, changing) {
  change({mapping("team:{id}", "topic")});
  join_late(socket);
  BOOST_TEST(added.empty());
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].error == emit_errc::unavailable);
  BOOST_TEST(joins[0].room_name == "chat:1");
  BOOST_TEST(joins[0].room == 0u);
}

BOOST_FIXTURE_TEST_CASE(refuses_who_joins_by_a_mapping_that_was_another,
                        changing) {
  change({mapping("chat:{id}", "other")});
  join(other);
  join_late(socket);
  BOOST_TEST(added.size() == 1u);
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].ack.socket == socket);
  BOOST_TEST(joins[0].error == emit_errc::unavailable);
}

/// A topic that only "/" has.
struct releasing : changing {
  releasing() {
    change({mapping("chat:{id}", "other")});
    join(socket), join(other, "chat:2");
  }

  void release(bool& is_free) {
    keep(system.spawn([this, &is_free](caf::event_based_actor* me) {
      me->request(directory, caf::infinite, release_topic{"other"})
        .then([&is_free] { is_free = true; });
    }));
    run();
  }
};

BOOST_FIXTURE_TEST_CASE(tells_when_the_last_room_of_a_topic_has_gone,
                        releasing) {
  auto is_free = false;
  change({});
  release(is_free);
  leave(socket);
  BOOST_TEST(!is_free);
  leave(other, "chat:2");
  BOOST_TEST(is_free);
  BOOST_TEST(removed.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(tells_at_once_where_no_room_has_a_topic, releasing) {
  auto is_free = false;
  leave(socket), leave(other, "chat:2");
  change({});
  release(is_free);
  BOOST_TEST(is_free);
}

BOOST_FIXTURE_TEST_CASE(tells_also_where_the_last_room_of_a_topic_has_failed,
                        releasing) {
  auto is_free = false;
  change({});
  release(is_free);
  for (auto& x : added)
    self->send_exit(x.room, caf::exit_reason::kill);
  run();
  BOOST_TEST(is_free);
}

BOOST_FIXTURE_TEST_CASE(ends_a_former_room_that_had_no_member_any_more,
                        changing) {
  join(socket);
  auto room = added.at(0).room;
  self->send(directory, leave_room{socket, "chat:1", nullptr, true});
  self->send(directory, use_routes{follow({})});
  run();
  BOOST_TEST(is_over(room));
  BOOST_TEST(removed.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(ends_former_rooms_with_itself_or_when_they_fail,
                        changing) {
  join(socket), join(other, "chat:2");
  change({});
  self->send_exit(added.at(0).room, caf::exit_reason::kill);
  run();
  BOOST_TEST_REQUIRE(removed.size() == 1u);
  BOOST_TEST((removed[0].room == added[0].room));
  end(directory);
  BOOST_TEST(is_over(added[1].room));
}

BOOST_AUTO_TEST_CASE(ends_its_rooms_with_itself) {
  join(socket);
  auto room = added.at(0).room;
  end(directory);
  BOOST_TEST(is_over(room));
}

BOOST_AUTO_TEST_CASE(holds_nothing_of_a_room_that_was_retired) {
  join(socket);
  caf::weak_actor_ptr room
    = caf::actor_cast<caf::weak_actor_ptr>(added.at(0).room);
  leave(socket);
  added.clear(), removed.clear();
  advance(5s); // the deadline of the join
  BOOST_TEST(room->strong_refs == 0u);
  BOOST_TEST(room->weak_refs == 1u, "its memory is still in use");
}

// -- what an operator sees ----------------------------------------------------

struct some_rooms : fixture {
  some_rooms() {
    for (auto* room : {"chat:2", "chat:1", "chat:30"})
      join(make_socket(0), room, 0);
    join(make_socket(1), "chat:1", 1);
  }
};

BOOST_FIXTURE_TEST_CASE(lists_rooms_by_namespace_and_name, some_rooms) {
  BOOST_TEST(find({})
             == (texts{"/,chat:1", "/,chat:2", "/,chat:30", "/b,chat:1"}));
}

BOOST_FIXTURE_TEST_CASE(lists_rooms_page_by_page, some_rooms) {
  BOOST_TEST(find({.limit = 2}, true) == (texts{"/,chat:1", "/,chat:2"}));
  BOOST_TEST(find({.after = "/,chat:2", .limit = 2})
             == (texts{"/,chat:30", "/b,chat:1"}));
  BOOST_TEST(find({.after = "/b,chat:1"}) == texts{});
}

// It has gone since the page before.
BOOST_FIXTURE_TEST_CASE(goes_on_behind_a_room_that_is_not_there, some_rooms) {
  BOOST_TEST(find({.after = "/,chat:29"}) == (texts{"/,chat:30", "/b,chat:1"}));
  BOOST_TEST(find({.after = "/a,x"}) == texts{"/b,chat:1"});
}

BOOST_FIXTURE_TEST_CASE(lists_the_rooms_that_are_wanted, some_rooms) {
  BOOST_TEST(find({.nsp = "/b"}) == texts{"/b,chat:1"});
  BOOST_TEST(find({.prefix = "chat:3"}) == texts{"/,chat:30"});
  BOOST_TEST(find({.nsp = "/", .name = "chat:2"}) == texts{"/,chat:2"});
  BOOST_TEST(find({.name = "chat:3"}) == texts{});
  BOOST_TEST(find({.topic = "topic"}).size() == 4u);
  BOOST_TEST(find({.topic = "another"}) == texts{});
  BOOST_TEST(find({.nsp = "/unknown"}) == texts{});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
