#include "actors/node/ui_request.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

using ui_kind = ui_request::kind;

ui_request ui_parsed(std::string_view name, std::string_view args) {
  auto x = parse_ui_request(name, args);
  BOOST_TEST_REQUIRE(x.has_value(), args);
  return std::move(*x);
}

BOOST_AUTO_TEST_SUITE(a_request_of_the_admin_ui)

BOOST_AUTO_TEST_CASE(joins_and_leaves) {
  auto x = ui_parsed("join", R"("/chat","r:1","id")");
  BOOST_TEST((x.what == ui_kind::join));
  BOOST_TEST(x.nsp == "/chat");
  BOOST_TEST(x.room == "r:1");
  BOOST_TEST(x.filter == "id");
  BOOST_TEST((ui_parsed("leave", R"("/","r","id")").what == ui_kind::leave));
}

BOOST_AUTO_TEST_CASE(may_have_no_filter) {
  BOOST_TEST(ui_parsed("leave", R"("/","r")").filter == "");
  BOOST_TEST(ui_parsed("leave", R"("/","r",null)").filter == "");
}

BOOST_AUTO_TEST_CASE(disconnects_a_socket_or_its_connection) {
  auto x = ui_parsed("_disconnect", R"("/",true,"id")");
  BOOST_TEST((x.what == ui_kind::disconnect));
  BOOST_TEST(x.close);
  BOOST_TEST(x.filter == "id");
  BOOST_TEST(!ui_parsed("_disconnect", R"("/",false,"id")").close);
}

BOOST_AUTO_TEST_CASE(emits_with_any_arguments) {
  auto x = ui_parsed("emit", R"("/",null,"hey",1,{"a":[2]})");
  BOOST_TEST((x.what == ui_kind::emit));
  BOOST_TEST(x.filter == "");
  BOOST_TEST(x.event == "hey");
  BOOST_TEST(x.args == R"(1,{"a":[2]})");
  BOOST_TEST(ui_parsed("emit", R"("/","r","hey")").args == "");
}

BOOST_AUTO_TEST_CASE(is_none_where_something_is_wrong) {
  for (auto [name, args] :
       {std::pair{"join", R"("/")"}, std::pair{"join", R"("/",1,"id")"},
        std::pair{"join", R"("/","","id")"}, std::pair{"join", ""},
        std::pair{"join", R"("/","r",5)"}, std::pair{"leave", R"(null,"r")"},
        std::pair{"leave", R"("/","r","")"},
        std::pair{"_disconnect", R"("/","true","id")"},
        std::pair{"_disconnect", R"("/")"},
        std::pair{"emit", R"("/",null,"disconnect")"},
        std::pair{"emit", R"("/",null,"")"}, std::pair{"emit", R"("/",null)"},
        std::pair{"disconnect", R"("/",true,"id")"},
        std::pair{"anything", R"("/")"}})
    BOOST_TEST(!parse_ui_request(name, args).has_value(), name << ' ' << args);
}

BOOST_AUTO_TEST_CASE(comes_with_credentials_once) {
  auto x = read_ui_credentials(R"({"username":"a","password":"b"})");
  BOOST_TEST(x.user == "a");
  BOOST_TEST(x.password == "b");
  BOOST_TEST(read_ui_credentials(R"({"sessionId":"c"})").session == "c");
  for (auto none : {"", "{}", R"({"username":1,"sessionId":null})", "[]"}) {
    auto y = read_ui_credentials(none);
    BOOST_TEST(y.user + y.password + y.session == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
