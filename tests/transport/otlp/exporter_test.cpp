#include "transport/otlp/exporter.hpp"

#include "tests/support/patience.hpp"
#include "tests/transport/auth/webhook_server.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

using namespace weir;
using namespace std::chrono_literals;
using auth::test::webhook_server;
using outcome = otlp::export_result::outcome;
using instant = otlp::span_ports::instant;

namespace {

/// An exporter between spans that the test has, and a collector.
struct fixture {
  ~fixture() { exporter.reset(); }

  void start(webhook_server::answer_to f) {
    server = std::make_unique<webhook_server>(std::move(f));
    settings.url = server->url();
    start();
  }

  void start() {
    exporter = std::make_unique<otlp::exporter>(
      settings,
      otlp::span_ports{[this](instant, bool at_end) { return take(at_end); },
                       [](instant now) { return now + 1h; },
                       [this](const auto& x) { note(x); }});
  }

  otlp::span_batch take(bool at_end) {
    std::scoped_lock guard{mutex};
    if (bodies.empty() || (is_held && !at_end))
      return {};
    otlp::span_batch result{bodies.front(), bodies.front().size()};
    bodies.pop_front();
    return result;
  }

  void note(const otlp::export_result& x) {
    std::scoped_lock guard{mutex};
    results.push_back(x);
    changed.notify_all();
  }

  void add(std::string body) {
    {
      std::scoped_lock guard{mutex};
      bodies.push_back(std::move(body));
    }
    if (exporter)
      exporter->wake();
  }

  std::vector<otlp::export_result> wait_for(std::size_t n) {
    std::unique_lock guard{mutex};
    changed.wait_for(guard, weir::test::patience,
                     [&] { return results.size() >= n; });
    BOOST_TEST_REQUIRE(results.size() >= n);
    return results;
  }

  std::vector<std::string> asked() {
    std::vector<std::string> result;
    for (auto& x : server->requests())
      result.push_back(x.body());
    return result;
  }

  using texts = std::vector<std::string>;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> bodies;           // guarded
  std::vector<otlp::export_result> results; // likewise
  bool is_held = false;
  tracing_options settings;
  std::unique_ptr<webhook_server> server;
  std::unique_ptr<otlp::exporter> exporter;
};

webhook_server::reply take_all(const webhook_server::request&) {
  return {200, "answer"};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_exporter, fixture)

BOOST_AUTO_TEST_CASE(posts_what_is_due) {
  start(take_all);
  add("one");
  auto all = wait_for(1);
  BOOST_TEST((all[0].what == outcome::exported));
  BOOST_TEST(all[0].spans == 3u);
  BOOST_TEST(all[0].answer == "answer");
  BOOST_TEST(all[0].problem == "");
  auto request = server->requests().at(0);
  BOOST_TEST(request.method_string() == "POST");
  BOOST_TEST(request.target() == "/ask");
  BOOST_TEST(request["content-type"] == "application/x-protobuf");
  BOOST_TEST(request.body() == "one");
}

BOOST_AUTO_TEST_CASE(sends_one_after_the_other_over_one_connection) {
  for (auto x : {"a", "bb", "ccc"})
    add(x);
  start(take_all);
  wait_for(3);
  BOOST_TEST((asked() == texts{"a", "bb", "ccc"}));
  BOOST_TEST(server->connections() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_again_when_the_collector_says) {
  using clock = std::chrono::steady_clock;
  clock::time_point refused_at, taken_at;
  start([&](auto&) {
    if (refused_at == clock::time_point{}) {
      refused_at = clock::now();
      return webhook_server::reply{429, "", false, "", "2"};
    }
    taken_at = clock::now();
    return webhook_server::reply{200};
  });
  add("one");
  auto all = wait_for(2);
  BOOST_TEST((all[0].what == outcome::retried));
  BOOST_TEST(all[0].problem.find("429") != std::string::npos);
  BOOST_TEST((all[1].what == outcome::exported));
  BOOST_TEST((asked() == texts{"one", "one"}));
  BOOST_TEST((taken_at - refused_at >= 2s));
}

BOOST_AUTO_TEST_CASE(gives_up_what_is_refused_and_continues) {
  start([](auto& x) {
    return webhook_server::reply{x.body() == "bad" ? 400u : 200u};
  });
  add("bad");
  add("good");
  auto all = wait_for(2);
  BOOST_TEST((all[0].what == outcome::failed));
  BOOST_TEST(all[0].spans == 3u);
  BOOST_TEST((all[1].what == outcome::exported));
  BOOST_TEST((asked() == texts{"bad", "good"}));
}

BOOST_AUTO_TEST_CASE(tries_again_where_nobody_answers) {
  start(take_all);
  server->stop();
  add("one");
  auto all = wait_for(1);
  BOOST_TEST((all[0].what == outcome::retried));
  BOOST_TEST(all[0].problem != "");
}

BOOST_AUTO_TEST_CASE(sends_what_there_is_at_the_end) {
  is_held = true;
  start(take_all);
  add("one");
  add("two");
  exporter->finish(weir::test::patience);
  BOOST_TEST((asked() == texts{"one", "two"}));
  for (auto& x : wait_for(2))
    BOOST_TEST((x.what == outcome::exported));
  add("three"); // too late: it is for nobody
  exporter->finish(weir::test::patience);
  BOOST_TEST(asked().size() == 2u);
}

BOOST_AUTO_TEST_CASE(ends_in_time_and_says_what_is_lost) {
  start([](auto&) { return webhook_server::reply{0}; }); // never answers
  add("one");
  add("two");
  exporter->finish(100ms);
  auto all = wait_for(2);
  BOOST_TEST(all.size() == 2u);
  for (auto& x : all)
    BOOST_TEST((x.what == outcome::failed));
  exporter.reset();
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_a_collector_that_is_to_be_left_alone) {
  start([](auto&) { return webhook_server::reply{503, "", false, "", "300"}; });
  add("one");
  wait_for(1);
  exporter->finish(100s);
  auto all = wait_for(2);
  BOOST_TEST((all[0].what == outcome::retried));
  BOOST_TEST((all[1].what == outcome::failed));
  BOOST_TEST(asked().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_made_of_options_that_are_of_no_use) {
  for (auto url : {"", "localhost:4318", "http://", "http://localhost:4318",
                   "https://collector/", "ftp://collector/v1/traces",
                   "http://me:secret@collector/v1/traces"}) {
    settings.url = url;
    auto found = otlp::check_exporter(settings);
    BOOST_TEST_REQUIRE(found.has_value(), url);
    BOOST_TEST(found->path == "tracing.url");
    BOOST_TEST(found->text.find("secret") == std::string::npos);
    BOOST_CHECK_THROW(start(), std::runtime_error);
  }
  for (auto url : {"http://collector:4318/v1/traces", "https://a/v1/traces",
                   "http://[::1]:4318/v1/traces"}) {
    settings.url = url;
    BOOST_TEST(!otlp::check_exporter(settings).has_value(), url);
  }
  settings.ca = "/dev/null";
  auto found = otlp::check_exporter(settings);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->path == "tracing.ca");
}

BOOST_AUTO_TEST_SUITE_END()
