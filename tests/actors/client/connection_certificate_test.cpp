// Who a client is by its certificate.

#include "tests/actors/client/connection_fixture.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/engineio/client_certificate.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using auth::algorithm;
using engineio::client_certificate;
using test::token_key;
using enum client_certificate::problem;

/// "/" wants a user and can recover, "/custom" takes one, "/open" asks nobody.
struct certificate_fixture : test::connection_fixture {
  certificate_fixture() {
    nsps[0].recovery = 2min;
    nsps[1].auth = auth_policy::optional;
    nsps.push_back(test::nsp("/open", {}));
    nsps.back().auth = auth_policy::none;
    nsps[0].mappings[0].allow = {{"/sub = ada"}, {"authenticated"}, {}};
    rules = test::rules_of(nsps);
    denied->set_problem("");
    use(false);
  }

  void use(bool with_tokens) {
    jwt_options x;
    std::shared_ptr<auth::current_keys> keys;
    if (with_tokens) {
      x.algorithms = {"HS256"};
      x.leeway = 10s;
      keys = std::make_shared<auth::current_keys>(
        std::make_shared<const auth::key_set>(
          std::vector{auth::key_from_secret(secret)}));
    }
    tokens = std::make_shared<const authenticator>(x, keys, nullptr, denied);
    restart();
  }

  /// A client that comes with this certificate.
  void come(client_certificate x) {
    restart();
    session->request().certificate
      = std::make_shared<const client_certificate>(std::move(x));
  }

  void come_as(const std::string& user, std::int64_t lasts = 1000) {
    come({none, user, seconds + lasts});
  }

  std::string token(const std::string& user, const std::string& more = "",
                    std::int64_t lasts = 600) const {
    return test::make_token(test::header_of(algorithm::hs256),
                            R"({"sub":")" + user + R"(","exp":)"
                              + std::to_string(seconds + lasts) + more + "}",
                            token_key::of_secret(secret), algorithm::hs256);
  }

  texts connect_with(const std::string& token) {
    return feed(R"(0{"token":")" + token + R"("})");
  }

  static std::string refusal(const std::string& code,
                             const std::string& nsp = "") {
    return "4" + nsp + R"({"message":"unauthorized","data":{"code":")" + code
           + R"("}})";
  }

  static bool is_let_in(const texts& packets) {
    return !packets.empty() && packets.front().starts_with("0");
  }

  static bool has(const texts& packets, std::string_view part) {
    return std::any_of(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
  }

  void pass(std::int64_t n) {
    seconds += n;
    advance(std::chrono::seconds{n});
  }

  static inline const std::string secret = std::string(32, 's');
  std::shared_ptr<auth::deny_list> denied
    = std::make_shared<auth::deny_list>(10'000);
};

BOOST_FIXTURE_TEST_SUITE(a_certificate, certificate_fixture)

BOOST_AUTO_TEST_CASE(lets_its_user_in) {
  come_as("spiffe://a/\"ada\"");
  BOOST_TEST(is_let_in(feed("0")));
  emit(); // by "authenticated"
  BOOST_TEST_REQUIRE(emits.size() == 1u);
  BOOST_TEST(emits[0].ack.socket->user == "spiffe://a/\"ada\"");
}

BOOST_AUTO_TEST_CASE(has_one_claim) {
  come_as("ada");
  feed("0");
  join("chat:1", "1");
  BOOST_TEST(joins.size() == 1u);
  come_as("eve");
  feed("0");
  BOOST_TEST(has(join("chat:1", "1"), "not_allowed"));
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_missed_where_a_user_is_required) {
  BOOST_TEST(feed("0") == texts{refusal("certificate_missing")});
  BOOST_TEST(connect_with("x") == texts{refusal("certificate_missing")});
  use(true);
  BOOST_TEST(feed("0") == texts{refusal("token_missing")});
}

BOOST_AUTO_TEST_CASE(may_be_left_out_where_a_user_is_optional) {
  BOOST_TEST(is_let_in(feed("0/custom,")));
  come_as("ada");
  BOOST_TEST(is_let_in(feed("0/custom,")));
  come({ambiguous, "", seconds + 1000});
  BOOST_TEST(feed("0/custom,")
             == texts{refusal("certificate_user_ambiguous", "/custom,")});
}

BOOST_AUTO_TEST_CASE(is_not_looked_at_where_nobody_is_asked) {
  come({bad_user, "", seconds - 1});
  BOOST_TEST(is_let_in(feed("0/open,")));
  come_as("ada", 10);
  feed("0/open,");
  BOOST_TEST(session->disconnect({engineio::unwanted::kind::user, "ada"})
             == 0u);
  pass(20);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(that_names_nobody_is_refused_with_or_without_a_token) {
  use(true);
  for (auto& [what, code] : {std::pair{no_user, "certificate_user_missing"},
                             std::pair{ambiguous, "certificate_user_ambiguous"},
                             std::pair{bad_user, "certificate_user_invalid"}}) {
    come({what, "", seconds + 1000});
    BOOST_TEST(feed("0") == texts{refusal(code)});
    BOOST_TEST(connect_with(token("ada")) == texts{refusal(code)});
  }
  BOOST_TEST(opened.empty());
}

BOOST_AUTO_TEST_CASE(that_is_refused_again_and_again_ends_the_connection) {
  come({no_user, "", seconds + 1000});
  for (int i = 0; i < 9; ++i)
    feed("0");
  BOOST_TEST(session->is_open());
  feed("0");
  BOOST_TEST(!session->is_open());
}

// -- beside a token -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(and_a_token_are_of_one_user) {
  use(true);
  come_as("ada");
  BOOST_TEST(connect_with(token("eve")) == texts{refusal("user_mismatch")});
  BOOST_TEST(connect_with("x") == texts{refusal("token_malformed")});
  BOOST_TEST(connect_with(token("ada", "", -100))
             == texts{refusal("token_expired")});
  BOOST_TEST(is_let_in(connect_with(token("ada"))));
  emit();
  BOOST_TEST(emits.back().ack.socket->user == "ada");
}

BOOST_AUTO_TEST_CASE(stays_beside_a_token_that_comes_later) {
  use(true);
  come_as("ada", 1000);
  feed("0");
  auto renew = [&](const std::string& x) {
    return feed(R"(21["weir:token",")" + x + R"("])");
  };
  BOOST_TEST(has(renew(token("eve")), "user_mismatch"));
  BOOST_TEST(has(renew(token("ada", "", 5000)), R"("status":"ok")"));
  pass(999);
  BOOST_TEST(session->is_open());
  pass(1);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(takes_no_token_where_there_are_none) {
  come_as("ada");
  feed("0");
  feed(R"(21["weir:token","x"])");
  BOOST_TEST(emits.size() == 1u); // as any event that nobody has mapped
}

BOOST_AUTO_TEST_CASE(does_not_outlive_its_token) {
  use(true);
  come_as("ada", 1000);
  connect_with(token("ada", "", 600));
  pass(540);
  BOOST_TEST(has(session->take(), "weir:token_expiring"));
  pass(70);
  BOOST_TEST(!session->is_open());
}

// -- its end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(that_is_over_is_refused) {
  for (std::int64_t lasts : {0, -1, -100'000}) {
    come_as("ada", lasts);
    BOOST_TEST(feed("0") == texts{refusal("certificate_expired")});
  }
}

BOOST_AUTO_TEST_CASE(ends_the_connection_to_the_second) {
  come_as("ada", 1'000'000);
  feed("0");
  feed("0/open,");
  session->take();
  pass(999'999);
  BOOST_TEST(session->is_open());
  BOOST_TEST(!has(session->take(), "weir:token_expiring"));
  pass(1);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
}

BOOST_AUTO_TEST_CASE(ends_the_connection_when_its_namespace_is_left) {
  come_as("ada", 100);
  feed("0");
  feed("0/open,");
  feed("1");
  pass(100);
  BOOST_TEST(!session->is_open());
}

// -- who is unwanted ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(of_somebody_denied_does_not_count) {
  denied->add("eve");
  come_as("eve");
  BOOST_TEST(feed("0") == texts{refusal("revoked")});
  come_as("ada");
  BOOST_TEST(is_let_in(feed("0")));
}

BOOST_AUTO_TEST_CASE(waits_until_it_is_known_who_is_denied) {
  denied->set_problem("the topic is gone");
  come_as("ada");
  BOOST_TEST(feed("0") == texts{});
  denied->set_problem("");
  pass(1);
  BOOST_TEST(is_let_in(session->take()));
}

BOOST_AUTO_TEST_CASE(does_not_keep_a_user_who_is_to_go) {
  using enum engineio::unwanted::kind;
  come_as("ada");
  feed("0");
  session->take();
  BOOST_TEST(session->disconnect({user, "eve"}) == 0u);
  BOOST_TEST(session->disconnect({id, ""}) == 0u);
  BOOST_TEST(session->disconnect({user, "ada"}) == 1u);
  run();
  BOOST_TEST(session->take() == texts{"1"});
}

// -- recovery -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(brings_back_only_what_was_its_users) {
  auto text_in = [](const std::string& packet, std::string_view pointer) {
    return *json::string_value(
      *json::at(std::string_view{packet}.substr(1), pointer));
  };
  come_as("ada");
  auto packets = feed("0");
  BOOST_TEST_REQUIRE(is_let_in(packets));
  auto end = packets.back().rfind('"');
  auto begin = packets.back().rfind('"', end - 1) + 1;
  auto back = R"(0{"pid":")" + text_in(packets.front(), "/pid")
              + R"(","offset":")" + packets.back().substr(begin, end - begin)
              + R"("})";
  session->hang_up();
  run();
  come_as("eve");
  auto eves = feed(back);
  BOOST_TEST(resumes.empty());
  BOOST_TEST_REQUIRE(is_let_in(eves));
  BOOST_TEST(text_in(eves.front(), "/sid") != text_in(packets.front(), "/sid"));
  come_as("ada", 0);
  BOOST_TEST(feed(back) == texts{refusal("certificate_expired")});
  come_as("ada", 500);
  feed(back);
  BOOST_TEST_REQUIRE(resumes.size() == 1u);
  tell(connection, resume_answered{resumes[0].socket, true});
  BOOST_TEST(text_in(session->take().front(), "/sid")
             == text_in(packets.front(), "/sid"));
  pass(500);
  BOOST_TEST(!session->is_open());
}

// -- the webhook --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_what_the_webhook_is_told_of) {
  std::vector<auth::decision_question> asked;
  auth::decision says{true};
  webhook = [&](auth::decision_question x, auth::webhook::respond respond) {
    asked.push_back(std::move(x));
    respond(says);
  };
  nsps[0].webhook = {"connect"};
  rules = test::rules_of(nsps);
  come_as("ada");
  BOOST_TEST(is_let_in(feed(R"(0{"key":"k"})")));
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].user == "ada");
  BOOST_TEST(asked[0].claims == R"({"sub":"ada"})");
  BOOST_TEST(asked[0].auth == "");
  says.user = "eve";
  come_as("ada");
  BOOST_TEST(has(feed("0"), "not_allowed"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir
