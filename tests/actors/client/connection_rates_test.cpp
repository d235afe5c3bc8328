// What a client gets that asks too often.

#include "tests/actors/client/connection_fixture.hpp"
#include "transport/socketio/json_slice.hpp"

namespace {

using namespace weir;
using namespace std::chrono_literals;

struct fixture : test::connection_fixture {
  fixture() {
    limits.events = {10, 3};
    restart();
    connect();
    session->take();
  }

  texts ask(std::string ack = "1") {
    return feed("2" + ack + R"(["ask","x"])");
  }

  static bool is_limited(const texts& x) {
    return x.size() == 1 && x[0].find("\"rate_limited\"") != x[0].npos;
  }

  void pass(std::chrono::milliseconds time) {
    steady += time;
    advance(time);
  }
};

BOOST_FIXTURE_TEST_SUITE(connection_rates, fixture)

BOOST_AUTO_TEST_CASE(too_many_events_are_refused_with_the_time_to_wait) {
  for (int i = 0; i < 2; ++i) // one was paid for connecting
    BOOST_TEST(ask() == texts{R"(31["x"])"});
  BOOST_TEST(ask()
             == texts{R"(31[{"status":"error","code":"rate_limited",)"
                      R"("message":"more than limits.events allows; again )"
                      R"(after retry_after_ms","retry_after_ms":100}])"});
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_as_long_is_served_again) {
  while (!is_limited(ask()))
    ;
  pass(100ms);
  BOOST_TEST(ask() == texts{R"(31["x"])"});
}

BOOST_AUTO_TEST_CASE(a_client_is_not_read_while_it_has_to_wait) {
  BOOST_TEST(session->is_read());
  while (!is_limited(ask()))
    ;
  BOOST_TEST(!session->is_read());
  pass(99ms);
  BOOST_TEST(!session->is_read());
  pass(1ms);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(nobody_else_gets_what_is_refused) {
  for (int i = 0; i < 10; ++i)
    emit();
  BOOST_TEST(emits.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_wants_no_ack_is_dropped) {
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(feed(R"(2["ask","x"])") == texts{});
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_on_is_sent_away_where_that_is_wanted) {
  limits.max_rate_limited = 4;
  restart();
  connect();
  session->take();
  texts last;
  for (int i = 0; i < 20 && session->is_open(); ++i)
    last = ask();
  BOOST_TEST(!session->is_open());
  BOOST_TEST(last.back() == "1"); // DISCONNECT
}

BOOST_AUTO_TEST_CASE(a_client_without_limits_is_never_refused) {
  limits.events = {};
  restart();
  connect();
  session->take();
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST(!is_limited(ask()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
