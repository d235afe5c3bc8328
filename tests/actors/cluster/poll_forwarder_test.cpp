#include "actors/cluster/poll_forwarder.hpp"

#include "actors/contract/cluster.hpp"
#include "actors/contract/polls.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>

namespace weir {
namespace {

using http::poll_answer;
using http::poll_id;

constexpr std::uint16_t bad_request = 400;

/// A request that logs what is wanted of it.
struct probe final : http::forwarded_handle {
  probe(std::vector<std::size_t>& cancels,
        std::vector<std::size_t>& completions, std::size_t n)
    : cancelled(cancels), completed_now(completions), number(n) {}

  void cancel() override { cancelled.push_back(number); }
  void complete_now() override { completed_now.push_back(number); }

  std::vector<std::size_t>& cancelled;
  std::vector<std::size_t>& completed_now;
  std::size_t number;
};

/// A node: its sessions answer when the test says so.
struct polled_node {
  polled_node(test::deterministic_actor_system& system, std::string its_tag)
    : tag(std::move(its_tag)),
      forwarder(system.keep(spawn_poll_forwarder(
        system.executor, {[this](auto x, auto respond) {
                            return serve(std::move(x), std::move(respond));
                          },
                          [this](poll_id id, poll_answer x) {
                            answers.emplace(id, std::move(x));
                          }}))) {}

  std::shared_ptr<http::forwarded_handle> serve(http::poll_request x,
                                                http::respond_poll respond) {
    requests.push_back(std::move(x));
    responds.push_back(std::move(respond));
    return std::make_shared<probe>(cancelled, completed_now,
                                   requests.size() - 1);
  }

  std::optional<poll_answer> take_answer(poll_id id) {
    auto x = answers.extract(id);
    return x ? std::optional{x.mapped()} : std::nullopt;
  }

  std::string tag;
  std::vector<http::poll_request> requests;
  std::vector<http::respond_poll> responds;
  std::vector<std::size_t> cancelled;     ///< indexes of requests
  std::vector<std::size_t> completed_now; ///< likewise
  std::multimap<poll_id, poll_answer> answers;
  poll_forwarder_actor forwarder;
};

struct fixture : test::deterministic_actor_system {
  void join(polled_node& x, polled_node& y) {
    tell(x.forwarder,
         peer_joined{"",
                     y.tag,
                     {{std::string{poll_service},
                       caf::actor_cast<caf::strong_actor_ptr>(y.forwarder)}}});
  }

  void lose(polled_node& x, polled_node& y) {
    tell(x.forwarder, peer_gone{"", y.tag});
  }

  /// A client of `x` asks for a session of the node with this tag.
  void ask(polled_node& x, std::string_view tag, poll_id id,
           http::poll_request request = {"GET", "/", "", ""}) {
    make_request_forwarder(system, x.forwarder)
      ->forward(tag, id, std::move(request));
    run();
  }

  void give_up(polled_node& x, std::string_view tag, poll_id id) {
    make_request_forwarder(system, x.forwarder)->cancel(tag, id);
    run();
  }

  void respond(polled_node& x, std::size_t n, std::string body) {
    x.responds.at(n)({200, "text/plain", std::move(body)});
    run();
  }

  std::int64_t in_flight() {
    return gauge(system, metrics::forwarded_requests_in_flight)->value();
  }

  std::int64_t bytes_under_way() {
    return gauge(system, metrics::forwarded_requests_in_flight_bytes)->value();
  }

  std::int64_t count_of(std::string_view result) {
    return count(system, metrics::forwarded_polls, result)->value();
  }

  polled_node a{*this, "AAAA"};
  polled_node b{*this, "BBBB"};
};

struct linked : fixture {
  linked() {
    join(a, b);
    join(b, a);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_poll_forwarder, linked)

BOOST_AUTO_TEST_CASE(takes_a_request_there_and_its_answer_back) {
  std::string body{"4hi\0!", 5};
  ask(a, "BBBB", 7, {"POST", "/socket.io/?sid=x", "text/plain", body, "ada"});
  BOOST_TEST_REQUIRE(b.requests.size() == 1u);
  BOOST_TEST(b.requests[0].user == "ada");
  BOOST_TEST(b.requests[0].method == "POST");
  BOOST_TEST(b.requests[0].target == "/socket.io/?sid=x");
  BOOST_TEST(b.requests[0].content_type == "text/plain");
  BOOST_TEST(b.requests[0].body == body);
  BOOST_TEST(a.answers.empty());
  BOOST_TEST(in_flight() == 1);
  BOOST_TEST(bytes_under_way() == 5);
  respond(b, 0, "ok");
  auto x = a.take_answer(7);
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(x->status == 200u);
  BOOST_TEST(x->content_type == "text/plain");
  BOOST_TEST(x->body == "ok");
  BOOST_TEST(a.answers.empty());
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(bytes_under_way() == 0);
  BOOST_TEST(count_of("answered") == 1);
  BOOST_TEST(b.cancelled.empty());
}

BOOST_AUTO_TEST_CASE(keeps_the_requests_of_two_nodes_apart) {
  polled_node c{*this, "CCCC"};
  join(b, c);
  join(c, b);
  ask(a, "BBBB", 1);
  ask(c, "BBBB", 1);
  ask(b, "AAAA", 1);
  respond(b, 1, "for c");
  respond(b, 0, "for a");
  respond(a, 0, "for b");
  BOOST_TEST(a.take_answer(1).value().body == "for a");
  BOOST_TEST(b.take_answer(1).value().body == "for b");
  BOOST_TEST(c.take_answer(1).value().body == "for c");
}

BOOST_AUTO_TEST_CASE(answers_in_the_order_of_the_sessions) {
  for (poll_id id : {1U, 2U, 3U})
    ask(a, "BBBB", id);
  respond(b, 2, "third");
  BOOST_TEST(a.take_answer(3).value().body == "third");
  BOOST_TEST(in_flight() == 2);
  respond(b, 0, "first");
  BOOST_TEST(a.take_answer(1).value().body == "first");
}

// -- clients that go away -----------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_the_session_that_its_client_has_gone) {
  ask(a, "BBBB", 1);
  ask(a, "BBBB", 2);
  give_up(a, "BBBB", 1);
  BOOST_TEST(b.cancelled == std::vector<std::size_t>{0},
             boost::test_tools::per_element());
  BOOST_TEST(in_flight() == 1);
  BOOST_TEST(count_of("given_up") == 1);
  respond(b, 0, "too late");
  BOOST_TEST(a.answers.empty());
}

BOOST_AUTO_TEST_CASE(aborts_nothing_that_has_been_answered) {
  ask(a, "BBBB", 1);
  b.responds[0]({200, "", "crosses the cancel"});
  give_up(a, "BBBB", 1);
  BOOST_TEST(b.cancelled.empty());
  BOOST_TEST(a.answers.empty());
  ask(a, "BBBB", 2);
  respond(b, 1, "is there");
  give_up(a, "BBBB", 2);
  BOOST_TEST(b.cancelled.empty());
  BOOST_TEST(a.answers.size() == 1u);
  BOOST_TEST(in_flight() == 0);
}

BOOST_AUTO_TEST_CASE(asks_for_an_answer_before_its_node_stops) {
  ask(a, "BBBB", 1);
  ask(a, "BBBB", 2);
  respond(b, 0, "is there");
  auto forwarder = make_request_forwarder(system, a.forwarder);
  for (poll_id id : {1U, 2U, 3U})
    forwarder->complete_now("BBBB", id);
  run();
  BOOST_TEST(b.completed_now == std::vector<std::size_t>{1},
             boost::test_tools::per_element());
  respond(b, 1, "is there as well");
  BOOST_TEST(a.answers.size() == 2u);
}

// -- nodes that go away -------------------------------------------------------

BOOST_AUTO_TEST_CASE(knows_no_session_of_a_node_that_is_not_there) {
  ask(a, "CCCC", 1);
  auto x = a.take_answer(1).value();
  BOOST_TEST(x.status == bad_request);
  BOOST_TEST(x.body == R"({"code":1,"message":"Session ID unknown"})");
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(count_of("unreachable") == 1);
}

BOOST_AUTO_TEST_CASE(answers_who_waits_for_a_node_that_is_gone) {
  polled_node c{*this, "CCCC"};
  join(a, c);
  ask(a, "BBBB", 1);
  ask(a, "CCCC", 2);
  ask(a, "BBBB", 3);
  lose(a, b);
  BOOST_TEST(a.take_answer(1).value().status == bad_request);
  BOOST_TEST(a.take_answer(3).value().status == bad_request);
  BOOST_TEST(a.answers.empty());
  BOOST_TEST(in_flight() == 1);
  respond(b, 0, "too late"); // as after a link that was only slow
  BOOST_TEST(a.answers.empty());
  ask(a, "BBBB", 4);
  BOOST_TEST(a.take_answer(4).value().status == bad_request);
}

BOOST_AUTO_TEST_CASE(aborts_the_requests_of_a_node_that_is_gone) {
  ask(a, "BBBB", 1);
  ask(a, "BBBB", 2);
  respond(b, 0, "answered");
  lose(b, a);
  BOOST_TEST(b.cancelled == std::vector<std::size_t>{1},
             boost::test_tools::per_element());
  lose(b, a);
  BOOST_TEST(b.cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_a_node_that_was_restarted_for_another_one) {
  ask(a, "BBBB", 1);
  polled_node again{*this, "BBBB"};
  join(a, again);
  BOOST_TEST(a.take_answer(1).value().status == bad_request);
  ask(a, "BBBB", 2);
  respond(again, 0, "new");
  BOOST_TEST(a.take_answer(2).value().body == "new");
}

BOOST_AUTO_TEST_CASE(does_not_count_on_a_version_without_this_service) {
  tell(a.forwarder, peer_joined{"", "CCCC", {}});
  ask(a, "CCCC", 1);
  BOOST_TEST(a.take_answer(1).value().status == bad_request);
}

BOOST_AUTO_TEST_CASE(leaves_no_count_behind) {
  ask(a, "BBBB", 1, {"POST", "/", "", "4hi"});
  end(a.forwarder);
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(bytes_under_way() == 0);
}

BOOST_AUTO_TEST_CASE(counts_what_the_port_refuses) {
  make_request_forwarder(system, a.forwarder)->on_refused();
  BOOST_TEST(count_of("refused") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir
