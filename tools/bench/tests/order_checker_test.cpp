#include "tools/bench/load/order_checker.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

// A checker that finds nothing proves nothing: each case here breaks a promise
// in one way and wants it found.

using namespace weir::bench;

namespace {

/// A room with two members and two emitters, a and b. What a member sees is
/// written as `a0 b0 a1`.
struct fixture {
  order_checker checker{2, 2};

  void sees(std::uint32_t member, std::string_view records) {
    for (std::size_t i = 0; i + 1 < records.size(); i += 3)
      checker.delivered(member, records[i] == 'a' ? 0 : 1,
                        static_cast<std::uint32_t>(records[i + 1] - '0'));
  }

  violations after(std::uint32_t emitted_a, std::uint32_t emitted_b) {
    return checker.finish({emitted_a, emitted_b});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(order_checker_, fixture)

BOOST_AUTO_TEST_CASE(accepts_the_same_order_at_every_member) {
  sees(0, "a0 b0 a1 b1");
  sees(1, "a0 b0 a1 b1");
  BOOST_TEST(after(2, 2).total() == 0u);
}

BOOST_AUTO_TEST_CASE(accepts_members_that_take_turns_being_ahead) {
  sees(0, "a0");
  sees(1, "a0 a1");
  sees(0, "a1 a2");
  sees(1, "a2");
  BOOST_TEST(after(3, 0).total() == 0u);
}

BOOST_AUTO_TEST_CASE(finds_a_delivery_lost_by_the_member_that_is_behind) {
  sees(0, "a0 a1 a2");
  sees(1, "a0 a2");
  auto found = after(3, 0);
  BOOST_TEST(found.lost == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_a_delivery_lost_by_the_member_that_is_ahead) {
  sees(0, "a0 a2");
  sees(1, "a0 a1 a2");
  BOOST_TEST(after(3, 0).total() > 0u);
}

BOOST_AUTO_TEST_CASE(finds_a_delivery_lost_by_every_member) {
  sees(0, "a0 a2");
  sees(1, "a0 a2");
  auto found = after(3, 0);
  BOOST_TEST(found.lost == 2u);
  BOOST_TEST(found.total() == 2u);
}

BOOST_AUTO_TEST_CASE(finds_the_last_delivery_lost) {
  sees(0, "a0 a1");
  sees(1, "a0");
  BOOST_TEST(after(2, 0).lost == 1u);
}

BOOST_AUTO_TEST_CASE(finds_the_last_delivery_lost_by_all) {
  sees(0, "a0");
  sees(1, "a0");
  BOOST_TEST(after(2, 1).lost == 4u);
}

BOOST_AUTO_TEST_CASE(finds_a_member_that_saw_nothing) {
  sees(0, "a0 a1");
  BOOST_TEST(after(2, 0).lost == 2u);
}

BOOST_AUTO_TEST_CASE(finds_a_doubled_delivery) {
  sees(0, "a0 a0 a1");
  sees(1, "a0 a1");
  auto found = after(2, 0);
  BOOST_TEST(found.duplicated == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_a_delivery_doubled_by_the_member_that_is_behind) {
  sees(0, "a0 a1 a2");
  sees(1, "a0 a1 a0 a2");
  auto found = after(3, 0);
  BOOST_TEST(found.duplicated == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_a_record_doubled_for_everybody) {
  sees(0, "a0 a1 a0 a1");
  sees(1, "a0 a1 a0 a1");
  BOOST_TEST(after(2, 0).duplicated == 4u);
}

BOOST_AUTO_TEST_CASE(finds_two_emits_of_one_emitter_swapped) {
  sees(0, "a1 a0 a2");
  sees(1, "a1 a0 a2");
  auto found = after(3, 0);
  BOOST_TEST(found.reordered == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_members_that_disagree_about_two_emitters) {
  sees(0, "a0 b0 a1");
  sees(1, "b0 a0 a1");
  auto found = after(2, 1);
  BOOST_TEST(found.diverged == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_a_record_that_came_early_to_one_member) {
  sees(0, "a0 a1");
  sees(1, "b0 a0 a1");
  sees(0, "b0");
  auto found = after(2, 1);
  BOOST_TEST(found.diverged == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_CASE(counts_no_loss_where_an_emit_was_refused) {
  checker.refused(0, 1);
  sees(0, "a0 a2");
  sees(1, "a0 a2");
  BOOST_TEST(after(3, 0).total() == 0u);
}

BOOST_AUTO_TEST_CASE(still_compares_after_it_has_forgotten_old_records) {
  constexpr std::uint32_t many = 100'000;
  for (std::uint32_t seq = 0; seq < many; ++seq) {
    checker.delivered(0, 0, seq);
    if (seq != 70'000)
      checker.delivered(1, 0, seq);
  }
  auto found = after(many, 0);
  BOOST_TEST(found.lost == 1u);
  BOOST_TEST(found.total() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
