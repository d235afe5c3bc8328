#include "transport/http/cors.hpp"

#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace weir::http {
namespace {

struct fixture : test::test_server {
  /// The handshake of a page from there.
  test::answer from(std::string_view origin, std::string_view target) {
    return get(target, "Origin: " + std::string{origin} + "\r\n");
  }

  /// The WebSocket's handshake of such a page.
  test::answer upgrade_from(std::string_view origin,
                            std::string_view host = "test") {
    auto fields = "Origin: " + std::string{origin} + "\r\n";
    auto request = test::upgrade_request(test::engine_target("websocket"),
                                         origin.empty() ? "" : fields);
    request.replace(request.find("Host: test"), 10,
                    "Host: " + std::string{host});
    auto client = connect();
    client.send(request);
    return client.read_answer();
  }

  std::string handshake = test::engine_target("polling");
};

BOOST_FIXTURE_TEST_SUITE(cors, fixture)

BOOST_AUTO_TEST_CASE(is_off_by_default) {
  start();
  auto x = from("http://a.test", handshake);
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(!x.fields.contains("access-control-allow-origin"));
}

BOOST_AUTO_TEST_CASE(lets_known_origins_in) {
  settings.server.cors = {{"http://a.test", "http://b.test"}, true};
  start();
  auto x = from("http://b.test", handshake);
  BOOST_TEST(x.fields["access-control-allow-origin"] == "http://b.test");
  BOOST_TEST(x.fields["access-control-allow-credentials"] == "true");
  BOOST_TEST(x.fields["vary"] == "Origin");
  auto y = from("http://c.test", handshake);
  BOOST_TEST(!y.fields.contains("access-control-allow-origin"));
  BOOST_TEST(y.fields["vary"] == "Origin");
}

BOOST_AUTO_TEST_CASE(is_on_error_answers_as_well) {
  settings.server.cors.origins = {"*"};
  start();
  for (auto target :
       {"/socket.io/", "/socket.io/?EIO=4&transport=polling&sid=a"})
    BOOST_TEST(
      from("http://a.test", target).fields["access-control-allow-origin"]
      == "*");
}

BOOST_AUTO_TEST_CASE(answers_a_preflight_before_everything_else) {
  settings.server.cors.origins = {"http://a.test"};
  start();
  auto client = connect();
  client.send("OPTIONS /socket.io/ HTTP/1.1\r\nHost: a\r\n"
              "Origin: http://a.test\r\n"
              "Access-Control-Request-Method: POST\r\n"
              "Access-Control-Request-Headers: x-token\r\n\r\n");
  auto x = client.read_answer();
  BOOST_TEST(x.status == 204u);
  BOOST_TEST(x.fields["content-length"] == "0");
  BOOST_TEST(x.fields["access-control-allow-origin"] == "http://a.test");
  BOOST_TEST(x.fields["access-control-allow-methods"] == "GET,POST");
  BOOST_TEST(x.fields["access-control-allow-headers"] == "x-token");
}

BOOST_AUTO_TEST_CASE(is_on_the_official_clients_files) {
  auto folder = std::filesystem::temp_directory_path()
                / ("weir-cors-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "socket.io.esm.min.js"} << "export {}";
  settings.server.client_files = folder.string();
  settings.server.cors.origins = {"http://a.test"};
  start();
  auto x = from("http://a.test", "/socket.io/socket.io.esm.min.js");
  BOOST_TEST(x.body == "export {}");
  BOOST_TEST(x.fields["access-control-allow-origin"] == "http://a.test");
  stop();
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(lets_websockets_of_every_page_in_while_it_is_off) {
  start();
  for (auto origin : {"http://a.test", "null", ""})
    BOOST_TEST(upgrade_from(origin).status == 101u, origin);
}

BOOST_AUTO_TEST_CASE(holds_for_websockets) {
  settings.server.cors.origins = {"http://a.test"};
  start();
  for (auto origin : {"http://a.test", "", "http://test", "https://TEST:443"})
    BOOST_TEST(upgrade_from(origin).status == 101u, origin);
  BOOST_TEST(upgrade_from("http://b.test:80", "b.test").status == 101u);
  BOOST_TEST(upgrade_from("http://b.test:81", "b.test:81").status == 101u);
  BOOST_TEST(events[engineio::port_event::origin_refused] == 0);
  auto wrong = {"http://b.test",   "https://a.test", "http://a.test:81",
                "http://a.test.b", "null",           "test",
                "http://test:81",  "ws://test",      "http://test/",
                "http://x@test",   "http://"};
  for (auto origin : wrong) {
    auto x = upgrade_from(origin);
    BOOST_TEST(x.status == 400u, origin);
    BOOST_TEST(x.body == "Forbidden");
  }
  BOOST_TEST(events[engineio::port_event::origin_refused]
             == static_cast<int>(wrong.size()));
}

BOOST_AUTO_TEST_CASE(holds_for_websockets_that_take_a_session_over) {
  settings.server.cors.origins = {"http://a.test"};
  start();
  auto target = open_polling();
  target.replace(target.find("polling"), 7, "websocket");
  auto client = connect();
  client.send(test::upgrade_request(target, "Origin: http://b.test\r\n"));
  BOOST_TEST(client.read_answer().status == 400u);
}

BOOST_AUTO_TEST_CASE(of_any_origin_lets_websockets_in) {
  settings.server.cors.origins = {"*"};
  start();
  BOOST_TEST(upgrade_from("http://a.test").status == 101u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
