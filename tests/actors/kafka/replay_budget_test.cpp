#include "actors/kafka/replay_budget.hpp" // unit under test

#include "tests/support/interleaving.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace weir {

namespace {

using replay_id = replay_budget::replay_id;

struct fixture {
  /// Begins all turns that can begin; the ids.
  std::vector<replay_id> begin() {
    std::vector<replay_id> result;
    while (auto turn = budget.next()) {
      result.push_back(turn->id);
      credit[turn->id] = turn->credit;
    }
    return result;
  }

  void wait(replay_id first, replay_id last) {
    for (auto id = first; id <= last; ++id)
      budget.wait(id);
  }

  /// The reader sends all that it may.
  void use_up(replay_id id) { budget.take(id, credit[id]); }

  void ticks(int n) {
    for (int i = 0; i < n; ++i)
      BOOST_TEST(budget.tick().empty());
  }

  using ids = std::vector<replay_id>;

  std::map<replay_id, std::size_t> credit;
  replay_budget budget{1'000'000, 1000};
};

/// So little that one replay has all of it.
struct narrow_fixture : fixture {
  narrow_fixture() { budget = replay_budget{1000, 1000}; }

  /// Replay 1 has its turn, and has everything.
  void fill() {
    budget.wait(1);
    begin();
    budget.take(1, 1000);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_replay_with_a_budget, fixture)

BOOST_AUTO_TEST_CASE(has_its_turn_at_once_where_there_is_enough) {
  budget.wait(1);
  BOOST_TEST(begin() == ids{1});
  BOOST_TEST(credit[1] == 1000u);
  BOOST_TEST(budget.used() == 1000u);
  BOOST_TEST(budget.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(gets_less_the_less_is_free) {
  wait(1, 5000);
  auto all = begin();
  BOOST_TEST(all.size() > 1000u);
  BOOST_TEST(budget.used() <= 1'000'000u);
  for (std::size_t i = 1; i < all.size(); ++i)
    BOOST_TEST(credit[all[i]] <= credit[all[i - 1]]);
  BOOST_TEST(std::is_sorted(all.begin(), all.end()));
  BOOST_TEST(budget.waiting() == 5000 - all.size());
}

BOOST_AUTO_TEST_CASE(goes_on_as_long_as_it_needs_where_nobody_waits) {
  budget.wait(1);
  begin();
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(budget.take(1, 1000) == 0u);
    BOOST_TEST(budget.top_up(1) == 0u); // not before it is handled
    budget.give_back(1, 1000);
    BOOST_TEST(!budget.tick().size());
    BOOST_TEST(budget.top_up(1) == 1000u);
    BOOST_TEST(!budget.end_used_up(1));
  }
}

BOOST_AUTO_TEST_CASE(has_what_goes_beyond_its_credit_paid_at_once) {
  budget.wait(1);
  begin();
  BOOST_TEST(budget.take(1, 5000) == 4000u);
  BOOST_TEST(budget.used() == 5000u);
  budget.give_back(1, 5000);
  BOOST_TEST(budget.used() == 0u);
  BOOST_TEST(budget.top_up(1) == 1000u);
}

BOOST_AUTO_TEST_CASE(gives_back_its_credit_when_it_leaves_and_the_rest_later) {
  budget.wait(1);
  begin();
  budget.take(1, 300);
  budget.leave(1);
  BOOST_TEST(budget.used() == 300u);
  budget.take(1, 100); // it was on its way
  BOOST_TEST(budget.used() == 400u);
  budget.give_back(1, 100);
  budget.give_back(1, 300);
  BOOST_TEST(budget.used() == 0u);
  BOOST_TEST(budget.top_up(1) == 0u);
}

BOOST_AUTO_TEST_CASE(is_no_other_subscription) {
  budget.give_back(7, 100);
  BOOST_TEST(budget.used() == 0u);
  BOOST_TEST(budget.top_up(7) == 0u);
  BOOST_TEST(!budget.end_used_up(7));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_replay_that_waits, narrow_fixture)

BOOST_AUTO_TEST_CASE(has_its_turn_when_another_gives_back) {
  fill();
  wait(2, 3);
  BOOST_TEST(begin().empty());
  budget.give_back(1, 1000);
  BOOST_TEST(budget.top_up(1) == 0u); // others wait
  BOOST_TEST((budget.end_used_up(1) == 0u));
  BOOST_TEST(begin().front() == 2u);
}

BOOST_AUTO_TEST_CASE(has_its_turn_when_another_leaves) {
  budget.wait(1);
  begin();
  budget.take(1, 400);
  wait(2, 3);
  budget.leave(1);
  BOOST_TEST(begin() == (ids{2, 3}));
}

BOOST_AUTO_TEST_CASE(may_leave_before_it_has_its_turn) {
  fill();
  wait(2, 3);
  budget.leave(2);
  budget.give_back(1, 1000);
  BOOST_TEST(begin() == ids{3});
}

BOOST_AUTO_TEST_CASE(waits_for_what_went_beyond_the_budget_too) {
  budget.wait(1);
  begin();
  BOOST_TEST(budget.take(1, 5000) == 0u); // nobody can pay for it
  BOOST_TEST(budget.used() == 5000u);
  budget.wait(2);
  budget.give_back(1, 4500);
  BOOST_TEST(begin() == ids{2});
}

BOOST_AUTO_TEST_CASE(owes_nothing_when_its_turn_is_over) {
  budget.wait(1);
  begin();
  auto share = credit[1];
  budget.take(1, 5000);
  BOOST_TEST(!budget.end_used_up(1)); // it is not handled yet
  budget.give_back(1, 5000);
  BOOST_TEST((budget.end_used_up(1) == 5000 - share));
  BOOST_TEST(!budget.end_used_up(1));
  BOOST_TEST(budget.used() == 0u);
  budget.wait(1);
  BOOST_TEST(begin() == ids{1});
}

BOOST_AUTO_TEST_CASE(has_its_turn_where_others_stand_still) {
  fill();
  budget.tick();
  budget.wait(2);
  ticks(replay_budget::turn_timeout - 1);
  BOOST_TEST(budget.tick() == ids{1});
  budget.leave(1);
  BOOST_TEST(begin().empty());
  budget.give_back(1, 1000); // its room lets go
  BOOST_TEST(begin() == ids{2});
}

BOOST_AUTO_TEST_CASE(ends_no_turn_that_others_wait_for_no_longer) {
  fill();
  budget.wait(2);
  ticks(replay_budget::turn_timeout - 1);
  budget.leave(2);
  ticks(1);
  budget.wait(3);
  ticks(replay_budget::turn_timeout - 1);
}

BOOST_AUTO_TEST_CASE(has_its_turn_however_small_the_budget_is) {
  budget = replay_budget{1, 1'000'000};
  wait(1, 2);
  BOOST_TEST(begin() == ids{1});
  BOOST_TEST(credit[1] > 0u);
  use_up(1);
  budget.give_back(1, 1);
  budget.leave(1);
  BOOST_TEST(begin() == ids{2});
}

BOOST_AUTO_TEST_SUITE_END()

// -- any order of events ------------------------------------------------------

/// Rooms, readers and members as they may be: some are quick, some never let
/// go by themselves, some leave, some overdraw. The owner does as OUTBOUND
/// ROUTER does.
struct random_run {
  struct replay {
    std::int64_t credit = 0; ///< at its reader
    std::size_t under_way = 0;
    bool has_turn = false;
    std::int64_t unpaid = 0; ///< bytes beyond its credit that nobody paid
    bool is_stuck = false;   ///< what it has sent is not handled
    bool is_silent = false;  ///< its reader finds nothing
    bool is_paused = false;  ///< its room takes nothing for now
  };

  explicit random_run(std::uint32_t seed)
    : choice(seed),
      total(1 + choice.below(5'000)),
      most(1 + choice.below(2000)),
      budget(total, most) {}

  void come() {
    auto id = ++last;
    all[id].is_stuck = choice.once_in(4);
    all[id].is_silent = choice.once_in(4);
    wait(id);
    begin();
  }

  void wait(replay_id id) {
    budget.wait(id);
    waiting.push_back(id);
  }

  void stop_waiting(replay_id id) { std::erase(waiting, id); }

  /// Its room takes nothing for now, or does again.
  void pace(replay_id id, replay& x) {
    x.is_paused = !x.is_paused;
    if (x.has_turn)
      return;
    budget.stop_waiting(id);
    stop_waiting(id);
    if (!x.is_paused)
      wait(id);
    begin();
  }

  void begin() {
    while (auto turn = budget.next()) {
      BOOST_TEST(turn->credit > 0u);
      BOOST_TEST_REQUIRE(!waiting.empty());
      BOOST_TEST(turn->id == waiting.front()); // first come, first served
      waiting.pop_front();
      BOOST_TEST(all[turn->id].credit == 0);
      all[turn->id].has_turn = true;
      all[turn->id].credit = static_cast<std::int64_t>(turn->credit);
      ++turns;
    }
  }

  void grant(replay& x, std::size_t bytes) {
    x.credit += static_cast<std::int64_t>(bytes);
  }

  /// A reader sends a batch, which may go beyond its credit.
  void send(replay_id id, replay& x) {
    if (x.credit <= 0 || x.is_silent)
      return;
    auto bytes = 1 + choice.below(static_cast<std::uint32_t>(x.credit) + 300);
    x.credit -= bytes;
    x.under_way += bytes;
    grant(x, budget.take(id, bytes));
    overdrawn += x.credit < 0 ? 1 : 0;
  }

  /// All members have handled something; false: the replay waits again.
  void handle(replay_id id, std::size_t bytes) {
    auto& x = all[id];
    x.under_way -= bytes;
    budget.give_back(id, bytes);
    if (x.has_turn) {
      if (!x.is_paused)
        grant(x, budget.top_up(id));
      if (auto debt = budget.end_used_up(id))
        end_turn(id, x, *debt);
    }
    if (!x.has_turn && x.under_way == 0 && gone.erase(id))
      all.erase(id);
    begin();
  }

  /// It owes nothing: a room that takes nothing keeps nobody from anything.
  void end_turn(replay_id id, replay& x, std::size_t debt) {
    grant(x, debt);
    BOOST_TEST(x.credit == 0);
    x.has_turn = false;
    paused += x.is_paused ? 1 : 0;
    if (!x.is_paused)
      wait(id);
  }

  /// A room or a reader is gone, or its turn is over.
  void leave(replay_id id) {
    budget.leave(id);
    stop_waiting(id);
    auto& x = all[id];
    x.has_turn = false;
    x.unpaid = std::max<std::int64_t>(-x.credit, 0);
    x.credit = 0;
    gone.insert(id);
  }

  void step() {
    if (all.empty() || choice.once_in(6))
      return come();
    auto i = all.begin();
    std::advance(i, choice.below(static_cast<std::uint32_t>(all.size())));
    auto& [id, x] = *i;
    if (gone.contains(id)) {
      handle(id, x.under_way);
    } else if (choice.once_in(20)) {
      leave(id);
      handle(id, x.under_way);
    } else if (choice.once_in(10)) {
      pace(id, x);
    } else if (x.has_turn && choice.once_in(2)) {
      send(id, x);
    } else if (x.under_way > 0 && !x.is_stuck) {
      handle(id, 1 + choice.below(static_cast<std::uint32_t>(x.under_way)));
    }
  }

  /// Whoever stands still while others wait has to end.
  void tick() {
    for (auto id : budget.tick()) {
      ++ended;
      leave(id);
      handle(id, all[id].under_way);
    }
    begin();
  }

  void check() {
    std::int64_t used = 0, unpaid = 0;
    for (auto& [id, x] : all) {
      used += static_cast<std::int64_t>(x.under_way)
              + std::max<std::int64_t>(x.credit, 0);
      unpaid += x.unpaid + std::max<std::int64_t>(-x.credit, 0);
    }
    BOOST_TEST(static_cast<std::int64_t>(budget.used()) == used);
    BOOST_TEST(used <= static_cast<std::int64_t>(total) + unpaid);
  }

  test::interleaving choice;
  std::size_t total;
  std::size_t most;
  replay_budget budget;
  std::map<replay_id, replay> all;
  std::deque<replay_id> waiting; ///< in their order
  std::set<replay_id> gone;      ///< with bytes that are not given back yet
  replay_id last = 0;
  std::size_t overdrawn = 0;
  std::size_t paused = 0; ///< when their turn was over
  std::size_t turns = 0;
  std::size_t ended = 0;
};

BOOST_AUTO_TEST_SUITE(any_replays)

BOOST_AUTO_TEST_CASE(stay_within_the_budget_and_all_have_their_turn) {
  std::size_t overdrawn = 0, ended = 0, paused = 0;
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    random_run x{seed};
    for (int i = 0; i < 500; ++i) {
      x.step();
      x.check();
      if (x.choice.once_in(10))
        x.tick();
    }
    // Nobody new comes: all who wait have their turn, whatever others do.
    auto newest = x.last;
    for (int i = 0; x.budget.waiting() > 0 && i < 100'000; ++i) {
      x.tick();
      x.check();
    }
    BOOST_TEST(x.budget.waiting() == 0u);
    BOOST_TEST(x.last == newest);
    for (auto id = x.last; id > 0; --id)
      if (x.all.contains(id)) {
        x.leave(id);
        x.handle(id, x.all[id].under_way);
      }
    BOOST_TEST(x.budget.used() == 0u);
    BOOST_TEST(x.turns > 0u);
    overdrawn += x.overdrawn;
    ended += x.ended;
    paused += x.paused;
  }
  BOOST_TEST(overdrawn > 100u); // the runs have had what they are about
  BOOST_TEST(ended > 100u);
  BOOST_TEST(paused > 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
