#include "actors/room_history.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {
namespace {

BOOST_AUTO_TEST_SUITE(a_room_history)

BOOST_AUTO_TEST_CASE(keeps_nothing_unless_it_is_asked_to) {
  room_history x{0, 100};
  BOOST_TEST(!x.is_kept());
  x.add("a");
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(keeps_the_last_events_in_their_order) {
  room_history x{2, 100};
  for (auto frames : {"a", "b", "c"})
    x.add(frames);
  BOOST_TEST(x.size() == 2u);
  BOOST_TEST(x.frames() == "bc");
}

BOOST_AUTO_TEST_CASE(keeps_no_more_bytes_than_an_outbox_takes) {
  room_history x{10, 5};
  for (auto frames : {"aaa", "bb", "cc"})
    x.add(frames);
  BOOST_TEST(x.frames() == "bbcc");
  x.add("too large");
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(takes_later_events_after_its_own) {
  room_history x{3, 100}, later{3, 100};
  for (auto frames : {"a", "b"})
    x.add(frames);
  for (auto frames : {"c", "d"})
    later.add(frames);
  x.add(later);
  BOOST_TEST(x.frames() == "bcd");
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
