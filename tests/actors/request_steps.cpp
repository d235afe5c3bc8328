// What happens in the world of requests, and what must hold.

#include "tests/actors/request_world.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::requests {

using namespace std::chrono_literals;

void world::step() {
  auto& x = all[choice.below(clients)];
  // Several packets in one segment.
  for (auto n = choice.below(4); n > 0; --n) {
    auto what = choice.below(20);
    if (what < 8)
      join(x);
    else if (what < 13)
      leave(x);
    else if (what < 18)
      ask(x);
    else if (what < 19)
      connect(x);
    else if (choice.once_in(4))
      leave_namespace(x);
  }
  if (choice.once_in(3))
    connect(x);
  if (choice.once_in(2))
    append();
  if (choice.once_in(3))
    answer_emit();
  for (auto n = questions.empty() ? 0 : choice.below(4); n > 0; --n)
    answer_question();
  if (choice.once_in(15))
    assign("topic", static_cast<std::int32_t>(choice.below(partitions)));
  if (choice.once_in(25))
    fail_room();
  if (has_changes && choice.once_in(6))
    change_mappings();
  for (auto n = untold.empty() ? 0 : choice.below(3); n > 0; --n)
    tell_one();
  if (choice.once_in(25))
    cut(x);
  if (choice.once_in(20))
    x.session->stop_reading();
  if (choice.once_in(10))
    x.session->drain();
  if (choice.once_in(60) && x.session->is_open()) {
    x.is_stopping = true;
    x.session->ask_to_close();
  }
  if (choice.once_in(10))
    scheduler.advance_time(choice.once_in(3) ? 2s : 300ms);
  choice.run(scheduler, choice.below(25));
  settle();
}

void world::settle() {
  for (auto& x : all) {
    receive(x);
    BOOST_TEST(!x.session->is_aborted());
    if (!x.session->is_open())
      come_back(x);
  }
}

void world::heal() {
  is_healed = true;
  if (has_changes)
    end_changes();
  for (std::int32_t i = 0; i < partitions; ++i)
    assign("topic", i);
  for (int i = 0; i < 40; ++i) {
    while (!emits.empty())
      answer_emit();
    while (!questions.empty())
      answer_question(true);
    for (auto& x : all) {
      x.session->drain();
      connect(x);
    }
    advance(300ms);
    settle();
  }
  if (has_changes)
    join_everywhere();
  for (std::uint32_t i = 0; i < (has_changes ? 12 : 4) * rooms; ++i)
    append();
  for (int i = 0; i < 10; ++i) {
    for (auto& x : all)
      x.session->drain();
    advance(300ms);
    settle();
  }
}

void world::check() {
  BOOST_TEST(topics["later"].is_read == has_later());
  for (auto& x : all) {
    BOOST_TEST(x.session->is_read());
    for (auto& socket : x.sockets) {
      BOOST_TEST(socket.is_connected);
      for (auto& [id, n] : socket.answers)
        BOOST_TEST(n == 1, "ack " << id << " was given " << n << " times");
      for (std::uint32_t i = 0; i < rooms; ++i)
        check_room(socket, room_name(i));
    }
  }
}

void world::check_room(client_socket& socket, const std::string& room) {
  auto [state, joined] = socket.state_in(room);
  if (state != client_socket::state::in)
    return;
  ++members;
  auto from = joined->from;
  std::vector<std::int64_t> got, expected;
  auto& events = socket.events[room];
  for (auto i = joined->seen; i < events.size(); ++i)
    if (events[i] >= from)
      got.push_back(events[i]);
  auto is_main = socket.nsp.empty();
  auto* route = rules->at(is_main ? 0 : 1).mapping_of(room);
  BOOST_TEST_REQUIRE(route);
  for (auto at : stored[route->key_of(room).value()])
    if (at >= from)
      expected.push_back(at);
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

/// The node stops: it answers first.
void world::stop() {
  for (auto& x : all) {
    for (int i = 0; i < 2; ++i)
      join(x), ask(x), leave(x);
    x.session->ask_to_close();
  }
  run();
  while (!emits.empty())
    answer_emit();
  while (!questions.empty())
    answer_question();
  run();
  for (auto& x : all) {
    receive(x);
    BOOST_TEST(!x.session->is_open());
    for (auto& socket : x.sockets)
      for (auto& [id, n] : socket.answers)
        BOOST_TEST(n == 1, "ack " << id << " was given " << n << " times");
  }
}

} // namespace weir::requests
