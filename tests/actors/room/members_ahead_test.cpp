#include "actors/room/members_ahead.hpp" // unit under test

#include "tests/actors/room/topic_positions.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

/// A room at 30 of its partition 0, in log 7, and a member at 40.
struct fixture {
  using offsets = std::vector<std::int64_t>;

  fixture() {
    room_complete x{{{0, 30}}};
    x.log = 7;
    x.others = test::positions_at({{0, 30}}, 7);
    partitions.complete(x);
    ahead.add({socket, {}, 0, 40, {7, 2}});
  }

  /// A batch ends here, and epoch 3 has begun where it is.
  void read_to(std::int64_t to, std::int64_t begins, kafka::log_id log = 7,
               bool is_known = true) {
    leader_epochs epochs;
    epochs.merge(3, {begins, is_known});
    record_batch x;
    x.from = x.to = to;
    x.log = log;
    x.epochs = std::make_shared<const leader_epochs>(epochs);
    partitions.begin_batch(0, x);
    partitions.read_to(0, to);
  }

  /// Where members are to go back to.
  offsets look_after() {
    offsets result;
    ahead.look_after(partitions, [&](auto&, auto at) { result.push_back(at); });
    return result;
  }

  room_partitions partitions;
  members_ahead ahead;
  socket_ptr socket = std::make_shared<const socket_identity>();
};

BOOST_FIXTURE_TEST_SUITE(a_member_ahead_of_its_room, fixture)

BOOST_AUTO_TEST_CASE(goes_back_once_to_where_the_log_was_cut) {
  read_to(31, 50);
  BOOST_TEST(look_after().empty()); // it was cut beyond
  read_to(32, 35);
  BOOST_TEST((look_after() == offsets{35}));
  BOOST_TEST(look_after().empty());
}

BOOST_AUTO_TEST_CASE(waits_while_nobody_knows_where_that_was) {
  read_to(31, 38, 7, false);
  BOOST_TEST(look_after().empty());
  read_to(32, 35);
  BOOST_TEST((look_after() == offsets{35}));
}

BOOST_AUTO_TEST_CASE(is_told_by_what_comes_once_the_node_is_there) {
  read_to(40, 50);
  look_after();
  read_to(41, 35);
  BOOST_TEST(look_after().empty());
}

BOOST_AUTO_TEST_CASE(is_told_by_what_comes_when_the_log_is_another_one) {
  read_to(31, 35, 8);
  BOOST_TEST(look_after().empty());
}

BOOST_AUTO_TEST_CASE(is_told_by_the_cut_when_that_is_below) {
  ahead.cut(0, 40);
  ahead.cut(1, 10);
  read_to(31, 35);
  BOOST_TEST((look_after() == offsets{35})); // they were not
  ahead.add({socket, {}, 0, 40, {7, 2}});
  ahead.cut(0, 39);
  BOOST_TEST(look_after().empty());
}

BOOST_AUTO_TEST_CASE(is_not_told_when_it_has_left) {
  ahead.remove(socket);
  read_to(31, 35);
  BOOST_TEST(look_after().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
