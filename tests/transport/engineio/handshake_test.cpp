#include "transport/engineio/handshake.hpp"

#include "transport/engineio/client_certificate.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/engineio/sid.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace weir::engineio {
namespace {

BOOST_AUTO_TEST_SUITE(a_handshake)

BOOST_AUTO_TEST_CASE(has_exactly_the_five_keys_with_whole_numbers) {
  engineio_options x;
  BOOST_TEST(open_data("abc", true, x)
             == R"({"sid":"abc","upgrades":["websocket"],)"
                R"("pingInterval":25000,"pingTimeout":20000,)"
                R"("maxPayload":1000000})");
}

BOOST_AUTO_TEST_CASE(offers_no_upgrade_where_there_is_none) {
  BOOST_TEST(open_data("abc", false, {}).find(R"("upgrades":[],)")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_headers_by_name) {
  handshake_info x;
  x.headers = "host: a\nuser-agent: b: c\nhost: d\n";
  BOOST_TEST(x.header("host") == "a");
  BOOST_TEST(x.header("user-agent") == "b: c");
  BOOST_TEST(x.header("user") == "");
  BOOST_TEST(handshake_info{}.header("host") == "");
}

BOOST_AUTO_TEST_CASE(is_of_the_user_whose_certificate_it_came_with) {
  auto of = [](std::string user) {
    handshake_info x;
    x.certificate = std::make_shared<const client_certificate>(
      client_certificate{{}, std::move(user)});
    return x;
  };
  BOOST_TEST(of("ada").is_of("ada"));
  BOOST_TEST(!of("ada").is_of("eve"));
  BOOST_TEST(!of("ada").is_of(""));
  BOOST_TEST(of("").is_of("ada")); // nobody's
  BOOST_TEST(handshake_info{}.is_of("ada"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_sid)

BOOST_AUTO_TEST_CASE(has_twenty_characters_that_need_no_escaping) {
  auto x = make_sid("e-_U", 3);
  BOOST_TEST(x.size() == 20u);
  BOOST_TEST(x.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
             == x.npos);
}

BOOST_AUTO_TEST_CASE(names_the_loop_of_its_session) {
  for (std::size_t loop : {0U, 1U, 63U, 64U, 255U})
    BOOST_TEST(loop_of(make_sid("ypeB", loop)).value() == loop);
}

BOOST_AUTO_TEST_CASE(names_the_node_of_its_session) {
  BOOST_TEST(node_of(make_sid("e-_U", 255)).value() == "e-_U");
}

BOOST_AUTO_TEST_CASE(is_never_the_same) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(make_sid("AAAA", 0));
  BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(that_nobody_made_names_nothing) {
  for (auto x : {"", "abc", "!!!!aaaaaaaaaaaaaaaa", "aaaa=aaaaaaaaaaaaaaa",
                 "aaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaa+"}) {
    BOOST_TEST(!loop_of(x), x);
    BOOST_TEST(!node_of(x), x);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::engineio
