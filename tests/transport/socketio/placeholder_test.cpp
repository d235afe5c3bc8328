#include "transport/socketio/placeholder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace weir::socketio;

BOOST_AUTO_TEST_SUITE(placeholder)

BOOST_AUTO_TEST_CASE(each_attachment_has_one_anywhere_in_the_tree) {
  const std::vector<std::pair<std::size_t, std::string_view>> table{
    {1, R"({"_placeholder":true,"num":0})"},
    {1, R"({"num":0,"_placeholder":true})"},
    {1, R"( { "_placeholder" : true , "num" : 0 } )"},
    {1, R"({"\u005fplaceholder":true,"n\u0075m":0})"},
    {1, R"("name",1,{"a":[null,{"b":{"_placeholder":true,"num":0}},2]},3)"},
    {2, R"([{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])"},
    {1, R"({"_placeholder":false,"num":7},{"_placeholder":true,"num":0})"},
    {1, R"({"num":[]},{"_placeholder":true,"num":0},{"_placeholder":1})"},
  };
  for (auto& [n, json] : table) {
    BOOST_TEST_INFO(json);
    BOOST_TEST(placeholders_match(json, n));
  }
}

BOOST_AUTO_TEST_CASE(any_mismatch_is_found) {
  const std::vector<std::pair<std::size_t, std::string_view>> table{
    {1, ""},
    {1, R"("none")"},
    {1, R"({"_placeholder":true})"},
    {1, R"({"_placeholder":true,"num":1})"},
    {1, R"({"_placeholder":true,"num":-1})"},
    {1, R"({"_placeholder":true,"num":-0})"},
    {1, R"({"_placeholder":true,"num":0.0})"},
    {1, R"({"_placeholder":true,"num":0e0})"},
    {2, R"({"_placeholder":true,"num":0.5},{"_placeholder":true,"num":1})"},
    {1, R"({"_placeholder":true,"num":"0"})"},
    {1, R"({"_placeholder":true,"num":null})"},
    {1, R"({"_placeholder":true,"num":[0]})"},
    {1, R"({"_placeholder":true,"num":0,"more":1})"},
    {1, R"({"_placeholder":true,"num":0,"num":0})"},
    {1, R"({"_placeholder":true,"_placeholder":false,"num":0})"},
    {1, R"({"_placeholder":"true","num":0})"},
    {1, R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":0})"},
    {1, R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":1})"},
    {2, R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":0})"},
    {2, R"({"_placeholder":true,"num":0})"},
    {1, R"({"_placeholder":true,"num":{"_placeholder":true,"num":0}})"},
  };
  for (auto& [n, json] : table) {
    BOOST_TEST_INFO(json);
    BOOST_TEST(!placeholders_match(json, n));
  }
}

BOOST_AUTO_TEST_CASE(one_that_names_nothing_is_told_from_a_mismatch) {
  const std::vector<std::pair<bool, std::string_view>> table{
    {false, ""},
    {false, R"({"_placeholder":true,"num":0.5})"},
    {false, R"({"_placeholder":true,"num":-0})"},
    {false, R"({"_placeholder":true,"num":1e-999})"},
    {false, R"({"_placeholder":true,"num":0,"a":{"_placeholder":true}})"},
    {false, R"({"_placeholder":true,"num":7,"num":1})"},
    {false, R"({"_placeholder":true,"_placeholder":false,"num":7})"},
    {false, R"({"a":{"_placeholder":true},"\u0061":1})"},
    {false, R"({"_placeholder":"true","num":7})"},
    {true, R"({"_placeholder":true})"},
    {true, R"({"_placeholder":true,"num":2})"},
    {true, R"({"_placeholder":true,"num":1e999})"},
    {true, R"({"_placeholder":true,"num":-1})"},
    {true, R"({"_placeholder":true,"num":"0"})"},
    {true, R"({"_placeholder":true,"num":[0]})"},
    {true, R"(1,[{"a":{"_placeholder":true,"num":0}},{"_placeholder":true}])"},
    {true, R"({"a":1,"a":{"_placeholder":true}})"},
  };
  for (auto& [illegal, json] : table) {
    BOOST_TEST_INFO(json);
    BOOST_TEST(has_illegal_placeholder(json, 2) == illegal);
    BOOST_TEST(!placeholders_match(json, 2));
  }
}

BOOST_AUTO_TEST_CASE(ten_are_allowed_and_eleven_are_not) {
  std::string json;
  for (std::size_t n = 0; n <= max_attachments; ++n) {
    BOOST_TEST(placeholders_match(json, n));
    json += json.empty() ? "" : ",";
    json += R"({"_placeholder":true,"num":)" + std::to_string(n) + '}';
  }
  BOOST_TEST(!placeholders_match(json, max_attachments + 1));
}

BOOST_AUTO_TEST_CASE(without_attachments_they_are_ordinary_data) {
  BOOST_TEST(placeholders_match(R"({"_placeholder":true,"num":9})", 0));
}

BOOST_AUTO_TEST_SUITE_END()
