#include "actors/runtime/metrics/rooms.hpp"
#include "tests/actors/client/connection_fixture.hpp"

namespace weir {

namespace {

using texts = test::connection_fixture::texts;

struct fixture : test::connection_fixture {
  /// An outbox that holds three events.
  fixture() {
    limits.outbox = 3 * frame_size;
    restart();
    connect();
    enter("chat:1", 1);
  }

  static std::string packet(std::int64_t x) {
    auto text = "2[\"e\"," + std::to_string(x) + "]";
    return text.insert(text.size() - 1, 20 - text.size(), ' ');
  }

  static texts packets(std::int64_t from, std::int64_t to) {
    texts result;
    for (auto i = from; i < to; ++i)
      result.push_back(packet(i));
    return result;
  }

  static std::size_t size_of_frame() {
    std::string frame;
    engineio::append_text_message(frame, packet(0));
    return frame.size();
  }

  const std::size_t frame_size = size_of_frame();

  /// Events of these offsets, live or replayed: the client gets what it has
  /// not had. (The first live offset is 17.)
  texts deliver(std::int64_t from, std::int64_t to, std::uint64_t id = 1) {
    return connection_fixture::deliver(events_at(from, id, packets(from, to)));
  }

  /// Likewise, a batch for each.
  texts deliver_singly(std::int64_t from, std::int64_t to,
                       std::uint64_t id = 1) {
    texts result;
    for (auto i = from; i < to; ++i)
      for (auto& x : deliver(i, i + 1, id))
        result.push_back(x);
    return result;
  }

  /// Likewise in two batches.
  texts fill(std::int64_t from, std::int64_t to, std::uint64_t id = 1) {
    auto result = deliver(from, from + 1, id);
    for (auto& x : deliver(from + 1, to, id))
      result.push_back(x);
    return result;
  }

  texts lose(std::int64_t from, std::int64_t to, std::uint64_t id = 1,
             kafka::log_id log = 0) {
    auto events = std::make_shared<room_events>();
    events->room = id;
    events->lost = true;
    events->from = from;
    events->to = to;
    events->log = log;
    return connection_fixture::deliver(std::move(events));
  }

  /// The room answers the last question, where the live flow is at `live`.
  void answer(std::int64_t live, std::uint64_t id = 1,
              std::int32_t partition = 0) {
    tell(connection, read_done{id, partition, last_read(id, partition), live});
  }

  /// Likewise, where there is more.
  void answer_partly(std::uint64_t id = 1) { answer(1'000'000, id); }

  std::uint32_t last_read(std::uint64_t id, std::int32_t partition = 0) const {
    std::uint32_t result = 0;
    for (auto& x : all_reads)
      if (x.membership == id && x.partition == partition)
        result = x.id;
    return result;
  }

  /// What the rooms were asked for since the last look, as
  /// "<next offset>:<bytes>".
  texts asked() {
    texts result;
    for (auto& x : std::exchange(reads, {}))
      result.push_back(std::to_string(x.from) + ":"
                       + std::to_string(x.max_bytes));
    return result;
  }

  /// What a room sends to who has asked for it.
  texts deliver_read(std::int64_t from, std::int64_t to, std::uint64_t id = 1) {
    return connection_fixture::deliver(events_at(from, id, packets(from, to)),
                                       false);
  }

  /// Bytes that it asks for when nothing waits.
  std::size_t most() const { return limits.outbox / 2 + limits.outbox / 8; }

  std::string everything() const { return std::to_string(most()); }

  /// The client reads again what waits, but no more.
  void drain_once() {
    session->drain();
    session->stop_reading();
    run();
  }

  void drain() {
    session->drain();
    run();
  }
};

// -- falling behind -----------------------------------------------------------
// ------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_client_that_reads_slowly, fixture)

BOOST_AUTO_TEST_CASE(falls_behind_in_the_middle_of_a_batch) {
  session->stop_reading();
  BOOST_TEST(fill(17, 22) == packets(17, 20));
  BOOST_TEST(reads.empty());
  BOOST_TEST(session->outbox_size() == limits.outbox);
  BOOST_TEST(session->is_drain_asked());
  BOOST_TEST(session->is_open());
  drain();
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads[0].socket == joins[0].ack.socket);
  BOOST_TEST(reads[0].membership == joins[0].membership);
  BOOST_TEST(reads[0].partition == 0);
  BOOST_TEST(reads[0].from == 20);
  BOOST_TEST(reads[0].max_bytes == most());
  BOOST_TEST(reads[0].id != 0u);
}

BOOST_AUTO_TEST_CASE(asks_by_the_epoch_of_what_it_has_had) {
  session->stop_reading();
  for (auto [from, epoch] : {std::pair{17, 3}, {18, 4}, {19, 4}, {20, 4}}) {
    auto x = events_at(from, 1, packets(from, from + 1));
    x->log = 7;
    x->leader_epoch = epoch;
    connection_fixture::deliver(std::move(x));
  }
  drain();
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads[0].from == 20);
  BOOST_TEST((reads[0].of == named_log{7, 4}));
}

BOOST_AUTO_TEST_CASE(falls_behind_earlier_where_others_have_much_waiting) {
  session->limit = frame_size;
  session->stop_reading();
  BOOST_TEST(fill(17, 22) == packets(17, 18));
  BOOST_TEST(session->is_open());
  drain();
  BOOST_TEST(asked()
             == texts{"18:" + std::to_string(frame_size / 2 + frame_size / 8)});
}

BOOST_AUTO_TEST_CASE(gets_all_that_fits_to_the_byte) {
  session->stop_reading();
  BOOST_TEST(deliver(17, 20) == packets(17, 20));
  BOOST_TEST(asked().empty());
  BOOST_TEST(deliver(20, 21).empty());
  drain();
  BOOST_TEST(asked() == texts{"20:" + everything()});
}

BOOST_AUTO_TEST_CASE(falls_behind_once_and_costs_no_more) {
  session->stop_reading();
  fill(17, 22);
  for (int i = 22; i < 100; ++i)
    BOOST_TEST(deliver(i, i + 1).empty());
  BOOST_TEST(asked().empty());
  BOOST_TEST(session->outbox_size() <= limits.outbox);
}

BOOST_AUTO_TEST_CASE(asks_for_the_rest_when_it_has_read) {
  session->stop_reading();
  fill(17, 22);
  drain();
  BOOST_TEST(asked() == texts{"20:" + everything()});
  BOOST_TEST(deliver_read(20, 23) == packets(20, 23));
  answer(23);
  BOOST_TEST(deliver(23, 25) == packets(23, 25));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(asks_once_at_a_time) {
  session->stop_reading();
  fill(17, 22);
  drain(), drain();
  BOOST_TEST(asked().size() == 1u);
  BOOST_TEST(deliver(23, 25).empty());
  BOOST_TEST(asked().empty());
  answer_partly();
  BOOST_TEST(asked() == texts{"20:" + everything()});
}

BOOST_AUTO_TEST_CASE(asks_for_as_much_as_it_can_take) {
  session->stop_reading();
  fill(17, 22);
  drain_once();
  asked();
  deliver_read(20, 21);
  answer_partly();
  BOOST_TEST(asked() == texts{"21:" + std::to_string(most() - frame_size)});
}

BOOST_AUTO_TEST_CASE(does_not_ask_while_more_than_half_its_outbox_waits) {
  session->stop_reading();
  fill(17, 22);
  drain_once();
  asked();
  deliver_read(20, 22);
  answer_partly();
  BOOST_TEST(asked().empty());
  BOOST_TEST(session->is_drain_asked());
  drain();
  BOOST_TEST(asked() == texts{"22:" + everything()});
}

BOOST_AUTO_TEST_CASE(falls_behind_again_while_it_catches_up) {
  session->stop_reading();
  fill(17, 30);
  drain_once();
  asked();
  deliver_read(20, 21), deliver_read(21, 30); // as far as 23
  answer(30);
  BOOST_TEST(asked().empty());
  drain();
  BOOST_TEST(asked() == texts{"23:" + everything()});
  BOOST_TEST(deliver_singly(23, 30) == packets(23, 30));
}

BOOST_AUTO_TEST_CASE(asks_once_whatever_older_requests_are_answered) {
  session->stop_reading();
  fill(17, 30);
  drain();
  answer_partly();
  asked();
  tell(connection, read_done{1, 0, last_read(1) - 1, 30});
  BOOST_TEST(asked().empty());
  answer_partly();
  BOOST_TEST(asked().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_not_caught_up_where_it_has_not_been) {
  session->stop_reading();
  fill(17, 30);
  drain_once();
  asked();
  deliver_read(20, 21), deliver_read(21, 30); // as far as 23
  answer(30);
  BOOST_TEST(deliver(30, 31).empty());
  drain();
  BOOST_TEST(asked() == texts{"23:" + everything()});
  BOOST_TEST(deliver_singly(23, 31) == packets(23, 31));
  answer(31);
  BOOST_TEST(deliver(31, 32) == packets(31, 32));
}

BOOST_AUTO_TEST_CASE(may_get_an_event_larger_than_its_outbox) {
  session->stop_reading();
  fill(17, 22);
  drain_once();
  auto large = "2[\"" + std::string(limits.outbox, 'x') + "\"]";
  BOOST_TEST(connection_fixture::deliver(events_at(20, 1, {large}), false)
             == texts{large});
  BOOST_TEST(
    connection_fixture::deliver(events_at(21, 1, {large}), false).empty());
  answer_partly();
  asked();
  drain_once();
  BOOST_TEST(asked() == texts{"21:" + everything()});
}

BOOST_AUTO_TEST_CASE(asks_for_nothing_of_a_room_that_it_has_left) {
  session->stop_reading();
  fill(17, 22);
  leave("chat:1");
  drain();
  BOOST_TEST(asked().empty());
  BOOST_TEST(deliver(20, 22).empty());
}

BOOST_AUTO_TEST_CASE(is_not_hurt_by_answers_for_rooms_that_it_has_left) {
  session->stop_reading();
  fill(17, 22);
  drain();
  leave("chat:1");
  answer_partly();
  BOOST_TEST(session->is_open());
  BOOST_TEST(asked().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- the lag and its policy ---------------------------------------------------

struct lagging : fixture {
  /// A client that may miss five events.
  lagging() {
    limits.max_lag = 5 * frame_size;
    begin();
  }

  void skip_when_lagging() {
    limits.on_lag = lag_policy::skip;
    begin();
  }

  void begin() {
    restart();
    connect();
    enter("chat:1", 1);
    joins.clear();
  }

  std::int64_t lagging_members() {
    return gauge(system, metrics::members_lagging)->value();
  }

  std::int64_t exceeded() {
    return count(system, metrics::lag_exceeded)->value();
  }
};

BOOST_FIXTURE_TEST_SUITE(a_clients_lag, lagging)

BOOST_AUTO_TEST_CASE(is_of_live_events_since_it_fell_behind) {
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 27); // as many bytes as it may
  BOOST_TEST(session->is_open());
  BOOST_TEST(lagging_members() == 1);
  deliver(27, 28);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(exceeded() == 1);
  BOOST_TEST(lagging_members() == 0);
}

// Its client may never take what waits for it.
BOOST_AUTO_TEST_CASE(is_known_to_its_room_before_it_can_ask) {
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 27);
  BOOST_TEST(reads.empty());
  BOOST_TEST_REQUIRE(announced.size() == 1u);
  BOOST_TEST(announced[0].from == 20);
}

// What the client was sent last may have filled its outbox again.
BOOST_AUTO_TEST_CASE(is_known_to_its_room_when_it_has_not_caught_up) {
  session->stop_reading();
  fill(17, 22);
  drain_once();
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  deliver_read(20, 24);
  answer(24);
  BOOST_TEST_REQUIRE(announced.size() == 2u);
  BOOST_TEST(announced[1].from == 23);
}

BOOST_AUTO_TEST_CASE(is_shorter_by_what_it_has_read_since) {
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 27);
  drain_once();
  deliver_read(20, 22);
  deliver_singly(27, 29);
  BOOST_TEST(session->is_open());
  deliver(29, 30);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(is_none_of_what_was_before_it_joined) {
  join("chat:2");
  admit(0, 2, {{0, 5}});
  BOOST_TEST(lagging_members() == 1);
  deliver_singly(17, 22, 2);
  BOOST_TEST(session->is_open());
  deliver(22, 23, 2);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(is_nobodys_when_it_has_left) {
  join("chat:2");
  admit(0, 2, {{0, 5}});
  leave("chat:2");
  BOOST_TEST(lagging_members() == 0);
}

BOOST_AUTO_TEST_CASE(starts_over_after_it_was_up_to_date) {
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 27);
  drain();
  BOOST_TEST(deliver_singly(20, 27).size() == 7u);
  answer(27);
  BOOST_TEST(lagging_members() == 0);
  session->stop_reading();
  fill(27, 32);
  deliver_singly(32, 37);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(is_skipped_with_a_gap_where_that_is_the_policy) {
  skip_when_lagging();
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 28);
  BOOST_TEST(session->is_open());
  BOOST_TEST(exceeded() == 0); // it takes nothing yet
  asked();
  session->take();
  drain();
  BOOST_TEST(exceeded() == 1);
  BOOST_TEST(
    session->take()
    == texts{
      R"(2["weir:gap",{"room":"chat:1","partition":0,"from":20,"to":28}])"});
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads[0].from == 28);
  answer(28);
  BOOST_TEST(deliver(28, 29) == packets(28, 29));
  BOOST_TEST(asked().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_caught_up_on_where_it_is_short_enough) {
  skip_when_lagging();
  session->stop_reading();
  fill(17, 22);
  deliver_singly(22, 27);
  drain();
  BOOST_TEST(asked() == texts{"20:" + everything()});
  BOOST_TEST(exceeded() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

// -- what comes twice, or not in turn -----------------------------------------
// --------------------------------------------

BOOST_FIXTURE_TEST_SUITE(events_that_overlap, fixture)

BOOST_AUTO_TEST_CASE(are_delivered_once) {
  BOOST_TEST(deliver(17, 20) == packets(17, 20));
  BOOST_TEST(deliver(17, 20).empty());
  BOOST_TEST(deliver(18, 22) == packets(20, 22));
  BOOST_TEST(deliver(22, 23) == packets(22, 23));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(are_delivered_once_whether_live_or_replayed) {
  session->stop_reading();
  fill(17, 22);
  drain();
  BOOST_TEST(deliver_read(18, 23) == packets(20, 23)); // for others, too
  answer(23);
  BOOST_TEST(deliver(22, 26) == packets(23, 26)); // the live flow's own steps
}

BOOST_AUTO_TEST_CASE(do_not_move_the_position_back) {
  deliver_singly(17, 22);
  deliver(17, 18);
  BOOST_TEST(deliver(22, 23) == packets(22, 23));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(leave_out_what_the_socket_itself_has_emitted) {
  session->stop_reading();
  auto events = events_at(17, 1, packets(17, 23));
  events->exceptions = {{joins[0].ack.socket->id, 1},
                        {joins[0].ack.socket->id, 4}};
  texts first{packet(17), packet(19), packet(20)};
  BOOST_TEST(connection_fixture::deliver(events) == first);
  drain();
  BOOST_TEST(asked() == texts{"22:" + everything()});
  BOOST_TEST(connection_fixture::deliver(events) == texts{packet(22)});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(events_after_a_hole, fixture)

BOOST_AUTO_TEST_CASE(are_asked_for_with_what_is_missing) {
  deliver(17, 18);
  BOOST_TEST(deliver(19, 20).empty());
  BOOST_TEST(asked() == texts{"18:" + everything()});
  BOOST_TEST(deliver_read(18, 20) == packets(18, 20));
  answer(20);
  BOOST_TEST(deliver(20, 21) == packets(20, 21));
}

BOOST_AUTO_TEST_CASE(in_another_partition_are_in_their_turn_there) {
  auto other = events_at(3, 1, packets(3, 5));
  other->partition = 1;
  BOOST_TEST(connection_fixture::deliver(other) == packets(3, 5));
  BOOST_TEST(deliver(17, 18) == packets(17, 18));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(may_be_an_empty_range_that_moves_the_position_on) {
  auto empty = std::make_shared<room_events>();
  empty->room = 1;
  empty->from = 17;
  empty->to = 40;
  BOOST_TEST(connection_fixture::deliver(empty).empty());
  BOOST_TEST(deliver(40, 41) == packets(40, 41));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_SUITE_END()

// -- several rooms ------------------------------------------------------------
// ---------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(rooms_of_a_client_that_reads_slowly, fixture)

BOOST_AUTO_TEST_CASE(share_its_outbox) {
  enter("chat:2", 2);
  session->stop_reading();
  fill(17, 22, 1);
  fill(17, 22, 2);
  BOOST_TEST(asked().empty());
  drain();
  auto half = std::to_string(most() / 2);
  BOOST_TEST(asked() == (texts{"20:" + half, "17:" + half}));
  BOOST_TEST(deliver(17, 19, 2) == packets(17, 19));
}

BOOST_AUTO_TEST_CASE(catch_up_each_by_itself) {
  enter("chat:2", 2);
  session->stop_reading();
  fill(17, 22, 1), fill(17, 22, 2);
  drain();
  deliver_read(20, 22, 1);
  answer(22, 1);
  BOOST_TEST(deliver(22, 23, 1) == packets(22, 23));
  asked();
  answer_partly(2);
  BOOST_TEST(asked() == texts{"17:" + everything()});
}

BOOST_AUTO_TEST_CASE(are_not_behind_as_long_as_nothing_of_theirs_is_missed) {
  enter("chat:2", 2);
  session->stop_reading();
  fill(17, 22, 1);
  drain();
  asked();
  BOOST_TEST(deliver(17, 19, 2) == packets(17, 19));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(may_be_behind_in_several_partitions) {
  session->stop_reading();
  fill(17, 22);
  auto other = events_at(3, 1, packets(3, 5));
  other->partition = 1;
  BOOST_TEST(connection_fixture::deliver(other).empty());
  drain();
  auto half = std::to_string(most() / 2);
  BOOST_TEST(asked() == (texts{"20:" + half, "3:" + half}));
  deliver_read(20, 22);
  answer(22);
  BOOST_TEST(asked().empty());
  answer(1000, 1, 1);
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads[0].partition == 1);
  BOOST_TEST(reads[0].from == 3);
}

BOOST_AUTO_TEST_SUITE_END()

// -- gaps ---------------------------------------------------------------------
// ------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_gap, fixture)

std::string gap(std::int64_t from, std::int64_t to) {
  return R"(2["weir:gap",{"room":"chat:1","partition":0,"from":)"
         + std::to_string(from) + ",\"to\":" + std::to_string(to) + "}]";
}

BOOST_AUTO_TEST_CASE(is_reported_to_the_client) {
  BOOST_TEST(lose(17, 42) == texts{gap(17, 42)});
  BOOST_TEST(deliver(42, 43) == packets(42, 43));
}

BOOST_AUTO_TEST_CASE(begins_where_the_client_is) {
  deliver(17, 20);
  BOOST_TEST(lose(17, 42) == texts{gap(20, 42)});
}

BOOST_AUTO_TEST_CASE(is_none_where_the_client_has_been) {
  deliver(17, 20);
  BOOST_TEST(lose(17, 20).empty());
  BOOST_TEST(deliver(20, 21) == packets(20, 21));
}

BOOST_AUTO_TEST_CASE(after_a_hole_is_asked_for_with_what_is_missing) {
  BOOST_TEST(lose(20, 42).empty());
  BOOST_TEST(asked() == texts{"17:" + everything()});
}

BOOST_AUTO_TEST_CASE(is_reported_in_its_turn_to_who_catches_up) {
  session->stop_reading();
  fill(17, 22);
  drain();
  BOOST_TEST(lose(20, 42) == texts{gap(20, 42)});
  BOOST_TEST(deliver(42, 43) == packets(42, 43));
  answer(43);
  BOOST_TEST(deliver(43, 44) == packets(43, 44));
}

BOOST_AUTO_TEST_CASE(of_a_log_that_was_recreated_goes_back) {
  deliver(17, 20);
  BOOST_TEST(lose(20, 2) == texts{gap(20, 2)});
  BOOST_TEST(deliver(2, 3) == packets(2, 3));
}

// All that had been read before the log ended was none of the room's.
BOOST_AUTO_TEST_CASE(is_told_also_where_the_client_is_at_the_new_logs_start) {
  BOOST_TEST(lose(20, 17) == texts{gap(20, 17)});
  BOOST_TEST(deliver(17, 18) == packets(17, 18));
}

BOOST_AUTO_TEST_CASE(is_reported_also_of_a_log_in_which_nothing_was_read) {
  lose(17, 0);
  BOOST_TEST(lose(0, 0) == texts{gap(0, 0)});
}

BOOST_AUTO_TEST_CASE(is_reported_once_of_another_log) {
  BOOST_TEST(lose(17, 0, 1, 7) == texts{gap(17, 0)});
  BOOST_TEST(lose(0, 0, 1, 8) == texts{gap(0, 0)});
  auto x = events_at(0, 1, packets(0, 1));
  x->log = 9;
  auto got = connection_fixture::deliver(std::move(x));
  BOOST_TEST_REQUIRE(got.size() == 2u);
  BOOST_TEST(got[0] == gap(0, 0));
}

BOOST_AUTO_TEST_CASE(
  is_reported_to_who_joins_since_the_first_offset_of_another) {
  join("chat:2");
  auto& x = joins.back();
  join_answered answer{x.ack, x.room, 2, emit_errc::none, {}, {{0, 0}}};
  answer.membership = x.membership;
  answer.handle = room;
  answer.restarted = {{0, 0}};
  tell(connection, std::move(answer));
  BOOST_TEST(
    session->take()
    == texts{
      R"(2["weir:gap",{"room":"chat:2","partition":0,"from":0,"to":0}])"});
}

BOOST_AUTO_TEST_CASE(
  is_reported_to_who_joins_since_beyond_where_a_log_was_cut) {
  join("chat:2");
  auto& x = joins.back();
  join_answered answer{x.ack, x.room, 2, emit_errc::none, {}, {{0, 20}}};
  answer.membership = x.membership;
  answer.handle = room;
  answer.restarted = {{0, 25}};
  tell(connection, std::move(answer));
  BOOST_TEST(
    session->take()
    == texts{
      R"(2["weir:gap",{"room":"chat:2","partition":0,"from":25,"to":20}])"});
}

BOOST_AUTO_TEST_SUITE_END()

// -- joining behind -----------------------------------------------------------
// ----------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_join_that_begins_behind, fixture)

BOOST_AUTO_TEST_CASE(asks_at_once_for_what_was_before) {
  join("chat:2");
  admit(1, 2, {{0, 5}});
  BOOST_TEST(asked() == texts{"5:" + everything()});
  BOOST_TEST(deliver_read(5, 7, 2) == packets(5, 7));
  BOOST_TEST(deliver(17, 18, 2).empty()); // live, and too early
  for (int i = 7; i < 18; ++i)
    BOOST_TEST(deliver_read(i, i + 1, 2) == packets(i, i + 1));
  answer(18, 2);
  BOOST_TEST(deliver(18, 19, 2) == packets(18, 19));
  BOOST_TEST(asked().empty());
}

BOOST_AUTO_TEST_CASE(is_answered_before_that) {
  join("chat:2", "5");
  auto answers = admit(1, 2, {{0, 5}});
  BOOST_TEST(
    answers == texts{R"(35[{"status":"ok","room":"chat:2","offset":"0:17"}])"});
}

BOOST_AUTO_TEST_CASE(waits_while_the_outbox_is_full) {
  session->stop_reading();
  fill(17, 22);
  join("chat:2");
  admit(1, 2, {{0, 5}});
  BOOST_TEST(asked().empty());
  drain();
  auto half = std::to_string(most() / 2);
  BOOST_TEST(asked() == (texts{"20:" + half, "5:" + half}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_joins_since, fixture)

texts join_with(fixture& x, const std::string& options) {
  return x.feed(R"(21["join","chat:2",)" + options + "]");
}

BOOST_AUTO_TEST_CASE(is_an_offset_of_an_earlier_join) {
  BOOST_TEST(join_with(*this, R"({"since":"0:5,3:7"})").empty());
  BOOST_TEST_REQUIRE(joins.size() == 2u);
  BOOST_TEST((joins[1].since == positions{{0, 5}, {3, 7}}));
  BOOST_TEST(!joins[1].resumes);
}

BOOST_AUTO_TEST_CASE(may_be_left_out) {
  for (auto options : {"{}", "null", "7", R"("text")", R"({"other":1})"}) {
    auto n = joins.size();
    BOOST_TEST(join_with(*this, options).empty());
    BOOST_TEST(joins.at(n).since.empty());
    leave("chat:2");
  }
}

BOOST_AUTO_TEST_CASE(is_refused_where_it_is_none) {
  for (auto since : {"7", "null", "{}", "[]", R"("")", R"("5")", R"("0:-1")",
                     R"("0:5,0:6")", R"("0:5,")", R"("a:b")", R"(" 0:5")"}) {
    auto options = R"({"since":)" + std::string{since} + "}";
    BOOST_TEST(join_with(*this, options)
               == texts{R"(31[{"status":"error","code":"invalid_payload",)"
                        R"("message":"since must be an offset that an earlier )"
                        R"(join has got"}])"});
  }
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
