#include "actors/client/offset_template.hpp"

#include "transport/engineio/frames.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {
namespace {

/// Sockets in a room, some also in others.
struct fixture {
  struct member {
    socket_rooms rooms;
    std::string pid;
    std::unique_ptr<socket_recovery> recovery;
  };

  member make_member(const std::string& sid, std::int64_t next = 5,
                     bool also_elsewhere = false) {
    member result;
    add_room(result.rooms, "chat:1", 1, next);
    if (also_elsewhere)
      add_room(result.rooms, "chat:2", 2, 9);
    result.pid = signer.make_pid("/", sid);
    result.recovery = std::make_unique<socket_recovery>(signer, "/", result.pid,
                                                        1024);
    return result;
  }

  static void add_room(socket_rooms& rooms, std::string_view name,
                       std::uint64_t id, std::int64_t next) {
    auto& room = rooms.add(name);
    rooms.enter(room, id, {});
    room.readers.emplace_back(3, next);
  }

  static std::shared_ptr<room_events> batch_of(std::int64_t from) {
    auto result = std::make_shared<room_events>();
    result->room = 1;
    result->from = from;
    std::string frames;
    engineio::append_text_message(frames, R"(2["a"])");
    result->events.push_back({from, frames.size()});
    engineio::append_text_message(frames, R"(51-["b",{"n":0}])");
    engineio::append_binary_message(frames, "bytes");
    result->events.push_back({from + 3, frames.size()});
    result->to = from + 4;
    result->frames = std::make_shared<const std::string>(std::move(frames));
    return result;
  }

  /// What a member gets, as it would without others.
  std::string expected(member& x, const room_events& batch) {
    offset_template fresh;
    return std::string{frames_for(fresh, x, batch)};
  }

  std::string_view frames_for(offset_template& from, member& x,
                              const room_events& batch) {
    x.recovery->prepare(x.rooms, now);
    return from.frames_for(batch, *x.recovery,
                           x.rooms.find("chat:1")->readers[0]);
  }

  void check(member& x, const room_events& batch) {
    BOOST_TEST(frames_for(writer, x, batch) == expected(x, batch));
  }

  /// The offset that the first of the frames carries.
  static std::string offset_of(std::string_view frames) {
    auto text = engineio::next_frame(frames).bytes;
    auto begin = text.rfind(",\"") + 2;
    return std::string{text.substr(begin, text.size() - 2 - begin)};
  }

  schemas::recovery_signer signer{"0123456789abcdef"};
  std::int64_t now = 1000;
  offset_template writer;
  member ann = make_member("AAAABBBBCCCCDDDDEEEE");
  member bob = make_member("FFFFBBBBCCCCDDDDEEEE");
};

BOOST_FIXTURE_TEST_SUITE(an_offset_template, fixture)

BOOST_AUTO_TEST_CASE(gives_each_socket_its_own_offsets) {
  auto batch = batch_of(5);
  for (auto* x : {&ann, &bob, &ann}) {
    auto frames = std::string{frames_for(writer, *x, *batch)};
    auto position = signer.read("/", x->pid, offset_of(frames));
    BOOST_TEST_REQUIRE(position.has_value());
    BOOST_TEST(position->rooms[0].next[0].second == 6);
    auto second = frames.substr(engineio::next_frame(frames).size);
    position = signer.read("/", x->pid, offset_of(second));
    BOOST_TEST_REQUIRE(position.has_value());
    BOOST_TEST(position->rooms[0].next[0].second == 9);
    BOOST_TEST(second.ends_with("bytes"));
  }
}

BOOST_AUTO_TEST_CASE(tells_sockets_in_other_rooms_apart) {
  auto batch = batch_of(5);
  auto carl = make_member("GGGGBBBBCCCCDDDDEEEE", 5, true);
  for (auto* x : {&ann, &carl, &bob})
    check(*x, *batch);
}

BOOST_AUTO_TEST_CASE(tells_sockets_at_other_places_apart) {
  auto batch = batch_of(5);
  auto one = make_member("GGGGBBBBCCCCDDDDEEEE", 5, true);
  auto two = make_member("HHHHBBBBCCCCDDDDEEEE", 5, true);
  two.rooms.find("chat:2")->readers[0].stop_at(10);
  for (auto* x : {&one, &two, &one})
    check(*x, *batch);
}

BOOST_AUTO_TEST_CASE(tells_batches_apart_also_where_one_has_been) {
  for (int i = 0; i < 3; ++i) {
    auto batch = batch_of(5); // perhaps at the address of the one before
    auto text = "2[\"" + std::to_string(i) + "\"]";
    std::string frames;
    engineio::append_text_message(frames, text);
    batch->events = {{5, frames.size()}};
    batch->frames = std::make_shared<const std::string>(std::move(frames));
    BOOST_TEST(frames_for(writer, ann, *batch).find(std::to_string(i))
               != std::string_view::npos);
    check(ann, *batch);
  }
}

BOOST_AUTO_TEST_CASE(tells_the_time_of_each_socket) {
  auto batch = batch_of(5);
  check(ann, *batch);
  ++now;
  check(bob, *batch);
  auto offset = offset_of(frames_for(writer, bob, *batch));
  BOOST_TEST(signer.read("/", bob.pid, offset).value().seconds == 1001);
}

BOOST_AUTO_TEST_CASE(keeps_no_batch_alive) {
  auto batch = batch_of(5);
  std::weak_ptr<const std::string> frames = batch->frames;
  check(ann, *batch);
  batch.reset();
  BOOST_TEST(frames.expired());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
