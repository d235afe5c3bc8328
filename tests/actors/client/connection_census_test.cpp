#include "actors/client/connection_census.hpp" // unit under test

#include "tests/support/counted.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <list>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

/// A connection that is always of the user "odd" or "even".
struct connection : listed_connection {
  connection(std::string its_sid, bool is_odd)
    : sid(std::move(its_sid)), user(is_odd ? "odd" : "even") {}

  std::string_view session_id() const override { return sid; }

  bool matches(const connection_filter& x) const override {
    ++looks;
    return x.user.empty() || x.user == user;
  }

  schemas::connection_status describe(bool in_detail) const override {
    schemas::connection_status result;
    result.id = sid.substr(0, shown_sid);
    if (in_detail)
      result.sockets.emplace_back();
    return result;
  }

  void add_to(connection_counts& x) const override {
    ++x.connections;
    ++x.sockets[user];
  }

  order_done follow(const socket_order& x) override {
    if (x.user != user)
      return {};
    ++orders;
    return {2, x.room == "none" ? "there is no such room" : ""};
  }

  void use(const routes& x) override {
    ++switches;
    version = x.version();
  }

  std::string sid;
  std::string user;
  mutable int looks = 0;
  int orders = 0;
  int switches = 0;
  std::uint32_t version = 1;
};

struct fixture : test::deterministic_actor_system {
  void add(std::size_t n, std::string prefix = "sid") {
    for (std::size_t i = 0; i < n; ++i) {
      auto number = std::to_string(1'000'000 + connections.size());
      all->add(connections.emplace_back(prefix + number + "----secret",
                                        connections.size() % 2 == 1));
    }
  }

  connection_page ask_for(connection_filter filter, std::size_t limit,
                          std::string after = "") {
    auto result = ask<connection_page>(
      census, connection_question{std::move(filter), std::move(after), limit});
    BOOST_TEST_REQUIRE(result.has_value());
    return std::move(*result);
  }

  std::list<connection> connections;
  std::shared_ptr<connection_registry> all
    = std::make_shared<connection_registry>();
  std::shared_ptr<loop_meter> meter = std::make_shared<loop_meter>(executor);
  std::shared_ptr<loop_heat> heat = std::make_shared<loop_heat>();
  connection_census_actor census
    = keep(spawn_connection_census(executor, all, meter, heat));
};

BOOST_FIXTURE_TEST_SUITE(a_connection_census, fixture)

BOOST_AUTO_TEST_CASE(looks_at_how_late_the_loop_is) {
  BOOST_TEST(test::counted(meter->delay) == 0);
  for (int i = 1; i <= 3; ++i) {
    advance(std::chrono::milliseconds{100});
    BOOST_TEST(test::counted(meter->delay) == i);
  }
}

BOOST_AUTO_TEST_CASE(tells_what_is_hot_on_its_loop) {
  heat->add_room("/,chat:1", 5);
  auto page = ask<hot_page>(census, hot_question{10});
  BOOST_TEST_REQUIRE(page.has_value());
  BOOST_TEST_REQUIRE(page->hot.size() == 1u);
  BOOST_TEST(page->hot[0].room == "chat:1");
  BOOST_TEST(page->hot[0].count == 5u);
}

BOOST_AUTO_TEST_CASE(tells_that_there_is_nobody) {
  const auto page = ask_for({}, 10);
  BOOST_TEST(page.connections.empty());
  BOOST_TEST(!page.more);
}

BOOST_AUTO_TEST_CASE(tells_all_by_their_ids_of_which_it_hides_a_part) {
  add(2, "b"), add(1, "a");
  const auto page = ask_for({}, 3);
  BOOST_TEST_REQUIRE(page.connections.size() == 3u);
  BOOST_TEST(page.connections[0].id == "a1000002----");
  BOOST_TEST(page.connections[2].id == "b1000001----");
  BOOST_TEST(!page.more);
}

BOOST_AUTO_TEST_CASE(counts_all_of_them) {
  add(5000);
  auto x = ask<connection_counts>(census, count_connections{});
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->connections == 5000u);
  BOOST_TEST(x->sockets["odd"] == 2500u);
}

BOOST_AUTO_TEST_CASE(tells_who_has_gone_where_it_is_asked_to) {
  all->left.add("/", "s", "ping timeout", departures::time_point::clock::now());
  BOOST_TEST(
    ask<connection_counts>(census, count_connections{}).value().left.empty());
  auto x = ask<connection_counts>(census, count_connections{true});
  BOOST_TEST_REQUIRE(x.value().left.size() == 1u);
  BOOST_TEST(x->left[0].reason == "ping timeout");
}

BOOST_AUTO_TEST_CASE(describes_in_detail_where_it_is_asked_to) {
  add(1);
  auto x = ask<connection_page>(census, connection_question{{}, "", 10, true});
  BOOST_TEST(x.value().connections[0].sockets.size() == 1u);
  BOOST_TEST(ask_for({}, 10).connections[0].sockets.empty());
}

BOOST_AUTO_TEST_CASE(hands_an_order_to_each_once_and_adds_up_who_follows) {
  add(5000);
  auto done = ask<order_done>(census, socket_order{.user = "odd", .room = "a"});
  BOOST_TEST_REQUIRE(done.has_value());
  BOOST_TEST(done->sockets == 5000u);
  BOOST_TEST(done->problem == "");
  for (auto& x : connections)
    BOOST_TEST_REQUIRE(x.orders == (x.user == "odd" ? 1 : 0));
  done = ask<order_done>(census, socket_order{.user = "odd", .room = "none"});
  BOOST_TEST(done.value().problem == "there is no such room");
}

BOOST_AUTO_TEST_CASE(tells_each_of_other_mappings_before_it_says_so) {
  add(5000);
  auto first = test::rules_of({});
  auto next = std::make_shared<const routes>(std::vector<namespace_options>{},
                                             std::size_t{100}, first);
  auto answer = self->request(census, 1s, use_routes{next});
  BOOST_TEST(scheduler.run(2) == 2u); // the news, and a portion
  BOOST_TEST(connections.front().version == 2u);
  BOOST_TEST(connections.back().version == 1u);
  run();
  auto is_answered = false;
  answer.receive([&] { is_answered = true; },
                 [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
  BOOST_TEST(is_answered);
  for (auto& x : connections)
    BOOST_TEST_REQUIRE((x.switches == 1 && x.version == 2u));
}

BOOST_AUTO_TEST_CASE(takes_orders_and_questions_one_after_the_other) {
  add(5000);
  auto order = self->request(census, 1s, socket_order{.user = "even"});
  BOOST_TEST(ask_for({}, 3).connections.size() == 3u);
  order.receive([](const order_done& x) { BOOST_TEST(x.sockets == 5000u); },
                [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
}

BOOST_AUTO_TEST_CASE(has_pages_that_together_are_all_of_them) {
  add(5000);
  std::size_t seen = 0;
  std::string after;
  for (bool more = true; more;) {
    auto page = ask_for({}, 700, after);
    for (auto& x : page.connections) {
      BOOST_TEST_REQUIRE(x.id > after);
      after = x.id;
    }
    seen += page.connections.size();
    more = page.more;
  }
  BOOST_TEST(seen == 5000u);
}

BOOST_AUTO_TEST_CASE(looks_at_no_more_than_it_needs_for_a_page) {
  add(5000);
  ask_for({}, 10);
  int looks = 0;
  for (auto& x : connections)
    looks += x.looks;
  BOOST_TEST(looks == 11);
}

BOOST_AUTO_TEST_CASE(tells_those_that_are_wanted) {
  add(5000);
  const auto page = ask_for({.user = "odd"}, 1000);
  BOOST_TEST(page.connections.size() == 1000u);
  BOOST_TEST(page.more);
  BOOST_TEST(ask_for({.user = "odd"}, 10'000).connections.size() == 2500u);
  BOOST_TEST(ask_for({.user = "nobody"}, 10).connections.empty());
}

BOOST_AUTO_TEST_CASE(leaves_the_loop_to_others_between_two_portions) {
  add(5000);
  auto request = self->request(census, std::chrono::seconds{1},
                               connection_question{{.user = "no"}, "", 1});
  BOOST_TEST(scheduler.run(2) == 2u); // the question, and a portion
  int looks = 0;
  for (auto& x : connections)
    looks += x.looks;
  BOOST_TEST(looks < 5000);
  run();
  request.receive([](const connection_page&) {},
                  [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
}

BOOST_AUTO_TEST_CASE(answers_several_at_a_time) {
  add(5000);
  const connection_question wide{{}, "", 4000}, narrow{{}, "", 1};
  auto one = self->request(census, std::chrono::seconds{1}, wide);
  auto other = self->request(census, std::chrono::seconds{1}, narrow);
  run();
  std::size_t seen = 0;
  for (auto* x : {&one, &other})
    x->receive([&](const connection_page& y) { seen += y.connections.size(); },
               [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
  BOOST_TEST(seen == 4001u);
}

BOOST_AUTO_TEST_CASE(goes_on_where_connections_have_gone_meanwhile) {
  add(5000);
  auto request = self->request(census, std::chrono::seconds{1},
                               connection_question{{.user = "no"}, "", 1});
  scheduler.run(2);
  for (auto& x : connections)
    all->remove(x);
  connections.clear();
  run();
  request.receive(
    [](const connection_page& x) { BOOST_TEST(x.connections.empty()); },
    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
}

BOOST_AUTO_TEST_CASE(tells_the_rooms_of_one_that_is_asked_for) {
  add(1);
  BOOST_TEST(ask_for({.id = "x"}, 1).connections.at(0).sockets.size() == 1u);
  BOOST_TEST(ask_for({}, 1).connections.at(0).sockets.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
