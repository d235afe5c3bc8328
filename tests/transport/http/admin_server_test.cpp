#include "transport/http/admin_server.hpp"

#include "tests/transport/http/peer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <thread>

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
      settings, context, [this](admin_request x, admin_respond respond) {
        auto body = x.method + ' ' + x.path + ' ' + x.query;
        answering.emplace_back([body, respond] {
          respond({body.starts_with("GET") ? 200U : 202U, "text/plain", body});
        });
      });
    thread = std::thread{[this] {
      auto guard = boost::asio::make_work_guard(context);
      context.run();
    }};
  }

  test::answer get(std::string_view target, std::string_view fields = {}) {
    return test::peer{server->url()}.get(target, fields);
  }

  admin_options settings;
  boost::asio::io_context context{1};
  std::optional<admin_server> server;
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
  client.send("DELETE /v1/connections/a HTTP/1.1\r\nHost: a\r\n\r\n");
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

BOOST_AUTO_TEST_CASE(says_what_to_do_when_its_port_is_in_use) {
  start();
  settings.listen = server->url().substr(7);
  boost::asio::io_context other;
  BOOST_CHECK_EXCEPTION(
    (admin_server{settings, other, {}}), std::runtime_error,
    [](auto& e) { return std::string{e.what()}.ends_with("[admin] listen"); });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
