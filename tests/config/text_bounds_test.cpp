#include "config/text_bounds.hpp"

#include "tests/config/config_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <random>

namespace {

using namespace weir;
using config::find_too_deep;
using config::max_depth;

std::string repeated(std::string_view text, std::size_t n) {
  std::string result;
  for (; n > 0; --n)
    result += text;
  return result;
}

/// `n` levels of a kind, as a whole line.
std::string nested(int kind, std::size_t n) {
  switch (kind) {
    case 0:
      return repeated("a.", n - 1) + "a = 1\n";
    case 1:
      return "[" + repeated("a.", n - 1) + "a]\n";
    case 2:
      return "a = " + repeated("[", n) + repeated("]", n) + "\n";
    case 3:
      return "a = " + repeated("{a = ", n) + "1" + repeated("}", n) + "\n";
    case 4:
      return "a = " + repeated("[ # ]\n", n) + repeated("]", n) + "\n";
    default:
      return repeated("\"a.b\" . ", n - 1) + "a = 1\n";
  }
}

struct fixture : test::config_fixture {};

BOOST_FIXTURE_TEST_SUITE(text_bounds, fixture)

BOOST_DATA_TEST_CASE(keep_what_is_within_them,
                     boost::unit_test::data::xrange(6), kind) {
  BOOST_TEST(!find_too_deep(nested(kind, max_depth - 1)));
  auto found = find_too_deep("x = 1\n" + nested(kind, max_depth + 1));
  BOOST_TEST_REQUIRE(found.has_value());
  if (kind != 4)
    BOOST_TEST(found->line == 2u);
  BOOST_TEST(found->problem.find("more than 64 ") == 0u);
}

BOOST_DATA_TEST_CASE(name_the_line, boost::unit_test::data::xrange(6), kind) {
  auto loaded = load("[log]\nlevel = \"info\"\n" + nested(kind, 20'000));
  BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
  if (kind != 4)
    BOOST_TEST(loaded.errors[0].line == 3u);
  BOOST_TEST(loaded.errors[0].message.find("more than 64 ")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(do_not_count_in_strings_and_comments) {
  for (const std::string quote : {"\"", "'", "\"\"\"", "'''"})
    BOOST_TEST(!find_too_deep("a = " + quote + repeated("[.{", 100) + quote));
  BOOST_TEST(!find_too_deep("# " + repeated("[.{", 100)));
  BOOST_TEST(!find_too_deep("a = \"\\\"" + repeated("[", 100) + "\""));
  BOOST_TEST(!find_too_deep(repeated("[a]\nb.c = [1.5, {x = 1}]\n", 1000)));
}

BOOST_AUTO_TEST_CASE(tell_an_earlier_mistake_instead) {
  auto loaded = load("[log\n" + repeated("[a\n", 100));
  BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
  BOOST_TEST(loaded.errors[0].line == 1u);
}

BOOST_AUTO_TEST_CASE(hold_for_overrides_and_variables) {
  write("");
  auto path = "kafka.properties." + repeated("a.", 20'000) + "a";
  auto loaded = load_config({file(), {}, {path + "=1"}});
  BOOST_TEST(messages(loaded).back().find("more than 64 parts")
             != std::string::npos);
  loaded = load_config(
    {file(), {{"WEIR_KAFKA_PROPERTIES" + repeated("_A", 20'000), "1"}}, {}});
  BOOST_TEST(messages(loaded).back().find("more than 64 parts")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(hold_for_the_file) {
  auto loaded = load("# " + std::string(config::max_file, 'x'));
  BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
  BOOST_TEST(loaded.errors[0].message.find("larger than 4MiB") == 0u);
  loaded = load_config({"/dev/zero", {}, {}});
  BOOST_TEST(loaded.errors[0].message.find("larger than 4MiB") == 0u);
}

BOOST_AUTO_TEST_CASE(end_with_any_text) {
  std::mt19937 random{1};
  constexpr std::string_view characters = "[]{}.=\"'#\\\n ,a1";
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (auto n = random() % 300; n > 0; --n)
      text += characters[random() % characters.size()];
    if (auto found = find_too_deep(text))
      BOOST_TEST(!find_too_deep(text.substr(0, found->end)));
    BOOST_TEST(!load(text).errors.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
