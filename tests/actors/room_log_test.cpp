#include "tests/actors/room_fixture.hpp"

namespace weir {

namespace {

/// A ROOM whose topic is of log 7, in partition 0.
struct fixture : test::room_fixture {
  fixture() {
    topic_places places;
    places.next.set(0, 30);
    places.log_end.set(0, 30);
    places.log.set(0, 7);
    room_complete message{{{0, 30}}};
    message.log_start = {{0, 0}};
    message.log_end = {{0, 30}};
    message.others = std::make_shared<const topic_places>(places);
    tell(room, std::move(message));
  }

  join_answered join_in(kafka::log_id log, std::int64_t since,
                        bool resumes = false, std::int32_t partition = 0) {
    join_room x{a.handle, {a.socket, "1"}, &route, "room", "k", 9};
    x.since = {{partition, since}};
    if (log != 0)
      x.logs = {{partition, log}};
    x.resumes = resumes;
    tell(room, std::move(x));
    BOOST_TEST_REQUIRE(a.joins.size() == 1u);
    return a.joins[0];
  }
};

BOOST_FIXTURE_TEST_SUITE(a_join_with_a_place_in_a_log, fixture)

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

BOOST_AUTO_TEST_CASE(cannot_be_resumed_in_another_log) {
  BOOST_TEST(join_in(6, 20, true).error == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(can_be_resumed_in_the_same) {
  BOOST_TEST(join_in(7, 20, true).error == emit_errc::none);
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
