#include "tools/bench/load/emit_window.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using weir::bench::emit_window;

namespace {

constexpr std::uint32_t members = 2;

} // namespace

BOOST_AUTO_TEST_SUITE(emit_window_)

BOOST_AUTO_TEST_CASE(is_full_until_the_emit_is_acked_and_delivered_to_all) {
  emit_window window{1};
  auto seq = window.emit(100, members);
  BOOST_TEST(window.full());
  window.delivered(seq);
  BOOST_TEST(window.acked(seq) == 100u);
  BOOST_TEST(window.full());
  window.delivered(seq);
  BOOST_TEST(window.empty());
}

BOOST_AUTO_TEST_CASE(takes_more_once_the_oldest_emit_is_finished) {
  emit_window window{2};
  auto first = window.emit(1, 1);
  auto second = window.emit(2, 1);
  window.acked(second);
  window.delivered(second);
  BOOST_TEST(window.full());
  window.acked(first);
  window.delivered(first);
  BOOST_TEST(window.empty());
}

BOOST_AUTO_TEST_CASE(waits_for_nobody_when_an_emit_was_refused) {
  emit_window window{1};
  window.refused(window.emit(1, members));
  BOOST_TEST(window.empty());
}

BOOST_AUTO_TEST_CASE(ignores_what_is_not_on_its_way) {
  emit_window window{4};
  window.delivered(3);
  BOOST_TEST(window.acked(7) == 0u);
  auto seq = window.emit(1, 1);
  window.delivered(seq);
  window.delivered(seq);
  BOOST_TEST(window.acked(seq) == 1u);
  BOOST_TEST(window.acked(seq) == 0u);
  BOOST_TEST(window.empty());
}

BOOST_AUTO_TEST_CASE(gives_up_what_has_no_ack_when_its_emitter_is_gone) {
  emit_window window{4};
  auto acked = window.emit(1, members);
  auto delivered = window.emit(2, members);
  auto neither = window.emit(3, members);
  window.acked(acked);
  window.delivered(delivered);
  std::vector<std::uint32_t> uncertain;
  window.give_up([&](std::uint32_t seq) { uncertain.push_back(seq); });
  BOOST_TEST((uncertain == std::vector{delivered, neither}));
  BOOST_TEST(!window.empty()); // an acked one is owed to everybody
  window.delivered(acked);
  window.delivered(acked);
  BOOST_TEST(window.empty());
}

BOOST_AUTO_TEST_SUITE_END()
