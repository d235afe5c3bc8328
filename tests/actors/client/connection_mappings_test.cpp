// What becomes of a connection's sockets where mappings change
// (client_socket_mappings).

#include "actors/client/connection_census.hpp"
#include "tests/actors/client/connection_fixture.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <functional>

namespace weir {
namespace {

using namespace std::chrono_literals;

/// Whose mappings a test changes while the connection is there.
struct mappings_fixture : test::connection_fixture {
  /// It has no mappings after that.
  ~mappings_fixture() { end(connection); }

  /// What the client gets for it.
  texts change(const std::function<void(std::vector<namespace_options>&)>& f) {
    f(nsps);
    rules = std::make_shared<const routes>(nsps, limits.room_name, rules);
    lend_thread_to(connection);
    auto answer = self->request(census, 1s, use_routes{rules});
    run();
    auto is_answered = false;
    answer.receive([&] { is_answered = true; },
                   [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    BOOST_TEST(is_answered);
    return session->take();
  }

  texts change_mapping(const std::function<void(mapping_options&)>& f) {
    return change([&](auto& x) { f(x[0].mappings[0]); });
  }

  texts remove_chat() {
    return change([](auto& x) { x[0].mappings.erase(x[0].mappings.begin()); });
  }

  static texts left(const std::string& room, const std::string& reason) {
    return {R"(2["weir:left",{"room":")" + room + R"(","reason":")" + reason
            + R"("}])"};
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

constexpr auto unknown_room = R"("code":"unknown_room")";
constexpr auto unavailable = R"("code":"unavailable")";

BOOST_FIXTURE_TEST_SUITE(a_socket_whose_mappings_change, mappings_fixture)

// -- rooms --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(stays_in_rooms_that_are_alike) {
  connect(), enter("chat:1", 1);
  BOOST_TEST(change_mapping([](auto& x) {
               x.events.push_back("tell");
               x.members_only = true;
             })
             == texts{});
  change([](auto& x) {
    x[0].mappings.insert(x[0].mappings.begin(), test::mapping("hall", "chat"));
    x[1].mappings.clear();
  });
  BOOST_TEST(leaves.empty());
  BOOST_TEST(deliver(1, R"(2["e",1])") == (texts{R"(2["e",1])"}));
  leave("chat:1", "1");
  BOOST_TEST(leaves.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_told_that_a_rooms_mapping_is_gone) {
  connect(), enter("chat:1", 1), enter("vip:1", 2);
  BOOST_TEST(remove_chat() == left("chat:1", "mapping_gone"));
  BOOST_TEST_REQUIRE(leaves.size() == 1u);
  BOOST_TEST(leaves[0].room == "chat:1");
  BOOST_TEST(deliver(2, R"(2["e",2])") == (texts{R"(2["e",2])"}));
  BOOST_TEST(deliver(1, R"(2["e",1])") == texts{});
  BOOST_TEST(has(join("chat:1", "1"), unknown_room));
  BOOST_TEST(has(feed(R"(22["leave","chat:1"])"), "not_a_member"));
  BOOST_TEST(has(feed(R"(23["typing",{"room":"chat:1"}])"), "not_a_member"));
}

BOOST_AUTO_TEST_CASE(is_told_that_a_rooms_mapping_has_changed) {
  connect(), enter("chat:1", 1);
  BOOST_TEST(change_mapping([](auto& x) { x.topic = "other"; })
             == left("chat:1", "mapping_changed"));
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(deliver(1, R"(2["e",1])") == texts{});
  join("chat:1", "1");
  BOOST_TEST_REQUIRE(joins.size() == 2u);
  BOOST_TEST(joins[1].route->settings.topic == "other");
  BOOST_TEST(has(admit(1, 2), R"("status":"ok")"));
  BOOST_TEST(deliver(2, R"(2["e",2])") == (texts{R"(2["e",2])"}));
}

/// Each request has one answer.
BOOST_AUTO_TEST_CASE(is_refused_the_rooms_that_it_is_about_to_join) {
  connect();
  join("chat:1", "1"), join("vip:1", "2");
  auto packets = remove_chat();
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].starts_with("31["));
  BOOST_TEST(has(packets, unknown_room));
  packets = change([](auto& x) { x[0].mappings[0].topic = "other"; });
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].starts_with("32["));
  BOOST_TEST(has(packets, unavailable));
  BOOST_TEST(leaves.size() == 2u);
  // whatever becomes of them
  BOOST_TEST(admit(0, 1) == texts{});
  BOOST_TEST(refuse(1, emit_errc::unavailable) == texts{});
  BOOST_TEST(deliver(1, R"(2["e",1])") == texts{});
}

BOOST_AUTO_TEST_CASE(is_in_rooms_that_have_become_automatic) {
  connect(), connect("/custom");
  admit(0, 1);
  BOOST_TEST(joins.size() == 1u);
  change([](auto& x) {
    auto hall = test::mapping("hall", "chat");
    hall.join = join_policy::automatic;
    x[0].mappings.push_back(hall);
  });
  BOOST_TEST_REQUIRE(joins.size() == 2u);
  BOOST_TEST(joins[1].room == "hall");
  admit(1, 2);
  // one that it has left since does not come back
  leave("hall");
  remove_chat();
  BOOST_TEST(joins.size() == 2u);
  // unless it is another one
  change([](auto& x) { x[0].mappings.back().history = 5; });
  BOOST_TEST(joins.size() == 3u);
  // and the one of the other namespace is where it was
  const auto packets = change([](auto& x) { x[1].mappings[0].history = 5; });
  BOOST_TEST(has(packets, R"(["weir:left",{"room":"news")"));
  BOOST_TEST_REQUIRE(joins.size() == 4u);
  BOOST_TEST(joins[3].room == "news");
}

BOOST_AUTO_TEST_CASE(has_the_mappings_of_now_where_it_comes_later) {
  remove_chat();
  connect();
  BOOST_TEST(has(join("chat:1", "1"), unknown_room));
  change([](auto& x) { x[0].mappings.push_back(test::mapping("hall", "t")); });
  join("hall", "2");
  BOOST_TEST(joins.size() == 1u);
}

// -- events -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(emits_by_the_mappings_of_when_it_was_read) {
  connect(), enter("vip:1", 1);
  emit("1");
  feed(R"(22["vip say",{"room":"vip:1"}])");
  change([](auto& x) {
    x[0].mappings[0].topic = "other";
    x[0].mappings[1].members_only = false;
    x[0].mappings[1].key = "{id}";
  });
  emit("3");
  feed(R"(24["vip say",{"room":"vip:1"}])");
  BOOST_TEST_REQUIRE(emits.size() == 4u);
  auto where = [this](std::size_t i) {
    auto& x = emits[i];
    if (x.to)
      return x.to->route->settings.topic + " " + x.to->key;
    auto to = x.rules->resolve(x.event, x.args);
    return to.route->settings.topic + " " + to.key;
  };
  BOOST_TEST(where(0) == "chat chat:1");
  BOOST_TEST(where(1) == "vip vip:1");
  BOOST_TEST(where(2) == "other chat:1");
  BOOST_TEST(where(3) == "vip 1");
}

BOOST_AUTO_TEST_CASE(gets_the_ack_of_an_emit_whose_mapping_is_gone) {
  connect();
  emit("1");
  auto answer = stored(0);
  remove_chat();
  BOOST_TEST(has(settle({answer}), R"("topic":"chat")"));
}

// -- who comes back -----------------------------------------------------------

struct recovering : mappings_fixture {
  recovering() {
    nsps[0].recovery = 2min;
    rules = test::rules_of(nsps);
    restart();
  }

  static std::string text_at(const std::string& packet,
                             std::string_view pointer) {
    return *json::string_value(
      *json::at(std::string_view{packet}.substr(1), pointer));
  }

  /// A client that was in the room, and its last offset.
  void leave_behind() {
    restart();
    auto hello = feed("0").front();
    sid = text_at(hello, "/sid");
    pid = text_at(hello, "/pid");
    join("chat:1", "1");
    for (auto& x : admit(joins.size() - 1, 1))
      if (auto end = x.rfind("\"]"); x.starts_with("2[\"weir:position"))
        offset = x.substr(x.rfind('"', end - 1) + 1,
                          end - x.rfind('"', end - 1) - 1);
    session->hang_up();
    run();
    joins.clear(), leaves.clear();
    restart();
  }

  texts come_back() {
    return feed(R"(0{"pid":")" + pid + R"(","offset":")" + offset + "\"}");
  }

  void grant() {
    tell(connection, resume_answered{resumes.back().socket, true});
  }

  std::string sid, pid, offset;
};

BOOST_FIXTURE_TEST_CASE(comes_back_where_its_room_is_the_same, recovering) {
  leave_behind();
  change_mapping([](auto& x) { x.events.push_back("tell"); });
  BOOST_TEST(come_back() == texts{});
  // also while it waits
  change_mapping([](auto& x) { x.events.pop_back(); });
  grant();
  change_mapping([](auto& x) { x.events.push_back("tell"); });
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(has(admit(0, 1), sid));
}

BOOST_FIXTURE_TEST_CASE(starts_over_where_its_room_is_another_one, recovering) {
  leave_behind();
  change_mapping([](auto& x) { x.key = "{id}"; });
  auto packets = come_back();
  BOOST_TEST_REQUIRE(!packets.empty());
  BOOST_TEST(text_at(packets[0], "/sid") != sid);
  BOOST_TEST(resumes.empty());
}

BOOST_FIXTURE_TEST_CASE(starts_over_where_its_room_changes_on_the_way,
                        recovering) {
  leave_behind();
  come_back(), grant();
  BOOST_TEST(joins.size() == 1u);
  auto packets = change_mapping([](auto& x) { x.key = "{id}"; });
  BOOST_TEST_REQUIRE(!packets.empty());
  BOOST_TEST(text_at(packets[0], "/sid") != sid);
  BOOST_TEST(admit(0, 1) == texts{});
  BOOST_TEST(!has(join("chat:1", "1"), "error"));
  BOOST_TEST(joins.size() == 2u);
}

/// Of a mapping that came while the node ran: its offsets say so.
BOOST_FIXTURE_TEST_CASE(comes_back_to_a_mapping_that_has_changed_before,
                        recovering) {
  change_mapping([](auto& x) { x.key = "{id}"; });
  leave_behind();
  BOOST_TEST(come_back() == texts{});
  grant();
  BOOST_TEST(has(admit(0, 1), sid));
  // but not when it changes back
  leave_behind();
  change_mapping([](auto& x) { x.key = ""; });
  BOOST_TEST(text_at(come_back().at(0), "/sid") != sid);
}

BOOST_FIXTURE_TEST_CASE(writes_offsets_without_rooms_that_are_gone,
                        recovering) {
  connect(), enter("chat:1", 1), enter("vip:1", 2);
  const auto packets = remove_chat();
  BOOST_TEST(has(packets, R"(["weir:left",{"room":"chat:1")"));
  const auto& packet = packets.back();
  auto end = packet.rfind("\"]");
  auto begin = packet.rfind('"', end - 1) + 1;
  auto position = signer->read("/", signer->make_pid("/", "s1"),
                               packet.substr(begin, end - begin));
  BOOST_TEST_REQUIRE(position.has_value());
  BOOST_TEST_REQUIRE(position->rooms.size() == 1u);
  BOOST_TEST(position->rooms[0].room == "vip:1");
}

// -- rights -------------------------------------------------------------------

struct with_tokens : mappings_fixture {
  with_tokens() {
    nsps[0].mappings[0].allow = {{"/rooms = {id}"}, {"anyone"}, {}};
    rules = test::rules_of(nsps);
    jwt_options x;
    x.algorithms = {"HS256"};
    tokens = std::make_shared<const authenticator>(
      x, std::make_shared<const auth::current_keys>(
           std::make_shared<const auth::key_set>(
             std::vector{auth::key_from_secret(std::string(32, 's'))})));
    restart();
    auto text = R"({"sub":"ada","exp":)" + std::to_string(seconds + 600)
                + R"(,"rooms":["1","2"],"role":"admin"})";
    feed(R"(0{"token":")"
         + test::make_token(test::header_of(auth::algorithm::hs256), text,
                            test::token_key::of_secret(std::string(32, 's')),
                            auth::algorithm::hs256)
         + R"("})");
  }
};

BOOST_FIXTURE_TEST_CASE(loses_rooms_that_are_not_allowed_any_more,
                        with_tokens) {
  enter("chat:1", 1);
  join("chat:2", "1");
  const auto packets
    = change_mapping([](auto& x) { x.allow.join = {"/role = owner"}; });
  BOOST_TEST(has(packets, left("chat:1", "not_allowed").front()));
  BOOST_TEST(has(packets, R"(31[{"status":"error","code":"not_allowed")"));
  BOOST_TEST(leaves.size() == 2u);
  BOOST_TEST(has(join("chat:1", "2"), "not_allowed"));
}

/// By what its token said when it came.
BOOST_FIXTURE_TEST_CASE(gains_rooms_and_rights_by_what_it_has_shown,
                        with_tokens) {
  BOOST_TEST(has(join("chat:7", "1"), "not_allowed"));
  change_mapping([](auto& x) { x.allow.join = {"/role = admin"}; });
  join("chat:7", "2");
  BOOST_TEST(joins.size() == 1u);
  change_mapping([](auto& x) { x.allow.emit = {}; });
  BOOST_TEST(has(emit("3"), "not_allowed"));
  change([](auto& x) {
    auto team = test::mapping("team:{id}", "team");
    team.join = join_policy::claim;
    team.join_claim = "/rooms";
    x[0].mappings.push_back(team);
  });
  BOOST_TEST_REQUIRE(joins.size() == 3u);
  BOOST_TEST(joins[1].room == "team:1");
  BOOST_TEST(joins[2].room == "team:2");
}

BOOST_FIXTURE_TEST_CASE(stays_where_an_operator_wants_it, with_tokens) {
  lend_thread_to(connection);
  auto done = ask<order_done>(census, socket_order{socket_order::kind::join,
                                                   "s1", "", "", "chat:9"});
  BOOST_TEST(done.value().sockets == 1u);
  admit(0, 1);
  BOOST_TEST(change_mapping([](auto& x) { x.allow.join = {}; }) == texts{});
  BOOST_TEST(remove_chat() == left("chat:9", "mapping_gone"));
}

// -- the webhook --------------------------------------------------------------

struct with_webhook : mappings_fixture {
  with_webhook() {
    nsps[0].webhook = {"connect", "join"};
    rules = test::rules_of(nsps);
    webhook = [this](auth::decision_question, auth::webhook::respond x) {
      questions.push_back(std::move(x));
    };
    restart();
  }

  texts allow(std::size_t n) {
    auth::decision yes;
    yes.allow = true;
    std::exchange(questions.at(n), nullptr)(std::move(yes));
    run();
    return session->take();
  }

  std::vector<auth::webhook::respond> questions;
};

BOOST_FIXTURE_TEST_CASE(is_refused_a_room_that_the_webhook_is_asked_about,
                        with_webhook) {
  connect();
  allow(0);
  join("chat:1", "1"), join("vip:1", "2");
  const auto packets = remove_chat();
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].starts_with("31["));
  BOOST_TEST(has(packets, unknown_room));
  BOOST_TEST(allow(1) == texts{});
  BOOST_TEST(joins.empty());
  allow(2);
  BOOST_TEST(joins.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(enters_by_the_mappings_of_when_it_is_let_in,
                        with_webhook) {
  connect();
  change([](auto& x) {
    auto hall = test::mapping("hall", "chat");
    hall.join = join_policy::automatic;
    x[0].mappings = {hall};
  });
  allow(0);
  BOOST_TEST_REQUIRE(questions.size() == 2u);
  allow(1);
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].room == "hall");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir
