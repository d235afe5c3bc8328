#include "transport/auth/ui_login.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir::auth {
namespace {

constexpr std::int64_t login_time = 1'800'000'000;
constexpr auto cluster_secret = "0123456789abcdef";

/// Of "changeit", as bcryptjs and htpasswd write it.
const std::string password_hash
  = "$2b$04$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2";

BOOST_AUTO_TEST_SUITE(a_login_of_the_admin_ui)

BOOST_AUTO_TEST_CASE(takes_the_user_with_the_password_and_nobody_else) {
  ui_login x{"admin", password_hash, cluster_secret};
  BOOST_TEST(x.asks());
  BOOST_TEST(x.matches("admin", "changeit"));
  BOOST_TEST(!x.matches("admin", "changeIt"));
  BOOST_TEST(!x.matches("admin", ""));
  BOOST_TEST(!x.matches("admin", std::string{"changeit\0", 9}));
  BOOST_TEST(!x.matches("Admin", "changeit"));
  BOOST_TEST(!x.matches("", "changeit"));
}

BOOST_AUTO_TEST_CASE(takes_the_hash_of_htpasswd_as_well) {
  auto of_htpasswd = password_hash;
  of_htpasswd[2] = 'y';
  BOOST_TEST((ui_login{"admin", of_htpasswd, cluster_secret}.matches(
    "admin", "changeit")));
}

BOOST_AUTO_TEST_CASE(asks_nobody_without_a_hash) {
  BOOST_TEST(!(ui_login{"admin", "", cluster_secret}.asks()));
}

BOOST_AUTO_TEST_CASE(holds_its_own_sessions_until_they_end) {
  ui_login x{"admin", password_hash, cluster_secret};
  auto session = x.make_session(login_time);
  BOOST_TEST(x.holds(session, login_time));
  BOOST_TEST(x.holds(session, login_time + ui_login::lifetime - 1));
  BOOST_TEST(!x.holds(session, login_time + ui_login::lifetime));
}

BOOST_AUTO_TEST_CASE(holds_the_sessions_of_another_node) {
  ui_login one{"admin", password_hash, cluster_secret},
    other{"admin", password_hash, cluster_secret};
  BOOST_TEST(other.holds(one.make_session(login_time), login_time));
}

BOOST_AUTO_TEST_CASE(holds_no_session_of_another_configuration) {
  auto session
    = ui_login{"admin", password_hash, cluster_secret}.make_session(login_time);
  auto other_hash = password_hash;
  other_hash.back() = other_hash.back() == 'a' ? 'b' : 'a';
  for (auto& x : {ui_login{"root", password_hash, cluster_secret},
                  ui_login{"admin", other_hash, cluster_secret},
                  ui_login{"admin", password_hash, "0123456789abcdeF"},
                  ui_login{"admin", password_hash, ""}})
    BOOST_TEST(!x.holds(session, login_time));
}

BOOST_AUTO_TEST_CASE(holds_no_session_that_somebody_has_changed) {
  ui_login x{"admin", password_hash, cluster_secret};
  auto session = x.make_session(login_time);
  for (std::size_t i = 0; i < session.size(); ++i) {
    auto changed = session;
    changed[i] = changed[i] == '1' ? '2' : '1';
    BOOST_TEST(!x.holds(changed, login_time), changed);
    BOOST_TEST(!x.holds(session.substr(0, i), login_time));
  }
  BOOST_TEST(!x.holds(session + "1", login_time));
  BOOST_TEST(!x.holds("", login_time));
  BOOST_TEST(!x.holds(".", login_time));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::auth
