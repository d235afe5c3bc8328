#include "transport/engineio/handshake.hpp"

#include "transport/engineio/base64.hpp"
#include "transport/engineio/client_certificate.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/engineio/sid.hpp"
#include "transport/engineio/utf8.hpp"

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

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(brings_back_bytes_of_any_length) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    std::string text;
    append_base64(text, bytes);
    BOOST_TEST(text.size() % 4 == 0u);
    std::string back;
    append_decoded_base64(back, text);
    BOOST_TEST(back == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(is_well_formed_up_to_the_last_code_point) {
  for (auto x :
       {"", "plain ascii text", "\xC3\xA4", "\xE2\x82\xAC", "\xEE\x80\x80",
        "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "eight!!!\xC3\xA4 and on"})
    BOOST_TEST(is_utf8(x), x);
}

BOOST_AUTO_TEST_CASE(is_not_overlong_or_cut_nor_a_surrogate) {
  for (auto x : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(",
                 "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82", "\xE2\x28\xA1",
                 "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                 "\xFF", "eight!!!\xFF", "\xF0\x9F\x98"})
    BOOST_TEST(!is_utf8(x), x);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
