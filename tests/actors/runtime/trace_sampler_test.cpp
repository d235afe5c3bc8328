#include "actors/runtime/trace_sampler.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace weir;

namespace {

trace_context with_id(std::uint64_t low) {
  trace_context x;
  for (std::size_t i = 0; i < 8; ++i)
    x.trace_id[15 - i] = static_cast<std::uint8_t>(low >> (8 * i));
  return x;
}

constexpr std::uint64_t greatest = (std::uint64_t{1} << 56) - 1;

} // namespace

BOOST_AUTO_TEST_SUITE(a_trace_sampler)

BOOST_AUTO_TEST_CASE(does_as_the_parent_does_whatever_the_ratio) {
  auto parent = with_id(0);
  BOOST_TEST(!trace_sampler{1}.samples_child_of(parent));
  parent.flags = trace_context::sampled;
  BOOST_TEST(trace_sampler{0}.samples_child_of(parent));
}

BOOST_AUTO_TEST_CASE(takes_all_with_1_and_none_with_0) {
  for (auto x : {std::uint64_t{0}, std::uint64_t{1}, greatest}) {
    BOOST_TEST(trace_sampler{1}.samples_root(with_id(x)));
    BOOST_TEST(!trace_sampler{0}.samples_root(with_id(x)));
  }
}

BOOST_AUTO_TEST_CASE(looks_at_the_last_56_bits_only) {
  trace_sampler half{0.5};
  auto middle = std::uint64_t{1} << 55;
  BOOST_TEST(half.samples_root(with_id(middle)));
  BOOST_TEST(!half.samples_root(with_id(middle - 1)));
  BOOST_TEST(!half.samples_root(with_id((middle - 1) | 0xff00'0000'0000'0000)));
}

BOOST_AUTO_TEST_CASE(takes_the_share_that_it_is_given) {
  std::mt19937_64 random{7};
  for (auto ratio : {0.01, 0.1, 0.5, 0.99}) {
    trace_sampler x{ratio};
    int taken = 0;
    for (int i = 0; i < 100'000; ++i)
      taken += x.samples_root(with_id(random())) ? 1 : 0;
    // Five standard deviations of 100,000 throws are at most 0.8 %.
    BOOST_TEST(std::abs(taken / 100'000.0 - ratio) < 0.008);
  }
}

/// So a trace that one node takes with a small ratio is whole where another has
/// a greater one.
BOOST_AUTO_TEST_CASE(takes_with_a_greater_ratio_what_it_takes_with_a_smaller) {
  std::mt19937_64 random{8};
  for (int i = 0; i < 10'000; ++i) {
    auto x = with_id(random());
    if (trace_sampler{0.1}.samples_root(x))
      BOOST_TEST(trace_sampler{0.2}.samples_root(x));
  }
}

BOOST_AUTO_TEST_SUITE_END()
