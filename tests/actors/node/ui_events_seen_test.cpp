#include "actors/node/ui_events_seen.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  using enum schemas::seen_direction;

  void tell(std::vector<schemas::seen_event> all, std::uint64_t left_out = 0,
            const std::string& node = "a") {
    schemas::server_status x;
    x.pid = 1; // as in a container
    x.uptime_ms = ++uptime;
    x.events = std::move(all);
    x.events_left_out = left_out;
    seen.add(node, x);
  }

  void restart() { uptime = 0; }

  static schemas::seen_event event(std::uint64_t number,
                                   std::string json = R"(["say",{"a":1}])") {
    return {received, "/", "s1", std::move(json), 1'800'000'000'123, number};
  }

  std::uint64_t uptime = 1000;
  ui_events_seen seen;
};

BOOST_FIXTURE_TEST_SUITE(events_for_the_admin_ui, fixture)

BOOST_AUTO_TEST_CASE(are_as_pages_take_them) {
  auto sent_one = event(2);
  sent_one.direction = sent;
  tell({event(1), sent_one});
  auto shown = seen.take().events;
  BOOST_TEST_REQUIRE(shown.size() == 2u);
  BOOST_TEST(shown[0].name == "event_received");
  BOOST_TEST(shown[0].args
             == R"("/","s1",["say",{"a":1}],"2027-01-15T08:00:00.123Z")");
  BOOST_TEST(shown[1].name == "event_sent");
}

BOOST_AUTO_TEST_CASE(are_told_once) {
  tell({event(1), event(2)});
  BOOST_TEST(seen.take().events.size() == 2u);
  tell({event(2), event(3)});
  BOOST_TEST(seen.take().events.size() == 1u);
  BOOST_TEST(seen.take().events.empty());
  restart();
  tell({event(2), event(3)});
  BOOST_TEST(seen.take().events.size() == 2u);
}

BOOST_AUTO_TEST_CASE(are_in_the_order_of_their_times) {
  auto later = event(1);
  later.time_ms += 1000;
  later.socket = "s2";
  tell({later});
  tell({event(1)}, 0, "b");
  auto shown = seen.take().events;
  BOOST_TEST_REQUIRE(shown.size() == 2u);
  BOOST_TEST(shown[0].args.starts_with(R"("/","s1")"));
  BOOST_TEST(shown[1].args.starts_with(R"("/","s2")"));
}

BOOST_AUTO_TEST_CASE(say_how_many_were_left_out_since) {
  tell({}, 40);
  BOOST_TEST(seen.take().left_out == 0u); // nobody looked
  tell({}, 45);
  BOOST_TEST(seen.take().left_out == 5u);
  tell({}, 45);
  BOOST_TEST(seen.take().left_out == 0u);
  restart();
  tell({}, 3);
  BOOST_TEST(seen.take().left_out == 3u);
  tell({}, 2); // again, and it is up for longer
  BOOST_TEST(seen.take().left_out == 2u);
}

BOOST_AUTO_TEST_CASE(are_so_many_at_a_time_at_most) {
  std::vector<schemas::seen_event> all;
  for (std::uint64_t i = 0; i < ui_events_seen::most_events + 100; ++i)
    all.push_back(event(i, "[1]"));
  tell(all, 7);
  auto some = seen.take();
  BOOST_TEST(some.events.size() == ui_events_seen::most_events);
  BOOST_TEST(some.left_out == 100u);
}

BOOST_AUTO_TEST_CASE(take_so_many_bytes_at_a_time_at_most) {
  std::vector<schemas::seen_event> all;
  for (std::uint64_t i = 0; i < 500; ++i)
    all.push_back(event(i, "[\"" + std::string(1000, 'x') + "\"]"));
  tell(all);
  auto some = seen.take();
  std::size_t bytes = 0;
  for (auto& x : some.events)
    bytes += x.args.size();
  BOOST_TEST(bytes <= ui_events_seen::most_bytes);
  BOOST_TEST(bytes > ui_events_seen::most_bytes - 2000);
  BOOST_TEST(some.left_out == 500 - some.events.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
