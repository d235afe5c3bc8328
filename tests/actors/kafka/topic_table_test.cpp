#include "actors/kafka/topic_table.hpp" // unit under test

#include "actors/contract/cursor.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

/// A topic of two partitions, of which it is known where we are.
struct fixture {
  static constexpr std::int64_t now = 1'800'000'000; // seconds

  fixture() {
    x.set_count(2);
    x.begin_at(0, 3, {});
    x.begin_at(1, 4, {});
  }

  /// A batch of the live flow.
  void move(std::int32_t partition, std::int64_t from, std::int64_t to,
            std::int32_t epoch = -1, std::int64_t lost = -1) {
    record_batch batch{1, from, to, {}, lost};
    batch.log = 7;
    batch.leader_epoch = epoch;
    x.note_end(partition, batch);
    x.take_live(partition, batch);
  }

  /// A key that belongs to the partition.
  std::string key_of(std::int32_t partition) const {
    std::string result = "a";
    while (x.home_of(result) != partition)
      ++result[0];
    return result;
  }

  topic_table x;
};

BOOST_FIXTURE_TEST_SUITE(a_topic_table, fixture)

BOOST_AUTO_TEST_CASE(knows_all_when_it_has_a_position_in_each_partition) {
  topic_table other;
  BOOST_TEST(other.set_count(2).empty());
  other.begin_at(1, 4, {});
  BOOST_TEST(!other.knows_all());
  other.begin_at(0, 0, {});
  BOOST_TEST(other.knows_all());
}

BOOST_AUTO_TEST_CASE(begins_at_the_beginning_of_what_is_added) {
  BOOST_TEST(x.set_count(3).empty());
  BOOST_TEST(x.next_of(2) == 0);
  BOOST_TEST(x.next_of(1) == 4);
}

BOOST_AUTO_TEST_CASE(ends_partitions_that_there_are_no_more) {
  x.note_misplaced(1, key_of(0), 2, now);
  x.share();
  auto ended = x.set_count(1);
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST(ended[0].partition == 1);
  BOOST_TEST(ended[0].next == 4);
  BOOST_TEST(x.next_of(1) == cursor::unknown);
  BOOST_TEST(!x.share_since(0)->next.knows(1));
  x.set_count(2);
  BOOST_TEST(x.beside(key_of(0)).empty());
}

BOOST_AUTO_TEST_CASE(shares_one_copy_until_a_room_is_younger) {
  x.add_room();
  auto first = x.share_since(1);
  move(0, 3, 8);
  BOOST_TEST(x.share_since(1) == first);
  x.add_room();
  BOOST_TEST(x.share_since(2)->next.at(0) == 8);
  BOOST_TEST(first->next.at(0) == 3);
}

BOOST_AUTO_TEST_CASE(shares_nothing_of_a_log_that_is_gone) {
  auto first = x.share();
  move(0, 3, 1, -1, 1);
  BOOST_TEST(x.share_since(0) != first);
  BOOST_TEST(x.share_since(0)->next.at(0) == 1);
}

BOOST_AUTO_TEST_CASE(knows_how_long_a_log_is_at_least) {
  auto end = [this] { return x.current().log_end.at(0); };
  x.note_bounds(0, 2, 10);
  BOOST_TEST(x.current().log_start.at(0) == 2);
  x.note_bounds(0, -1, 9);
  BOOST_TEST(end() == 10);
  x.note_end(0, {1, 5, 12, {}});
  BOOST_TEST(end() == 12);
  x.note_end(0, {1, 5, 1, {}, 1}); // the log was recreated
  BOOST_TEST(end() == 1);
}

BOOST_AUTO_TEST_CASE(begins_another_log_where_it_is) {
  x.set_count(3); // partition 2 begins at 0
  x.note_bounds(2, 0, 12);
  x.note_misplaced(2, key_of(0), 4, now);
  auto before = x.share();
  x.begin_log(2, 3);
  BOOST_TEST(x.share_since(0) != before);
  BOOST_TEST(x.next_of(2) == 0);
  BOOST_TEST(x.current().log_end.at(2) == 3);
  BOOST_TEST(x.beside(key_of(0)).empty());
  x.begin_log(2, -1);
  BOOST_TEST(x.current().log_end.at(2) == 0);
}

BOOST_AUTO_TEST_CASE(tells_when_a_leader_has_begun_below_the_end) {
  x.note_bounds(0, 0, 20);
  BOOST_TEST(x.merge_epochs(0, "1/0,"));
  BOOST_TEST(!x.merge_epochs(0, "1/0,2/20,"));
  BOOST_TEST(x.merge_epochs(0, "1/0,3/12,"));
  BOOST_TEST(!x.merge_epochs(0, "1/0,3/12,"));
  BOOST_TEST(x.current().epochs_of(0)->cut_below(15, 1)->offset == 12);
  BOOST_TEST(!x.merge_epochs(0, "3/12-,"));
  BOOST_TEST(x.merge_epochs(0, "1/0,2/9-,3/12,")); // somebody waits for that
  BOOST_TEST(x.merge_epochs(0, "1/0,2/9,3/12,"));
  x.forget_epochs(0);
  BOOST_TEST(!x.current().epochs_of(0));
}

BOOST_AUTO_TEST_CASE(knows_where_else_a_keys_records_may_be) {
  auto key = key_of(0);
  BOOST_TEST(!x.is_misplaced(0, key));
  BOOST_TEST(x.is_misplaced(1, key));
  BOOST_TEST(!x.is_misplaced(1, "")); // it may be anywhere
  x.note_misplaced(1, key, 4, now);
  BOOST_TEST((x.beside(key) == positions{{1, 4}}));
  BOOST_TEST(x.beside(key_of(1)).empty());
}

BOOST_AUTO_TEST_CASE(takes_all_keys_for_misplaced_where_records_are_lost) {
  x.note_lost(1, 4, now);
  BOOST_TEST((x.beside(key_of(0)) == positions{{1, 4}}));
}

BOOST_AUTO_TEST_CASE(forgets_misplaced_keys_with_their_log_or_in_time) {
  auto key = key_of(0);
  x.note_misplaced(1, key, 4, now);
  move(1, 4, 0, -1, 0);
  BOOST_TEST(x.beside(key).empty());
  move(1, 0, 6);
  x.note_misplaced(1, key, 5, now);
  x.forget_misplaced(now + 1);
  BOOST_TEST((x.beside(key) == positions{{1, 5}}));
  x.forget_misplaced(now + misplaced_keys::kept + 1);
  BOOST_TEST(x.beside(key).empty());
  BOOST_TEST(x.current().misplaced_from.at(1) == 6);
}

BOOST_AUTO_TEST_CASE(takes_over_what_a_reader_has_noted_of_misplaced_keys) {
  misplaced_keys noted;
  noted.add(key_of(0), 2, now);
  x.begin_at(1, 9, noted.write());
  BOOST_TEST((x.beside(key_of(0)) == positions{{1, 2}}));
  x.begin_at(1, 9, {});
  BOOST_TEST(x.beside(key_of(0)).empty());
}

BOOST_AUTO_TEST_CASE(says_of_a_partition_why_it_cannot_be_read) {
  auto home = key_of(1), other = key_of(0);
  x.set_problem(1, "broken");
  BOOST_TEST(x.why_unreadable(home, true) == "broken");
  BOOST_TEST(x.why_unreadable(other, false).empty()); // we are known there
  x.set_problem(1, "");
  BOOST_TEST(x.why_unreadable(home, true).empty());
  BOOST_TEST(!x.forget_problem(1));
}

BOOST_AUTO_TEST_CASE(names_what_keeps_a_room_from_being_complete) {
  topic_table y;
  y.set_count(2);
  y.set_problem(1, "broken");
  BOOST_TEST(y.why_unreadable(key_of(0), false) == "broken");
  BOOST_TEST(y.why_unreadable(key_of(0), true).empty());
}

BOOST_AUTO_TEST_CASE(names_the_topics_own_problem_first) {
  x.set_problem(1, "broken");
  x.set_problem("denied");
  BOOST_TEST(x.why_unreadable(key_of(1), true) == "denied");
  BOOST_TEST(x.why_unreadable(key_of(0), true) == "denied");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
