// What a socket's memberships cost: work and bytes.

#include "tests/actors/client/connection_fixture.hpp"
#include "tests/memory/heap.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::test {
namespace {

constexpr std::uint32_t most_rooms = 256;

/// Names are as long as they may be, and differ at their ends.
std::string name_of(std::size_t i) {
  auto number = std::to_string(i);
  std::string result = "chat:";
  result.append(limits_options{}.room_name - result.size() - number.size(),
                'x');
  return result + number;
}

struct fixture : connection_fixture {
  fixture() {
    // What the probes note costs nothing more.
    joins.reserve(10'000);
    leaves.reserve(10'000);
    opened.reserve(100);
    connect();
  }

  void enter_rooms(std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i)
      enter(name_of(i), i + 1);
    session->take();
  }

  /// The least that a join and a leave take: now and then some table grows.
  heap_use cost_of_one_more() {
    heap_use least;
    for (int i = 0; i < 20; ++i) {
      auto before = heap_used();
      enter(name_of(9999), 10'000);
      leave(name_of(9999));
      auto cost = heap_used() - before;
      if (i == 0 || cost.bytes < least.bytes)
        least = cost;
    }
    return least;
  }
};

BOOST_FIXTURE_TEST_SUITE(memberships, fixture)

BOOST_AUTO_TEST_CASE(cost_the_same_to_begin_and_end_however_many_there_are) {
  enter_rooms(0, 1);
  auto with_one = cost_of_one_more();
  enter_rooms(1, most_rooms - 1);
  auto with_many = cost_of_one_more();
  BOOST_TEST_MESSAGE(with_one.allocations << " allocations, " << with_one.bytes
                                          << " bytes");
  BOOST_TEST(with_one.allocations > 0u);
  BOOST_TEST(with_many.allocations == with_one.allocations);
  BOOST_TEST(with_many.bytes == with_one.bytes);
}

// Offsets name all rooms, as far as limits.recovery_offset lets them.
BOOST_AUTO_TEST_CASE(cost_no_more_than_an_offset_where_they_can_be_recovered) {
  nsps[0].recovery = std::chrono::minutes{2};
  rules = rules_of(nsps);
  restart();
  connect();
  enter_rooms(0, 1);
  auto with_one = cost_of_one_more();
  enter_rooms(1, most_rooms - 1);
  auto with_many = cost_of_one_more();
  BOOST_TEST(with_many.bytes <= with_one.bytes + 20 * limits.recovery_offset);
}

BOOST_AUTO_TEST_CASE(keep_their_names_and_a_kilobyte_each) {
  auto before = heap_used();
  enter_rooms(0, most_rooms);
  auto kept = heap_used() - before;
  // The probes keep what they were told, with two copies of each name.
  auto of_probes = most_rooms * (3 * limits.room_name + 512);
  auto names = std::size_t{most_rooms} * limits.room_name;
  BOOST_TEST_MESSAGE(kept.live << " bytes for " << names << " of names");
  BOOST_TEST(kept.live > 0);
  BOOST_TEST(static_cast<std::size_t>(kept.live)
             <= names + most_rooms * 1024 + of_probes);
}

BOOST_AUTO_TEST_CASE(end_with_all_that_they_have_kept) {
  enter_rooms(0, most_rooms);
  joins.clear(), leaves.clear();
  auto before = heap_used();
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < most_rooms; ++i)
      leave(name_of(i));
    enter_rooms(0, most_rooms);
    joins.clear(), leaves.clear();
  }
  session->take();
  auto more = heap_used() - before;
  BOOST_TEST(more.live < 16'384);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::test
