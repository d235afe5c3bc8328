#include "actors/kafka/batch_slices.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

/// Two rooms with one key, and one with another.
struct fixture {
  using offsets = std::vector<std::uint32_t>;

  struct taken {
    const room_actor* room;
    offsets begins;
  };

  static room_subscription numbered(std::uint64_t number) {
    room_subscription result;
    result.number = number;
    return result;
  }

  std::vector<taken> take() {
    std::vector<taken> result;
    slices.take_all([&](batch_slices::slice x) {
      result.push_back({x.room, std::move(x.begins)});
    });
    return result;
  }

  std::vector<room_subscription> a{numbered(1), numbered(2)}, b{numbered(3)};
  batch_slices slices;
};

BOOST_FIXTURE_TEST_SUITE(slices_of_a_batch, fixture)

BOOST_AUTO_TEST_CASE(are_in_the_order_of_the_rooms_first_records) {
  slices.add(b, 0), slices.add(a, 10), slices.add(b, 20);
  auto all = take();
  BOOST_TEST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].room == &b[0].room);
  BOOST_TEST((all[0].begins == offsets{0, 20}));
  BOOST_TEST(all[1].room == &a[0].room);
  BOOST_TEST(all[2].room == &a[1].room);
  BOOST_TEST((all[2].begins == offsets{10}));
}

BOOST_AUTO_TEST_CASE(may_be_empty) {
  slices.add(a);
  slices.add(b, 3);
  auto all = take();
  BOOST_TEST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].begins.empty());
  BOOST_TEST((all[2].begins == offsets{3}));
}

BOOST_AUTO_TEST_CASE(are_gone_once_they_are_taken) {
  slices.add(a, 1);
  take();
  BOOST_TEST(take().empty());
  slices.add(b, 2);
  BOOST_TEST(take().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_room_subscription_begins_again_where_its_log_was_cut) {
  room_subscription x;
  x.answer.from = {{0, 9}};
  x.answer.log_end = {{0, 12}};
  x.answer.history[0] = {7, 8};
  x.go_back(1, 3); // another partition
  BOOST_TEST(x.answer.from.at(0) == 9);
  x.go_back(0, 6);
  BOOST_TEST(x.answer.from.at(0) == 6);
  BOOST_TEST(x.answer.log_end.at(0) == 6);
  BOOST_TEST(x.answer.history.empty());
}

} // namespace

} // namespace weir
