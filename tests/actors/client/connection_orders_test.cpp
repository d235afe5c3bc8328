// What an operator has the sockets of a connection do (connection_orders,
// client_socket_orders).

#include "actors/client/connection_census.hpp"
#include "tests/actors/client/connection_fixture.hpp"

#include <algorithm>

namespace weir {

namespace {

using order_kind = socket_order::kind;

struct fixture : test::connection_fixture {
  order_done order(socket_order x) {
    lend_thread_to(connection);
    auto done = ask<order_done>(census, std::move(x));
    BOOST_TEST_REQUIRE(done.has_value());
    return std::move(*done);
  }

  std::uint32_t join_by_order(std::string id, std::string room) {
    return order({order_kind::join, std::move(id), "", "", std::move(room)})
      .sockets;
  }

  std::uint32_t leave_by_order(std::string id, std::string room) {
    return order({order_kind::leave, std::move(id), "", "", std::move(room)})
      .sockets;
  }

  static bool has(const texts& packets, std::string_view part) {
    return std::any_of(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
  }

  connection_census_actor census = keep(spawn_connection_census(
    executor, registry, std::make_shared<loop_meter>(executor),
    std::make_shared<loop_heat>()));
};

BOOST_FIXTURE_TEST_SUITE(an_ordered_socket, fixture)

// -- events -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(gets_an_event_that_is_for_it) {
  connect(), connect("/custom");
  const auto sid = session->handshake().sid;
  session->take();
  for (auto& id : {sid, std::string{"s1"}, sid.substr(0, shown_sid)}) {
    BOOST_TEST(order({order_kind::emit, id, "", "", "", "hi", "1,2"}).sockets
               == 1u);
    BOOST_TEST(session->take() == (texts{R"(2["hi",1,2])"}));
  }
  BOOST_TEST(order({order_kind::emit, "s2", "", "", "", "hi"}).sockets == 1u);
  BOOST_TEST(session->take() == (texts{R"(2/custom,["hi"])"}));
  BOOST_TEST(order({order_kind::emit, sid, "", "/custom", "", "hi"}).sockets
             == 1u);
  BOOST_TEST(session->take() == (texts{R"(2/custom,["hi"])"}));
  for (auto* nsp : {"/custom", "/other"})
    BOOST_TEST(order({order_kind::emit, "s1", "", nsp, "", "hi"}).sockets
               == 0u);
  BOOST_TEST(order({order_kind::emit, "s3", "", "", "", "hi"}).sockets == 0u);
  BOOST_TEST(order({order_kind::emit, "", "ada", "", "", "hi"}).sockets == 0u);
  BOOST_TEST(session->take().empty());
}

BOOST_AUTO_TEST_CASE(gets_an_event_for_a_room_once_it_is_in_it) {
  connect();
  socket_order x{order_kind::emit, "", "", "", "chat:1", "hi"};
  join("chat:1");
  BOOST_TEST(order(x).sockets == 0u);
  admit(0, 7);
  BOOST_TEST(order(x).sockets == 1u);
  BOOST_TEST(session->take() == (texts{R"(2["hi"])"}));
  leave("chat:1");
  BOOST_TEST(order(x).sockets == 0u);
}

BOOST_AUTO_TEST_CASE(gets_nothing_while_it_leaves_too_much_unread) {
  connect();
  session->stop_reading();
  session->limit = 1;
  BOOST_TEST(order({order_kind::emit, "s1", "", "", "", "hi"}).sockets == 1u);
  session->take();
  const auto done = order({order_kind::emit, "s1", "", "", "", "hi"});
  BOOST_TEST(done.sockets == 0u);
  BOOST_TEST(session->take().empty());
  BOOST_TEST(has({done.problem}, "unread"));
}

// -- rooms --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(joins_a_room_and_leaves_it) {
  connect();
  session->take();
  BOOST_TEST(join_by_order("s1", "chat:1") == 1u);
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].room == "chat:1");
  BOOST_TEST(admit(0, 7).empty());
  BOOST_TEST(has(deliver(7, R"(2["said",1])"), "said"));
  BOOST_TEST(leave_by_order("s1", "chat:1") == 1u);
  BOOST_TEST(
    session->take()
    == (texts{R"(2["weir:left",{"room":"chat:1","reason":"operator"}])"}));
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(!has(deliver(7, R"(2["said",2])"), "said"));
}

BOOST_AUTO_TEST_CASE(joins_a_room_once) {
  connect();
  BOOST_TEST(join_by_order("s1", "chat:1") == 1u);
  BOOST_TEST(join_by_order("s1", "chat:1") == 1u);
  BOOST_TEST(joins.size() == 1u);
  BOOST_TEST(leave_by_order("s1", "chat:2") == 0u);
  BOOST_TEST(leaves.empty());
}

BOOST_AUTO_TEST_CASE(whose_join_is_not_answered_is_told_that_it_is_over) {
  connect();
  join("chat:1", "5");
  leave_by_order("s1", "chat:1");
  BOOST_TEST(has(session->take(), R"(35[{"status":"error")"));
  BOOST_TEST(!has(admit(0, 7), "35["));
}

BOOST_AUTO_TEST_CASE(cannot_join_what_there_is_not_or_too_much) {
  limits.rooms_per_socket = 1;
  restart();
  connect();
  auto done = order({order_kind::join, "s1", "", "", "nowhere"});
  BOOST_TEST(has({done.problem}, "no mapping of / has such a room"));
  done = order({order_kind::join, "s1", "", "", std::string(256, 'x')});
  BOOST_TEST(has({done.problem}, "limits.room_name"));
  BOOST_TEST(join_by_order("s1", "chat:1") == 1u);
  done = order({order_kind::join, "s1", "", "", "chat:2"});
  BOOST_TEST(has({done.problem}, "limits.rooms_per_socket"));
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
