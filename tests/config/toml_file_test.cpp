#include "config/toml_file.hpp"

#include "tests/config/config_fixture.hpp"

namespace {

using namespace weir;
using test::lines;

BOOST_FIXTURE_TEST_SUITE(toml_file, test::config_fixture)

BOOST_AUTO_TEST_CASE(syntax_errors_have_a_place) {
  expect(
    "[server]\n  listen = 127.0.0.1:3000\n",
    {R"(weir.toml:2:14: syntax error in "listen = 127.0.0.1:3000": Error while parsing time: expected ':', saw '7'; text needs quotes, as in listen = "127.0.0.1:3000")"});
  expect(
    "[server]\npath = \n",
    {R"(weir.toml:2:8: syntax error in "path =": Error while parsing key-value pair: expected value, saw '\n')"});
  expect(
    "[server\n",
    {R"(weir.toml:1:8: syntax error in "[server": Error while parsing table header: expected ']', saw '\n')"});
  expect(
    "[server]\npath = \"/a/\"\npath = \"/b/\"\n",
    {R"(weir.toml:3:8: syntax error in "path = "/b/"": Error while parsing key-value pair: cannot redefine existing string 'path')"});
}

BOOST_AUTO_TEST_CASE(a_bracket_without_a_name_has_a_place) {
  for (const std::string header : {"[=]", "[[[", "[ # x", "[[", "[?]"})
    expect("a = \"\"\"\n[=\n\"\"\"\n[log]\n" + header + "\n[log]\n",
           {"weir.toml:5:1: syntax error in \"" + header
            + "\": a table's name must follow the bracket"});
}

BOOST_AUTO_TEST_CASE(hostile_files_are_syntax_errors) {
  for (auto& text :
       {std::string(10'000, '['), std::string("a = \"\xff\xfe\""),
        "a = " + std::string(10'000, '['), std::string("a\0 = 1", 6)}) {
    auto loaded = load(text);
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
    BOOST_TEST(loaded.errors[0].message.starts_with("syntax error in "));
  }
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_reported_alone) {
  BOOST_TEST(messages(load_config({file(), {}, {}}))
             == lines{"weir.toml: cannot read the configuration; there is no "
                      "such file"});
  std::filesystem::create_directory(folder / "weir.toml");
  BOOST_TEST(messages(load_config({file(), {}, {}}))
             == lines{"weir.toml: cannot read the configuration; is it a file, "
                      "and may this user read it?"});
}
BOOST_AUTO_TEST_SUITE_END()

} // namespace
