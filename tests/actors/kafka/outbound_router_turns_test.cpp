#include "actors/kafka/replay_budget.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "tests/actors/kafka/outbound_router_fixture.hpp"

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::record_of;

/// A router that has memory for one replay at a time. The rooms' keys are "a"
/// and "b".
struct fixture : test::outbound_router_fixture {
  fixture() {
    router = keep(spawn_outbound_router(executor, credit, 1));
    known = 2;
    assign(p0, 0), assign(p1, 1);
  }

  void begin(room& x, std::int64_t from, std::uint64_t replay = 1,
             std::int32_t partition = 0) {
    auto key = &x == &r ? "a" : "b";
    tell(router, start_replay{x.handle, "topic", partition, key, from, replay});
  }

  void stop(room& x, std::uint64_t replay = 1) {
    tell(router, stop_replay{x.handle, replay});
  }

  void pace(room& x, bool pauses, std::uint64_t replay = 1) {
    tell(router, pace_replay{x.handle, replay, pauses});
  }

  /// Replay `x` of a consumer gets a record.
  void send_one(consumer& x, std::int64_t offset) {
    send(x, offset, offset + 1, {record_of(offset, "a", "v")});
  }

  void release(room& x) {
    x.records.clear();
    run();
  }

  /// The rooms that a consumer was asked to replay for, in their order.
  static keys turns(const consumer& x) {
    keys result;
    for (auto& y : x.subscribed)
      if (y.replay)
        result.push_back(y.keys.front());
    return result;
  }

  void wait_for_a_turn() {
    for (int i = 0; i < replay_budget::turn_timeout; ++i)
      advance(1s);
  }

  std::int64_t shown(const metric& x) { return gauge(system, x)->value(); }
};

BOOST_FIXTURE_TEST_SUITE(a_replay_that_others_wait_for, fixture)

BOOST_AUTO_TEST_CASE(gives_way_when_its_share_is_used_up) {
  begin(r, 5), begin(s, 7);
  BOOST_TEST(turns(p0) == keys{"a"});
  BOOST_TEST(shown(metrics::replays_waiting) == 1);
  send_one(p0, 5);
  BOOST_TEST(turns(p0) == keys{"a"}); // the room has it still
  auto first = p0.newest().subscription;
  release(r);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  BOOST_TEST(p0.newest().cursor == 7);
  p0.granted.clear();
  // It resumes where it was when the other one does not need its turn.
  stop(s);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  BOOST_TEST_REQUIRE(p0.granted.size() == 1u);
  BOOST_TEST(p0.granted[0].subscription == first);
  BOOST_TEST(p0.granted[0].bytes == 1u);
}

// Its reader has sent more than it was granted. With that unpaid it would send
// nothing, and with enough of it nothing to anybody of this node. Whether its
// room takes more does not matter.
BOOST_AUTO_TEST_CASE(is_paid_what_it_went_beyond_when_its_turn_ends) {
  begin(r, 5), begin(s, 7);
  for (auto* x : {&r, &s}) {
    auto id = p0.newest().subscription;
    send_one(p0, x == &r ? 5 : 7);
    pace(s, x == &s);
    auto sent = x->records.at(0).batch->records.size();
    p0.granted.clear();
    release(*x);
    std::erase_if(p0.granted, [&](auto& y) { return y.subscription != id; });
    BOOST_TEST(granted(p0) == sent - 1);
  }
}

BOOST_AUTO_TEST_CASE(needs_no_turn_while_its_room_takes_nothing) {
  begin(r, 5), begin(s, 7);
  send_one(p0, 5);
  pace(r, true);
  release(r);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  stop(s);
  p0.granted.clear();
  pace(r, false);
  BOOST_TEST(granted(p0) == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_while_its_room_takes_nothing) {
  begin(r, 5), begin(s, 7);
  pace(s, true);
  BOOST_TEST(shown(metrics::replays_waiting) == 0);
  stop(r);
  BOOST_TEST(turns(p0) == keys{"a"});
  pace(s, false);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(is_granted_nothing_more_while_its_room_takes_nothing) {
  router = keep(spawn_outbound_router(executor, credit, replays));
  assign(p0, 0), assign(p1, 1);
  begin(r, 5);
  pace(r, true);
  send_one(p0, 5), send_one(p0, 6);
  release(r);
  BOOST_TEST(p0.granted.empty());
  pace(r, false);
  BOOST_TEST(granted(p0) > 0u);
}

BOOST_AUTO_TEST_CASE(gives_way_when_its_room_goes) {
  add(r, "a");
  begin(r, 5), begin(s, 7);
  remove(r, "a");
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(gives_way_when_its_partition_goes) {
  begin(r, 5), begin(s, 7, 1, 1);
  BOOST_TEST(turns(p1).empty());
  revoke(0);
  BOOST_TEST(turns(p1) == keys{"b"});
  // It waits again when somebody has it.
  assign(p0, 0);
  BOOST_TEST(turns(p0) == keys{"a"});
  stop(s);
  BOOST_TEST(turns(p0) == (keys{"a", "a"}));
}

BOOST_AUTO_TEST_CASE(gives_way_after_a_while_when_nothing_comes) {
  begin(r, 5), begin(s, 7);
  wait_for_a_turn();
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  BOOST_TEST(p0.ended.size() == 1u); // it would send what it was granted
  stop(s);
  BOOST_TEST(turns(p0) == (keys{"a", "b", "a"}));
  BOOST_TEST(p0.newest().cursor == 5);
}

BOOST_AUTO_TEST_CASE(resumes_behind_what_was_read_for_it_in_vain) {
  begin(r, 5), begin(s, 7);
  send(p0, 5, 900);
  wait_for_a_turn();
  stop(s);
  BOOST_TEST(turns(p0) == (keys{"a", "b", "a"}));
  BOOST_TEST(p0.newest().cursor == 900);
}

BOOST_AUTO_TEST_CASE(does_not_wait_any_longer_when_it_is_stopped) {
  begin(r, 5), begin(s, 7), begin(s, 9, 2);
  stop(s, 1);
  stop(r);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  BOOST_TEST(p0.newest().cursor == 9);
}

BOOST_AUTO_TEST_CASE(lasts_as_long_as_it_likes_when_nobody_does) {
  begin(r, 5);
  advance(60s);
  send_one(p0, 5);
  release(r);
  advance(60s);
  BOOST_TEST(p0.ended.empty());
  BOOST_TEST(granted(p0) > 0u);
}

BOOST_AUTO_TEST_CASE(gives_everything_back) {
  begin(r, 5), begin(s, 7);
  send_one(p0, 5);
  stop(r), release(r), stop(s);
  BOOST_TEST(shown(metrics::replay_bytes) == 0);
  BOOST_TEST(shown(metrics::replays_waiting) == 0);
}

// It is stopped, or the log is cut, before the live flow has got there.
BOOST_AUTO_TEST_CASE(gives_back_what_no_room_gets) {
  answer(p0, {}, 5);
  begin(r, 5), begin(s, 7);
  send_one(p0, 5);
  BOOST_TEST(r.records.empty());
  BOOST_TEST(turns(p0) == keys{"a"});
  stop(r);
  BOOST_TEST(turns(p0) == (keys{"a", "b"}));
  send_one(p0, 7);
  lose(p0, 8, 7, 7);
  stop(s);
  BOOST_TEST(s.records.empty());
  BOOST_TEST(shown(metrics::replay_bytes) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

// What goes beyond a share is paid at once: else the reader would stop.
BOOST_FIXTURE_TEST_CASE(a_large_record_is_paid_before_it_is_handled,
                        test::outbound_router_fixture) {
  assign(p0);
  tell(router, start_replay{r.handle, "topic", 0, "a", 5, 1});
  send(p0, 5, 6, {record_of(5, "a", std::string(5000, 'x'))});
  auto bytes = r.records.at(0).batch->records.size();
  BOOST_TEST(granted(p0) == bytes - credit / 8);
}

} // namespace

} // namespace weir
