#include "transport/auth/webhook_signer.hpp"

#include <boost/test/unit_test.hpp>

using weir::auth::webhook_signer;

BOOST_AUTO_TEST_SUITE(a_webhook_signer)

// The example that libraries for Standard Webhooks are tested with.
BOOST_AUTO_TEST_CASE(signs_as_standard_webhooks_has_it) {
  auto signer
    = webhook_signer::from_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  BOOST_TEST_REQUIRE(signer.has_value());
  BOOST_TEST(signer->sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                          "{\"test\": 2432232314}")
             == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

BOOST_AUTO_TEST_CASE(signs_id_time_and_body) {
  auto signer
    = webhook_signer::from_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  BOOST_TEST_REQUIRE(signer.has_value());
  auto all = signer->sign("a", 1, "b");
  BOOST_TEST(all != signer->sign("b", 1, "b"));
  BOOST_TEST(all != signer->sign("a", 2, "b"));
  BOOST_TEST(all != signer->sign("a", 1, "c"));
  BOOST_TEST(all == signer->sign("a", 1, "b"));
}

BOOST_AUTO_TEST_CASE(takes_no_other_secret) {
  for (auto* x :
       {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", // no base64
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA===",
        "whsec_"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAA="})
    BOOST_TEST(!webhook_signer::from_secret(x).has_value(), x);
}

BOOST_AUTO_TEST_SUITE_END()
