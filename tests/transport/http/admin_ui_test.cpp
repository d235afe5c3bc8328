#include "transport/http/admin_ui.hpp" // unit under test

#include "tests/transport/http/peer.hpp"
#include "transport/http/admin_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir::http {
namespace {

namespace fs = std::filesystem;

const std::string ui_handshake = "/socket.io/?EIO=4&transport=polling";

/// Sends each message back.
struct ui_echo final : engineio::session_handler,
                       std::enable_shared_from_this<ui_echo> {
  explicit ui_echo(std::shared_ptr<engineio::session_control> x)
    : session(std::move(x)) {}

  void on_text(std::string_view text) override {
    std::string frames;
    engineio::append_text_message(frames, text);
    session->send(frames);
  }

  void on_binary(std::string_view) override {}
  void on_drained() override {}
  void on_closed(engineio::close_reason) override {}

  std::shared_ptr<engineio::session_control> session;
};

struct fixture {
  fixture() {
    fs::create_directories(root / "ui/js");
    std::ofstream{root / "ui/index.html"} << "<p>page</p>";
    std::ofstream{root / "ui/js/app.js"} << "x = 1";
    std::ofstream{root / "secret.txt"} << "secret";
    settings.listen = "127.0.0.1:0";
    settings.ui = (root / "ui").string();
  }

  ~fixture() {
    context.stop();
    if (thread.joinable())
      thread.join();
    for (auto& x : sessions)
      x->session->detach();
    sessions.clear();
    server.reset();
    fs::remove_all(root);
  }

  void start() {
    server.emplace(
      settings, context,
      [](const admin_request& x, const admin_respond& respond) {
        respond({200, "text/plain", "handler " + x.path});
      },
      nullptr, engineio::tell_port_event{}, nullptr, page_files{},
      admin_ui_options{[this](auto session) {
                         auto x = std::make_shared<ui_echo>(session);
                         sessions.push_back(x);
                         session->attach(*x);
                       },
                       1 << 20});
    thread = std::thread{[this] {
      auto guard = boost::asio::make_work_guard(context);
      context.run();
    }};
  }

  test::answer get(std::string_view target, std::string_view fields = {}) {
    return test::peer{server->url()}.get(target, fields);
  }

  /// The target of a new session's requests.
  std::string open() {
    auto x = get(ui_handshake);
    BOOST_REQUIRE_EQUAL(x.status, 200u);
    auto begin = x.body.find("\"sid\":\"") + 7;
    return ui_handshake
           + "&sid=" + x.body.substr(begin, x.body.find('"', begin) - begin);
  }

  fs::path root = fs::temp_directory_path()
                  / ("weir-ui-" + std::to_string(getpid()));
  admin_options settings;
  boost::asio::io_context context{1};
  std::vector<std::shared_ptr<ui_echo>> sessions;
  std::optional<admin_server> server;
  std::thread thread;
};

BOOST_FIXTURE_TEST_SUITE(the_admin_ui_on_its_port, fixture)

BOOST_AUTO_TEST_CASE(is_not_there_unless_it_is_wanted) {
  settings.ui.clear();
  start();
  for (auto& path : {std::string{"/ui/"}, std::string{"/socket.io/"}})
    BOOST_TEST(get(path).body == "handler " + path);
}

BOOST_AUTO_TEST_CASE(serves_the_page_and_what_it_names) {
  start();
  auto page = get("/ui/");
  BOOST_TEST(page.body == "<p>page</p>");
  BOOST_TEST(page.fields["content-type"] == "text/html; charset=utf-8");
  BOOST_TEST(page.fields["content-security-policy"].starts_with(
    "default-src 'none'; script-src 'self'; connect-src 'self';"));
  BOOST_TEST(page.fields["x-content-type-options"] == "nosniff");
  auto script = get("/ui/js/app.js");
  BOOST_TEST(script.body == "x = 1");
  BOOST_TEST(script.fields["content-type"]
             == "application/javascript; charset=utf-8");
  auto elsewhere = get("/ui");
  BOOST_TEST(elsewhere.status == 301u);
  BOOST_TEST(elsewhere.fields["location"] == "ui/");
}

BOOST_AUTO_TEST_CASE(serves_nothing_outside_of_its_folder) {
  start();
  for (auto path :
       {"/ui/../secret.txt", "/ui/%2e%2e/secret.txt", "/ui/js/../../secret.txt",
        "/ui//etc/passwd", "/ui/..%2fsecret.txt", "/ui/nothing"})
    BOOST_TEST(get(path).status == 404u, path);
  BOOST_TEST(get("/ui/%zz").status == 400u);
  BOOST_TEST(get("/uix").body == "handler /uix");
}

BOOST_AUTO_TEST_CASE(leaves_the_rest_of_the_port_as_it_is) {
  settings.token = "s3cret";
  start();
  BOOST_TEST(get("/v1/rooms").status == 401u);
  BOOST_TEST(get("/ui/").status == 200u);
  BOOST_TEST(get(ui_handshake).status == 200u);
  BOOST_TEST(get("/v1/rooms", "Authorization: Bearer s3cret\r\n").body
             == "handler /v1/rooms");
}

BOOST_AUTO_TEST_CASE(carries_packets_over_polling) {
  start();
  auto target = open();
  auto push = test::peer{server->url()}.post(target, "4hello");
  BOOST_TEST(push.status == 200u);
  BOOST_TEST(get(target).body == "4hello");
}

BOOST_AUTO_TEST_CASE(carries_packets_over_a_websocket) {
  settings.token = "s3cret"; // whatever Host says
  start();
  test::peer client{server->url()};
  BOOST_TEST(client.upgrade("/socket.io/?EIO=4&transport=websocket").status
             == 101u);
  BOOST_TEST(client.read_frame().starts_with("text:0{"));
  client.send_text("4hello");
  BOOST_TEST(client.read_frame() == "text:4hello");
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_too_large) {
  start();
  auto target = open();
  auto x = test::peer{server->url()}.post(target, std::string(70'000, '4'));
  BOOST_TEST(x.status == 413u);
}

BOOST_AUTO_TEST_CASE(lets_nobody_in_from_another_site_unless_it_is_named) {
  auto origin = "Origin: https://admin.socket.io\r\n";
  auto stranger = "Origin: https://evil.example\r\n";
  start();
  BOOST_TEST(get(ui_handshake, origin).status == 403u);
  BOOST_TEST(get(ui_handshake, "Host: evil.example\r\n").status >= 400u);
  server.reset();
  context.stop();
  thread.join();
  context.restart();
  settings.ui_origins = {"https://admin.socket.io"};
  start();
  auto x = get(ui_handshake, origin);
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.fields["access-control-allow-origin"]
             == "https://admin.socket.io");
  BOOST_TEST(x.fields["access-control-allow-credentials"] == "true");
  BOOST_TEST(get(ui_handshake, stranger).status == 403u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
