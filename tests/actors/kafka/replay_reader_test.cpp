#include "actors/kafka/replay_reader.hpp" // unit under test

#include "actors/contract/relay.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/scripted_log.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace weir {

namespace {

using test::scripted_log;
using keys = std::vector<std::string>;
using offsets = std::vector<std::int64_t>;

constexpr std::size_t plenty_of_bytes = 1'000'000'000;

/// Who is behind: `a`, `b` and `c` ride with the subscription 1 of their own.
struct subscriber {
  std::vector<record_batch> all;
  std::vector<keys_added> added;
  std::vector<local_event> local;
  std::vector<record_batch> batches; ///< what the reader has sent
  subscriber_actor handle;

  caf::actor_addr address() const { return handle.address(); }
};

struct fixture : test::deterministic_actor_system {
  /// Nothing of what was read stays.
  fixture() : fixture(0) {}

  explicit fixture(std::size_t window) : window(window) {
    for (auto* x : {&a, &b, &c})
      x->handle = spawn_probe<subscriber_actor>(&x->all, &x->added, &x->local);
  }

  // -- the log ----------------------------------------------------------------

  /// Small records, as many as the reader finds in one step.
  void write(int n, const std::string& key = "k") {
    for (int i = 0; i < n; ++i)
      write(key, "v");
  }

  /// Each fills a step.
  void write_large(int n, const std::string& key = "k") {
    for (int i = 0; i < n; ++i)
      write(key, std::string(replay_reader::max_step_bytes, 'x'));
  }

  void write(const std::string& key, const std::string& value) {
    auto offset = log.append(key, value);
    if (cache)
      cache->append(test::record_of(offset, key, value));
  }

  /// What is written from now on is in the tail cache, too.
  void begin_cache(std::size_t limit = 0) { cache.emplace(limit, log.end()); }

  // -- subscribers ------------------------------------------------------------

  void add(const subscriber& x, std::int64_t from,
           std::size_t credit = plenty_of_bytes, const keys& wanted = {"k"}) {
    subscription wants{1, from, credit};
    wants.add(wanted);
    reader.add(x.handle, std::move(wants), false);
  }

  /// One that is to join the live flow.
  void add_joining(const subscriber& x, std::int64_t from) {
    subscription wants{1, from, plenty_of_bytes};
    wants.add({"k"});
    reader.add(x.handle, std::move(wants), true);
  }

  void grant(const subscriber& x, std::size_t bytes = plenty_of_bytes) {
    reader.find(x.address(), 1)->credit().grant(bytes);
  }

  bool step() { return reader.step(*cache); }

  /// Everything that can be done now, in as many sweeps as it takes.
  void serve() {
    for (int i = 0; i < 1000; ++i)
      if (!step())
        return;
    BOOST_TEST_ERROR("the reader has no end");
  }

  /// The offsets that a subscriber got, in the order in which it did.
  static offsets got(const subscriber& x) {
    offsets result;
    for (auto& batch : x.batches) {
      std::string_view rest = batch.records;
      kafka::record_view record;
      while (read_record(rest, record)) {
        BOOST_TEST(record.offset >= batch.from);
        BOOST_TEST(record.offset < batch.to);
        result.push_back(record.offset);
      }
    }
    return result;
  }

  /// Each batch begins where the last ended; returns the end.
  static std::int64_t covered(const subscriber& x, std::int64_t from) {
    for (auto& batch : x.batches) {
      BOOST_TEST(batch.from == from);
      BOOST_TEST(batch.to > from);
      from = batch.to;
    }
    return from;
  }

  /// What a subscriber was notified that it has lost.
  static offsets lost(const subscriber& x) {
    offsets result;
    for (auto& batch : x.batches)
      if (batch.lost > batch.from)
        result.push_back(batch.lost);
    return result;
  }

  static offsets range(std::int64_t from, std::int64_t to) {
    offsets result;
    for (auto i = from; i < to; ++i)
      result.push_back(i);
    return result;
  }

  scripted_log log;
  std::optional<tail_cache> cache;
  subscriber a, b, c;
  bool can_open = true;
  partition_log files = log.log_at(0);
  leader_epochs epochs;
  std::size_t window;
  replay_reader reader{[this](const kafka::log_position& from) {
                         return can_open ? files.reopen(from, [] {}) : nullptr;
                       },
                       [this](const subscriber_actor& to, subscription&,
                              record_batch batch) {
                         for (auto* x : {&a, &b, &c})
                           if (x->handle == to)
                             x->batches.push_back(std::move(batch));
                       },
                       epochs, window};
};

// -- one
// -----------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_replay, fixture)

BOOST_AUTO_TEST_CASE(gets_the_wanted_records_of_the_log_and_then_of_the_cache) {
  write(2), write(1, "other");
  begin_cache();
  write(1, "other"), write(2);
  add(a, 1);
  serve();
  BOOST_TEST(got(a) == (offsets{1, 4, 5}));
  BOOST_TEST(covered(a, 1) == 6);
  BOOST_TEST(log.reopened() == offsets{1});
  BOOST_TEST(reader.reads() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_no_log_for_what_is_in_the_cache) {
  write(2);
  begin_cache();
  write(2);
  add(a, 2);
  BOOST_TEST(step());
  BOOST_TEST(got(a) == (offsets{2, 3}));
  BOOST_TEST(reader.reads() == 0u);
}

BOOST_AUTO_TEST_CASE(is_told_how_far_it_was_looked_for_it) {
  write_large(3, "other");
  begin_cache();
  add(a, 0);
  BOOST_TEST((step() && step()));
  BOOST_TEST(a.batches.empty());
  reader.report_scanned();
  BOOST_TEST(covered(a, 0) == 2);
  reader.report_scanned(); // which is no news
  BOOST_TEST(a.batches.size() == 1u);
  serve();
  BOOST_TEST(covered(a, 0) == 3);
}

BOOST_AUTO_TEST_CASE(leaves_the_log_where_the_cache_begins) {
  write_large(2);
  begin_cache();
  write_large(2);
  add(a, 0);
  BOOST_TEST(step());
  BOOST_TEST(log.readers() == 1u);
  auto read = log.bytes_read();
  BOOST_TEST(step());
  BOOST_TEST(log.readers() == 0u);
  BOOST_TEST(log.bytes_read() < 2 * read + 10);
  BOOST_TEST(got(a) == (offsets{0, 1}));
  serve();
  BOOST_TEST(got(a) == range(0, 4));
  BOOST_TEST(covered(a, 0) == 4);
}

BOOST_AUTO_TEST_CASE(gets_max_step_bytes_per_step) {
  write_large(3);
  begin_cache();
  write_large(3);
  add(a, 0);
  BOOST_TEST(step());
  for (std::int64_t i = 1; i < 6; ++i) {
    BOOST_TEST(got(a) == range(0, i));
    BOOST_TEST(step());
  }
  BOOST_TEST(got(a) == range(0, 6));
  BOOST_TEST(!step());
}

BOOST_AUTO_TEST_CASE(is_notified_of_the_end_although_nothing_is_for_it) {
  write_large(2, "other");
  begin_cache();
  write(1, "other");
  add(a, 0);
  BOOST_TEST(step());
  BOOST_TEST(a.batches.empty()); // it would cost a message a step
  serve();
  BOOST_TEST_REQUIRE(a.batches.size() == 1u);
  BOOST_TEST(a.batches[0].records.empty());
  BOOST_TEST(covered(a, 0) == 3);
  serve();
  BOOST_TEST(a.batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_records_that_come_after_the_end) {
  begin_cache();
  write(1);
  add(a, 0);
  serve();
  write(2);
  serve();
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(covered(a, 0) == 3);
}

BOOST_AUTO_TEST_CASE(covers_offsets_without_records) {
  write(1);
  log.skip(3);
  write(1);
  begin_cache();
  log.skip(2);
  write(1);
  cache->advance(12);
  add(a, 0);
  serve();
  BOOST_TEST(got(a) == (offsets{0, 4, 7}));
  BOOST_TEST(covered(a, 0) == 12);
}

BOOST_AUTO_TEST_CASE(gets_no_more_than_its_credit_and_one_step) {
  write_large(2);
  begin_cache();
  add(a, 0, 1);
  BOOST_TEST(step());
  BOOST_TEST(!step());
  BOOST_TEST(got(a) == offsets{0});
  grant(a); // pays the debt, too
  serve();
  BOOST_TEST(got(a) == (offsets{0, 1}));
  BOOST_TEST(covered(a, 0) == 2);
}

// Each of its replays may go beyond its credit, but not all of them together.
BOOST_AUTO_TEST_CASE(gets_nothing_while_its_subscriber_owes_too_much) {
  constexpr std::uint32_t n = replay_debt / replay_reader::max_step_bytes;
  for (std::uint32_t i = 1; i <= n + 1; ++i)
    write_large(1, std::to_string(i));
  begin_cache();
  for (std::uint32_t i = 1; i <= n + 1; ++i) {
    subscription wants{i, 0, 1};
    wants.add({std::to_string(i)});
    reader.add(a.handle, std::move(wants), false);
  }
  add(b, 0, 1, {std::to_string(n + 1)});
  serve();
  BOOST_TEST(got(b) == offsets{n}); // nobody else is held up
  BOOST_TEST(got(a) == range(0, n));
  reader.find(a.address(), 1)->credit().grant(replay_reader::max_step_bytes);
  serve();
  BOOST_TEST(got(a) == range(0, n + 1));
}

BOOST_AUTO_TEST_CASE(that_joins_the_live_flow_owes_nothing_to_replays) {
  write(1, "l"), write_large(1, "l");
  begin_cache();
  subscription wants{1, 99, 1};
  wants.credit().spend(2 * replay_debt);
  reader.add(a.handle, std::move(wants), true);
  subscription other{2, 0, 1};
  other.add({"l"});
  reader.add(a.handle, std::move(other), false);
  BOOST_TEST(step());
  BOOST_TEST(got(a).size() > 0u);
}

BOOST_AUTO_TEST_CASE(begins_nothing_without_credit) {
  write(1);
  begin_cache();
  add(a, 0, 0);
  serve();
  BOOST_TEST(reader.reads() == 0u);
  BOOST_TEST(a.batches.empty());
}

BOOST_AUTO_TEST_CASE(takes_the_place_of_an_older_one_with_its_number) {
  begin_cache();
  write(3);
  add(a, 0);
  add(a, 2);
  serve();
  BOOST_TEST(reader.size() == 1u);
  BOOST_TEST(got(a) == offsets{2});
}

BOOST_AUTO_TEST_CASE(may_be_one_of_several_of_a_subscriber) {
  begin_cache();
  write(1, "k"), write(1, "l");
  add(a, 0);
  subscription other{2, 0, plenty_of_bytes};
  other.add({"l"});
  reader.add(a.handle, std::move(other), false);
  serve();
  BOOST_TEST_REQUIRE(a.batches.size() == 2u);
  BOOST_TEST(a.batches[0].subscription == 1u);
  BOOST_TEST(test::records_in(a.batches[0].records)
             == (std::vector<std::string>{"0:k=v"}));
  BOOST_TEST(a.batches[1].subscription == 2u);
  BOOST_TEST(test::records_in(a.batches[1].records)
             == (std::vector<std::string>{"1:l=v"}));
}

BOOST_AUTO_TEST_CASE(ends_when_it_is_removed) {
  begin_cache();
  write(1);
  add(a, 0), add(b, 0);
  reader.remove(a.address(), 1);
  reader.remove(a.address(), 1); // twice does no harm
  BOOST_TEST(reader.find(a.address(), 1) == nullptr);
  serve();
  BOOST_TEST(got(a) == offsets{});
  BOOST_TEST(got(b) == offsets{0});
}

BOOST_AUTO_TEST_CASE(ends_with_its_subscriber_and_all_its_others) {
  begin_cache();
  write(1);
  add(a, 0), add(b, 0);
  reader.add(a.handle, subscription{2, 0, plenty_of_bytes}, true);
  reader.remove(a.address());
  BOOST_TEST(reader.size() == 1u);
  serve();
  BOOST_TEST(got(a) == offsets{});
  BOOST_TEST(got(b) == offsets{0});
}

BOOST_AUTO_TEST_CASE(leaves_the_log_when_nobody_is_left) {
  write_large(3);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  reader.clear();
  BOOST_TEST(reader.empty());
  BOOST_TEST(log.readers() == 0u);
  BOOST_TEST(!step());
}

BOOST_AUTO_TEST_SUITE_END()

// -- keys
// ----------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_replays_keys, fixture)

BOOST_AUTO_TEST_CASE(can_be_more) {
  begin_cache();
  write(1, "k"), write(1, "l"), write(1, "m");
  add(a, 0);
  BOOST_TEST(reader.add_keys(a.address(), 1, {"l", "k"}));
  serve();
  BOOST_TEST(got(a) == (offsets{0, 1})); // and each of them once
}

BOOST_AUTO_TEST_CASE(can_be_fewer) {
  begin_cache();
  write(1, "k"), write(1, "l");
  add(a, 0, plenty_of_bytes, {"k", "l"}),
    add(b, 0, plenty_of_bytes, {"k", "l"});
  BOOST_TEST(reader.remove_keys(a.address(), 1, {"k", "not there"}));
  serve();
  BOOST_TEST(got(a) == offsets{1});
  BOOST_TEST(got(b) == (offsets{0, 1}));
}

BOOST_AUTO_TEST_CASE(are_those_of_a_replay_that_is_there) {
  add(a, 0);
  BOOST_TEST(!reader.add_keys(a.address(), 2, {"l"}));
  BOOST_TEST(!reader.remove_keys(b.address(), 1, {"k"}));
}

BOOST_AUTO_TEST_SUITE_END()

// -- several
// -------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_sweep, fixture)

BOOST_AUTO_TEST_CASE(serves_all_who_are_behind_with_one_read) {
  write(100);
  begin_cache();
  add(a, 0), add(b, 0), add(c, 0);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(log.bytes_read() == 200u);
  for (auto* x : {&a, &b, &c}) {
    BOOST_TEST(got(*x) == range(0, 100));
    BOOST_TEST(covered(*x, 0) == 100);
  }
}

BOOST_AUTO_TEST_CASE(
  begins_at_the_oldest_position_and_takes_along_who_is_ahead) {
  write_large(4);
  begin_cache();
  add(a, 2), add(b, 0), add(c, 3);
  serve();
  BOOST_TEST(log.reopened() == offsets{0});
  BOOST_TEST(got(a) == range(2, 4));
  BOOST_TEST(got(b) == range(0, 4));
  BOOST_TEST(got(c) == range(3, 4));
}

BOOST_AUTO_TEST_CASE(repeats_nothing_for_who_is_in_the_middle_of_a_step) {
  write(10);
  begin_cache();
  add(a, 0), add(b, 5);
  serve();
  BOOST_TEST(got(a) == range(0, 10));
  BOOST_TEST(got(b) == range(5, 10));
  BOOST_TEST(covered(b, 5) == 10);
}

BOOST_AUTO_TEST_CASE(tells_nothing_to_who_is_ahead_of_it) {
  write_large(3);
  begin_cache();
  write(1);
  add(a, 0), add(b, 2), add(c, 4);
  BOOST_TEST(step());
  BOOST_TEST(step());
  BOOST_TEST(b.batches.empty());
  serve();
  BOOST_TEST(covered(b, 2) == 4);
  BOOST_TEST(c.batches.empty());
}

BOOST_AUTO_TEST_CASE(takes_along_who_comes_while_it_is_under_way) {
  write_large(4);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  add(b, 2);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(got(b) == range(2, 4));
}

BOOST_AUTO_TEST_CASE(is_followed_by_another_for_who_comes_behind_it) {
  write_large(4);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  step();
  add(b, 1);
  step();
  BOOST_TEST(b.batches.empty());
  serve();
  BOOST_TEST(log.reopened() == (offsets{0, 1}));
  BOOST_TEST(got(a) == range(0, 4));
  BOOST_TEST(got(b) == range(1, 4));
  BOOST_TEST(covered(b, 1) == 4);
}

BOOST_AUTO_TEST_CASE(ends_early_when_all_on_it_have_gone) {
  write_large(4);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  add(b, 0);
  reader.remove(a.address(), 1);
  BOOST_TEST(step());
  BOOST_TEST(log.reopened() == (offsets{0, 0}));
  BOOST_TEST(log.readers() == 1u);
  serve();
  BOOST_TEST(got(b) == range(0, 4));
}

BOOST_AUTO_TEST_CASE(goes_over_the_cache_again_when_it_was_begun_beside_it) {
  begin_cache();
  write_large(3);
  add(a, 0);
  BOOST_TEST(step());
  add(b, 0); // behind the sweep
  serve();
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(got(b) == range(0, 3));
  BOOST_TEST(reader.reads() == 0u);
}

BOOST_AUTO_TEST_CASE(goes_back_to_the_log_when_the_cache_has_run_away) {
  begin_cache();
  write_large(3);
  add(a, 0);
  BOOST_TEST(step());
  cache.emplace(plenty_of_bytes,
                2); // it has forgotten the older ones meanwhile
  cache->append(test::record_of(2, "k", "x"));
  serve();
  BOOST_TEST(log.reopened() == offsets{1});
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(covered(a, 0) == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(who_is_in_the_cache_waits_for_no_sweep, fixture) {
  write_large(3);
  begin_cache();
  write(2);
  add(a, 0), add(b, 4);
  BOOST_TEST(step());
  BOOST_TEST(got(a) == offsets{0});
  BOOST_TEST(got(b) == offsets{4});
  serve();
  BOOST_TEST(got(a) == range(0, 5));
  BOOST_TEST(got(b) == offsets{4});
}

// -- credit -------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_sweep_with_one_that_has_no_credit, fixture)

BOOST_AUTO_TEST_CASE(goes_on_without_it_and_comes_by_again) {
  write_large(3);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  serve();
  BOOST_TEST(got(b) == range(0, 3));
  BOOST_TEST(got(a) == offsets{0});
  grant(a);
  serve();
  BOOST_TEST(log.reopened() == (offsets{0, 1}));
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(covered(a, 0) == 3);
  BOOST_TEST(covered(b, 0) == 3);
}

BOOST_AUTO_TEST_CASE(keeps_the_log_open_while_nobody_can_take_anything) {
  write_large(3);
  begin_cache();
  add(a, 0, 1), add(b, 0, 1);
  BOOST_TEST(step());
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(!step());
  BOOST_TEST(log.readers() == 1u);
  BOOST_TEST(reader.log() == nullptr); // of which nobody wants anything now
  grant(a), grant(b);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(got(b) == range(0, 3));
}

BOOST_AUTO_TEST_CASE(does_not_keep_the_log_for_nobody) {
  write_large(3);
  begin_cache();
  add(a, 0, 1);
  BOOST_TEST(step());
  BOOST_TEST(log.readers() == 1u);
  reader.remove(a.address(), 1);
  BOOST_TEST(log.readers() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

/// Two large records stay of what was read.
struct with_window : fixture {
  with_window() : fixture(2 * replay_reader::max_step_bytes + 1000) {}
};

BOOST_FIXTURE_TEST_SUITE(what_was_read_last, with_window)

BOOST_AUTO_TEST_CASE(is_there_for_who_wants_it_a_little_later) {
  write_large(5);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  BOOST_TEST(step());
  BOOST_TEST(step());
  BOOST_TEST(step());
  grant(a);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(got(a) == range(0, 5));
  BOOST_TEST(got(b) == range(0, 5));
  BOOST_TEST(covered(a, 0) == 5);
}

BOOST_AUTO_TEST_CASE(is_there_also_when_the_log_is_left) {
  write_large(3);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  serve();
  BOOST_TEST(log.readers() == 0u);
  grant(a);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(got(a) == range(0, 3));
}

BOOST_AUTO_TEST_CASE(stays_at_hand_while_others_are_served_elsewhere) {
  write_large(5);
  begin_cache();
  write(1);
  add(a, 0, 1);
  BOOST_TEST(step());
  add(b, 5);
  serve();
  BOOST_TEST(got(b) == offsets{5});
  grant(a);
  serve();
  BOOST_TEST(reader.reads() == 1u);
  BOOST_TEST(got(a) == range(0, 6));
}

BOOST_AUTO_TEST_CASE(is_no_more_than_its_limit) {
  write_large(5);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  serve();
  grant(a);
  serve();
  BOOST_TEST(log.reopened() == (offsets{0, 1}));
  BOOST_TEST(got(a) == range(0, 5));
}

BOOST_AUTO_TEST_CASE(hides_no_hole) {
  write_large(5);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  BOOST_TEST(step());
  log.delete_before(3);
  serve();
  grant(a);
  serve();
  BOOST_TEST(lost(b) == offsets{3});
  BOOST_TEST(lost(a) == offsets{3});
  BOOST_TEST(got(a) == (offsets{0, 3, 4}));
}

BOOST_AUTO_TEST_CASE(is_forgotten_when_the_log_is_cut) {
  write_large(3);
  begin_cache();
  add(a, 0, 1), add(b, 0);
  BOOST_TEST(step());
  BOOST_TEST(step());
  reader.turn_back([](auto&, auto&) {});
  BOOST_TEST(log.readers() == 0u);
  grant(a);
  serve();
  BOOST_TEST(log.reopened() == (offsets{0, 1}));
  BOOST_TEST(got(a) == range(0, 3));
}

BOOST_AUTO_TEST_SUITE_END()

// -- what the log has not, or not now
// ---------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_sweep_through_a_log_that_forgets, fixture)

BOOST_AUTO_TEST_CASE(says_how_much_is_gone) {
  write(5);
  begin_cache();
  write(1);
  log.delete_before(3);
  add(a, 1), add(b, 3), add(c, 4);
  serve();
  BOOST_TEST(lost(a) == offsets{3});
  BOOST_TEST(lost(b) == offsets{});
  BOOST_TEST(lost(c) == offsets{});
  BOOST_TEST(got(a) == range(3, 6));
  BOOST_TEST(covered(a, 1) == 6);
  BOOST_TEST(covered(b, 3) == 6);
}

BOOST_AUTO_TEST_CASE(says_so_although_no_record_is_left_for_it) {
  write(3), write_large(1, "other");
  begin_cache();
  write(1);
  log.delete_before(2);
  add(a, 0, plenty_of_bytes, {"l"});
  BOOST_TEST(step());
  BOOST_TEST_REQUIRE(a.batches.size() == 1u);
  BOOST_TEST(a.batches[0].records.empty());
  BOOST_TEST(lost(a) == offsets{2});
}

BOOST_AUTO_TEST_CASE(says_so_although_all_of_it_is_gone) {
  write(3);
  log.delete_before(3);
  begin_cache();
  add(a, 1);
  serve();
  BOOST_TEST(lost(a) == offsets{3});
  BOOST_TEST(covered(a, 1) == 3);
}

BOOST_AUTO_TEST_CASE(says_so_where_it_forgets_while_it_is_read) {
  write_large(4);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  log.delete_before(3);
  serve();
  BOOST_TEST(got(a) == (offsets{0, 3}));
  BOOST_TEST(lost(a) == offsets{3});
  BOOST_TEST(a.batches.at(1).from == 1);
  BOOST_TEST(covered(a, 0) == 4);
}

BOOST_AUTO_TEST_CASE(does_not_count_as_lost_what_it_has_scanned) {
  write_large(4, "other"), write_large(1);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  BOOST_TEST(step());
  BOOST_TEST(a.batches.empty());
  log.delete_before(4);
  serve();
  BOOST_TEST_REQUIRE(a.batches.size() == 2u);
  BOOST_TEST(a.batches[0].to == 2);
  BOOST_TEST(a.batches[0].lost == -1);
  BOOST_TEST(a.batches[1].from == 2);
  BOOST_TEST(lost(a) == offsets{4});
  BOOST_TEST(got(a) == offsets{4});
  BOOST_TEST(covered(a, 0) == 5);
}

BOOST_AUTO_TEST_CASE(is_not_hurt_by_the_loss_of_what_it_has_scanned) {
  write_large(4, "other"), write_large(1);
  begin_cache();
  add(a, 0);
  BOOST_TEST(step());
  BOOST_TEST(step());
  log.delete_before(1);
  serve();
  BOOST_TEST(lost(a) == offsets{});
  BOOST_TEST(got(a) == offsets{4});
}

BOOST_AUTO_TEST_CASE(does_not_count_as_lost_what_was_fetched_before) {
  write_large(3);
  begin_cache();
  add(a, 0);
  log.delete_later(2); // the log's start is newer than what is read
  serve();
  BOOST_TEST(got(a) == range(0, 3));
  BOOST_TEST(lost(a) == offsets{});
}

BOOST_AUTO_TEST_CASE(says_so_once_and_to_each_what_concerns_it) {
  write_large(5);
  begin_cache();
  log.delete_before(3);
  add(a, 0), add(b, 2), add(c, 3);
  serve();
  BOOST_TEST(lost(a) == offsets{3});
  BOOST_TEST(lost(b) == offsets{3});
  BOOST_TEST(lost(c) == offsets{});
}

BOOST_AUTO_TEST_CASE(loses_nothing_where_no_record_was) {
  log.skip(5);
  write(2);
  begin_cache();
  add(a, 2);
  serve();
  BOOST_TEST(lost(a) == offsets{});
  BOOST_TEST(covered(a, 2) == 7);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_log_that_does_not_answer, fixture)

BOOST_AUTO_TEST_CASE(is_tried_again_later) {
  write(2);
  begin_cache();
  add(a, 0);
  can_open = false;
  BOOST_TEST(!step());
  BOOST_TEST(reader.reads() == 0u);
  can_open = true;
  serve();
  BOOST_TEST(got(a) == range(0, 2));
  BOOST_TEST(covered(a, 0) == 2);
}

BOOST_AUTO_TEST_CASE(is_waited_for) {
  write(2);
  begin_cache();
  log.set_known(false);
  add(a, 0);
  BOOST_TEST(!step());
  BOOST_TEST(!step());
  BOOST_TEST(a.batches.empty());
  log.set_known(true);
  BOOST_TEST(step());
  BOOST_TEST(got(a) == range(0, 2));
  BOOST_TEST(reader.reads() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- joining the live flow
// -----------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(one_that_joins_the_live_flow, fixture)

BOOST_AUTO_TEST_CASE(is_taken_out_where_the_cache_begins) {
  write_large(2);
  begin_cache();
  write(1);
  add_joining(a, 0);
  BOOST_TEST(step());
  BOOST_TEST(reader.take_arrived(2).empty());
  BOOST_TEST(step());
  auto arrived = reader.take_arrived(2);
  BOOST_TEST_REQUIRE(arrived.size() == 1u);
  BOOST_TEST((arrived[0].first == a.handle));
  BOOST_TEST(arrived[0].second.delivered_to() == 2);
  BOOST_TEST(arrived[0].second.wants("k"));
  BOOST_TEST(reader.empty());
  BOOST_TEST(!step());
}

BOOST_AUTO_TEST_CASE(is_distinguished_from_who_stays) {
  begin_cache();
  write(1);
  add(a, 0), add_joining(b, 0);
  auto arrived = reader.take_arrived(0);
  BOOST_TEST(arrived.size() == 1u);
  BOOST_TEST(reader.size() == 1u);
  serve();
  BOOST_TEST(got(a) == offsets{0});
  BOOST_TEST(got(b) == offsets{});
}

BOOST_AUTO_TEST_SUITE_END()

// -- what a sweep leaves to the cache

BOOST_FIXTURE_TEST_SUITE(a_sweep_that_has_come_to_the_cache, fixture)

BOOST_AUTO_TEST_CASE(leaves_there_what_it_has_read) {
  write(3), write(1, "other");
  begin_cache(plenty_of_bytes);
  write(2);
  add(a, 1), serve();
  BOOST_TEST(got(a) == (offsets{1, 2, 4, 5}));
  BOOST_TEST(cache->begin() == 1);
  add(b, 1, plenty_of_bytes, {"k", "other"});
  add(c, 2);
  serve();
  BOOST_TEST(got(b) == range(1, 6));
  BOOST_TEST(got(c) == (offsets{2, 4, 5}));
  BOOST_TEST(reader.reads() == 1u);
}

BOOST_AUTO_TEST_CASE(leaves_no_more_than_fits) {
  write_large(4);
  begin_cache(2 * replay_reader::max_step_bytes + 1000);
  add(a, 0), serve();
  BOOST_TEST(cache->begin() == 2);
  BOOST_TEST(cache->bytes() <= 2 * replay_reader::max_step_bytes + 1000);
  add(b, 1);
  serve();
  BOOST_TEST(reader.reads() == 2u);
  BOOST_TEST(got(b) == range(1, 4));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_when_it_ends_before) {
  write_large(4);
  begin_cache(plenty_of_bytes);
  add(a, 0), step();
  reader.remove(a.address(), 1);
  step();
  BOOST_TEST(cache->begin() == 4);
}

BOOST_AUTO_TEST_CASE(does_not_hide_what_retention_has_deleted) {
  write(6);
  begin_cache(plenty_of_bytes);
  log.delete_before(3);
  add(a, 1), serve();
  BOOST_TEST(lost(a) == offsets{3});
  add(b, 1);
  serve();
  BOOST_TEST(lost(b) == offsets{3});
  BOOST_TEST(got(b) == range(3, 6));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
