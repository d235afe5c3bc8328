#include "tests/actors/room/room_fixture.hpp"
#include "tests/actors/room/topic_positions.hpp"

namespace weir {

namespace {

using test::positions_at;

/// A ROOM whose topic is of log 7, in partition 0.
struct fixture : test::room_fixture {
  fixture() { complete_in(7); }

  void complete_in(kafka::log_id log) {
    room_complete message{{{0, 30}}};
    message.log_start = {{0, 0}};
    message.log_end = {{0, 30}};
    message.others = positions_at({{0, 30}}, log);
    tell(room, std::move(message));
  }

  /// The last that a member was notified to be lost.
  static std::pair<std::int64_t, std::int64_t> lost_of(const member& x) {
    BOOST_TEST_REQUIRE(!x.deliveries.empty());
    auto& events = *x.deliveries.back().events;
    BOOST_TEST(events.lost);
    return {events.from, events.to};
  }

  join_answered join_in(kafka::log_id log, std::int64_t since,
                        bool resumes = false, std::int32_t partition = 0) {
    ask_for(log, since, partition, resumes);
    BOOST_TEST_REQUIRE(a.joins.size() == 1u);
    return a.joins[0];
  }

  void ask_for(kafka::log_id log, std::int64_t since,
               std::int32_t partition = 0, bool resumes = false) {
    join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
    x.since = {{partition, since}};
    if (log != 0)
      x.logs = {{partition, log}};
    x.resumes = resumes;
    tell(room, std::move(x));
  }
};

BOOST_FIXTURE_TEST_SUITE(a_join_with_a_position_in_a_log, fixture)

BOOST_AUTO_TEST_CASE(goes_on_there_in_the_log_that_there_is) {
  auto x = join_in(7, 20);
  BOOST_TEST((x.behind == positions{{0, 20}}));
  BOOST_TEST(x.restarted.empty());
  BOOST_TEST((x.logs == partition_logs{{0, 7}}));
}

BOOST_AUTO_TEST_CASE(begins_at_the_start_of_another_log) {
  auto x = join_in(6, 20);
  BOOST_TEST(x.error == emit_errc::none);
  BOOST_TEST((x.restarted == positions{{0, 20}}));
  BOOST_TEST((x.behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(begins_at_the_start_when_it_is_beyond_an_unnamed_log) {
  auto x = join_in(0, 40);
  BOOST_TEST((x.restarted == positions{{0, 40}}));
  BOOST_TEST((x.behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(begins_where_the_room_is_when_its_partition_is_gone) {
  auto x = join_in(6, 20, false, 3);
  BOOST_TEST((x.restarted == positions{{3, 20}}));
  BOOST_TEST((x.behind == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(is_notified_of_another_log_also_from_its_first_offset_on) {
  auto x = join_in(6, 0);
  BOOST_TEST((x.restarted == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(waits_for_a_partition_that_is_not_known_of_this_log) {
  ask_for(7, 20, 3);
  BOOST_TEST(a.joins.empty());
  tell(room, room_moved{positions_at({{0, 30}, {3, 25}}, 7)}); // it was added
  BOOST_TEST((a.joins.at(0).from == positions{{0, 0}, {3, 20}}));
}

// Whose log nobody here has read yet: it may be of a later topic than the rest.
BOOST_AUTO_TEST_CASE(waits_for_the_log_of_a_partition_that_was_added) {
  auto now = *positions_at({{0, 30}, {3, 0}}, 7);
  now.log.set(3, cursor::unknown);
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  ask_for(7, 20, 3);
  BOOST_TEST(a.joins.empty());
  now.log.set(3, 8);
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  BOOST_TEST((a.joins.at(0).restarted == positions{{3, 20}}));
}

// From where the node was in the former one, nothing went back.
BOOST_AUTO_TEST_CASE(waits_no_longer_where_another_log_begins) {
  settings.may_be_behind = true;
  restart();
  complete_in(7);
  tell(room, room_moved{positions_at({{0, 30}, {3, 0}}, 7)});
  ask_for(7, 20, 3);
  BOOST_TEST(a.joins.empty());
  record_batch begin{1, 0, 0, {}, 0};
  begin.log = 8;
  send(begin, 3);
  BOOST_TEST((a.joins.at(0).restarted == positions{{3, 20}}));
}

BOOST_AUTO_TEST_CASE(is_refused_when_this_log_never_gets_its_partition) {
  ask_for(7, 20, 3);
  advance(settings.join_timeout);
  BOOST_TEST(a.joins.at(0).error == emit_errc::invalid_payload);
  a.joins.clear();
  BOOST_TEST(join_in(0, 20, false, 3).error == emit_errc::invalid_payload);
}

// A node that had such a partition of the former log has told it so.
BOOST_AUTO_TEST_CASE(begins_at_the_start_if_it_was_at_that_of_no_partition) {
  tell(room, partition_added{0});
  ask_for(7, 0, 3);
  advance(settings.join_timeout);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 0}}));
  BOOST_TEST((a.joins[0].behind == positions{{0, 0}}));
  a.joins.clear();
  BOOST_TEST(join_in(0, 0, false, 3).error == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_was_beside_the_start_of_no_partition) {
  tell(room, partition_added{0});
  join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
  x.since = {{0, 20}, {3, 0}};
  for (auto& logs : {partition_logs{{0, 7}, {3, 7}}, partition_logs{{0, 7}}})
    for (auto resumes : {false, true}) {
      x.logs = logs;
      x.resumes = resumes;
      tell(room, join_room{x});
      advance(settings.join_timeout);
      BOOST_TEST((a.joins.at(0).behind == positions{{0, 20}}));
      a.joins.clear();
    }
}

// The log of the partition that is gone was not known when the offset was sent.
BOOST_AUTO_TEST_CASE(is_of_the_logs_that_it_names_where_it_names_none) {
  join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
  x.since = {{0, 20}, {3, 4}};
  x.logs = {{0, 6}};
  x.of_partitions = 4;
  tell(room, join_room{x});
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST((a.joins[0].restarted == positions{{0, 20}, {3, 4}}));
  BOOST_TEST((a.joins[0].behind == positions{{0, 0}}));
}

// Nodes heard one after the other that the topic was created again with fewer
// partitions; of one of those that are gone no node knew the log.
BOOST_AUTO_TEST_CASE(is_of_the_former_log_where_it_names_several) {
  tell(room, partition_added{0});
  join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
  x.of_partitions = 1;
  x.logs = {{0, 7}, {3, 6}};
  for (auto offset : {0, 5}) {
    x.since = {{0, 20}, {3, 4}, {4, offset}};
    tell(room, join_room{x});
    advance(settings.join_timeout);
    BOOST_TEST_REQUIRE(a.joins.size() == 1u);
    BOOST_TEST((a.joins[0].restarted == positions{{3, 4}, {4, offset}}));
    BOOST_TEST((a.joins[0].behind == positions{{0, 20}}));
    a.joins.clear();
  }
}

// Its own partition's broker does not answer, and it is no mistake of a client
// that the topic has fewer partitions now.
BOOST_AUTO_TEST_CASE(is_told_to_come_again_while_partitions_are_of_two_logs) {
  auto now = *positions_at({{0, 30}, {1, 0}}, 7);
  now.log.set(1, 8);
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  ask_for(7, 20, 3);
  BOOST_TEST(a.joins.empty());
  advance(settings.join_timeout);
  BOOST_TEST(a.joins.at(0).error == emit_errc::unavailable);
}

BOOST_AUTO_TEST_CASE(waits_for_the_log_that_has_fewer_partitions) {
  ask_for(7, 20, 3);
  record_batch again{1, 30, 0, {}, 0, 8};
  send(std::move(again));
  BOOST_TEST((a.joins.at(0).restarted == positions{{3, 20}}));
  BOOST_TEST((a.joins[0].from == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(is_not_notified_of_partitions_that_are_gone) {
  tell(room, room_moved{positions_at({{0, 30}, {1, 9}}, 7)});
  tell(room, partition_added{1});
  send(record_batch{1, 9, 0, {}, 0}, 1);
  send(record_batch{1, 30, 0, {}, 0, 8});
  tell(room, room_moved{positions_at({{0, 0}}, 8)});
  tell(room, partition_added{0});
  auto x = join_in(7, 4, false, 1);
  BOOST_TEST((x.restarted == positions{{1, 4}}));
  BOOST_TEST((x.from == positions{{0, 0}}));
  BOOST_TEST((x.logs == partition_logs{{0, 8}}));
}

// Partition 0, which it names, has not heard of the new topic yet; 1 has, and
// is where the room lies in it. What that had in the former one is gone.
BOOST_AUTO_TEST_CASE(is_notified_of_another_log_where_it_names_nothing) {
  auto now = *positions_at({{0, 30}, {1, 4}}, 7);
  now.log.set(1, 8);
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  tell(room, partition_added{1});
  auto x = join_in(7, 20);
  BOOST_TEST((x.restarted == positions{{1, 0}}));
  BOOST_TEST((x.behind == positions{{0, 20}, {1, 0}}));
  a.joins.clear();
  BOOST_TEST(join_in(7, 20, true).error == emit_errc::invalid_payload);
  a.joins.clear();
  now.log.set(0, 8);
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  BOOST_TEST(join_in(8, 4, false, 1).restarted.empty());
}

BOOST_AUTO_TEST_CASE(is_notified_of_the_log_of_its_own_partition) {
  auto now = *positions_at({{0, 30}, {1, 0}}, 7);
  now.log.set(1, 8); // the first that has heard of the new topic
  tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  auto x = join_in(7, 4, false, 1);
  BOOST_TEST((x.restarted == positions{{1, 4}}));
}

BOOST_AUTO_TEST_CASE(cannot_be_resumed_in_another_log) {
  BOOST_TEST(join_in(6, 20, true).error == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(can_be_resumed_in_the_same) {
  BOOST_TEST(join_in(7, 20, true).error == emit_errc::none);
}

BOOST_AUTO_TEST_SUITE_END()

struct unknown_log_fixture : fixture {
  unknown_log_fixture() {
    restart();
    complete_in(0);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_join_with_a_position_while_no_log_is_known,
                         unknown_log_fixture)

BOOST_AUTO_TEST_CASE(waits_for_it) {
  for (auto resumes : {false, true}) {
    a.joins.clear();
    ask_for(7, 20, 0, resumes);
    BOOST_TEST(a.joins.empty());
    advance(settings.join_timeout);
    BOOST_TEST(a.joins.at(0).error == emit_errc::unavailable);
  }
}

BOOST_AUTO_TEST_CASE(begins_at_the_start_if_it_is_another_one) {
  ask_for(7, 20);
  tell(room, room_moved{positions_at({{0, 30}}, 8)});
  BOOST_TEST((a.joins.at(0).restarted == positions{{0, 20}}));
}

BOOST_AUTO_TEST_CASE(begins_there_without_waiting_if_it_names_none) {
  BOOST_TEST((join_in(0, 20).behind == positions{{0, 20}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_member_of_a_log_in_which_nothing_was_read,
                         test::room_fixture)

record_batch batch_in(kafka::log_id log, std::int64_t to, std::int64_t lost,
                      const std::vector<kafka::record_view>& records = {}) {
  auto result = test::room_fixture::batch_of(records, 0, to, lost);
  result.log = log;
  return result;
}

BOOST_AUTO_TEST_CASE(is_notified_that_it_is_another_one) {
  complete(), join(a);
  send(batch_in(7, 0, 0));
  BOOST_TEST(a.deliveries.empty());
  send(batch_in(8, 0, 0));
  BOOST_TEST_REQUIRE(a.deliveries.size() == 1u);
  auto& x = *a.deliveries[0].events;
  BOOST_TEST(x.lost);
  BOOST_TEST((x.from == 0 && x.to == 0 && x.log == 8u));
}

// The router passes on what is the room's, and the first record was not.
BOOST_AUTO_TEST_CASE(is_notified_of_nothing_that_is_gone_in_the_other_one) {
  complete(), join(a);
  send(batch_in(7, 0, 0));
  record_batch second = batch_of({test::record_of(1, "k", "1")}, 1, 2);
  second.log = 8;
  send(std::move(second));
  BOOST_TEST_REQUIRE(a.deliveries.size() == 2u);
  auto& lost = *a.deliveries[0].events;
  BOOST_TEST((lost.lost && lost.from == 0 && lost.to == 0));
  BOOST_TEST(a.deliveries[1].events->from == 0);
  BOOST_TEST(packets(a).size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_told_up_to_where_the_former_was_read) {
  complete(), join(a);
  send(record_batch{1, 12, 0, {}, 0, 8});
  BOOST_TEST_REQUIRE(a.deliveries.size() == 1u);
  auto& x = *a.deliveries[0].events;
  BOOST_TEST((x.lost && x.from == 12 && x.to == 0));
}

BOOST_AUTO_TEST_CASE(is_not_notified_of_partitions_that_are_none_of_its) {
  complete(), join(a);
  for (auto log : {7u, 8u})
    send(batch_in(log, 0, 0), 1);
  BOOST_TEST(a.deliveries.empty());
}

BOOST_AUTO_TEST_CASE(is_told_so_in_front_of_its_records) {
  complete(), join(a);
  send(batch_in(7, 0, 0));
  send(batch_in(8, 1, -1, {test::record_of(0, "k", "0")}));
  BOOST_TEST_REQUIRE(a.deliveries.size() == 2u);
  BOOST_TEST(a.deliveries[0].events->lost);
  BOOST_TEST(packets(a).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

/// Of a room that is at 30, and has had nothing of what is before.
struct cut : fixture {
  void lose_end(std::int64_t at) {
    record_batch batch{1, 30, at, {}, at, 7};
    tell(room,
         room_records{
           std::make_shared<const record_batch>(batch), nullptr, 0, {}, 0});
  }
};

BOOST_FIXTURE_TEST_SUITE(a_log_that_loses_its_end, cut)

BOOST_AUTO_TEST_CASE(takes_members_back_who_have_begun_beyond) {
  join(a);
  lose_end(20);
  BOOST_TEST((lost_of(a) == std::pair<std::int64_t, std::int64_t>{30, 20}));
  join(b);
  BOOST_TEST((b.joins.at(0).from == positions{{0, 20}}));
}

BOOST_AUTO_TEST_CASE(answers_who_reads_where_the_live_flow_is_now) {
  join_in(7, 10);
  tell(room, read_room{a.socket, 9, 0, 10, 1000, 1});
  BOOST_TEST(a.done.empty());
  lose_end(20);
  BOOST_TEST_REQUIRE(a.done.size() == 1u);
  BOOST_TEST(a.done[0].live == 20);
}

/// The node is at 30 of the log, and knows that epoch 2 has begun at 20.
struct known_epochs : fixture {
  known_epochs() {
    room_complete message{{{0, 30}}};
    message.log_start = {{0, 0}};
    message.log_end = {{0, 50}};
    message.log = {7, 2};
    message.others = known(30, {{1, 0}, {2, 20}});
    tell(room, std::move(message));
  }

  static std::shared_ptr<const topic_positions>
  known(std::int64_t next, const std::map<std::int32_t, std::int64_t>& begins) {
    auto result = *positions_at({{0, next}}, 7);
    result.log_end.set(0, 50);
    auto epochs = std::make_shared<leader_epochs>();
    for (auto [epoch, offset] : begins) {
      epochs->merge(epoch, {offset, true});
      result.leader_epoch.set(0, epoch);
    }
    result.epochs[0] = std::move(epochs);
    return std::make_shared<const topic_positions>(std::move(result));
  }

  /// The node goes back from 30, where it was under the leader of epoch 2.
  void lose_end(std::int64_t at,
                const std::shared_ptr<const topic_positions>& now) {
    record_batch batch{1, 30, at, {}, at, 7, 2, now->epochs_of(0)};
    tell(room,
         room_records{
           std::make_shared<const record_batch>(batch), nullptr, 0, {}, 0});
  }

  join_answered join_at(std::int64_t since, std::int32_t epoch,
                        bool resumes = false) {
    join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
    x.since = {{0, since}};
    x.logs = {{0, {7, epoch}}};
    x.resumes = resumes;
    tell(room, std::move(x));
    BOOST_TEST_REQUIRE(a.joins.size() == 1u);
    return a.joins[0];
  }
};

BOOST_FIXTURE_TEST_CASE(takes_those_back_who_come_back_from_beyond,
                        known_epochs) {
  auto x = join_at(25, 1);
  BOOST_TEST((x.restarted == positions{{0, 25}}));
  BOOST_TEST((x.from == positions{{0, 20}}));
  BOOST_TEST((x.behind == positions{{0, 20}}));
  BOOST_TEST((x.logs == partition_logs{{0, {7, 2}}}));
}

BOOST_FIXTURE_TEST_CASE(leaves_those_who_come_back_from_before, known_epochs) {
  auto x = join_at(20, 1);
  BOOST_TEST(x.restarted.empty());
  BOOST_TEST((x.behind == positions{{0, 20}}));
}

BOOST_FIXTURE_TEST_CASE(leaves_those_who_come_back_from_the_logs_start,
                        known_epochs) {
  auto cursors = *known(30, {});
  auto epochs = std::make_shared<leader_epochs>();
  epochs->start(0, 3); // of what was before, nobody knows
  cursors.epochs[0] = std::move(epochs);
  tell(room, room_moved{std::make_shared<const topic_positions>(cursors)});
  auto x = join_at(0, 1);
  BOOST_TEST(x.restarted.empty());
  BOOST_TEST((x.behind == positions{{0, 0}}));
}

BOOST_FIXTURE_TEST_CASE(leaves_those_who_come_back_from_its_new_end,
                        known_epochs) {
  auto x = join_at(25, 2);
  BOOST_TEST(x.restarted.empty());
  BOOST_TEST((x.behind == positions{{0, 25}}));
}

// Nobody knows yet of which leader what replaces it will be.
BOOST_FIXTURE_TEST_CASE(takes_those_back_who_come_back_from_beyond_its_end,
                        known_epochs) {
  auto x = join_at(55, 2);
  BOOST_TEST((x.restarted == positions{{0, 55}}));
  BOOST_TEST((x.from == positions{{0, 50}}));
}

// A room that nothing has come to since a batch told of a later leader.
BOOST_FIXTURE_TEST_CASE(takes_those_back_whom_the_last_batch_told_of,
                        known_epochs) {
  record_batch batch{1, 30, 48, {}, 30};
  batch.log = 7;
  batch.leader_epoch = 3;
  batch.epochs = known(48, {{1, 0}, {2, 20}, {3, 30}})->epochs_of(0);
  tell(room, room_records{
               std::make_shared<const record_batch>(batch), nullptr, 0, {}, 0});
  auto x = join_at(33, 2);
  BOOST_TEST((x.restarted == positions{{0, 33}}));
  BOOST_TEST((x.from == positions{{0, 30}}));
}

/// Members whom a replay has brought further compare their positions.
BOOST_FIXTURE_TEST_CASE(says_where_the_next_leader_has_begun, known_epochs) {
  join_at(30, 2);
  lose_end(25, known(25, {{1, 0}, {2, 20}, {4, 25}}));
  auto& told = a.deliveries.back().events->epochs;
  BOOST_TEST_REQUIRE(told != nullptr);
  BOOST_TEST(told->after(2)->offset == 25);
}

// Its reader is of a version that does not say why, or knows it otherwise.
BOOST_FIXTURE_TEST_CASE(does_not_say_so_if_it_goes_back_elsewhere,
                        known_epochs) {
  join_at(30, 2);
  lose_end(15, known(15, {{1, 0}, {2, 20}}));
  BOOST_TEST(a.deliveries.back().events->epochs == nullptr);
  lose_end(10, known(10, {{1, 0}, {2, 20}, {4, 12}}));
  BOOST_TEST(a.deliveries.back().events->epochs == nullptr);
}

BOOST_FIXTURE_TEST_CASE(says_with_each_batch_where_leaders_have_begun,
                        known_epochs) {
  join_at(30, 2);
  auto batch = batch_of({test::record_of(30, "k", "1")}, 30, 31);
  batch.log = 7;
  batch.leader_epoch = 3;
  batch.epochs = known(30, {{2, 20}, {3, 30}})->epochs_of(0);
  send(batch);
  auto& told = a.deliveries.back().events->epochs;
  BOOST_TEST_REQUIRE(told != nullptr);
  BOOST_TEST(told->after(2)->offset == 30);
}

/// That epoch 3 began before 25 is all that the node knows of it.
struct doubtful : known_epochs {
  doubtful() {
    auto now = *known(30, {{1, 0}});
    now.epochs[0] = epochs_of("3/24-,1/0,");
    tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  }

  static std::shared_ptr<const leader_epochs>
  epochs_of(std::string_view written) {
    auto result = std::make_shared<leader_epochs>();
    result->merge(written);
    return result;
  }

  void join_as(member& x, std::int64_t since, std::int32_t epoch) {
    join_room message{x.handle, {x.socket, "1"}, &route, "room", "k", 9};
    message.since = {{0, since}};
    message.logs = {{0, {7, epoch}}};
    tell(room, std::move(message));
  }

  void learn(std::string_view written) {
    auto now = *known(30, {{1, 0}});
    now.epochs[0] = epochs_of(written);
    tell(room, room_moved{std::make_shared<const topic_positions>(now)});
  }
};

BOOST_FIXTURE_TEST_CASE(asks_for_those_of_whom_it_is_not_known_where,
                        doubtful) {
  join_as(a, 28, 1);
  BOOST_TEST(a.joins.empty());
  BOOST_TEST_REQUIRE(started.size() == 1u);
  BOOST_TEST(started[0].from == 28);
  BOOST_TEST((started[0].of == named_log{7, 1}));
  BOOST_TEST(stopped.empty());
  learn("3/20,1/0,");
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST((a.joins[0].restarted == positions{{0, 28}}));
  BOOST_TEST((a.joins[0].from == positions{{0, 20}}));
  BOOST_TEST_REQUIRE(stopped.size() == 1u);
  BOOST_TEST(stopped[0].replay == started[0].replay);
}

// That epoch 3 may have begun before them is to be asked by their own.
BOOST_FIXTURE_TEST_CASE(leaves_those_their_epoch_who_may_be_beyond, doubtful) {
  join_as(a, 22, 1);
  BOOST_TEST((a.joins.at(0).behind == positions{{0, 22}}));
  BOOST_TEST((a.joins[0].logs == partition_logs{{0, {7, 1}}}));
  tell(room, read_room{a.socket, 9, 0, 22, 1, 1, {7, 1}});
  BOOST_TEST((started.at(0).of == named_log{7, 1}));
  send(batch_of({test::record_of(23, "k", "1")}, 22, 26), 0, started[0].replay);
  BOOST_TEST(a.done.size() == 1u);
  // What the room has of it does not tell.
  tell(room, read_room{a.socket, 9, 0, 22, 1, 2, {7, 1}});
  BOOST_TEST(stopped.size() == 1u);
  BOOST_TEST((started.at(1).of == named_log{7, 1}));
  learn("3/24,1/0,");
  send(batch_of({test::record_of(23, "k", "1")}, 22, 26), 0, started[1].replay);
  tell(room, read_room{a.socket, 9, 0, 22, 1, 3, {7, 1}});
  BOOST_TEST(started.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(asks_for_one_after_the_other, doubtful) {
  learn("3/24-,");
  join_as(a, 28, 1);
  join_as(b, 27, 0);
  BOOST_TEST(started.size() == 1u);
  learn("3/20,1/5-,");
  BOOST_TEST(!a.joins.empty());
  BOOST_TEST(b.joins.empty());
  BOOST_TEST_REQUIRE(started.size() == 2u);
  BOOST_TEST(started[1].from == 27);
  learn("3/20,1/4,");
  BOOST_TEST((b.joins.at(0).from == positions{{0, 4}}));
  BOOST_TEST(stopped.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(asks_no_more_for_who_has_gone, doubtful) {
  join_as(a, 28, 1);
  leave_room message{a.socket, "room"};
  message.is_gone = true;
  tell(room, message);
  BOOST_TEST(stopped.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(takes_those_to_the_start_of_whom_nobody_can_tell,
                        doubtful) {
  join_as(a, 28, 1);
  advance(settings.join_timeout);
  BOOST_TEST((a.joins.at(0).restarted == positions{{0, 28}}));
  BOOST_TEST((a.joins[0].from == positions{{0, 0}}));
  BOOST_TEST(stopped.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(lets_nobody_resume_without_asking, doubtful) {
  BOOST_TEST(join_at(28, 1, true).error == emit_errc::invalid_payload);
  BOOST_TEST(started.empty());
}

BOOST_FIXTURE_TEST_CASE(lets_nobody_resume_beyond_the_cut, known_epochs) {
  BOOST_TEST(join_at(25, 1, true).error == emit_errc::invalid_payload);
}

// What this node has yet to read is of a later leader.
BOOST_FIXTURE_TEST_CASE(takes_those_back_who_have_been_further_than_the_node,
                        known_epochs) {
  auto x = join_at(45, 2);
  BOOST_TEST(x.restarted.empty());
  tell(room, room_moved{known(30, {{1, 0}, {2, 20}, {3, 40}})});
  BOOST_TEST((lost_of(a) == std::pair<std::int64_t, std::int64_t>{45, 40}));
  BOOST_TEST(a.deliveries.back().events->leader_epoch == 2);
  auto told = a.deliveries.size();
  tell(room, room_moved{known(48, {{1, 0}, {2, 20}, {3, 40}})});
  BOOST_TEST(a.deliveries.size() == told);
}

BOOST_AUTO_TEST_CASE(still_goes_back_as_far_as_before) {
  lose_end(20);
  BOOST_TEST(join_in(7, 0, true).error == emit_errc::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_room_whose_topic_cannot_be_read, test::room_fixture)

BOOST_AUTO_TEST_CASE(refuses_joins_at_once_and_says_why) {
  join(a);
  tell(room, room_problem{"topic t: denied"});
  join(b);
  for (auto* x : {&a, &b}) {
    BOOST_TEST_REQUIRE(x->joins.size() == 1u);
    BOOST_TEST(x->joins[0].error == emit_errc::unavailable);
    BOOST_TEST(x->joins[0].message == "topic t: denied");
  }
}

BOOST_AUTO_TEST_CASE(takes_members_when_it_can_be_read_again) {
  tell(room, room_problem{"denied"});
  tell(room, room_problem{});
  complete();
  join(a);
  BOOST_TEST(a.joins.at(0).error == emit_errc::none);
}

BOOST_AUTO_TEST_CASE(lets_those_wait_that_resume) {
  tell(room, room_problem{"denied"});
  join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
  x.resumes = true;
  tell(room, std::move(x));
  BOOST_TEST(a.joins.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
