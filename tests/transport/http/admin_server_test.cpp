#include "transport/http/admin_server.hpp"

#include "tests/transport/http/peer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace weir::http {
namespace {

struct fixture {
  fixture() { settings.listen = "127.0.0.1:0"; }

  ~fixture() {
    context.stop();
    if (thread.joinable())
      thread.join();
    for (auto& x : answering)
      x.join();
  }

  /// Answers each request, from another thread, with what it was.
  void start() {
    server.emplace(
      settings, context,
      [this](admin_request x, admin_respond respond) {
        auto body = x.method + ' ' + x.path + ' ' + x.query;
        if (x.path == "/no memory")
          throw std::bad_alloc{};
        handled.push_back(body);
        answering.emplace_back([body, respond] {
          respond({body.starts_with("GET") ? 200U : 202U, "text/plain", body});
        });
      },
      nullptr,
      [this](engineio::port_event x) {
        refused += x == engineio::port_event::request_refused ? 1 : 0;
      },
      nullptr, page);
    thread = std::thread{[this] {
      auto guard = boost::asio::make_work_guard(context);
      context.run();
    }};
  }

  test::answer get(std::string_view target, std::string_view fields = {}) {
    return test::peer{server->url()}.get(target, fields);
  }

  admin_options settings;
  page_files page;
  boost::asio::io_context context{1};
  std::optional<admin_server> server;
  std::atomic<int> refused{0};
  std::vector<std::string> handled; ///< to be read when the loop has ended
  std::vector<std::thread> answering;
  std::thread thread;
};

BOOST_FIXTURE_TEST_SUITE(an_admin_server, fixture)

BOOST_AUTO_TEST_CASE(passes_requests_on_and_answers_from_any_thread) {
  start();
  auto x = get("/v1/rooms/a%20b?x=1");
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.fields["content-type"] == "text/plain");
  BOOST_TEST(x.body == "GET /v1/rooms/a b x=1");
  test::peer client{server->url()};
  client.send("DELETE /v1/connections/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(client.read_answer().status == 202u);
  BOOST_TEST(client.get("/livez").body == "GET /livez ");
}

BOOST_AUTO_TEST_CASE(asks_for_its_token) {
  settings.token = "s3cret";
  start();
  BOOST_TEST(get("/", "Authorization: Bearer s3cret\r\n").status == 200u);
  for (auto fields :
       {"", "Authorization: Bearer s3cre\r\n",
        "Authorization: Bearer s3creT\r\n", "Authorization: s3cret\r\n"}) {
    auto x = get("/", fields);
    BOOST_TEST(x.status == 401u, fields);
    BOOST_TEST(x.fields["www-authenticate"] == "Bearer");
  }
}

struct fixture_with_page : fixture {
  fixture_with_page() {
    page = page_files{{{"index.html", "<p>page</p>"}, {"flow.js", "x = 1"}}};
    settings.token = "s3cret";
    start();
  }
};

BOOST_FIXTURE_TEST_CASE(shows_its_page_to_who_has_no_token_yet,
                        fixture_with_page) {
  auto x = get("/?a=b");
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.body == "<p>page</p>");
  BOOST_TEST(x.fields["content-type"] == "text/html; charset=utf-8");
  BOOST_TEST(get("/flow.js").body == "x = 1");
  BOOST_TEST(get("/flow.js").fields["content-type"]
             == "application/javascript; charset=utf-8");
}

BOOST_FIXTURE_TEST_CASE(lets_its_page_run_nothing_else, fixture_with_page) {
  auto x = get("/");
  auto& policy = x.fields["content-security-policy"];
  for (auto* rule :
       {"default-src 'none'", "script-src 'self'", "style-src 'self'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'"})
    BOOST_TEST(policy.find(rule) != policy.npos, rule);
  BOOST_TEST(policy.find("unsafe") == policy.npos);
  BOOST_TEST(x.fields["x-content-type-options"] == "nosniff");
  BOOST_TEST(x.fields["referrer-policy"] == "no-referrer");
}

BOOST_FIXTURE_TEST_CASE(does_not_send_its_page_to_who_has_it,
                        fixture_with_page) {
  auto etag = get("/").fields["etag"];
  BOOST_TEST(etag != get("/flow.js").fields["etag"]);
  auto x = get("/", "If-None-Match: " + etag + "\r\n");
  BOOST_TEST(x.status == 304u);
  BOOST_TEST(x.body == "");
}

/// However a path is written: what the handler gets has had the token.
BOOST_FIXTURE_TEST_CASE(shows_nothing_else_without_the_token,
                        fixture_with_page) {
  for (auto* target :
       {"/v1/nodes", "/index.html", "//", "/flow.js/", "//flow.js",
        "/v1/rooms/../../flow.js", "/v1%2frooms%2fa/../flow.js",
        "/v1/rooms/a%2f..%2f..%2f..%2fflow.js", "/flow.js%00", "/%zz/flow.js"})
    BOOST_TEST(get(target).status == 401u, target);
  BOOST_TEST(get("/%66low.js").body == "x = 1");
  test::peer client{server->url()};
  client.send("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  auto x = client.read_answer();
  BOOST_TEST(x.status == 405u);
  BOOST_TEST(x.fields["allow"] == "GET, HEAD");
  context.stop();
  thread.join();
  BOOST_TEST(handled.empty());
}

BOOST_FIXTURE_TEST_CASE(shows_no_page_to_a_name_that_leads_here, fixture) {
  page = page_files{{{"index.html", "<p>page</p>"}}};
  start();
  BOOST_TEST(get("/").status == 200u);
  test::peer client{server->url()};
  client.send("GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
  BOOST_TEST(client.read_answer().status == 403u);
}

BOOST_AUTO_TEST_CASE(says_what_to_do_when_its_port_is_in_use) {
  start();
  settings.listen = server->url().substr(7);
  boost::asio::io_context other;
  BOOST_CHECK_EXCEPTION(
    (admin_server{settings, other, {}}), std::runtime_error,
    [](auto& e) { return std::string{e.what()}.ends_with("[admin] listen"); });
}

/// Each single byte of a head, replaced by those that readers disagree about:
/// the body, which looks like a request, is never run as one.
BOOST_AUTO_TEST_CASE(runs_nothing_behind_a_request_that_it_refuses) {
  start();
  std::string body = "DELETE /v1/connections/a HTTP/1.1\r\nHost: a\r\n\r\n";
  auto chunk = "2e\r\n" + body + "\r\n0\r\n\r\n";
  std::string head = "POST /x HTTP/1.1\r\nHost: localhost\r\n";
  int mutations = 0;
  for (auto& request : {head + "Content-Length: 46\r\n\r\n" + body,
                        head + "Transfer-Encoding: chunked\r\n\r\n" + chunk})
    for (std::size_t i = 0; i < request.find("\r\n\r\n") + 4; ++i)
      for (char c : {'\0', '\n', '\r', '\v', '\x7f'}) {
        auto mutated = request;
        mutated[i] = c;
        if (mutated == request)
          continue;
        test::peer client{server->url()};
        client.send(mutated);
        BOOST_TEST(client.read_answer().status == 400u, i << ' ' << +c);
        BOOST_TEST(client.is_ended());
        ++mutations;
      }
  BOOST_TEST(mutations > 300);
  test::peer client{server->url()};
  client.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
  BOOST_TEST(client.read_answer().status == 202u);
  BOOST_TEST(client.get("/end").status == 200u);
  BOOST_TEST(handled == (std::vector<std::string>{"POST /x ", "GET /end "}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_a_connection_that_there_is_no_memory_for) {
  start();
  test::peer client{server->url()};
  client.send("GET /no%20memory HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(get("/livez").status == 200u);
}

/// Behind such an answer nothing is left of what it could have taken.
BOOST_AUTO_TEST_CASE(takes_no_more_of_a_request_than_it_may) {
  start();
  auto head = std::string{"POST /x HTTP/1.1\r\nHost: localhost\r\n"};
  auto chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  std::string many;
  for (int i = 0; i < 100'000; ++i)
    many += "1;x=y\r\na\r\n";
  std::string big(1'000'000, 'x');
  for (auto& request :
       {head + "X: " + big, "POST /" + big, chunked + "1;" + big,
        chunked + "0;" + big, chunked + "0\r\nA: " + big, chunked + many,
        chunked + std::string(1'000'000, '0'), big}) {
    test::peer client{server->url()};
    client.send(request);
    auto status = client.read_answer().status;
    BOOST_TEST((status == 431 || status == 400 || status == 413), status);
    BOOST_TEST(client.is_ended());
  }
  BOOST_TEST(refused == 8);
}

/// In words, as the limits are none of the configuration's.
BOOST_AUTO_TEST_CASE(says_how_large_a_request_may_be) {
  start();
  auto answer_to = [this](const std::string& request) {
    test::peer client{server->url()};
    client.send(request + "\r\n\r\n");
    return client.read_answer();
  };
  auto head = std::string{" HTTP/1.1\r\nHost: localhost"};
  std::string big(20'000, 'x');
  auto too_long = answer_to("POST /x" + head + "\r\nContent-Length: 65537");
  BOOST_TEST(too_long.status == 413u);
  BOOST_TEST(too_long.body.find("65536 bytes") != std::string::npos);
  for (auto& request :
       {"GET /" + big + head, "GET /x" + head + "\r\nX: " + big})
    BOOST_TEST(answer_to(request).body.find("16384 bytes")
               != std::string::npos);
  BOOST_TEST(answer_to("GET").body.find("HTTP/1.1") != std::string::npos);
  auto half = get("/v1/rooms/%zz");
  BOOST_TEST(half.status == 400u);
  BOOST_TEST(half.body.find("hexadecimal") != std::string::npos);
  BOOST_TEST(handled.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
