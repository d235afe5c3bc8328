#include "config/log.hpp"

#include "config/escaped.hpp"
#include "config/line_writer.hpp"
#include "tests/support/logged_lines.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace weir;
using namespace std::chrono_literals;

struct fixture {
  ~fixture() { log::configure({}); }
};

BOOST_FIXTURE_TEST_SUITE(log_suite, fixture)

// Whoever logs does not wait: he would not come back here.
BOOST_AUTO_TEST_CASE(lines_that_nobody_reads_are_lost_and_told) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  auto before = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  auto lost = log::lines_lost();
  for (int i = 0; i < 1000; ++i)
    log::info("nobody reads this",
              {{"n", i}, {"text", std::string(1000, 'x')}});
  lost = log::lines_lost() - lost;
  std::string text(1'000'000, ' ');
  text.resize(
    static_cast<std::size_t>(read(ends[0], text.data(), text.size())));
  log::info("somebody reads this");
  std::string rest(10'000, ' ');
  rest.resize(
    static_cast<std::size_t>(read(ends[0], rest.data(), rest.size())));
  dup2(before, STDERR_FILENO);
  for (auto x : {before, ends[0], ends[1]})
    close(x);
  text += rest;
  BOOST_TEST(lost > 800u);
  BOOST_TEST(lost < 1000u);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n')
             == static_cast<std::ptrdiff_t>(1000 - lost) + 2);
  BOOST_TEST(text.find("lost=" + std::to_string(lost)) != text.npos);
  BOOST_TEST(text.find("somebody reads this") != text.npos);
}

BOOST_AUTO_TEST_CASE(a_line_says_how_many_were_left_out_before_it) {
  log::configure({.limit_lines = 1, .limit_interval = 10ms});
  auto lines = test::logged_lines([] {
    auto end = std::chrono::steady_clock::now() + 50ms;
    while (std::chrono::steady_clock::now() < end)
      log::limited(log_level::warning, "many", "k", {{"n", 1}});
  });
  BOOST_TEST_REQUIRE(lines.size() >= 2u);
  BOOST_TEST(lines.front().ends_with(" warning many n=1"));
  BOOST_TEST(lines.back().find(" warning many n=1 left_out=")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(threads_share_one_limit) {
  log::configure({.limit_lines = 10, .limit_interval = 1h});
  auto lines = test::logged_lines([] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([i] {
        for (int j = 0; j < 1000; ++j)
          log::limited(log_level::warning, "from threads",
                       std::to_string(i * 1000 + j));
      });
    for (auto& x : threads)
      x.join();
  });
  BOOST_TEST(lines.size() == 10u);
  BOOST_TEST(std::all_of(lines.begin(), lines.end(), [](auto& x) {
    return x.ends_with(" warning from threads");
  }));
}

BOOST_AUTO_TEST_CASE(what_the_level_leaves_out_is_not_counted) {
  log::configure(
    {.level = log_level::error, .limit_lines = 1, .limit_interval = 1h});
  auto lines = test::logged_lines([] {
    log::limited(log_level::info, "by level", "k");
    log::limited(log_level::error, "by level", "k");
  });
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].ends_with(" error by level"));
}

// Whatever clients choose, and whatever the format: a call writes one line.
BOOST_AUTO_TEST_CASE(the_level_changes_while_others_log) {
  auto lines = test::logged_lines([] {
    std::thread other{[] {
      for (int i = 0; i < 1000; ++i)
        log::debug("from another thread");
    }};
    for (auto level : {log_level::debug, log_level::error, log_level::info})
      log::set_level(level);
    other.join();
    log::debug("left out");
    log::info("written");
  });
  BOOST_TEST_REQUIRE(!lines.empty());
  BOOST_TEST(lines.back().find("written") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(levels_have_the_names_of_the_configuration) {
  BOOST_TEST((log::level_of("trace") == log_level::trace));
  BOOST_TEST((log::level_of("error") == log_level::error));
  BOOST_TEST(!log::level_of("Error"));
  BOOST_TEST(!log::level_of(""));
}

BOOST_AUTO_TEST_CASE(no_value_begins_a_line_or_moves_the_cursor) {
  const std::string bad = "x\ny\x1b[31m\x7f\u009b\xff\u2028 z=\"1\"";
  for (auto format : {log_format::text, log_format::json}) {
    log::configure({.format = format});
    auto lines = test::logged_lines([&] {
      log::info(bad, {{"name", bad}, {"other", "plain"}});
      log::limited(log_level::info, "limited", bad, {{"name", bad}});
    });
    BOOST_TEST_REQUIRE(lines.size() == 2u);
    for (auto& x : lines)
      BOOST_TEST(is_plain(x), x);
    BOOST_TEST(lines[0].find("plain") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
