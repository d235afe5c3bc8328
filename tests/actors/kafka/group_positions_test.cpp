#include "actors/kafka/group_positions.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  /// Whether it is the first.
  bool read_to(std::int32_t partition, std::int64_t next) {
    commit_position x{"topic", partition};
    x.next = next;
    return positions.take(std::move(x));
  }

  /// Of partition 0, which is this node's, and -1 where there is none.
  std::int64_t changed() {
    auto all = positions.take_changes([](auto& x) { return x.partition == 0; });
    BOOST_TEST(!all.contains({"topic", 1}));
    return all.empty() ? -1 : all.at({"topic", 0}).offset;
  }

  group_positions positions;
};

BOOST_FIXTURE_TEST_SUITE(group_positions_of_a_node, fixture)

BOOST_AUTO_TEST_CASE(are_changes_once) {
  BOOST_TEST(changed() == -1);
  read_to(0, 5);
  read_to(1, 6);
  BOOST_TEST(changed() == 5);
  BOOST_TEST(changed() == -1);
  read_to(0, 5);
  BOOST_TEST(changed() == -1);
  read_to(0, 7);
  BOOST_TEST(changed() == 7);
}

BOOST_AUTO_TEST_CASE(change_with_what_is_kept_beside_them) {
  read_to(0, 5);
  changed();
  commit_position x{"topic", 0};
  x.next = 5;
  x.note = "log=7";
  positions.take(x);
  BOOST_TEST(changed() == 5);
  x.leader_epoch = 2;
  positions.take(x);
  BOOST_TEST(changed() == 5);
}

BOOST_AUTO_TEST_CASE(are_not_those_of_who_has_none_yet) {
  BOOST_TEST(!read_to(0, -1));
  BOOST_TEST(read_to(0, 5));
  BOOST_TEST(!read_to(0, 5));
  BOOST_TEST(!read_to(0, -1));
  BOOST_TEST(!read_to(1, -1));
  BOOST_TEST(positions.latest().size() == 1u);
  BOOST_TEST(changed() == 5);
}

BOOST_AUTO_TEST_CASE(are_changes_once_more_when_some_were_refused) {
  read_to(0, 5);
  changed();
  positions.doubt();
  BOOST_TEST(changed() == 5);
  BOOST_TEST(changed() == -1);
}

BOOST_AUTO_TEST_CASE(are_committed_once_that_is_confirmed_whatever_is_refused) {
  read_to(0, 5);
  changed();
  BOOST_TEST(positions.committed().empty());
  positions.confirm({"topic", 0}, 5);
  read_to(0, 7);
  changed();
  BOOST_TEST(positions.committed().at({"topic", 0}) == 5);
  positions.doubt();
  BOOST_TEST(positions.committed().at({"topic", 0}) == 5);
}

BOOST_AUTO_TEST_CASE(are_given_back_as_they_are) {
  read_to(0, 5);
  changed();
  read_to(1, 6);
  auto all = positions.of({{"topic", 0}, {"topic", 1}, {"topic", 2}});
  BOOST_TEST(all.size() == 2u);
  BOOST_TEST(all.at({"topic", 0}).offset == 5);
  BOOST_TEST(all.at({"topic", 1}).offset == 6);
}

BOOST_AUTO_TEST_CASE(are_gone_with_the_partition) {
  read_to(0, 5);
  changed();
  positions.confirm({"topic", 0}, 5);
  positions.end({"topic", 0});
  BOOST_TEST(positions.latest().empty());
  BOOST_TEST(positions.committed().size() == 1u);
  read_to(0, 5);
  positions.forget({"topic", 0});
  BOOST_TEST(positions.latest().empty());
  BOOST_TEST(positions.committed().empty());
  read_to(0, 5);
  BOOST_TEST(changed() == 5);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
