#include "transport/engineio/echo.hpp"

#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::http {
namespace {

using engineio::opcode;

struct fixture : test::test_server {
  fixture() { settings.server.echo_path = "/echo/"; }

  test::peer open() {
    auto client = connect();
    BOOST_TEST_REQUIRE(client.upgrade("/echo/?EIO=4&transport=websocket").status
                       == 101u);
    BOOST_TEST_REQUIRE(client.read_frame().starts_with("text:0{"));
    return client;
  }
};

BOOST_FIXTURE_TEST_SUITE(an_echo, fixture)

BOOST_AUTO_TEST_CASE(sends_text_and_bytes_back) {
  start();
  auto client = open();
  client.send_text("4hello");
  BOOST_TEST(client.read_frame() == "text:4hello");
  client.send_frame(opcode::binary, "\1\2");
  BOOST_TEST(client.read_frame() == "binary:\1\2");
}

BOOST_AUTO_TEST_CASE(sends_a_payload_back_over_polling) {
  start();
  std::string target = "/echo/?EIO=4&transport=polling";
  auto body = get(target).body;
  target += "&sid=" + body.substr(body.find(R"("sid":")") + 7, 20);
  BOOST_TEST(post(target, "4a\x1e"
                          "bAQID")
               .body
             == "ok");
  BOOST_TEST(get(target).body
             == "4a\x1e"
                "bAQID");
}

BOOST_AUTO_TEST_CASE(keeps_its_sessions_from_whoever_is_above) {
  start();
  auto client = open();
  client.send_text("4hello");
  BOOST_TEST(client.read_frame() == "text:4hello");
  BOOST_TEST(is_quiet());
  auto other = open_websocket();
  other.send_text("4hello");
  BOOST_TEST(next() == "text:hello");
}

BOOST_AUTO_TEST_CASE(forgets_a_session_that_has_ended) {
  start();
  auto client = open();
  BOOST_TEST(server->sessions() == 1u);
  client.send_text("1");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_CASE(closes_a_client_that_does_not_read) {
  settings.limits.outbox = 64 * kib;
  start();
  auto client = open();
  auto other = open();
  // More than the kernel's buffers of one connection take.
  constexpr int sent = 100;
  for (int i = 0; i < sent; ++i)
    client.send_text("4" + std::string(500'000, 'x'));
  int echoed = 0;
  auto frame = client.read_frame();
  for (; frame.starts_with("text:4"); frame = client.read_frame())
    ++echoed;
  BOOST_TEST(frame == "close:1001");
  BOOST_TEST(echoed < sent);
  other.send_text("4still there");
  BOOST_TEST(other.read_frame() == "text:4still there");
}

BOOST_AUTO_TEST_CASE(is_nowhere_unless_it_is_wanted) {
  settings.server.echo_path.clear();
  start();
  BOOST_TEST(get("/echo/?EIO=4&transport=polling").status == 404u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
