#include "transport/http/engine_request.hpp"

#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::http {
namespace {

const std::string transport_unknown
  = R"({"code":0,"message":"Transport unknown"})";
const std::string refused_sid = R"({"code":1,"message":"Session ID unknown"})";
const std::string bad_method = R"({"code":2,"message":"Bad handshake method"})";
const std::string bad_request = R"({"code":3,"message":"Bad request"})";
const std::string bad_version
  = R"({"code":5,"message":"Unsupported protocol version"})";

struct fixture : test::test_server {
  /// An error answer over polling.
  void refuses(std::string_view query, const std::string& expected) {
    auto x = get("/socket.io/" + std::string{query});
    BOOST_TEST(x.status == 400u, query);
    BOOST_TEST(x.fields["content-type"] == "application/json");
    BOOST_TEST(x.body == expected, query);
  }

  test::answer ask(std::string_view method, std::string_view target) {
    auto x = connect();
    x.send(std::string{method}.append(" ").append(target).append(
      " HTTP/1.1\r\nHost: a\r\n\r\n"));
    return x.read_answer();
  }
};

BOOST_FIXTURE_TEST_SUITE(an_engine_request, fixture)

BOOST_AUTO_TEST_CASE(is_refused_with_the_codes_of_the_protocol) {
  start();
  refuses("", transport_unknown);
  refuses("?EIO=4", transport_unknown);
  refuses("?EIO=4&transport=carrier-pigeon", transport_unknown);
  refuses("?EIO=4&transport=webtransport", transport_unknown);
  refuses("?EIO=4&transport=polling&sid=abc", refused_sid);
  refuses("?EIO=4&transport=polling&sid=AAAAaaaaaaaaaaaaaaaa", refused_sid);
  refuses("?EIO=4&transport=polling&sid=_____aaaaaaaaaaaaaaa", refused_sid);
  refuses("?EIO=4&transport=websocket", bad_request);
  refuses("?EIO=3&transport=polling", bad_version);
  refuses("?transport=polling", bad_version);
  refuses("?EIO=abc&transport=polling", bad_version);
  refuses("?EIO=3&transport=nothing&sid=abc", transport_unknown);
  BOOST_TEST(is_quiet());
}

/// However a sid is written: whoever sends one means a session that exists.
BOOST_AUTO_TEST_CASE(with_a_sid_never_opens_a_session) {
  start();
  for (auto sid : {"sid=", "sid", "sid=%zz", "sid=%", "sid=%4", "%73id=abc",
                   "sid=abc&sid=def", "sid=&sid=abc",
                   "sid=abc&sid=", "si%64=%zz", "sid=%00", "a=%zz&sid=abc"})
    for (auto order : {"?EIO=4&transport=polling&" + std::string{sid},
                       "?" + std::string{sid} + "&EIO=4&transport=polling"})
      refuses(order, refused_sid);
  BOOST_TEST(is_quiet());
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_CASE(has_a_query_that_can_be_decoded) {
  start();
  for (auto query :
       {"?EIO=4&transport=polling&a=%zz", "?EIO=4&transport=polling&%",
        "?EIO=4&transport=polling&%2"})
    refuses(query, bad_request);
  BOOST_TEST(is_quiet());
}

BOOST_AUTO_TEST_CASE(without_a_sid_must_be_a_get) {
  start();
  auto target = test::engine_target("polling");
  BOOST_TEST(post(target, "4a").body == bad_method);
  for (auto method : {"PUT", "DELETE", "OPTIONS"})
    BOOST_TEST(ask(method, target).body == bad_method);
}

BOOST_AUTO_TEST_CASE(of_a_session_must_be_a_get_or_a_post) {
  start();
  auto target = open_polling();
  auto x = ask("PUT", target);
  BOOST_TEST(x.status == 500u);
  BOOST_TEST(x.body == "");
  BOOST_TEST(post(target, "4a").body == "ok");
}

BOOST_AUTO_TEST_CASE(of_a_session_must_fit_it) {
  start();
  auto target = open_polling();
  auto other_version = target;
  other_version.replace(target.find("EIO=4"), 5, "EIO=3");
  BOOST_TEST(get(other_version).body == bad_request);
  auto other_transport = target;
  other_transport.replace(target.find("polling"), 7, "websocket");
  BOOST_TEST(get(other_transport).body == bad_request);
}

BOOST_AUTO_TEST_CASE(for_a_websocket_is_refused_in_plain_text) {
  start();
  struct row {
    std::string target;
    std::string_view expected;
  };
  for (auto& x : {row{"/socket.io/?EIO=4&transport=abc", "Transport unknown"},
                  row{"/socket.io/?EIO=4&transport=polling", "Bad request"},
                  row{"/socket.io/?EIO=3&transport=websocket",
                      "Unsupported protocol version"},
                  row{"/socket.io/?EIO=4&transport=websocket&sid=abc",
                      "Session ID unknown"}}) {
    auto client = connect();
    auto refused = client.upgrade(x.target);
    BOOST_TEST(refused.status == 400u);
    BOOST_TEST(refused.fields["content-type"] == "text/html");
    BOOST_TEST(refused.body == x.expected);
    BOOST_TEST(client.is_ended());
  }
}

BOOST_AUTO_TEST_CASE(for_a_websocket_needs_a_key_and_the_right_version) {
  start();
  auto target = test::engine_target("websocket");
  for (std::string_view part :
       {"Key: dGhlIHNhbXBsZSBub25jZQ==", "Version: 13"}) {
    auto request = test::upgrade_request(target);
    request.replace(request.find(part), part.size(), "Nothing: 1");
    auto client = connect();
    client.send(request);
    BOOST_TEST(client.read_answer().body == "Bad request");
  }
}

BOOST_AUTO_TEST_CASE(may_only_use_the_transports_that_are_on) {
  settings.engineio.transports = {"polling"};
  start();
  refuses("?EIO=4&transport=websocket", transport_unknown);
  auto open = get(test::engine_target("polling")).body;
  BOOST_TEST(open.find(R"("upgrades":[])") != open.npos);
}

BOOST_AUTO_TEST_CASE(needs_the_whole_path) {
  start();
  BOOST_TEST(get("/socket.io?EIO=4&transport=polling").status == 404u);
  BOOST_TEST(get("/?EIO=4&transport=polling").status == 404u);
  BOOST_TEST(get("/socket.io/any?EIO=4&transport=polling").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
