#include "tests/actors/client/connection_fixture.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {
namespace {

using test::connection_fixture;
using namespace std::chrono_literals;
using texts = connection_fixture::texts;

/// A namespace that clients can come back to.
struct recovery_fixture : connection_fixture {
  recovery_fixture() {
    nsps[0].recovery = 2min;
    rules = test::rules_of(nsps);
    restart();
  }

  struct arrival {
    std::string sid, pid;
  };

  static arrival arrival_of(const std::string& packet) {
    BOOST_TEST_REQUIRE(packet.starts_with("0{"));
    auto text = std::string_view{packet}.substr(1);
    return {*json::string_value(*json::at(text, "/sid")),
            *json::string_value(*json::at(text, "/pid"))};
  }

  /// The last argument of an event.
  static std::string offset_of(const std::string& packet) {
    auto end = packet.rfind('"');
    auto begin = packet.rfind('"', end - 1) + 1;
    return packet.substr(begin, end - begin);
  }

  schemas::recovered_position read(const arrival& x,
                                   const std::string& packet) {
    auto result = signer->read("/", x.pid, offset_of(packet));
    BOOST_TEST_REQUIRE(result.has_value());
    return *result;
  }

  static std::string auth(const arrival& x, const std::string& offset) {
    return R"(0{"pid":")" + x.pid + R"(","offset":")" + offset + "\"}";
  }

  void grant(bool granted = true) {
    tell(connection, resume_answered{resumes.back().socket, granted});
  }

  /// A client that was in chat:1, next at offset 20 of partition 0, and has
  /// lost its connection.
  std::pair<arrival, std::string> leave_behind() {
    auto client = arrival_of(feed("0").front());
    join("chat:1");
    next_offset = 20;
    auto offset = offset_of(admit(0, 1).back());
    session->hang_up();
    run();
    joins.clear();
    restart();
    return {client, offset};
  }
};

BOOST_FIXTURE_TEST_SUITE(a_socket_that_can_come_back, recovery_fixture)

BOOST_AUTO_TEST_CASE(gets_a_secret_and_an_offset_at_once) {
  auto packets = feed("0");
  BOOST_TEST_REQUIRE(packets.size() == 2u);
  auto client = arrival_of(packets[0]);
  BOOST_TEST(signer->socket_of("/", client.pid).value() == client.sid);
  BOOST_TEST(packets[1].starts_with(R"(2["weir:position",")"));
  BOOST_TEST(read(client, packets[1]).rooms.empty());
  BOOST_TEST(opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(gets_an_offset_with_every_event) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  auto packets = deliver(1, R"(2["e",1])");
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].starts_with(R"(2["e",1,")"));
  auto position = read(client, packets[0]);
  BOOST_TEST_REQUIRE(position.rooms.size() == 1u);
  BOOST_TEST(position.rooms[0].room == "chat:1");
  BOOST_TEST(position.rooms[0].next.at(0).second == 18);
}

BOOST_AUTO_TEST_CASE(gets_an_offset_of_the_leader_that_each_event_is_of) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  for (std::int32_t epoch : {0, 4, 5}) {
    auto x = events_of(1, {R"(2["e"])"});
    x->log = 7;
    x->leader_epoch = epoch;
    auto packets = deliver(std::move(x));
    BOOST_TEST_REQUIRE(packets.size() == 1u);
    auto found = read(client, packets[0]).rooms.at(0).logs;
    BOOST_TEST((found.at(0) == schemas::recovered_log{7, epoch}));
  }
}

BOOST_AUTO_TEST_CASE(gets_no_position_that_only_others_have) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  auto range = [](std::int64_t from, std::int64_t to, bool gives) {
    auto x = events_at(from, 1, {});
    x->partition = 3;
    x->to = to;
    x->gives_position = gives;
    return x;
  };
  deliver(range(5, 9, false));
  auto found = read(client, deliver(1, R"(2["e"])").front()).rooms.at(0);
  BOOST_TEST(found.next.size() == 1u);
  deliver(range(5, 9, true));
  deliver(range(9, 12, false)); // it moves who is there
  found = read(client, deliver(1, R"(2["e"])").front()).rooms.at(0);
  BOOST_TEST_REQUIRE(found.next.size() == 2u);
  BOOST_TEST((found.next[1] == std::pair{std::int32_t{3}, std::int64_t{12}}));
}

// It must not be taken for one of the leader that is there now.
BOOST_AUTO_TEST_CASE(asks_for_its_rooms_with_the_epoch_that_it_had) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  auto x = events_of(1, {R"(2["e"])"});
  x->log = 7;
  x->leader_epoch = 4;
  auto offset = offset_of(deliver(std::move(x)).front());
  session->hang_up();
  run();
  joins.clear();
  restart();
  feed(auth(client, offset));
  grant();
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST((joins[0].logs == partition_logs{{0, {7, 4}}}));
}

BOOST_AUTO_TEST_CASE(is_told_by_each_event_of_a_batch_where_it_is) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  auto packets = deliver(events_of(1, {R"(2["e"])", R"(2["e"])"}));
  BOOST_TEST_REQUIRE(packets.size() == 2u);
  BOOST_TEST(read(client, packets[0]).rooms[0].next[0].second == 18);
  BOOST_TEST(read(client, packets[1]).rooms[0].next[0].second == 19);
}

BOOST_AUTO_TEST_CASE(gets_an_offset_with_its_own_local_events) {
  auto client = arrival_of(feed("0").front());
  auto packets = feed(R"(2["echo",1])");
  BOOST_TEST(packets.at(0).starts_with(R"(2["echoed",1,")"));
  read(client, packets[0]);
}

BOOST_AUTO_TEST_CASE(is_told_its_position_when_it_has_left_a_room) {
  auto client = arrival_of(feed("0").front());
  enter("chat:1", 1);
  auto packets = leave("chat:1", "7");
  BOOST_TEST(packets.back().starts_with("37["));
  BOOST_TEST(read(client, packets.front()).rooms.empty());
}

BOOST_AUTO_TEST_CASE(gets_a_new_offset_with_the_heartbeat_when_it_is_quiet) {
  feed("0");
  session->pong();
  BOOST_TEST(session->take().empty()); // of this second
  seconds += 25;
  session->pong();
  BOOST_TEST(session->take().size() == 1u);
}

BOOST_AUTO_TEST_CASE(gets_no_older_offset_when_the_clock_is_set_back) {
  auto client = arrival_of(feed("0").front());
  auto first = seconds;
  seconds -= 60;
  enter("chat:1", 1);
  BOOST_TEST(read(client, leave("chat:1", "7").front()).seconds == first);
}

BOOST_AUTO_TEST_CASE(has_what_was_written_before_a_ping_that_it_has_answered) {
  feed("0");
  auto first = seconds;
  session->pong(); // of a ping from before
  seconds += 25;
  session->pong();
  session->hang_up();
  run();
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST(ended[0].known == first);
}

BOOST_AUTO_TEST_CASE(cannot_come_back_when_its_client_has_left) {
  feed("0");
  feed("1");
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST(ended[0].known == std::numeric_limits<std::int64_t>::max());
}

BOOST_AUTO_TEST_CASE(cannot_come_back_from_more_rooms_than_fit) {
  limits.recovery_offset = 40;
  restart();
  auto client = arrival_of(feed("0").front());
  join("chat:a-long-name-for-a-room");
  BOOST_TEST(offset_of(admit(0, 1).back()) == "-");
  BOOST_TEST(!signer->read("/", client.pid, "-"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_client_that_comes_back, recovery_fixture)

BOOST_AUTO_TEST_CASE(is_the_socket_that_it_was_once_its_rooms_have_answered) {
  auto [client, offset] = leave_behind();
  BOOST_TEST(feed(auth(client, offset)).empty());
  BOOST_TEST(resumes.at(0).socket->id == client.sid);
  grant();
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].room == "chat:1");
  BOOST_TEST(joins[0].resumes);
  BOOST_TEST((joins[0].since == positions{{0, 20}}));
  auto packets = admit(0, 5, {{0, 20}});
  BOOST_TEST(arrival_of(packets.at(0)).pid == client.pid);
  BOOST_TEST(arrival_of(packets.at(0)).sid == client.sid);
  BOOST_TEST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads[0].from == 20);
  BOOST_TEST(deliver(events_at(20, 5, {R"(2["e"])"})).size() == 1u);
}

BOOST_AUTO_TEST_CASE(gets_no_older_offsets_than_the_one_it_comes_with) {
  auto [client, offset] = leave_behind();
  auto first = seconds;
  seconds -= 60; // set back, or it is another node's, which is behind
  feed(auth(client, offset));
  grant();
  BOOST_TEST(read(client, admit(0, 5, {{0, 20}}).back()).seconds == first);
}

BOOST_AUTO_TEST_CASE(gets_no_event_before_it_is_connected) {
  auto [client, offset] = leave_behind();
  nsps[0].mappings[0].join = join_policy::client;
  feed(auth(client, offset));
  grant();
  tell(connection, deliver_events{events_at(20, 5, {R"(2["e"])"})});
  BOOST_TEST(session->take().empty());
}

/// A client of two rooms, one of which has answered.
struct half_resumed_fixture : recovery_fixture {
  half_resumed_fixture() {
    client = arrival_of(feed("0").front());
    join("chat:1"), join("chat:2");
    next_offset = 20;
    admit(0, 1);
    auto offset = offset_of(admit(1, 2).back());
    session->hang_up();
    run();
    joins.clear();
    restart();
    feed(auth(client, offset));
    grant();
    admit(0, 5, {{0, 20}});
  }

  /// The log of a partition goes back to its start.
  texts go_back(std::int32_t partition, std::int64_t from) {
    auto events = std::make_shared<room_events>();
    events->room = 5;
    events->partition = partition;
    events->lost = true;
    events->from = from;
    return deliver(std::move(events));
  }

  arrival client;
};

BOOST_FIXTURE_TEST_CASE(starts_over_when_a_log_goes_back_before_its_position,
                        half_resumed_fixture) {
  BOOST_TEST(arrival_of(go_back(0, 20).at(0)).pid != client.pid);
}

BOOST_FIXTURE_TEST_CASE(
  gets_all_of_a_log_that_goes_back_where_it_has_no_position,
  half_resumed_fixture) {
  BOOST_TEST(go_back(1, 10).empty());
  admit(1, 6);
  BOOST_TEST_REQUIRE(reads.size() == 2u);
  BOOST_TEST(reads[0].from == 20);
  BOOST_TEST(reads[1].partition == 1);
  BOOST_TEST(reads[1].from == 0);
}

BOOST_AUTO_TEST_CASE(starts_over_when_the_offset_is_not_its_last) {
  auto [client, offset] = leave_behind();
  feed(auth(client, offset));
  grant(false);
  auto fresh = arrival_of(session->take().at(0));
  BOOST_TEST(fresh.sid != client.sid);
  BOOST_TEST(fresh.pid != client.pid);
  BOOST_TEST(joins.empty());
}

BOOST_AUTO_TEST_CASE(starts_over_when_a_room_cannot_promise_everything) {
  auto [client, offset] = leave_behind();
  feed(auth(client, offset));
  grant();
  auto packets = refuse(0, emit_errc::invalid_payload);
  BOOST_TEST(arrival_of(packets.at(0)).pid != client.pid);
  BOOST_TEST(leaves.back().room == "chat:1");
}

BOOST_AUTO_TEST_CASE(starts_over_when_its_rooms_do_not_answer) {
  auto [client, offset] = leave_behind();
  feed(auth(client, offset));
  grant();
  BOOST_TEST(refuse(0, emit_errc::unavailable).empty());
  BOOST_TEST(joins.size() == 2u); // Kafka may come back
  advance(119s);
  BOOST_TEST(session->take().empty());
  advance(1s);
  BOOST_TEST(arrival_of(session->take().at(0)).pid != client.pid);
}

BOOST_AUTO_TEST_CASE(starts_over_when_it_comes_too_late) {
  auto [client, offset] = leave_behind();
  seconds += 120 + 45;
  BOOST_TEST(feed(auth(client, offset)).empty());
  session->hang_up();
  run();
  restart();
  ++seconds;
  BOOST_TEST(arrival_of(feed(auth(client, offset)).at(0)).pid != client.pid);
}

BOOST_AUTO_TEST_CASE(starts_over_with_what_is_not_its_own) {
  auto [client, offset] = leave_behind();
  for (auto& x :
       {auth({"", "x"}, offset), auth(client, "x"),
        auth(client, offset.substr(1)), R"(0{"pid":")" + client.pid + "\"}",
        R"(0{"offset":")" + offset + "\"}",
        std::string{R"(0{"pid":1,"offset":2})"}}) {
    BOOST_TEST(arrival_of(feed(x).at(0)).pid != client.pid);
    session->hang_up();
    run();
    restart();
  }
  BOOST_TEST(resumes.empty());
}

BOOST_AUTO_TEST_CASE(may_not_talk_before_it_is_connected) {
  auto [client, offset] = leave_behind();
  feed(auth(client, offset));
  emit();
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(emits.empty());
}

BOOST_AUTO_TEST_CASE(gives_its_socket_up_when_it_is_gone_again) {
  auto [client, offset] = leave_behind();
  feed(auth(client, offset));
  session->hang_up();
  run();
  BOOST_TEST((ended.back().socket == resumes.at(0).socket));
}

BOOST_AUTO_TEST_CASE(closes_the_connection_that_it_was_on) {
  feed("0");
  tell(connection, take_over{opened.back().socket});
  BOOST_TEST(!session->is_open());
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
