#include "actors/client/socket_recovery.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

constexpr std::size_t max_offset = 1024;

/// A socket in `n` rooms.
struct member {
  explicit member(int n) {
    for (int i = 0; i < n; ++i)
      enter("chat:" + std::to_string(i));
    prepare();
  }

  void enter(const std::string& name) {
    auto& room = rooms.add(name);
    rooms.enter(room, ++last_id, {});
    room.readers.emplace_back(0, 7);
    recovery.forget_rooms();
  }

  void leave(const std::string& name) {
    rooms.remove(name);
    recovery.forget_rooms();
  }

  void prepare() { recovery.prepare(rooms, 1000); }

  /// Bytes that are encoded and signed for a join and a leave.
  std::size_t cost_of_a_turn(const std::string& name) {
    auto before = recovery.bytes_taken_in();
    enter(name), prepare();
    leave(name), prepare();
    return recovery.bytes_taken_in() - before;
  }

  schemas::recovery_signer signer{"0123456789abcdef"};
  socket_recovery recovery{signer, "/", signer.make_pid("/", "id"), max_offset};
  socket_rooms rooms;
  std::uint64_t last_id = 0;
};

BOOST_AUTO_TEST_SUITE(a_sockets_recovery)

BOOST_AUTO_TEST_CASE(is_usable_for_as_long_as_its_rooms_fit) {
  member x{1};
  BOOST_TEST(x.recovery.is_usable());
  x.enter(std::string(max_offset, 'x')), x.prepare();
  BOOST_TEST(!x.recovery.is_usable());
  BOOST_TEST(x.recovery.own_part() == "-");
  x.leave(std::string(max_offset, 'x')), x.prepare();
  BOOST_TEST(x.recovery.is_usable());
}

// Not more than twice what an offset holds, for a join and a leave.
BOOST_AUTO_TEST_CASE(costs_no_more_with_many_rooms_than_fit_an_offset) {
  for (int n : {1, 16, 256, 10'000}) {
    member x{n};
    BOOST_TEST(x.cost_of_a_turn("chat:x") <= 2 * (max_offset + 255), n);
  }
}

BOOST_AUTO_TEST_CASE(costs_nothing_while_the_rooms_stay_the_same) {
  for (int n : {1, 256}) {
    member x{n};
    auto before = x.recovery.bytes_taken_in();
    x.prepare();
    BOOST_TEST(x.recovery.bytes_taken_in() == before, n);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
