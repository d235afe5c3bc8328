#include "transport/socketio/json_slice.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace weir;

namespace {

using slices = std::vector<std::string_view>;

const std::string_view document = R"( {
  "room" : "chat:1", "list": [ 10, [20, "x,]\"}"], {"k": null} ],
  "": 0, "a/b": 1, "m~n": 2, "~1": 3, "a\u0062c": 4, "00": 5,
  "deep": {"deep": {"deep": true}}, "twice": 1, "twice": 2
} )";

std::string_view value_at(std::string_view pointer) {
  return json::at(document, pointer).value_or("nothing");
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_slice)

BOOST_AUTO_TEST_CASE(elements_are_slices_without_white_space) {
  BOOST_TEST((json::elements("[]") == slices{}));
  BOOST_TEST((json::elements(" [ \n ] ") == slices{}));
  BOOST_TEST((json::elements("[1]") == slices{"1"}));
  BOOST_TEST((json::elements(" [ 1 , -2.50e+3,\ttrue\n,null ] ")
              == slices{"1", "-2.50e+3", "true", "null"}));
}

BOOST_AUTO_TEST_CASE(elements_may_be_nested_and_hold_any_bracket_in_a_string) {
  auto all = json::elements(R"([[1,[2]] , {"a,]":"}]\\"},"[\"{,", "\\" ,[]])");
  BOOST_TEST(
    (all
     == slices{"[1,[2]]", R"({"a,]":"}]\\"})", R"("[\"{,")", R"("\\")", "[]"}));
}

BOOST_AUTO_TEST_CASE(the_body_of_an_array_is_what_its_brackets_hold) {
  BOOST_TEST(json::array_body("[]").value() == "");
  BOOST_TEST(json::array_body(" [ 1, [2] ]\n").value() == "1, [2]");
  for (auto other : {"{}", "1", "null", "\"[]\"", ""})
    BOOST_TEST(!json::array_body(other).has_value());
}

BOOST_AUTO_TEST_CASE(values_are_popped_one_by_one) {
  std::string_view values = R"("a,b" , {"c":[1,2]},3)";
  BOOST_TEST(json::pop_front(values) == "\"a,b\"");
  BOOST_TEST(json::pop_front(values) == R"({"c":[1,2]})");
  BOOST_TEST(values == "3");
  BOOST_TEST(json::pop_front(values) == "3");
  BOOST_TEST(json::pop_front(values) == "");
  BOOST_TEST(values == "");
}

BOOST_AUTO_TEST_CASE(a_pointer_names_a_member_or_an_element) {
  const std::vector<std::pair<std::string_view, std::string_view>> table{
    {"/room", "\"chat:1\""},
    {"/list/0", "10"},
    {"/list/1", R"([20, "x,]\"}"])"},
    {"/list/1/1", R"("x,]\"}")"},
    {"/list/2/k", "null"},
    {"/", "0"},
    {"/a~1b", "1"},
    {"/m~0n", "2"},
    {"/~01", "3"},
    {"/abc", "4"},
    {"/00", "5"},
    {"/deep/deep/deep", "true"},
  };
  for (auto& [pointer, value] : table) {
    BOOST_TEST_INFO(pointer);
    BOOST_TEST(value_at(pointer) == value);
  }
}

BOOST_AUTO_TEST_CASE(the_empty_pointer_names_the_whole) {
  BOOST_TEST(json::at(" [1] ", "").value() == "[1]");
  BOOST_TEST(json::at(" 1 ", "").value() == "1");
}

BOOST_AUTO_TEST_CASE(a_pointer_to_nothing_finds_nothing) {
  for (auto pointer : {"room",      "x",
                       "/x",        "/room/0",
                       "/list/3",   "/list/-",
                       "/list/-1",  "/list/00",
                       "/list/01",  "/list/+1",
                       "/list/0x0", "/list/",
                       "/list/1 ",  "/list/99999999999999999999",
                       "/list/0/0", "/~",
                       "/~2",       "/m~n",
                       "/deep/",    "/deep/deep/deep/deep",
                       "/Room"}) {
    BOOST_TEST_INFO(pointer);
    BOOST_TEST(value_at(pointer) == "nothing");
  }
}

BOOST_AUTO_TEST_CASE(a_pointer_into_arguments_counts_them_first) {
  const std::string_view args = R"({"room":"a,b"}, [1, {"k":2}] ,"x")";
  BOOST_TEST(json::argument_at(args, "/0/room").value() == "\"a,b\"");
  BOOST_TEST(json::argument_at(args, "/1").value() == R"([1, {"k":2}])");
  BOOST_TEST(json::argument_at(args, "/1/1/k").value() == "2");
  BOOST_TEST(json::argument_at(args, "/2").value() == "\"x\"");
  for (auto pointer : {"", "0", "/", "/3", "/00", "/2/0", "/0/k"})
    BOOST_TEST(!json::argument_at(args, pointer));
  BOOST_TEST(!json::argument_at("", "/0"));
}

// Else a check here and a reader in JavaScript would see different rooms.
BOOST_AUTO_TEST_CASE(of_equal_keys_the_last_counts) {
  BOOST_TEST(value_at("/twice") == "2");
  BOOST_TEST(json::at(R"({"a":1,"\u0061":2})", "/a").value() == "2");
  const std::string_view on_the_way = R"([{"a":{"b":1},"a":{"b":2}},{"b":3}])";
  BOOST_TEST(json::at(on_the_way, "/0/a/b").value() == "2");
  BOOST_TEST(!json::at(R"({"a":{"b":1},"a":{"c":2},"b":3})", "/a/b"));
}

BOOST_AUTO_TEST_CASE(slices_are_what_boost_json_finds) {
  auto tree = boost::json::parse({document.data(), document.size()});
  for (auto pointer : {"/room", "/list", "/list/1/1", "/list/2/k", "", "/a~1b",
                       "/m~0n", "/deep/deep", "/00"}) {
    auto slice = json::at(document, pointer);
    BOOST_TEST_REQUIRE(slice.has_value());
    auto same = boost::json::parse({slice->data(), slice->size()})
                == tree.at_pointer(pointer);
    BOOST_TEST_INFO(pointer);
    BOOST_TEST(same);
  }
}

BOOST_AUTO_TEST_SUITE_END()
