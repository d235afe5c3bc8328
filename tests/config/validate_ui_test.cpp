// What [admin] says of the Admin UI.

#include "config/names.hpp"
#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir;
using test::lines;

const std::string password_hash
  = "$2b$10$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2";

struct fixture : test::config_fixture {
  fixture() {
    std::filesystem::create_directory(folder / "ui");
    std::filesystem::create_directory(folder / "empty");
    std::ofstream{folder / "ui/index.html"} << "<p>";
  }

  /// `text` begins at line 2, within [admin].
  void expect_in_admin(const std::string& text, const lines& expected) {
    expect("[admin]\n" + text + "[kafka]\nembedded = true\n[[namespace]]\n",
           expected);
  }
};

BOOST_FIXTURE_TEST_SUITE(validate_ui, fixture)

BOOST_AUTO_TEST_CASE(the_page_and_a_password_are_enough) {
  expect_in_admin("ui = \"ui\"\n", {});
  expect_in_admin("ui = \"ui\"\nui_password = \"" + password_hash
                    + "\"\nui_user = \"ada\"\nui_sockets = 0\n"
                      "ui_read_only = true\nui_origins = "
                      "[\"https://admin.socket.io\"]\n",
                  {});
}

BOOST_AUTO_TEST_CASE(the_folder_must_hold_the_page) {
  expect_in_admin(
    "ui = \"nowhere\"\n",
    {R"(weir.toml:2:6: ui: "nowhere" is not a folder; relative ones start at the configuration's own)"});
  expect_in_admin(
    "ui = \"empty\"\n",
    {R"(weir.toml:2:6: ui: "empty" has no index.html; ui is the folder ui/dist of npm's @socket.io/admin-ui)"});
}

BOOST_AUTO_TEST_CASE(a_port_with_a_token_needs_a_password) {
  expect_in_admin(
    "token = \"t\"\nui = \"ui\"\n",
    {R"(weir.toml:3:6: ui: without ui_password whoever reaches the port needs no token to disconnect clients; set ui_password in [admin])"});
  expect_in_admin("token = \"t\"\nui = \"ui\"\nui_password = \"" + password_hash
                    + "\"\n",
                  {});
}

BOOST_AUTO_TEST_CASE(a_password_that_is_no_hash_is_not_shown) {
  auto rest = password_hash.substr(7);
  for (const std::string& text :
       {std::string{"hunter2"}, std::string{"$2b$10$short"}, "$2b$03$" + rest,
        "$2b$16$" + rest, "$1b$10$" + rest, "$2b$10$" + rest.substr(1) + "!"}) {
    auto said = config::check_bcrypt(text);
    BOOST_TEST_REQUIRE(said.has_value(), text);
    BOOST_TEST(said->find(text) == std::string::npos);
  }
  for (auto variant : {'a', 'b', 'y'}) {
    auto x = password_hash;
    x[2] = variant;
    BOOST_TEST(!config::check_bcrypt(x));
  }
  BOOST_TEST(!config::check_bcrypt(""));
}

BOOST_AUTO_TEST_CASE(origins_are_exact) {
  BOOST_TEST(!config::check_exact_origin("https://admin.socket.io"));
  BOOST_TEST(config::check_exact_origin("*").has_value());
  BOOST_TEST(config::check_exact_origin("https://a/b").has_value());
}

BOOST_AUTO_TEST_CASE(a_user_has_a_name) {
  BOOST_TEST(config::check_ui_user("").has_value());
  BOOST_TEST(config::check_ui_user(std::string(65, 'a')).has_value());
  BOOST_TEST(!config::check_ui_user("ada"));
}

BOOST_AUTO_TEST_CASE(a_file_holds_the_hash) {
  std::ofstream{folder / "hash"} << password_hash << '\n';
  auto loaded = load("kafka.embedded = true\n[admin]\nui = \"ui\"\n"
                     "token = \"t\"\nui_password_file = \"hash\"\n"
                     "[[namespace]]\n");
  BOOST_TEST(messages(loaded) == lines{}, boost::test_tools::per_element());
  BOOST_TEST(loaded.value.admin.ui_password == password_hash);
  BOOST_TEST(loaded.value.admin.ui == (folder / "ui").string());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
