#include "transport/http/admin_door.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace weir::http {
namespace {

unsigned judge(const admin_caller& x, std::string_view token = {}) {
  auto verdict = judge_caller(x, token);
  BOOST_TEST((verdict.status == 0) == verdict.why.empty());
  return verdict.status;
}

BOOST_AUTO_TEST_SUITE(the_operators_door)

BOOST_DATA_TEST_CASE(
  serves_this_machine_without_a_token,
  boost::unit_test::data::make({"localhost", "LocalHost:9300", "127.0.0.1",
                                "127.0.0.1:9300", "127.8.9.1:1", "[::1]",
                                "[::1]:9300", "[::ffff:127.0.0.1]:9300"}),
  host) {
  BOOST_TEST(judge({host, "", ""}) == 0u);
  BOOST_TEST(judge({host, std::string{"http://"} + host, ""}) == 0u);
  BOOST_TEST(judge({host, std::string{"https://"} + host, "", true}) == 0u);
  BOOST_TEST(judge({host, std::string{"http://"} + host, "", true}) == 403u);
}

/// Names that a stranger's name server answers, however they look.
BOOST_DATA_TEST_CASE(
  serves_no_other_name_without_a_token,
  boost::unit_test::data::make({"",
                                "evil.example",
                                "evil.example:9300",
                                "127.0.0.1.evil.example",
                                "127.evil.example:9300",
                                "localhost.evil.example",
                                "evil.localhost.com",
                                "localhost:9300.evil.example",
                                "127.0.0.1@evil.example",
                                "10.0.0.1:9300",
                                "0.0.0.0",
                                "[::]",
                                "[::2]:1",
                                "[::1",
                                "::1",
                                "127.0.0.1:",
                                "127.1",
                                "2130706433",
                                "localhost.",
                                "127.0.0.1, evil.example"}),
  host) {
  BOOST_TEST(judge({host, "", ""}) == 403u);
}

BOOST_DATA_TEST_CASE(serves_no_page_from_elsewhere_without_a_token,
                     boost::unit_test::data::make(
                       {"http://evil.example", "https://127.0.0.1:9300",
                        "http://127.0.0.1", "http://127.0.0.1:3000", "null",
                        "127.0.0.1:9300", "http://127.0.0.1:9300.evil.example",
                        "http://127.0.0.1:9300/",
                        "http://127.0.0.1:9300, http://evil.example"}),
                     origin) {
  BOOST_TEST(judge({"127.0.0.1:9300", origin, ""}) == 403u);
}

BOOST_AUTO_TEST_CASE(serves_only_who_knows_the_token) {
  for (auto* right : {"Bearer s3cret", "bearer s3cret", "BEARER s3cret"}) {
    BOOST_TEST(judge({"127.0.0.1", "", right}, "s3cret") == 0u);
    BOOST_TEST(judge({"weir.example", "http://a.example", right}, "s3cret")
               == 0u);
  }
  for (auto* wrong :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3creT", "s3cret",
        "Bearer s3crets", "Bearer  s3cret", "Basic s3cret",
        "Bearer s3cret, Bearer x", "Bearer x, Bearer s3cret"})
    BOOST_TEST(judge({"127.0.0.1", "", wrong}, "s3cret") == 401u, wrong);
}

BOOST_AUTO_TEST_CASE(shows_its_page_to_who_has_no_token) {
  BOOST_TEST(judge({"weir.example", "", "", false, true}, "s3cret") == 0u);
  BOOST_TEST(judge({"weir.example", "", "", false, false}, "s3cret") == 401u);
}

BOOST_AUTO_TEST_CASE(shows_no_page_to_another_site_without_a_token) {
  BOOST_TEST(judge({"evil.example", "", "", false, true}) == 403u);
  BOOST_TEST(judge({"127.0.0.1", "http://evil.example", "", false, true})
             == 403u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
