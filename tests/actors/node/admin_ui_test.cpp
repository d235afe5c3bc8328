#include "actors/node/admin_ui.hpp" // unit under test

#include "actors/contract/operation.hpp"
#include "actors/contract/relay.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "transport/engineio/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

using texts = std::vector<std::string>;

/// Of "changeit".
constexpr auto ui_hash
  = "$2b$04$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2";

constexpr auto right_login = R"({"username":"admin","password":"changeit"})";

bool page_has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

/// The event's name in `42/admin,["name",...`.
std::string event_name_of(const std::string& packet) {
  auto begin = packet.find('"') + 1;
  return packet.substr(begin, packet.find('"', begin) - begin);
}

/// What one page has got.
struct ui_page {
  texts take(std::string_view name) {
    texts result;
    for (auto& x : events)
      for (std::string_view rest = *x.frames; !rest.empty();) {
        auto frame = engineio::next_frame(rest);
        std::string text{frame.bytes};
        if (name.empty() || event_name_of(text) == name)
          result.push_back(text);
        rest.remove_prefix(frame.size);
      }
    events.clear();
    return result;
  }

  texts names() {
    texts result;
    for (auto& x : take(""))
      result.push_back(event_name_of(x));
    return result;
  }

  std::vector<ui_verdict> verdicts;
  std::vector<ui_events> events;
  ui_session_actor actor;
};

/// A cluster with nodes "a" and "b"; what is there is in `connections`.
struct fixture : test::deterministic_actor_system {
  void start(std::uint32_t max_sockets = 10, bool read_only = false,
             std::string password = ui_hash) {
    ui = keep(spawn_admin_ui(
      executor, {{"admin", std::move(password), "0123456789abcdef"},
                 read_only,
                 max_sockets,
                 spawn_inspector(),
                 spawn_controller(),
                 spawn_disconnector(),
                 [this] { return now; }}));
  }

  inspector_actor spawn_inspector() {
    return keep_probe(system.spawn([this](inspector_actor::pointer) {
      return inspector_actor::behavior_type{
        [](const status_question&) { return status_part{}; },
        [](const peer_joined&) {},
        [](const peer_gone&) {},
        [](const nodes_missing&) {},
        [](const informants&) {},
        [this](const ask_nodes& x) { return on_ask(x); },
      };
    }));
  }

  nodes_answered on_ask(const ask_nodes& x) {
    if (x.question.query.starts_with("events="))
      asked_for_events.push_back(x.question.query);
    else
      ++asked;
    nodes_answered result;
    for (std::string node : {"a", "b"}) {
      if (x.node && *x.node != node)
        continue;
      if (silent == node && is_down)
        result.down.push_back(node);
      if (silent == node)
        result.silent.push_back(node);
      else
        result.parts.push_back({node, x.question.path == "/v1/servers"
                                        ? server_of(node)
                                        : part_of(node, x)});
    }
    return result;
  }

  std::string server_of(const std::string& node) {
    auto n = static_cast<std::uint32_t>(connections[node].size());
    schemas::server_status result{
      "host", 7, static_cast<std::uint64_t>(now), n, 0, {{"/", n}}, n, {}};
    result.left = left;
    result.events = events[node];
    return to_bytes(result);
  }

  /// In pages of two.
  std::string part_of(const std::string& node, const ask_nodes& x) {
    auto i = x.question.query.find("after=");
    auto after = i == std::string::npos ? "" : x.question.query.substr(i + 6);
    std::vector<schemas::connection_status> rows;
    auto more = false;
    for (auto& [id, connection] : connections[node])
      if (id > after) {
        more = rows.size() == 2;
        if (more)
          break;
        rows.push_back(connection);
      }
    return schemas::to_bytes(rows, more);
  }

  controller_actor spawn_controller() {
    return keep_probe(system.spawn([this](controller_actor::pointer) {
      return controller_actor::behavior_type{
        [](const operator_action&) { return status_part{}; },
        [](const peer_joined&) {},
        [](const peer_gone&) {},
        [](const nodes_missing&) {},
        [](emits_answered&) {},
        [](const controlled_actors&) {},
        [this](const act_on_nodes& x) {
          actions.push_back(x.node.value_or("*") + ' ' + x.action.path + '?'
                            + x.action.query + ' ' + x.action.body);
          return actions_answered{{.done = 1}, {}};
        },
        [](const publish_event&) { return event_published{}; },
        [](const use_routes&) {},
      };
    }));
  }

  disconnector_actor spawn_disconnector() {
    return keep_probe(system.spawn([this](disconnector_actor::pointer) {
      return disconnector_actor::behavior_type{
        [](const disconnect_clients&) { return disconnected{}; },
        [](const disconnect_user&) { return disconnected{}; },
        [](const peer_joined&) {},
        [](const peer_gone&) {},
        [](const nodes_missing&) {},
        [](const deny&) {},
        [this](const disconnect_everywhere& x) {
          actions.push_back("disconnect " + x.whom.id + x.whom.nsp
                            + x.whom.room);
          return disconnected{x.whom.id == "unknown" ? 0u : 1u, {}};
        },
        [](const clients_searched&) {},
      };
    }));
  }

  ui_page& open(std::string credentials = right_login) {
    auto& x = *pages.emplace_back(std::make_unique<ui_page>());
    x.actor = spawn_probe<ui_session_actor>(&x.verdicts, &x.events);
    tell(ui, ui_entry{x.actor, std::move(credentials), "127.0.0.1"});
    return x;
  }

  void connect(const std::string& id, const texts& rooms = {},
               const std::string& node = "a") {
    auto& x = connections[node][id];
    x.id = id;
    x.transport = "polling";
    auto& socket = x.sockets.emplace_back();
    socket.id = "socket-" + id;
    socket.nsp = "/";
    for (auto& room : rooms)
      socket.rooms.push_back({room, false, false, {}});
  }

  void command(std::string name, std::string args) {
    actions.clear();
    tell(ui, ui_command{std::move(name), std::move(args), "127.0.0.1"});
  }

  void look_again() { advance(ui_interval); }

  std::int64_t now = 1'800'000'000'000;
  std::map<std::string, std::map<std::string, schemas::connection_status>>
    connections;
  std::string silent;
  bool is_down = false; ///< the silent one
  std::vector<schemas::departure_status> left;
  std::map<std::string, std::vector<schemas::seen_event>> events;
  int asked = 0;
  texts asked_for_events;
  texts actions;
  std::vector<std::unique_ptr<ui_page>> pages;
  admin_ui_actor ui;
};

BOOST_FIXTURE_TEST_SUITE(the_admin_ui, fixture)

// -- who is let in -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(lets_in_who_knows_the_password) {
  start();
  auto& x = open();
  BOOST_TEST_REQUIRE(x.verdicts.size() == 1u);
  BOOST_TEST(x.verdicts[0].is_admitted);
  BOOST_TEST(x.names()
               == (texts{"session", "config", "server_stats", "server_stats",
                         "all_sockets"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_everybody_else_and_tells_them_nothing) {
  start();
  for (auto credentials :
       {"", "{}", R"({"username":"admin","password":"changeIt"})",
        R"({"username":"root","password":"changeit"})",
        R"({"sessionId":"1900000000.AAAA"})"}) {
    auto& x = open(credentials);
    BOOST_TEST(!x.verdicts.at(0).is_admitted);
    BOOST_TEST(x.events.empty());
  }
  BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(knows_a_session_again) {
  start();
  auto session = open().take("session").at(0);
  auto begin = session.find("1800"); // when it ends, in seconds
  auto id = session.substr(begin, session.rfind('"') - begin);
  auto& x = open(R"({"sessionId":")" + id + "\"}");
  BOOST_TEST(x.verdicts.at(0).is_admitted);
  BOOST_TEST(x.names().at(0) == "config");
  now += 13 * 3'600'000;
  BOOST_TEST(
    !open(R"({"sessionId":")" + id + "\"}").verdicts.at(0).is_admitted);
}

BOOST_AUTO_TEST_CASE(asks_nobody_where_there_is_no_password) {
  start(10, false, "");
  auto& x = open("");
  BOOST_TEST(x.verdicts.at(0).is_admitted);
  BOOST_TEST(x.names().at(0) == "config");
}

// -- what they see -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(shows_all_sockets_of_all_nodes) {
  start();
  for (auto id : {"1", "2", "3", "4", "5"})
    connect(id);
  connect("6", {}, "b");
  auto& x = open();
  auto all = x.take("all_sockets");
  BOOST_TEST_REQUIRE(all.size() == 1u);
  for (auto id : {"1", "2", "3", "4", "5", "6"})
    BOOST_TEST(page_has(all[0], std::string{R"("clientId":")"} + id + '"'));
}

BOOST_AUTO_TEST_CASE(tells_what_becomes_of_them) {
  start();
  connect("1");
  auto& x = open();
  x.names();
  connect("2", {"r"}, "b");
  connections["a"].clear();
  look_again();
  BOOST_TEST(x.names()
               == (texts{"server_stats", "server_stats", "room_left",
                         "socket_disconnected", "socket_connected"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tells_of_their_events_on_all_nodes_once) {
  using enum schemas::seen_direction;
  start();
  connect("1");
  auto& x = open();
  x.names();
  events["a"] = {{received, "/", "socket-1", R"(["say",1])", 1, 1}};
  events["b"] = {{sent, "/", "socket-2", R"(["say",1])", 1, 1}};
  look_again();
  look_again();
  auto all = x.take("");
  auto count = [&](std::string_view name) {
    return std::count_if(all.begin(), all.end(),
                         [&](auto& y) { return event_name_of(y) == name; });
  };
  BOOST_TEST(count("event_received") == 1);
  BOOST_TEST(count("event_sent") == 1);
}

BOOST_AUTO_TEST_CASE(asks_for_no_more_of_events_than_their_names) {
  start();
  open();
  BOOST_TEST(asked_for_events == texts{"events=names"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(asks_for_no_events_where_it_gives_counts_alone) {
  start(0);
  events["a"] = {{schemas::seen_direction::received, "/", "s", "[1]", 1, 1}};
  auto& x = open();
  look_again();
  BOOST_TEST(x.take("event_received").empty());
  BOOST_TEST(asked_for_events.empty());
}

BOOST_AUTO_TEST_CASE(tells_why_they_have_gone) {
  start();
  connect("1");
  auto& x = open();
  x.names();
  connections["a"].clear();
  left = {{"/", "socket-1", "ping timeout"}};
  look_again();
  auto gone = x.take("socket_disconnected");
  BOOST_TEST_REQUIRE(gone.size() == 1u);
  BOOST_TEST(page_has(gone[0], R"("/","socket-1","ping timeout")"));
}

BOOST_AUTO_TEST_CASE(shows_late_pages_all_there_is) {
  start();
  connect("1");
  auto& one = open();
  auto& two = open();
  one.names();
  BOOST_TEST(two.take("all_sockets").size() == 1u);
  look_again();
  BOOST_TEST(one.names() == (texts{"server_stats", "server_stats"}));
}

BOOST_AUTO_TEST_CASE(asks_nobody_while_there_is_no_page) {
  start();
  advance(1min);
  BOOST_TEST(asked == 0);
  auto& x = open();
  end(x.actor);
  asked = 0;
  advance(1min);
  BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(keeps_what_a_silent_node_had) {
  start();
  connect("1", {}, "b");
  auto& x = open();
  x.names();
  silent = "b";
  look_again();
  BOOST_TEST(x.names() == texts{"server_stats"});
  silent = "";
  connections["b"].clear();
  look_again();
  BOOST_TEST(x.take("socket_disconnected").size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_for_a_while_what_a_node_had_that_is_down) {
  start();
  connect("1", {}, "b");
  auto& x = open();
  silent = "b", is_down = true;
  for (int i = 0; i < 3; ++i) // not for as long that its page gives it up
    look_again();
  silent = "";
  look_again();
  silent = "b"; // which begins again
  for (int i = 0; i < 3; ++i)
    look_again();
  for (auto& name : x.names())
    BOOST_TEST(!name.starts_with("socket_"), name);
}

BOOST_AUTO_TEST_CASE(has_nothing_more_of_a_node_that_stays_down) {
  start();
  connect("1", {}, "b");
  auto& x = open();
  silent = "b", is_down = true;
  for (int i = 0; i < 7; ++i)
    look_again();
  BOOST_TEST(x.take("socket_disconnected").size() == 1u);
}

BOOST_AUTO_TEST_CASE(shows_who_has_come_back_from_a_node_that_is_down) {
  start();
  connect("1", {}, "b");
  auto& x = open();
  silent = "b", is_down = true;
  look_again();
  connect("1"); // recovered: the same socket
  connections["a"]["1"].transport = "websocket";
  look_again();
  BOOST_TEST(x.take("socket_updated").size() == 1u);
  for (int i = 0; i < 7; ++i)
    look_again();
  BOOST_TEST(x.take("socket_disconnected").empty());
}

// -- many sockets ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(gives_counts_alone_where_there_are_too_many) {
  start(3);
  for (auto id : {"1", "2", "3"})
    connect(id);
  auto& x = open();
  BOOST_TEST(page_has(x.take("config").at(0), "ALL_EVENTS"));
  connect("4");
  look_again();
  auto config = x.take("config");
  BOOST_TEST_REQUIRE(config.size() == 1u);
  BOOST_TEST(!page_has(config[0], "ALL_EVENTS"));
  BOOST_TEST(page_has(config[0], "AGGREGATED_EVENTS"));
  asked = 0;
  look_again();
  BOOST_TEST(asked == 1); // for servers
  BOOST_TEST(x.names() == (texts{"server_stats", "server_stats"}));
}

BOOST_AUTO_TEST_CASE(lists_them_again_when_there_are_clearly_fewer) {
  start(8);
  for (int i = 0; i < 9; ++i)
    connect(std::to_string(i));
  auto& x = open();
  x.names();
  connections["a"].erase("8");
  look_again();
  BOOST_TEST(x.take("config").empty());
  connections["a"].erase("7");
  look_again();
  BOOST_TEST(
    x.names()
      == (texts{"config", "server_stats", "server_stats", "all_sockets"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gives_counts_alone_where_that_is_wanted) {
  start(0);
  connect("1");
  auto& x = open();
  BOOST_TEST(!page_has(x.take("config").at(0), "ALL_EVENTS"));
  look_again();
  BOOST_TEST(x.names() == (texts{"server_stats", "server_stats"}));
}

BOOST_AUTO_TEST_CASE(gives_counts_alone_where_the_list_is_too_large) {
  start();
  connect("1", {std::string(17 << 20, 'r')});
  auto& x = open();
  auto config = x.take("config");
  BOOST_TEST_REQUIRE(config.size() == 2u);
  BOOST_TEST(!page_has(config[1], "ALL_EVENTS"));
  look_again();
  BOOST_TEST(x.take("all_sockets").empty());
}

// -- what they want ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(has_a_socket_join_and_leave) {
  start();
  connect("1", {}, "b");
  open();
  command("join", R"("/","r:1","socket-1")");
  BOOST_TEST(actions
             == texts{"b /v1/join?namespace=%2F&sid=socket-1&room=r%3A1 "});
  command("leave", R"("/","r:1","socket-1")");
  BOOST_TEST(actions
             == texts{"b /v1/leave?namespace=%2F&sid=socket-1&room=r%3A1 "});
}

BOOST_AUTO_TEST_CASE(clears_a_room) {
  start();
  connect("1", {"r"});
  connect("2", {"r"}, "b");
  connect("3");
  open();
  command("leave", R"("/","r")");
  BOOST_TEST(actions
               == (texts{"a /v1/leave?namespace=%2F&sid=socket-1&room=r ",
                         "b /v1/leave?namespace=%2F&sid=socket-2&room=r "}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(disconnects_a_socket_a_client_or_a_room) {
  start();
  connect("1", {"r"});
  connect("2", {"r"});
  open();
  command("_disconnect", R"("/",false,"socket-1")");
  BOOST_TEST(actions == texts{"disconnect socket-1"});
  command("_disconnect", R"("/",true,"socket-1")");
  BOOST_TEST(actions == texts{"disconnect 1"});
  command("_disconnect", R"("/",false,"r")");
  BOOST_TEST(actions == (texts{"disconnect socket-1", "disconnect socket-2"}));
}

BOOST_AUTO_TEST_CASE(emits_to_a_socket_or_a_room) {
  start();
  connect("1");
  open();
  command("emit", R"("/","socket-1","hey",1)");
  BOOST_TEST(actions
             == texts{"a /v1/emit?namespace=%2F&sid=socket-1&event=hey [1]"});
  command("emit", R"("/","r","hey")");
  BOOST_TEST(actions == texts{"* /v1/emit?namespace=%2F&room=r&event=hey []"});
}

BOOST_AUTO_TEST_CASE(finds_sockets_that_it_does_not_list) {
  start(0);
  open();
  command("join", R"("/","r","some")");
  BOOST_TEST(actions == texts{"* /v1/join?namespace=%2F&sid=some&room=r "});
  command("_disconnect", R"("/",false,"some")");
  BOOST_TEST(actions == texts{"disconnect some"});
  command("_disconnect", R"("/",false,"unknown")");
  BOOST_TEST(actions == (texts{"disconnect unknown", "disconnect /unknown"}));
}

BOOST_AUTO_TEST_CASE(shows_at_once_what_has_come_of_it) {
  start();
  connect("1");
  auto& x = open();
  x.names();
  connections["a"]["1"].sockets[0].rooms.push_back({"r", false, false, {}});
  command("join", R"("/","r","socket-1")");
  BOOST_TEST(x.take("room_joined").size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_nothing_where_it_is_read_only) {
  start(10, true);
  connect("1");
  auto config = open().take("config").at(0);
  for (auto feature : {"EMIT", "JOIN", "LEAVE", "DISCONNECT"})
    BOOST_TEST(!page_has(config, feature));
  BOOST_TEST(page_has(config, "ALL_EVENTS"));
  command("_disconnect", R"("/",true,"socket-1")");
  BOOST_TEST(actions.empty());
}

BOOST_AUTO_TEST_CASE(does_nothing_that_there_is_not) {
  start();
  connect("1");
  open();
  command("explode", R"("/")");
  command("join", R"("/")");
  BOOST_TEST(actions.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
