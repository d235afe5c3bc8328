#include "actors/kafka/log_cursor.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  static record_batch range(std::int64_t from, std::int64_t to,
                            std::int64_t lost = -1) {
    return {1, from, to, {}, lost};
  }
};

BOOST_FIXTURE_TEST_SUITE(a_log_cursor, fixture)

BOOST_AUTO_TEST_CASE(takes_ranges_that_begin_where_it_is) {
  log_cursor x{5};
  BOOST_TEST(x.advance(range(5, 8)));
  BOOST_TEST(!x.advance(range(9, 10)));
  BOOST_TEST(!x.advance(range(5, 8)));
  BOOST_TEST(x.next() == 8);
}

BOOST_AUTO_TEST_CASE(goes_back_where_the_log_does) {
  log_cursor x{5};
  BOOST_TEST(x.advance(range(5, 2, 2)));
  BOOST_TEST(x.next() == 2);
}

BOOST_AUTO_TEST_CASE(begins_where_its_reader_says) {
  log_cursor x;
  x.begin(7);
  BOOST_TEST(x.advance(range(7, 8)));
}

BOOST_AUTO_TEST_CASE(takes_the_first_log_that_is_named_for_its_own) {
  log_cursor x{5};
  BOOST_TEST(!x.is_of_another_log(7));
  x.name({7, 1}, 9); // the epoch is of another position
  BOOST_TEST((x.of() == named_log{7, -1}));
  BOOST_TEST(!x.is_of_another_log(7));
  BOOST_TEST(x.is_of_another_log(8));
}

BOOST_AUTO_TEST_CASE(takes_an_epoch_only_with_its_position) {
  log_cursor x{5, {7, 1}};
  x.name({7, 2}, 4);
  BOOST_TEST(x.of().leader_epoch == 1);
  x.name({7, 2}, 5);
  BOOST_TEST(x.of().leader_epoch == 2);
}

// What the other log has below our position would be skipped.
BOOST_AUTO_TEST_CASE(comes_to_another_log_only_by_a_batch_that_goes_back) {
  log_cursor x{5, {7, 1}};
  x.name({8, 1}, 0);
  BOOST_TEST((x.of() == named_log{7, -1}));
  BOOST_TEST(!x.advance(range(5, 6)));
  BOOST_TEST(x.advance(range(5, 0, 0)));
  BOOST_TEST(x.of().log == 8u);
  BOOST_TEST(x.advance(range(0, 1)));
}

BOOST_AUTO_TEST_CASE(is_in_another_log_where_that_begins_at_its_position) {
  log_cursor x{0, {7, 1}};
  x.name({8, 3}, 0);
  BOOST_TEST((x.of() == named_log{8, 3}));
  BOOST_TEST(x.advance(range(0, 1)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
