// Who a client is, and for how long.

#include "tests/actors/client/connection_fixture.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using auth::algorithm;
using test::token_key;

/// "/" wants a token and can recover, "/custom" takes one.
struct token_fixture : test::connection_fixture {
  token_fixture() {
    nsps[0].recovery = 2min;
    nsps[1].auth = auth_policy::optional;
    nsps.push_back(test::nsp("/open", {}));
    nsps.back().auth = auth_policy::none;
    for (auto& x : nsps)
      for (auto& y : x.mappings)
        y.allow = {{"anyone"}, {"anyone"}, {"anyone"}};
    rules = test::rules_of(nsps);
    use({"auth:/token"});
  }

  void use(std::vector<std::string> places) {
    jwt_options x;
    x.algorithms = {"HS256"};
    x.token = std::move(places);
    x.leeway = 10s;
    x.expiry_notice = 60s;
    tokens = std::make_shared<const authenticator>(
      x,
      std::make_shared<const auth::current_keys>(
        std::make_shared<const auth::key_set>(
          std::vector{auth::key_from_secret(secret)})),
      nullptr, denied);
    restart();
  }

  std::string token(const std::string& user, std::int64_t lasts = 600,
                    const std::string& by = secret,
                    const std::string& id = "1") const {
    return test::make_token(test::header_of(algorithm::hs256),
                            R"({"sub":")" + user + R"(","jti":")" + id
                              + R"(","exp":)" + std::to_string(seconds + lasts)
                              + "}",
                            token_key::of_secret(by), algorithm::hs256);
  }

  texts connect_as(const std::string& shown, const std::string& nsp = "") {
    return feed("0" + nsp + R"({"token":")" + shown + R"("})");
  }

  static std::string refusal(const std::string& code,
                             const std::string& nsp = "") {
    return "4" + nsp + R"({"message":"unauthorized","data":{"code":")" + code
           + R"("}})";
  }

  static std::string text_in(const std::string& packet,
                             std::string_view pointer) {
    BOOST_TEST_REQUIRE(packet.starts_with("0{"));
    return *json::string_value(
      *json::at(std::string_view{packet}.substr(1), pointer));
  }

  /// Of the last event.
  static std::string offset_of(const texts& packets) {
    auto end = packets.back().rfind('"');
    auto begin = packets.back().rfind('"', end - 1) + 1;
    return packets.back().substr(begin, end - begin);
  }

  texts renew(const std::string& shown) {
    return feed(R"(21["weir:token",")" + shown + R"("])");
  }

  /// The system's clock and that of timers.
  void pass(std::int64_t n) {
    seconds += n;
    advance(std::chrono::seconds{n});
  }

  static bool has(const texts& packets, std::string_view part) {
    return std::any_of(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
  }

  static inline const std::string secret = std::string(32, 's');
  std::shared_ptr<auth::deny_list> denied; ///< null: nobody can be
};

struct denying_fixture : token_fixture {
  denying_fixture() {
    denied = std::make_shared<auth::deny_list>(1000);
    denied->set_problem("");
    use({"auth:/token"});
  }

  std::size_t
  send_away(const std::string& name,
            engineio::unwanted::kind what = engineio::unwanted::kind::denied) {
    auto result = session->disconnect({what, name});
    run();
    return result;
  }
};

BOOST_FIXTURE_TEST_SUITE(a_token, token_fixture)

BOOST_AUTO_TEST_CASE(lets_its_user_in) {
  BOOST_TEST(connect_as(token("ada")).front().starts_with(R"(0{"sid":"s1")"));
  emit();
  BOOST_TEST_REQUIRE(emits.size() == 1u);
  BOOST_TEST(emits[0].ack.socket->user == "ada");
}

BOOST_AUTO_TEST_CASE(is_missed_where_it_is_required) {
  BOOST_TEST(feed("0") == texts{refusal("token_missing")});
  BOOST_TEST(feed("0{}") == texts{refusal("token_missing")});
  BOOST_TEST(connect_as("") == texts{refusal("token_missing")});
  BOOST_TEST(session->is_open());
  BOOST_TEST(connect_as(token("ada")).front().starts_with("0{"));
}

BOOST_AUTO_TEST_CASE(is_refused_with_the_reason) {
  BOOST_TEST(connect_as("x") == texts{refusal("token_malformed")});
  BOOST_TEST(connect_as(token("ada", -10)) == texts{refusal("token_expired")});
  BOOST_TEST(connect_as(token("ada", 600, std::string(32, 'x')))
             == texts{refusal("signature_invalid")});
  BOOST_TEST(opened.empty());
  BOOST_TEST(emits.empty());
}

BOOST_AUTO_TEST_CASE(that_is_refused_lets_nothing_else_happen) {
  connect_as("x");
  emit();
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(emits.empty());
}

BOOST_AUTO_TEST_CASE(that_is_refused_again_and_again_ends_the_connection) {
  for (int i = 0; i < 9; ++i)
    BOOST_TEST(connect_as("x") == texts{refusal("token_malformed")});
  BOOST_TEST(session->is_open());
  BOOST_TEST(connect_as(token("ada")).front().starts_with("0{"));
  BOOST_TEST(has(renew("x"), "not_allowed"));
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(may_be_left_out_where_it_is_optional) {
  BOOST_TEST(feed("0/custom,").front() == R"(0/custom,{"sid":"s1"})");
  BOOST_TEST(joins.at(0).ack.socket->user == "");
  restart();
  BOOST_TEST(connect_as("x", "/custom,")
             == texts{refusal("token_malformed", "/custom,")});
  BOOST_TEST(connect_as(token("ada"), "/custom,").front().starts_with("0"));
  BOOST_TEST(joins.back().ack.socket->user == "ada");
}

BOOST_AUTO_TEST_CASE(is_not_looked_at_where_nobody_is_asked) {
  BOOST_TEST(connect_as("x", "/open,").front() == R"(0/open,{"sid":"s1"})");
}

BOOST_AUTO_TEST_CASE(is_of_one_namespace_only) {
  connect_as(token("ada"));
  BOOST_TEST(feed("0/custom,").front() == R"(0/custom,{"sid":"s2"})");
  BOOST_TEST(joins.at(0).ack.socket->user == "");
}

BOOST_AUTO_TEST_CASE(may_come_with_the_request) {
  use({"auth:/token", "header", "cookie:id", "query:t"});
  session->request().headers = "authorization: Bearer " + token("ada")
                               + "\ncookie: id=x\n";
  BOOST_TEST(feed("0").front().starts_with("0{"));
  restart();
  session->request().headers = "cookie: id=" + token("ada") + "\n";
  BOOST_TEST(feed("0").front().starts_with("0{"));
  restart();
  session->request().url = "/?t=" + token("ada");
  BOOST_TEST(feed("0").front().starts_with("0{"));
  restart();
  BOOST_TEST(feed("0") == texts{refusal("token_missing")});
}

// -- who is denied ------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(of_somebody_denied_does_not_count, denying_fixture) {
  denied->add("eve");
  denied->add("id-7");
  BOOST_TEST(connect_as(token("eve")) == texts{refusal("revoked")});
  BOOST_TEST(connect_as(token("ada", 600, secret, "id-7"))
             == texts{refusal("revoked")});
  BOOST_TEST(connect_as(token("ada")).front().starts_with("0{"));
  BOOST_TEST(has(renew(token("ada", 600, secret, "id-7")), "revoked"));
  BOOST_TEST(session->is_open());
}

BOOST_FIXTURE_TEST_CASE(waits_until_it_is_known_who_is_denied,
                        denying_fixture) {
  denied->set_problem("the topic is gone");
  BOOST_TEST(connect_as("x") == texts{refusal("token_malformed")});
  BOOST_TEST(connect_as(token("ada")) == texts{});
  pass(2);
  BOOST_TEST(session->take() == texts{});
  denied->set_problem("");
  pass(1);
  BOOST_TEST(session->take().front().starts_with("0{"));
}

BOOST_FIXTURE_TEST_CASE(of_somebody_denied_meanwhile_does_not_count,
                        denying_fixture) {
  denied->set_problem("the topic is gone");
  BOOST_TEST(connect_as(token("eve")) == texts{});
  denied->add("eve");
  denied->set_problem("");
  pass(1);
  BOOST_TEST(session->take() == texts{refusal("revoked")});
}

BOOST_FIXTURE_TEST_CASE(is_refused_where_it_will_not_be_known_who_is_denied,
                        denying_fixture) {
  denied->add(std::string(1000, 'x'));
  BOOST_TEST(connect_as(token("ada")) == texts{refusal("unavailable")});
}

BOOST_FIXTURE_TEST_CASE(that_is_denied_ends_its_sockets, denying_fixture) {
  connect_as(token("ada", 600, secret, "id-7"));
  connect_as(token("ada", 600, secret, "id-8"), "/custom,");
  connect("/open");
  session->take();
  BOOST_TEST(send_away("eve") == 0u);
  BOOST_TEST(send_away("") == 0u);
  BOOST_TEST(send_away("id-7", engineio::unwanted::kind::user) == 0u);
  BOOST_TEST(session->take() == texts{});
  BOOST_TEST(send_away("id-7") == 1u);
  BOOST_TEST(session->take() == texts{"1"});
  BOOST_TEST(send_away("ada") == 1u);
  BOOST_TEST(session->take() == texts{"1/custom,"});
  BOOST_TEST(session->is_open()); // "/open" is nobody's
}

BOOST_FIXTURE_TEST_CASE(of_a_user_that_is_to_go_may_come_back,
                        denying_fixture) {
  connect_as(token("ada"));
  connect_as(token("ada"), "/custom,");
  BOOST_TEST(send_away("ada", engineio::unwanted::kind::user) == 2u);
  session->take();
  BOOST_TEST(connect_as(token("ada")).front().starts_with("0{"));
}

// -- recovery -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_verified_again_when_its_socket_comes_back) {
  auto packets = connect_as(token("ada"));
  auto arrival = packets.front();
  auto come_back = [&](const std::string& shown) {
    session->hang_up();
    run();
    restart();
    return feed(R"(0{"pid":")" + text_in(arrival, "/pid") + R"(","offset":")"
                + offset_of(packets) + R"(","token":")" + shown + R"("})");
  };
  BOOST_TEST_REQUIRE(packets.back().starts_with(R"(2["weir:position",)"));
  BOOST_TEST(come_back("") == texts{refusal("token_missing")});
  BOOST_TEST(come_back(token("ada", -10)) == texts{refusal("token_expired")});
  BOOST_TEST(resumes.empty());
  auto eves = come_back(token("eve"));
  BOOST_TEST(resumes.empty());
  BOOST_TEST_REQUIRE(!eves.empty());
  BOOST_TEST(text_in(eves.front(), "/sid") != text_in(arrival, "/sid"));
  come_back(token("ada"));
  BOOST_TEST_REQUIRE(resumes.size() == 1u);
  BOOST_TEST(resumes[0].socket->user == "ada");
  tell(connection, resume_answered{resumes[0].socket, true});
  BOOST_TEST(text_in(session->take().front(), "/sid")
             == text_in(arrival, "/sid"));
  pass(610);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(outlives_a_recovery_that_fails) {
  auto packets = connect_as(token("ada"));
  restart();
  feed(R"(0{"pid":")" + text_in(packets.front(), "/pid") + R"(","offset":")"
       + offset_of(packets) + R"(","token":")" + token("ada") + R"("})");
  BOOST_TEST_REQUIRE(resumes.size() == 1u);
  tell(connection, resume_answered{resumes[0].socket, false});
  BOOST_TEST(text_in(session->take().front(), "/sid") == "s2");
  emit();
  BOOST_TEST(emits.back().ack.socket->user == "ada");
  pass(610);
  BOOST_TEST(!session->is_open());
}

// -- its end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_announced_to_end_and_ends) {
  connect_as(token("ada", 600));
  auto expires = std::to_string(seconds + 600);
  pass(539);
  BOOST_TEST(!has(session->take(), "expiring"));
  pass(1);
  BOOST_TEST(has(session->take(),
                 R"(2["weir:token_expiring",{"expires_at":)" + expires + "}"));
  pass(69); // 10 s of them are leeway
  BOOST_TEST(session->is_open());
  BOOST_TEST(!has(session->take(), "expiring"));
  pass(1);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
}

BOOST_AUTO_TEST_CASE(is_renewed_by_one_of_the_same_user) {
  connect_as(token("ada", 600));
  pass(540);
  auto expires = std::to_string(seconds + 600);
  auto answer = renew(token("ada", 600));
  BOOST_TEST(
    has(answer, R"(31[{"status":"ok","expires_at":)" + expires + "}]"));
  session->take();
  pass(70);
  BOOST_TEST(session->is_open());
  pass(470);
  BOOST_TEST(has(session->take(), "weir:token_expiring"));
  pass(70);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(is_not_renewed_by_anything_else) {
  connect_as(token("ada", 600));
  BOOST_TEST(has(renew(token("eve", 900)), R"("code":"not_allowed")"));
  BOOST_TEST(has(renew(token("eve", 900)), "user_mismatch"));
  BOOST_TEST(has(renew(token("ada", -10)), "token_expired"));
  BOOST_TEST(has(renew("x"), "token_malformed"));
  BOOST_TEST(has(renew(""), "token_missing"));
  BOOST_TEST(
    has(renew(token("ada", 900, std::string(32, 'x'))), "signature_invalid"));
  for (auto bad : {R"(21["weir:token"])", R"(21["weir:token",1])",
                   R"(21["weir:token",{"token":"x"}])"})
    BOOST_TEST(has(feed(bad), R"("code":"invalid_payload")"));
  emit();
  BOOST_TEST(emits.back().ack.socket->user == "ada");
  pass(610);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(of_a_socket_that_has_none_is_no_event) {
  connect("/open");
  feed(R"(2/open,1["weir:token","x"])");
  BOOST_TEST(emits.size() == 1u); // as any event that nobody has mapped
}

BOOST_AUTO_TEST_CASE(that_hardly_lasts_longer_is_not_asked_for_all_the_time) {
  connect_as(token("ada", 2));
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(!has(renew(token("ada", 2)), "weir:token_expiring"));
}

BOOST_AUTO_TEST_CASE(ends_the_connection_with_all_its_namespaces) {
  connect_as(token("ada", 600));
  connect_as(token("ada", 100), "/custom,");
  pass(110);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(has_no_say_once_its_namespace_is_left) {
  connect_as(token("ada", 600));
  connect_as(token("ada", 100), "/custom,");
  feed("1/custom,");
  pass(110);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir
