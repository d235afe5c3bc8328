// What [limits] says of how often something may happen.

#include "tests/config/config_fixture.hpp"

namespace {

using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  /// `text` begins at line 2.
  void expect_in_limits(const std::string& text, const lines& expected) {
    expect("[limits]\n" + text + rest, expected);
  }

  limits_options limits(const std::string& text) {
    auto loaded = load("[limits]\n" + text + rest);
    BOOST_TEST(messages(loaded) == lines{}, boost::test_tools::per_element());
    return loaded.value.limits;
  }

  const std::string rest
    = "\n[kafka]\nembedded = true\n[[namespace]]\nname = \"/\"\n"
      "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"a\"\n"
      "events = [\"say\"]\n";
};

BOOST_FIXTURE_TEST_SUITE(validate_rates, fixture)

BOOST_AUTO_TEST_CASE(takes_rates_in_either_way_of_writing_them) {
  auto x = limits("events = { rate = 50, burst = 100 }\n"
                  "bytes.rate = \"64KiB\"\njoins = { rate = 5 }\n"
                  "connection_rate = { rate = 1, burst = 20 }\n"
                  "handshakes.rate = 500\nmax_rate_limited = 100\n");
  BOOST_TEST((x.events == rate_options{50, 100}));
  BOOST_TEST((x.bytes == rate_options{64 * kib, 0}));
  BOOST_TEST(x.bytes.most_at_once() == 64 * kib);
  BOOST_TEST((x.joins == rate_options{5, 0}));
  BOOST_TEST((x.connection_rate == rate_options{1, 20}));
  BOOST_TEST((x.handshakes == rate_options{500, 0}));
  BOOST_TEST(x.max_rate_limited == 100u);
}

BOOST_AUTO_TEST_CASE(takes_rates_of_some_events) {
  auto x = limits("[[limits.event]]\nname = \"say\"\n"
                  "events = { rate = 5, burst = 10 }\nbytes = { rate = 100 }\n"
                  "[[limits.event]]\nname = \"join\"\nevents.rate = 1\n");
  BOOST_TEST_REQUIRE(x.event.size() == 2u);
  BOOST_TEST(x.event[0].name == "say");
  BOOST_TEST((x.event[0].events == rate_options{5, 10}));
  BOOST_TEST((x.event[0].bytes == rate_options{100, 0}));
  BOOST_TEST(x.event[1].name == "join");
}

BOOST_AUTO_TEST_CASE(tells_what_has_no_effect) {
  const std::string alone = ": burst: does nothing without rate; set both";
  for (std::string x :
       {"connection_rate", "handshakes", "events", "bytes", "joins"})
    expect_in_limits(x + ".burst = 5\n",
                     {"weir.toml:2:" + std::to_string(x.size() + 10) + alone});
  for (std::string x : {"requests", "packets"}) // which are on by themselves
    expect_in_limits(x + ".rate = 0\n" + x + ".burst = 5\n",
                     {"weir.toml:3:" + std::to_string(x.size() + 10) + alone});
  auto off = limits("requests.rate = 0\npackets.rate = 0\n");
  BOOST_TEST(!off.requests.is_on());
  BOOST_TEST(!off.packets.is_on());
  expect_in_limits(
    "max_rate_limited = 5\n",
    {"weir.toml:2:20: max_rate_limited: does nothing without "
     "events, bytes, joins or [[limits.event]]; set one of them"});
  expect_in_limits(
    "connections_per_user = 5\n",
    {"weir.toml:2:24: connections_per_user: does nothing where nobody says "
     "who a user is; set [auth.jwt], [auth.webhook] or auth.certificate_user"});
}

BOOST_AUTO_TEST_CASE(wants_of_an_event_its_name_and_a_limit) {
  expect_in_limits("[[limits.event]]\nevents = { rate = 5 }\n",
                   {"weir.toml:2:1: event: name is missing: of the event"});
  expect_in_limits(
    "[[limits.event]]\nname = \"say\"\n",
    {"weir.toml:2:1: event: limits nothing; set events or bytes, "
     "such as events = { rate = 5, burst = 10 }"});
  expect_in_limits(
    "[[limits.event]]\nname = \"shout\"\nevents.rate = 5\n",
    {"weir.toml:3:8: name: \"shout\" is no event that clients may "
     "emit; see events in the mappings"});
  expect_in_limits("[[limits.event]]\nname = \"say\"\nevents.rate = 5\n"
                   "[[limits.event]]\nname = \"say\"\nbytes.rate = 5\n",
                   {"weir.toml:6:8: name: \"say\" is there already; say all of "
                    "it once"});
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_rate) {
  expect_in_limits("events = 50\n",
                   {"weir.toml:2:10: events: expected a table, written "
                    "[limits.events], got the integer 50"});
  expect_in_limits("events.rate = -1\n",
                   {"weir.toml:2:15: rate: -1 is out of bounds; use 0 to "
                    "1000000"});
  expect_in_limits(
    "bytes.rate = \"2GiB\"\n",
    {"weir.toml:2:14: rate: \"2GiB\" is out of bounds; use 0B to "
     "1GiB"});
  expect_in_limits("events = { rat = 1 }\n",
                   {"weir.toml:2:12: unknown key \"rat\", did you mean "
                    "\"rate\"?"});
}

BOOST_AUTO_TEST_CASE(refuses_proxies_that_are_no_networks) {
  auto server = [&](const std::string& text, const lines& expected) {
    expect("[server]\n" + text + rest, expected);
  };
  server("trust_proxy = [\"10.0.0.0/8\", \"::1\", \"fd00::/8\"]\n", {});
  server(
    "trust_proxy = [\"10.0.0.1/8\"]\n",
    {"weir.toml:2:16: trust_proxy: \"10.0.0.1/8\" has bits of an address "
     "beyond its prefix; write 0 for them, or leave the prefix out for the "
     "one address"});
  server(
    "trust_proxy = [\"proxy.example\"]\n",
    {"weir.toml:2:16: trust_proxy: \"proxy.example\" is not a network; write "
     "it like \"10.0.0.0/8\" or \"fd00::/8\", or as an address"});
}

BOOST_AUTO_TEST_CASE(a_url_may_be_as_long_as_the_header_unless_it_is_said) {
  auto url = [&](const std::string& text) {
    return load("[server]\n" + text + rest).value.server.max_url;
  };
  BOOST_TEST(url("") == 16 * kib);
  BOOST_TEST(url("max_header = \"64KiB\"\n") == 64 * kib);
  BOOST_TEST(url("max_header = \"64KiB\"\nmax_url = \"2KiB\"\n") == 2 * kib);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
