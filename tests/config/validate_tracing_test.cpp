#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir;

struct fixture : test::config_fixture {
  void expect_with(const std::string& tracing,
                   std::vector<std::string> expected) {
    expect(tracing + "[kafka]\nembedded = true\n[[namespace]]\n",
           std::move(expected));
  }
};

BOOST_FIXTURE_TEST_SUITE(validate_tracing, fixture)

BOOST_AUTO_TEST_CASE(a_collector_has_a_url) {
  expect_with("", {});
  expect_with("[tracing]\nurl = \"http://a/v1/traces\"\n", {});
  expect_with("[tracing]\nbatch = 1\n",
              {"weir.toml:1:1: [tracing] needs url, the collector that takes "
               "spans; set it, or leave [tracing] out"});
  expect_with(
    "[tracing]\nurl = 7\n",
    {"weir.toml:2:7: url: expected a string in quotes, got the integer 7"});
}

BOOST_AUTO_TEST_CASE(a_queue_holds_a_batch) {
  const std::string url = "[tracing]\nurl = \"http://a/v1/traces\"\n";
  expect_with(url + "queue = 512\n", {});
  expect_with(url + "queue = 511\n",
              {"weir.toml:3:9: queue: no batch would ever be full: batch is "
               "512, and queue 511; make queue at least as large"});
  expect_with(url + "queue = 5\nbatch = 6\n",
              {"weir.toml:4:9: batch: no batch would ever be full: batch is 6, "
               "and queue 5; make queue at least as large"});
}

BOOST_AUTO_TEST_CASE(a_connects_trace_is_at_a_pointer) {
  const std::string mapping = "[[namespace.mapping]]\nroom = \"a\"\n"
                              "topic = \"t\"\nevents = [\"e\"]\n";
  auto with = [&](const std::string& pointer) {
    return "[kafka]\nembedded = true\n[[namespace]]\ntrace_from = \"" + pointer
           + "\"\n" + mapping;
  };
  expect(with(""), {});
  expect(with("/trace"), {});
  expect(with("/a/b"), {});
  expect(with("trace"),
         {"weir.toml:4:14: trace_from: \"trace\" is not a JSON pointer into "
          "what clients connect with, such as \"/trace\""});
}

BOOST_AUTO_TEST_CASE(an_authority_is_a_file) {
  expect_with("[tracing]\nurl = \"https://a/v1/traces\"\nca = \"no.pem\"\n",
              {"weir.toml:3:6: ca: \"no.pem\" is not a file; relative ones "
               "start at the configuration's own folder"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
