#include "tests/actors/room/room_fixture.hpp"
#include "tests/support/interleaving.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <deque>

namespace weir {

namespace {

using test::room_fixture;

/// What a member gets, whatever it is, in the order in which it does; and what
/// it is to get.
struct listener {
  room_fixture::texts expected;
  room_fixture::texts got;
  bool is_in = false;
  member_actor handle;
  socket_ptr socket = std::make_shared<const socket_identity>();
};

/// A room of many. It is told one thing after another, and each of them says
/// what becomes of that.
struct world : room_fixture {
  explicit world(std::uint32_t seed) : choice(seed) {
    complete();
    for (std::uint32_t i = 0; i < 60; ++i) {
      all.emplace_back();
      all.back().handle = spawn_listener(all.back());
    }
  }

  member_actor spawn_listener(listener& x) {
    auto note = [&x](std::string what) { x.got.push_back(std::move(what)); };
    return keep_probe(system.spawn([note](member_actor::pointer) {
      return member_actor::behavior_type{
        [note](const join_answered& y) {
          note(y.error == emit_errc::none ? "joined" : "refused");
        },
        [note](const deliver_events& y) {
          note("events " + std::to_string(y.events->to));
        },
        [note](const read_done&) { note("read"); },
        [note](const deliver_local& y) { note(*y.frames); },
        [note](const room_closed&) { note("closed"); },
        [note](const disconnect_socket&) { note("go"); },
      };
    }));
  }

  void expect(const std::string& what) {
    for (auto& x : all)
      if (x.is_in)
        x.expected.push_back(what);
  }

  // -- what may happen --------------------------------------------------------

  void join(listener& x) {
    self->send(room, join_room{x.handle, {x.socket, "1"}, &route, "room", "k"});
    x.is_in = !has_problem;
    x.expected.push_back(x.is_in ? "joined" : "refused");
  }

  void leave(listener& x) {
    self->send(room, leave_room{x.socket, "room"});
    x.is_in = false;
  }

  void read(listener& x) {
    self->send(room, read_room{x.socket, 0, 0, log_end, 100, ++reads});
    x.expected.push_back("read");
  }

  void append() {
    self->send(room, records_in(batch_of({test::record_of(log_end, "k", "1")},
                                         log_end, log_end + 1)));
    expect("events " + std::to_string(++log_end));
  }

  void broadcast() {
    auto text = "local " + std::to_string(++locals);
    self->send(room,
               broadcast_local{0, "room", nullptr,
                               std::make_shared<const std::string>(text)});
    expect(text);
  }

  void disconnect() {
    self->send(room, disconnect_room{0, "room"});
    expect("go");
  }

  void toggle_problem() {
    has_problem = !has_problem;
    self->send(room, room_problem{has_problem ? "no such topic" : ""});
  }

  void step() {
    auto& x = all[choice.below(static_cast<std::uint32_t>(all.size()))];
    if (!x.is_in)
      join(x);
    else if (choice.once_in(4))
      leave(x);
    else if (choice.once_in(2))
      read(x);
    if (choice.once_in(3))
      append();
    if (choice.once_in(3))
      broadcast();
    if (choice.once_in(30))
      disconnect();
    if (choice.once_in(20))
      toggle_problem();
    choice.run(scheduler, choice.below(30));
  }

  test::interleaving choice;
  std::deque<listener> all; // stay where they are
  bool has_problem = false;
  std::int64_t log_end = 0;
  std::uint32_t reads = 0;
  int locals = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(members_of_a_large_room)

// Whoever is told by one way of some things and by another one of others, may
// see the events of before his join, or miss those behind it.
BOOST_DATA_TEST_CASE(get_everything_once_and_in_the_order_of_the_room,
                     boost::unit_test::data::xrange(1u,
                                                    31u + test::more_seeds()),
                     seed) {
  world w{seed};
  for (int i = 0; i < 300; ++i)
    w.step();
  w.end(w.room);
  w.expect("closed");
  w.run();
  for (auto& x : w.all)
    BOOST_TEST(x.got == x.expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
