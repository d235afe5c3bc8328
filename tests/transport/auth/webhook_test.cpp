#include "transport/auth/webhook.hpp"

#include "tests/support/patience.hpp"
#include "tests/transport/auth/webhook_server.hpp"
#include "transport/auth/circuit_breaker.hpp"
#include "transport/auth/webhook_signer.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <set>

using namespace weir;
using namespace weir::auth;
using namespace std::chrono_literals;
using auth::test::webhook_server;
using outcome = webhook::outcome;

namespace {

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

webhook_server::reply allow(const webhook_server::request&) {
  return {200, R"({"allow": true, "rooms": ["a"]})"};
}

struct fixture {
  void ask_at(std::string url) {
    settings.url = std::move(url);
    settings.secret = secret;
    asker = std::make_unique<webhook>(
      settings, "/weir/a", 32, [this](outcome x, const std::string& problem) {
        std::scoped_lock guard{mutex};
        ++outcomes[x];
        if (!problem.empty())
          last_problem = problem;
      });
  }

  void serve(webhook_server::answer_to f) {
    server = std::make_unique<webhook_server>(std::move(f));
    ask_at(server->url());
  }

  std::future<std::optional<decision>> start(const std::string& user) {
    auto promise = std::make_shared<std::promise<std::optional<decision>>>();
    decision_question question;
    question.nsp = "/";
    question.user = user;
    asker->ask(question, [promise](std::optional<decision> x) {
      promise->set_value(std::move(x));
    });
    return promise->get_future();
  }

  std::optional<decision> ask(const std::string& user = "ada") {
    auto answer = start(user);
    BOOST_TEST_REQUIRE(
      (answer.wait_for(weir::test::patience) == std::future_status::ready));
    return answer.get();
  }

  std::size_t count(outcome x) {
    std::scoped_lock guard{mutex};
    return outcomes[x];
  }

  std::mutex mutex;
  std::map<outcome, std::size_t> outcomes;
  std::string last_problem;
  webhook_options settings;
  std::unique_ptr<webhook_server> server;
  std::unique_ptr<webhook> asker;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_webhook, fixture)

BOOST_AUTO_TEST_CASE(answers_what_the_endpoint_answers) {
  serve(&allow);
  auto x = ask();
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST((*x == decision{true, {"a"}}));
  BOOST_TEST(count(outcome::allowed) == 1u);
}

BOOST_AUTO_TEST_CASE(signs_each_question) {
  serve(&allow);
  ask("ada");
  ask("bob");
  auto all = server->requests();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  auto signer = webhook_signer::from_secret(secret);
  std::set<std::string> ids;
  for (auto& x : all) {
    BOOST_TEST(x.method_string() == "POST");
    BOOST_TEST(x.target() == "/ask");
    std::string id{x["webhook-id"]}, time{x["webhook-timestamp"]};
    ids.insert(id);
    BOOST_TEST(x["webhook-signature"]
               == signer->sign(id, std::stoll(time), x.body()));
    BOOST_TEST(x["content-type"].starts_with("application/cloudevents+json"));
    auto event = boost::json::parse(x.body()).as_object();
    BOOST_TEST(event.at("id").as_string() == id);
    BOOST_TEST(event.at("source") == "/weir/a");
  }
  BOOST_TEST(ids.size() == 2u);
}

BOOST_AUTO_TEST_CASE(lets_nobody_in_whom_the_endpoint_denies) {
  serve([](auto&) {
    return webhook_server::reply{200, R"({"allow": false})"};
  });
  auto x = ask();
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(!x->allow);
  BOOST_TEST(count(outcome::denied) == 1u);
}

BOOST_AUTO_TEST_CASE(asks_once_for_as_long_as_the_answer_says) {
  serve([](auto&) {
    return webhook_server::reply{
      200, R"({"allow": true, "expires_at": 99999999999})"};
  });
  for (auto i = 0; i < 5; ++i)
    BOOST_TEST_REQUIRE(ask("ada").has_value());
  ask("bob");
  BOOST_TEST(server->requests().size() == 2u);
  BOOST_TEST(count(outcome::cached) == 4u);
}

BOOST_AUTO_TEST_CASE(asks_over_connections_that_it_keeps) {
  serve(&allow);
  for (auto i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE(ask(std::to_string(i)).has_value());
  BOOST_TEST(server->requests().size() == 100u);
  BOOST_TEST(server->connections() == 1u);
}

BOOST_AUTO_TEST_CASE(opens_as_many_as_there_are_questions_at_a_time) {
  settings.concurrency = 4;
  settings.timeout = 60s;
  serve(&allow);
  std::vector<std::future<std::optional<decision>>> all;
  for (auto i = 0; i < 200; ++i)
    all.push_back(start(std::to_string(i)));
  for (auto& x : all)
    BOOST_TEST(x.get().has_value());
  BOOST_TEST(server->connections() <= 4u);
}

// The connection may be found ended before a question, or take one with it.
BOOST_AUTO_TEST_CASE(is_not_disturbed_by_connections_that_end_between_two) {
  std::atomic<int> n = 0;
  serve([&](auto&) {
    return webhook_server::reply{200, R"({"allow": true})", ++n % 3 == 0};
  });
  for (auto i = 0; i < 200; ++i)
    BOOST_TEST_REQUIRE(ask(std::to_string(i)).has_value());
  BOOST_TEST(count(outcome::failed) == 0u);
  BOOST_TEST(server->connections() >= 200u / 3);
}

// Nor what a question took with it that was read and not answered.
BOOST_AUTO_TEST_CASE(asks_once_more_what_an_old_connection_took_with_it) {
  std::atomic<int> n = 0;
  serve([&](auto&) {
    auto is_taken_along = ++n == 2;
    return webhook_server::reply{is_taken_along ? 0u : 200u,
                                 R"({"allow": true})"};
  });
  BOOST_TEST(ask("ada").has_value());
  auto answer = start("bob");
  while (server->requests().size() < 2)
    std::this_thread::yield();
  server->end_connections();
  BOOST_TEST(answer.get().has_value());
  auto all = server->requests();
  BOOST_TEST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[1]["webhook-id"] != all[2]["webhook-id"]);
  BOOST_TEST(count(outcome::failed) == 0u);
}

// Nobody gets in by an answer to another question.
BOOST_AUTO_TEST_CASE(believes_nothing_that_comes_before_it_asks) {
  auto yes = std::string{R"({"allow": true})"};
  auto whole = "HTTP/1.1 200 OK\r\nContent-Length: "
               + std::to_string(yes.size()) + "\r\n\r\n" + yes;
  for (auto size : {whole.size(), whole.size() - 1, std::size_t{20},
                    std::size_t{1}, 3 * whole.size()}) {
    std::string more;
    while (more.size() < size)
      more += whole.substr(0, size - more.size());
    serve([&](auto& x) {
      auto is_ada = x.body().find("ada") != std::string::npos;
      return webhook_server::reply{200, is_ada ? yes : R"({"allow": false})",
                                   false, is_ada ? more : ""};
    });
    for (auto i = 0; i < 20; ++i) {
      BOOST_TEST(ask("ada" + std::to_string(i)).value_or(decision{}).allow);
      BOOST_TEST(!ask("eve" + std::to_string(i)).value_or(decision{}).allow);
    }
    asker.reset();
  }
}

// Hangs, is slow, lies, answers garbage, is of another opinion about HTTP.
BOOST_AUTO_TEST_CASE(fails_closed) {
  settings.timeout = 200ms;
  const webhook_server::reply bad[]
    = {{0, ""},
       {500, R"({"allow": true})"},
       {302, R"({"allow": true})"},
       {204, ""},
       {200, ""},
       {200, "allow"},
       {200, "{\"allow\": \"true\"}"},
       {200, R"({"allow": true, "user": 7})"},
       {200, R"({"allow": true, "rooms": [null]})"},
       {200, R"({"allow": true)" + std::string(max_decision, ' ') + "}"}};
  for (auto& reply : bad) {
    serve([&](auto&) { return reply; });
    BOOST_TEST(!ask().has_value(), reply.body);
    BOOST_TEST(!last_problem.empty());
    asker.reset();
  }
  BOOST_TEST(count(outcome::failed) == std::size(bad));
}

BOOST_AUTO_TEST_CASE(fails_closed_where_nobody_listens) {
  serve(&allow);
  server->stop();
  BOOST_TEST(!ask().has_value());
}

BOOST_AUTO_TEST_CASE(leaves_an_endpoint_alone_that_fails_and_comes_back) {
  std::atomic<bool> is_good = false;
  serve(
    [&](auto& x) { return is_good ? allow(x) : webhook_server::reply{500}; });
  for (auto i = 0u; i < 3 * circuit_breaker::max_failures; ++i)
    BOOST_TEST(!ask().has_value());
  BOOST_TEST(count(outcome::left_alone) > 0u);
  BOOST_TEST(server->requests().size() < 3 * circuit_breaker::max_failures);
  is_good = true;
  auto until = std::chrono::steady_clock::now() + weir::test::patience;
  while (!ask() && std::chrono::steady_clock::now() < until) {
  }
  BOOST_TEST(ask().has_value());
}

BOOST_AUTO_TEST_CASE(asks_no_more_at_a_time_than_it_may) {
  settings.concurrency = 3;
  settings.timeout = 60s;
  std::atomic<int> running = 0, most = 0;
  serve([&](auto& x) {
    auto now = ++running;
    for (auto before = most.load(); before < now;)
      most.compare_exchange_weak(before, now);
    std::this_thread::yield();
    --running;
    return allow(x);
  });
  std::vector<std::future<std::optional<decision>>> all;
  for (auto i = 0; i < 50; ++i)
    all.push_back(start(std::to_string(i)));
  for (auto& x : all)
    BOOST_TEST(x.get().has_value());
  BOOST_TEST(most <= 3);
}

BOOST_AUTO_TEST_CASE(refuses_at_once_what_is_too_much) {
  settings.concurrency = 1;
  settings.waiting = 2;
  settings.timeout = 60s;
  std::promise<void> release;
  serve([go = release.get_future().share()](auto& x) {
    go.wait();
    return allow(x);
  });
  std::vector<std::future<std::optional<decision>>> all;
  for (auto i = 0; i < 10; ++i)
    all.push_back(start(std::to_string(i)));
  for (auto i = 3u; i < all.size(); ++i)
    BOOST_TEST(!all[i].get().has_value());
  BOOST_TEST(count(outcome::too_many) == 7u);
  release.set_value();
  for (auto i = 0u; i < 3; ++i)
    BOOST_TEST(all[i].get().has_value());
}

BOOST_AUTO_TEST_CASE(ends_with_questions_under_way) {
  serve([](auto&) { return webhook_server::reply{0}; });
  settings.timeout = 60s;
  auto answer = start("ada");
  asker.reset();
  BOOST_CHECK_THROW(answer.get(), std::future_error); // never answered
}

BOOST_AUTO_TEST_CASE(its_options_are_checked) {
  auto path = [](webhook_options x) {
    auto problem = check_webhook(x);
    return problem ? problem->path : "";
  };
  webhook_options x;
  x.url = "https://auth.example.org/weir";
  x.secret = secret;
  BOOST_TEST(path(x) == "");
  for (auto* url :
       {"http://localhost:80/x", "http://127.0.0.1", "http://[::1]/"}) {
    x.url = url;
    BOOST_TEST(path(x) == "", url);
  }
  for (auto* url : {"http://auth.example.org/", "ftp://localhost/", "localhost",
                    "http://localhost.example.org/", "https://a b/", "",
                    "http://user@localhost/"}) {
    x.url = url;
    BOOST_TEST(path(x) == "auth.webhook.url", url);
  }
  x.url = "http://localhost/";
  x.secret = "whsec_short";
  BOOST_TEST(path(x) == "auth.webhook.secret");
  BOOST_TEST(check_webhook(x)->text.find("short") == std::string::npos);
  x.secret = secret;
  x.ca = "/nowhere.pem";
  BOOST_TEST(path(x) == "auth.webhook.ca");
}

BOOST_AUTO_TEST_SUITE_END()
