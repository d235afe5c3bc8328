#include "transport/http/cors.hpp"

#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::http {
namespace {

struct fixture : test::test_server {
  /// The handshake of a page from there.
  test::answer from(std::string_view origin, std::string_view target) {
    return get(target, "Origin: " + std::string{origin} + "\r\n");
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
