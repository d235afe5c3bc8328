#include "actors/client/connection_view.hpp" // unit under test

#include "actors/client/connection_census.hpp"
#include "tests/actors/client/connection_fixture.hpp"

namespace weir {

namespace {

/// What an operator sees of a connection.
struct fixture : test::connection_fixture {
  std::vector<schemas::connection_status> find(connection_filter filter = {}) {
    auto page = ask<connection_page>(
      census, connection_question{std::move(filter), "", 100});
    BOOST_TEST_REQUIRE(page.has_value());
    return page->connections;
  }

  bool finds(connection_filter filter) {
    return !find(std::move(filter)).empty();
  }

  connection_census_actor census = keep(spawn_connection_census(
    executor, registry, std::make_shared<loop_meter>(executor),
    std::make_shared<loop_heat>()));
};

BOOST_FIXTURE_TEST_SUITE(a_connection_view, fixture)

BOOST_AUTO_TEST_CASE(names_its_sockets_and_not_its_secret) {
  connect(), connect("/custom");
  const auto all = find();
  BOOST_TEST_REQUIRE(all.size() == 1u);
  const auto& sid = session->handshake().sid;
  BOOST_TEST(all[0].id == sid.substr(0, shown_sid));
  BOOST_TEST(all[0].transport == session->transport());
  BOOST_TEST_REQUIRE(all[0].sockets.size() == 2u);
  BOOST_TEST(all[0].sockets[0].id == "s1");
  BOOST_TEST(all[0].sockets[1].nsp == "/custom");
  BOOST_TEST(all[0].sockets[0].rooms.empty());
}

BOOST_AUTO_TEST_CASE(shows_its_events_to_who_watches_and_no_token) {
  auto events = [this](event_detail detail) {
    auto counts = ask<connection_counts>(census,
                                         count_connections{false, detail});
    BOOST_TEST_REQUIRE(counts.has_value());
    std::vector<std::string> result;
    for (auto& x : counts->events)
      result.push_back(
        (x.direction == schemas::seen_direction::sent ? "sent " : "received ")
        + x.nsp + ' ' + x.socket + ' ' + x.json);
    return result;
  };
  connect();
  enter("chat:1", 7);
  feed(R"(2["say","before"])");
  BOOST_TEST(events(event_detail::args).empty()); // watches from now on
  feed(R"(2["unknown",{"room":"chat:1"}])");
  feed(R"(2["weir:token","secret"])");
  deliver(7, R"(2["said",[1]])");
  const std::vector<std::string> whole{
    R"(received / s1 ["unknown",{"room":"chat:1"}])",
    R"(sent / s1 ["said",[1]])",
  };
  BOOST_TEST(events(event_detail::args) == whole,
             boost::test_tools::per_element());
  const std::vector<std::string> names{
    R"x(received / s1 ["unknown","(29 bytes)"])x",
    R"x(sent / s1 ["said","(12 bytes)"])x",
  };
  BOOST_TEST(events(event_detail::names) == names,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_with_it) {
  BOOST_TEST(find().size() == 1u);
  session->hang_up();
  run();
  BOOST_TEST(find().empty());
}

BOOST_AUTO_TEST_CASE(has_the_rooms_of_one_that_is_asked_for) {
  connect();
  enter("chat:1", 7);
  join("chat:2");
  for (auto id : {session->handshake().sid, std::string{"s1"},
                  session->handshake().sid.substr(0, shown_sid)}) {
    const auto all = find({.id = id});
    BOOST_TEST_REQUIRE(all.size() == 1u);
    const auto& socket = all[0].sockets.at(0);
    BOOST_TEST(socket.room_count == 2u);
    BOOST_TEST_REQUIRE(socket.rooms.size() == 2u);
    BOOST_TEST(socket.rooms[0].room == "chat:1");
    BOOST_TEST(!socket.rooms[0].joining);
    BOOST_TEST_REQUIRE(socket.rooms[0].positions.size() == 1u);
    BOOST_TEST(socket.rooms[0].positions[0].next == next_offset);
    BOOST_TEST((socket.rooms[0].positions[0].lag == std::int64_t{0}));
    BOOST_TEST(socket.rooms[1].joining);
  }
  BOOST_TEST(!finds({.id = "s2"}));
  BOOST_TEST(!finds({.id = "s"}));
}

BOOST_AUTO_TEST_CASE(is_found_by_what_it_is_in) {
  connect();
  enter("chat:1", 7);
  BOOST_TEST(finds({.nsp = "/"}));
  BOOST_TEST(!finds({.nsp = "/custom"}));
  BOOST_TEST(finds({.room = "chat:1"}));
  BOOST_TEST(!finds({.room = "chat:2"}));
  BOOST_TEST(!finds({.nsp = "/custom", .room = "chat:1"}));
  BOOST_TEST(!finds({.user = "ada"}));
  BOOST_TEST(!finds({.address = "192.0.2.1"}));
  BOOST_TEST(finds({.transport = std::string{session->transport()}}));
  BOOST_TEST(!finds({.transport = "other"}));
}

BOOST_AUTO_TEST_CASE(says_whether_it_is_behind) {
  connect();
  enter("chat:1", 7);
  BOOST_TEST(!finds({.behind = true}));
  join("chat:2");
  admit(joins.size() - 1, 8, {{0, 3}});
  const auto all = find({.behind = true});
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].behind);
}

BOOST_AUTO_TEST_CASE(counts_what_it_has_asked_for) {
  connect();
  BOOST_TEST(find()[0].open_requests == 0u);
  emit("1");
  const auto x = find().at(0);
  BOOST_TEST(x.open_requests == 1u);
  BOOST_TEST(x.open_bytes > 0u);
  BOOST_TEST(!x.paused);
  BOOST_TEST(!finds({.paused = true}));
}

BOOST_AUTO_TEST_CASE(says_that_it_is_not_read) {
  connect();
  for (std::uint32_t i = 0; i < limits.unanswered_emits; ++i)
    emit(std::to_string(i));
  BOOST_TEST_REQUIRE(!session->is_read());
  BOOST_TEST(finds({.paused = true}));
}

BOOST_AUTO_TEST_CASE(has_an_id_by_which_it_is_disconnected) {
  connect();
  BOOST_TEST(session->disconnect(find().at(0).id) == 1u);
  run();
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
