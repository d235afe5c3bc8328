#include "config/base/trace_context.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace weir;

namespace {

const std::string good
  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string with(std::size_t index, char x) {
  auto result = good;
  result[index] = x;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(trace_context_suite)

BOOST_AUTO_TEST_CASE(what_is_read_is_written_the_same) {
  auto x = parse_traceparent(good);
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(x->is_sampled());
  BOOST_TEST(x->trace_id[0] == 0x0a);
  BOOST_TEST(x->span_id[7] == 0x31);
  BOOST_TEST(to_traceparent(*x) == good);
}

BOOST_AUTO_TEST_CASE(flags_that_are_not_known_go_out_as_zero) {
  auto text = good;
  text.replace(53, 2, "fe");
  auto x = parse_traceparent(text);
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(!x->is_sampled());
  BOOST_TEST(to_traceparent(*x).substr(53) == "02");
}

BOOST_AUTO_TEST_CASE(a_later_version_may_have_more_behind_a_dash) {
  BOOST_TEST(parse_traceparent("cc" + good.substr(2)).has_value());
  BOOST_TEST(parse_traceparent("cc" + good.substr(2) + "-more").has_value());
  BOOST_TEST(!parse_traceparent("cc" + good.substr(2) + "more").has_value());
  BOOST_TEST(!parse_traceparent(good + "-more").has_value());
  BOOST_TEST(!parse_traceparent("ff" + good.substr(2)).has_value());
}

BOOST_AUTO_TEST_CASE(an_id_of_zeroes_is_none) {
  auto trace = good, span = good;
  trace.replace(3, 32, 32, '0');
  span.replace(36, 16, 16, '0');
  BOOST_TEST(!parse_traceparent(trace).has_value());
  BOOST_TEST(!parse_traceparent(span).has_value());
}

/// Every byte at every index: the outcome is known for each.
BOOST_AUTO_TEST_CASE(any_other_character_anywhere_is_refused) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int c = 0; c < 256; ++c) {
      auto text = with(i, static_cast<char>(c));
      auto fits = good[i] == '-' ? text[i] == '-'
                                 : hex.find(text[i]) != hex.npos;
      BOOST_TEST_CONTEXT(i << ' ' << c)
      BOOST_TEST(parse_traceparent(text).has_value() == fits);
    }
}

BOOST_AUTO_TEST_CASE(any_other_length_is_refused) {
  for (std::size_t size = 0; size < good.size(); ++size)
    BOOST_TEST(!parse_traceparent(good.substr(0, size)).has_value());
  BOOST_TEST(!parse_traceparent(good + "0").has_value());
  BOOST_TEST(!parse_traceparent(std::string(100'000, '0')).has_value());
}

BOOST_AUTO_TEST_CASE(generated_contexts_survive_the_round_trip) {
  std::mt19937 random{7};
  for (int i = 0; i < 1'000; ++i) {
    trace_context x;
    for (auto& byte : x.trace_id)
      byte = static_cast<std::uint8_t>(random());
    for (auto& byte : x.span_id)
      byte = static_cast<std::uint8_t>(random());
    x.trace_id[15] |= 1; // never zero
    x.span_id[7] |= 1;
    x.flags = random() & 3;
    BOOST_TEST((parse_traceparent(to_traceparent(x)) == x));
  }
}

BOOST_AUTO_TEST_CASE(states_that_are_passed_on) {
  const std::vector<std::string> table{
    "a=1",
    "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
    "0tenant@vendor=x y",
    "a=1 , b=2\t,, c=3",
    "a/b*c_d-e=~!\"#",
    "a= leading",
    "k=" + std::string(256, 'v'),
    std::string(256, 'k') + "=v",
  };
  for (auto& x : table)
    BOOST_TEST(is_tracestate(x), x);
}

BOOST_AUTO_TEST_CASE(states_that_are_not) {
  const std::vector<std::string> table{
    "",
    " ",
    ",",
    "a",
    "a=",
    "=1",
    "A=1",
    "a=1,a=2",
    "a=1=2",
    "a =1",
    "_a=1",
    "a=\x7f",
    "a=\xc3\xa4",
    "a=1\r\nb=2",
    std::string("a=\0", 3),
    "k=" + std::string(257, 'v'),
    std::string(257, 'k') + "=v",
    "k=" + std::string(255, 'v') + ",l=" + std::string(254, 'v'),
  };
  for (auto& x : table)
    BOOST_TEST(!is_tracestate(x), x);
}

BOOST_AUTO_TEST_CASE(a_state_has_32_members_at_most) {
  std::string text = "k0=v";
  for (int i = 1; i < 32; ++i)
    text += ",k" + std::to_string(i) + "=v";
  BOOST_TEST(is_tracestate(text));
  BOOST_TEST(!is_tracestate(text + ",k32=v"));
}

BOOST_AUTO_TEST_SUITE_END()
