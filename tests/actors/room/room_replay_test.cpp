#include "actors/room/room_replay.hpp" // unit under test

#include "tests/support/interleaving.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using texts = std::vector<std::string>;

constexpr std::size_t frame = 100, window = 4000;

/// Of each offset an event of 100 bytes.
std::shared_ptr<const room_events> range(std::int64_t from, std::int64_t to) {
  auto result = std::make_shared<room_events>();
  result->from = from;
  result->to = to;
  std::string frames;
  for (auto i = from; i < to; ++i) {
    frames.append(frame, 'x');
    result->events.push_back({i, frames.size()});
  }
  result->frames = std::make_shared<const std::string>(std::move(frames));
  return result;
}

/// A room's log of a partition, read by members with a name of a letter each.
struct fixture {
  explicit fixture(std::size_t limit = window, std::size_t all = 10 * window)
    : memory(std::make_shared<byte_budget>(all)),
      replay(ports(), limit, memory) {}

  room_replay::ports ports() {
    room_replay::ports out;
    out.send = [this](auto& to, auto& events, auto& lease) {
      said.push_back(name_of(to) + " " + std::to_string(events->from) + "-"
                     + std::to_string(events->to) + (lease ? " paid" : ""));
    };
    out.finish = [this](auto& to) { said.push_back(name_of(to) + " done"); };
    out.start_fetch = [this](auto from, auto& of) {
      said.push_back(
        "fetch " + std::to_string(from)
        + (of.log == 0 ? "" : " of " + std::to_string(of.leader_epoch)));
      return ++fetches;
    };
    out.pace_fetch = [this](auto, auto pauses) {
      said.emplace_back(pauses ? "pause" : "resume");
    };
    out.stop_fetch = [this](auto fetch) {
      BOOST_TEST((fetch == fetches || fetch + 1 == fetches));
      said.emplace_back("stop");
    };
    return out;
  }

  static std::string name_of(const room_replay::reader& x) {
    return x.socket->id;
  }

  const socket_ptr& socket(const std::string& name) {
    auto& result = sockets[name];
    if (!result)
      result
        = std::make_shared<const socket_identity>(socket_identity{name, 0});
    return result;
  }

  /// A member reads as many events.
  texts read(const std::string& name, std::int64_t from, int events = 1000) {
    auto budget = static_cast<std::int64_t>(frame) * events;
    replay.read({socket(name), {}, 1, from, budget}, live);
    return take();
  }

  texts remove(const std::string& name) {
    replay.remove(socket(name), live);
    return take();
  }

  texts add(std::int64_t from, std::int64_t to) {
    replay.add(range(from, to), lease, live);
    return take();
  }

  /// The live flow gets so far.
  texts flow(std::int64_t to) {
    auto x = range(live, to);
    live = to;
    replay.add_live(x, live);
    return take();
  }

  texts take() { return std::exchange(said, {}); }

  texts said;
  std::map<std::string, socket_ptr> sockets;
  std::uint64_t fetches = 0;
  std::int64_t live = 100;
  std::shared_ptr<credit_lease> lease = std::make_shared<credit_lease>([] {});
  std::shared_ptr<byte_budget> memory;
  room_replay replay;
};

BOOST_FIXTURE_TEST_SUITE(a_rooms_replay, fixture)

BOOST_AUTO_TEST_CASE(answers_at_once_who_misses_nothing) {
  BOOST_TEST(read("a", 100) == texts{"a done"});
  BOOST_TEST(read("a", 120) == texts{"a done"});
  BOOST_TEST(replay.is_idle());
}

BOOST_AUTO_TEST_CASE(fetches_from_where_somebody_reads) {
  BOOST_TEST(read("a", 90) == texts{"fetch 90"});
  BOOST_TEST(replay.fetch() == 1u);
  BOOST_TEST(add(90, 95) == texts{"a 90-95 paid"});
  BOOST_TEST(add(95, 100) == (texts{"a 95-100 paid", "a done", "stop"}));
  BOOST_TEST(replay.is_idle());
  BOOST_TEST(replay.fetch() == 0u);
}

BOOST_AUTO_TEST_CASE(gives_as_much_as_was_asked_for_and_one_batch_more) {
  read("a", 90, 2);
  BOOST_TEST(add(90, 91) == texts{"a 90-91 paid"});
  BOOST_TEST(add(91, 95) == (texts{"a 91-95 paid", "a done", "pause"}));
  BOOST_TEST(add(95, 97) == texts{}); // it was on its way
}

BOOST_AUTO_TEST_CASE(serves_from_its_window_without_a_fetch) {
  read("a", 90, 2), add(90, 95), add(95, 97);
  BOOST_TEST(read("b", 92, 2) == (texts{"b 90-95", "b done"}));
  BOOST_TEST(read("a", 95, 1) == (texts{"a 95-97", "a done"}));
  BOOST_TEST(read("a", 97, 1) == texts{"resume"});
  BOOST_TEST(add(97, 98) == (texts{"a 97-98 paid", "a done", "pause"}));
}

// Not in an order that differs from run to run.
BOOST_AUTO_TEST_CASE(brings_one_fetch_to_all_who_come_by_as_they_came) {
  texts names;
  for (std::int64_t i = 0; i < 9; ++i) {
    names.push_back(std::string(1, "ebhadicgf"[i]));
    read(names.back(), 90 + i);
  }
  BOOST_TEST(fetches == 1u);
  auto got = add(90, 99);
  for (auto& x : names)
    x += " 90-99 paid";
  BOOST_TEST(got == names);
}

BOOST_AUTO_TEST_CASE(begins_again_when_nobody_wants_what_follows) {
  read("a", 95, 1);
  BOOST_TEST(read("b", 90).empty());
  BOOST_TEST(add(95, 96)
             == (texts{"a 95-96 paid", "a done", "fetch 90", "stop"}));
  BOOST_TEST(add(90, 96) == texts{"b 90-96 paid"});
  BOOST_TEST(read("a", 96) == texts{}); // it is on the way
}

BOOST_AUTO_TEST_CASE(begins_by_the_epoch_of_who_is_there) {
  replay.read({socket("a"), {}, 1, 95, frame, {7, 3}}, live);
  BOOST_TEST(take() == texts{"fetch 95 of 3"});
  auto x = std::make_shared<room_events>(*range(95, 96));
  x->log = 7;
  x->leader_epoch = 4;
  replay.add(x, lease, live);
  take();
  read("a", 96);
  replay.read({socket("b"), {}, 1, 90, frame, {7, 5}}, live);
  replay.remove(socket("a"), live);
  BOOST_TEST(take() == (texts{"fetch 90 of 5", "stop"}));
}

// The log may not continue the lower one.
BOOST_AUTO_TEST_CASE(begins_by_the_lowest_epoch_of_those_who_are_there) {
  read("a", 95);
  for (auto epoch : {5, -1, 3, 4}) {
    auto name = "e" + std::to_string(epoch);
    replay.read({socket(name), {}, 1, 90, frame, {7, epoch}}, live);
  }
  take();
  replay.remove(socket("a"), live);
  BOOST_TEST(take() == (texts{"fetch 90 of 3", "stop"}));
}

BOOST_AUTO_TEST_CASE(begins_again_at_the_lowest_offset) {
  read("a", 95), read("b", 92), read("c", 91);
  auto got = add(95, 100);
  BOOST_TEST(got == (texts{"a 95-100 paid", "a done", "stop", "fetch 91"}));
}

BOOST_AUTO_TEST_CASE(begins_again_when_who_wanted_more_has_left) {
  read("a", 95), read("b", 90);
  BOOST_TEST(remove("a") == (texts{"fetch 90", "stop"}));
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_live_flow_where_it_has_got_there) {
  read("a", 97, 1);
  BOOST_TEST(add(97, 98) == (texts{"a 97-98 paid", "a done", "pause"}));
  BOOST_TEST(add(98, 100) == texts{"stop"});
  BOOST_TEST(flow(105) == texts{});
  BOOST_TEST(replay.end() == 105);
  BOOST_TEST(read("a", 98, 3) == (texts{"a 98-100", "a 100-105", "a done"}));
  BOOST_TEST(fetches == 1u);
  BOOST_TEST(replay.is_idle());
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_live_event_that_overlaps) {
  read("a", 97);
  BOOST_TEST(add(97, 102) == (texts{"a 97-102 paid", "a done", "stop"}));
  read("a", 97);
  add(97, 99);
  live = 98; // as if it had not got further yet
  BOOST_TEST(flow(103) == (texts{"a done", "stop"})); // it has it, live
}

BOOST_AUTO_TEST_CASE(leaves_a_live_event_that_follows_nothing_of_its) {
  read("a", 90);
  BOOST_TEST(flow(105) == texts{});
  BOOST_TEST(add(90, 100) == texts{"a 90-100 paid"});
  BOOST_TEST(add(100, 105) == (texts{"a 100-105 paid", "a done", "stop"}));
}

BOOST_AUTO_TEST_CASE(answers_everybody_when_offsets_mean_something_else) {
  read("a", 90), read("b", 95, 1);
  add(90, 96);
  replay.reset();
  BOOST_TEST(take() == (texts{"a done", "stop"}));
  BOOST_TEST(replay.is_idle());
  BOOST_TEST(memory->used() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_replays_window, fixture)

BOOST_AUTO_TEST_CASE(keeps_the_latest_up_to_its_limit) {
  live = 1000;
  read("a", 0);
  for (int i = 0; i < 100; ++i) {
    add(i, i + 1);
    BOOST_TEST(replay.bytes() <= window);
    BOOST_TEST(memory->used() == replay.bytes());
  }
  BOOST_TEST(replay.begin() > 50);
  BOOST_TEST(replay.begin() < 95);
  BOOST_TEST(replay.end() == 100);
}

BOOST_AUTO_TEST_CASE(costs_a_fetch_to_who_comes_too_late) {
  live = 1000;
  read("a", 0, 100), read("b", 0, 1);
  for (int i = 0; i < 99; ++i)
    add(i, i + 1);
  BOOST_TEST(read("b", 1) == texts{});
  BOOST_TEST(add(99, 100)
             == (texts{"a 99-100 paid", "a done", "fetch 1", "stop"}));
}

BOOST_AUTO_TEST_CASE(is_gone_with_the_last_who_reads) {
  read("a", 90), add(90, 95);
  BOOST_TEST(memory->used() > 0u);
  BOOST_TEST(remove("a") == texts{"stop"});
  BOOST_TEST(memory->used() == 0u);
}

BOOST_AUTO_TEST_CASE(serves_without_memory_too) {
  BOOST_TEST_REQUIRE(memory->take(10 * window));
  read("a", 90), read("b", 95);
  BOOST_TEST(add(90, 95) == texts{"a 90-95 paid"});
  BOOST_TEST(replay.begin() == 95);
  BOOST_TEST(
    add(95, 100)
    == (texts{"a 95-100 paid", "a done", "b 95-100 paid", "b done", "stop"}));
  memory->give_back(10 * window);
}

BOOST_AUTO_TEST_SUITE_END()

/// Members with readers that can take nothing for a while, a fetch that brings
/// ranges of any size when it is not paused, and a live flow.
struct world : fixture {
  explicit world(std::uint32_t seed)
    : fixture(1500, 2500), choice(seed), limit(1500) {
    for (int i = 0; i < 8; ++i)
      members[std::string(1, static_cast<char>('a' + i))] = choice.below(60);
  }

  void step() {
    if (choice.once_in(4))
      flow_on();
    if (choice.once_in(2))
      bring();
    for (auto& [name, at] : members)
      if (!pending.contains(name) && choice.once_in(6) && at < live)
        ask(name);
    if (choice.once_in(60))
      leave();
    check();
  }

  void flow_on() {
    auto x = range(live, live + 1 + choice.below(3));
    live = x->to;
    for (auto& [name, at] : members)
      if (x->from <= at && at < x->to)
        at = x->to;
    replay.add_live(x, live);
    note();
  }

  void bring() {
    if (replay.fetch() == 0)
      return;
    auto from = replay.end();
    auto to = std::min(from + 1 + choice.below(8), live);
    if (from < to)
      replay.add(range(from, to), lease, live);
    note();
  }

  void ask(const std::string& name) {
    pending.insert(name);
    replay.read({socket(name),
                 {},
                 1,
                 members[name],
                 static_cast<std::int64_t>(frame) * (1 + choice.below(10))},
                live);
    note();
  }

  void leave() {
    auto name = std::string(1, static_cast<char>('a' + choice.below(8)));
    pending.erase(name);
    replay.remove(socket(name), live);
    note();
  }

  /// Members take what they are sent; each question has one answer.
  void note() {
    for (auto& x : take()) {
      auto name = x.substr(0, 1);
      long from = 0, to = 0;
      if (x.ends_with("done"))
        BOOST_TEST_REQUIRE(pending.erase(name) == 1u);
      else if (std::sscanf(x.c_str() + 1, " %ld-%ld", &from, &to) == 2)
        deliver(name, from, to);
    }
  }

  void deliver(const std::string& name, std::int64_t from, std::int64_t to) {
    BOOST_TEST_REQUIRE(pending.contains(name));
    auto& at = members[name];
    BOOST_TEST_REQUIRE(from <= at);
    at = std::max(at, to);
    ++sent;
  }

  void check() {
    BOOST_TEST_REQUIRE(replay.bytes() <= limit);
    BOOST_TEST_REQUIRE(memory->used() == replay.bytes());
    BOOST_TEST_REQUIRE((pending.empty() || replay.fetch() != 0));
  }

  /// Nobody stops reading any more; how long it takes until all have all.
  int settle() {
    for (int i = 0; i < 10'000; ++i) {
      for (auto& [name, at] : members)
        if (!pending.contains(name) && at < live)
          ask(name);
      if (pending.empty())
        return i;
      bring();
      check();
    }
    return -1;
  }

  test::interleaving choice;
  std::size_t limit;
  std::map<std::string, std::int64_t> members;
  std::set<std::string> pending;
  int sent = 0;
};

BOOST_DATA_TEST_CASE(every_reader_is_answered_and_gets_to_the_live_flow,
                     boost::unit_test::data::xrange(1u,
                                                    101u + test::more_seeds()),
                     seed) {
  world w{seed};
  for (int i = 0; i < 500; ++i)
    w.step();
  BOOST_TEST(w.settle() >= 0);
  for (auto& [name, at] : w.members)
    BOOST_TEST(at >= w.live);
  BOOST_TEST(w.sent > 0);
  BOOST_TEST(w.replay.is_idle());
  BOOST_TEST(w.memory->used() == 0u);
}

} // namespace

} // namespace weir
