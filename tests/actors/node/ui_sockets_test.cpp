#include "actors/node/ui_sockets.hpp" // unit under test

#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using texts = std::vector<std::string>;

constexpr std::int64_t look_time = 1'800'000'000'123;
constexpr auto look_time_text = "\"2027-01-15T08:00:00.123Z\"";

struct fixture {
  /// A connection with one socket, in these rooms.
  void add(const std::string& id, const texts& rooms,
           const std::string& transport = "websocket",
           const std::string& node = "a") {
    schemas::connection_status x;
    x.id = "of-" + id;
    x.address = "10.0.0.1";
    x.transport = transport;
    auto& socket = x.sockets.emplace_back();
    socket.id = id;
    socket.nsp = "/";
    for (auto& room : rooms)
      socket.rooms.push_back({room, room.starts_with("joining"), false, {}});
    x.handshake = schemas::handshake_status{"/socket.io/",
                                            {{"EIO", "4"}, {"t", "x"}},
                                            {{"user-agent", "curl"}},
                                            1'800'000'000'000,
                                            true};
    ui_sockets::add(next, node, x);
  }

  /// What has happened until now, without the time.
  texts look(const std::set<std::string>& silent = {}) {
    texts result;
    for (auto& x :
         sockets.update(std::exchange(next, {}), silent, why, look_time)) {
      auto text = x.name + ' ' + x.args;
      if (auto i = text.rfind(','); text.substr(i + 1) == look_time_text)
        text.resize(i);
      result.push_back(text);
    }
    return result;
  }

  ui_sockets sockets;
  ui_sockets::listing next;
  ui_sockets::reasons why;
};

BOOST_FIXTURE_TEST_SUITE(sockets_of_the_admin_ui, fixture)

BOOST_AUTO_TEST_CASE(are_shown_with_all_that_is_known_of_them) {
  add("s1", {"r", "joining"});
  look();
  BOOST_TEST(
    sockets.json()
    == R"([{"id":"s1","clientId":"of-s1","transport":"websocket","nsp":"/",)"
       R"("data":{},"handshake":{"address":"10.0.0.1","headers":{"user-agent":)"
       R"("curl"},"query":{"EIO":"4","t":"x"},"issued":1800000000000,)"
       R"("secure":true,"time":"2027-01-15T08:00:00.000Z",)"
       R"("url":"/socket.io/?EIO=4&t=x","xdomain":false},"rooms":["r","s1"]}])");
}

BOOST_AUTO_TEST_CASE(come) {
  add("s1", {});
  auto events = sockets.update(next, {}, {}, look_time);
  BOOST_TEST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].name == "socket_connected");
  BOOST_TEST(events[0].args.starts_with(R"({"id":"s1",)"));
  BOOST_TEST(events[0].args.ends_with(std::string{"},"} + look_time_text));
}

BOOST_AUTO_TEST_CASE(go_out_of_their_rooms_first) {
  add("s1", {"r"});
  look();
  BOOST_TEST(look()
               == (texts{R"(room_left "/","r","s1")",
                         R"(room_left "/","s1","s1")",
                         R"(socket_disconnected "/","s1","gone")"}),
             boost::test_tools::per_element());
  BOOST_TEST(sockets.json() == "[]");
}

BOOST_AUTO_TEST_CASE(go_with_the_reason_that_their_node_has_told) {
  add("s1", {}), add("s2", {});
  look();
  why = {{{"/", "s1"}, "ping timeout"}, {{"/other", "s2"}, "forced close"}};
  auto events = look();
  BOOST_TEST_REQUIRE(events.size() == 4u);
  BOOST_TEST(events[1] == R"(socket_disconnected "/","s1","ping timeout")");
  BOOST_TEST(events[3] == R"(socket_disconnected "/","s2","gone")");
}

BOOST_AUTO_TEST_CASE(join_and_leave) {
  add("s1", {"a", "b"});
  look();
  add("s1", {"b", "c"});
  BOOST_TEST(
    look()
      == (texts{R"(room_left "/","a","s1")", R"(room_joined "/","c","s1")"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_upgraded) {
  add("s1", {}, "polling");
  look();
  add("s1", {}, "websocket");
  BOOST_TEST(look()
               == texts{R"(socket_updated {"id":"s1","nsp":"/",)"
                        R"("transport":"websocket"})"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(do_nothing_most_of_the_time) {
  add("s1", {"a"});
  look();
  add("s1", {"a"});
  BOOST_TEST(look().empty());
}

BOOST_AUTO_TEST_CASE(stay_as_they_were_while_their_node_is_silent) {
  add("s1", {"a"}, "websocket", "b");
  look();
  BOOST_TEST(look({"b"}).empty());
  BOOST_TEST(sockets.find("/", "s1") != nullptr);
  BOOST_TEST(look().size() == 3u);
}

BOOST_AUTO_TEST_CASE(are_found_by_room_and_namespace) {
  add("s1", {"a"}), add("s2", {"a", "b"}), add("s3", {});
  look();
  auto ids = [this](const std::string& nsp, const std::string& room) {
    texts result;
    for (auto& x : sockets.members(nsp, room))
      result.push_back(x.id);
    return result;
  };
  BOOST_TEST(ids("/", "a") == (texts{"s1", "s2"}));
  BOOST_TEST(ids("/", "s3") == texts{"s3"});
  BOOST_TEST(ids("/", "") == (texts{"s1", "s2", "s3"}));
  BOOST_TEST(ids("/x", "").empty());
  BOOST_TEST(sockets.find("/x", "s1") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
