#include "schemas/recovery_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace weir::schemas;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view digits
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view sid = "AAAABBBBCCCCDDDDEEEE";

using rooms_t = std::vector<room_partitions>;
using numbers = std::vector<std::int64_t>;

/// A socket in two rooms, one of them in two partitions.
struct fixture {
  std::string write(const rooms_t& where, const numbers& next,
                    std::int64_t seconds = 1'700'000'000) const {
    std::string result;
    signer.writer("/chat", pid, where).append(result, seconds, next);
    return result;
  }

  std::optional<recovered_position> read(std::string_view offset) const {
    return signer.read("/chat", pid, offset);
  }

  /// Of the changes of one character, those that `is_valid` lets pass.
  template <class Check>
  static int accepted_changes(const std::string& text, Check is_valid) {
    int result = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
      for (int c = 0; c < 256; ++c) {
        auto changed = text;
        changed[i] = static_cast<char>(c);
        if (changed != text && is_valid(changed))
          ++result;
      }
    return result;
  }

  recovery_signer signer{"0123456789abcdef"};
  recovery_signer other{"0123456789abcdeg"};
  std::string pid = signer.make_pid("/chat", sid);
  rooms_t rooms{{"chat:1", {3}}, {"news", {0, 7}}};
  std::string offset = write(rooms, {5, 0, largest});
};

BOOST_FIXTURE_TEST_SUITE(an_offset_of_known_logs, fixture)

BOOST_AUTO_TEST_CASE(says_of_which_log_each_offset_is) {
  rooms_t where{{"chat:1", {3}, 0, {{3, {4'000'000'000, 0}}}},
                {"news", {0, 7}, 0, {{7, {1, 5}}}}};
  auto found = read(write(where, {5, 0, 9}));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->rooms[0].logs == where[0].logs));
  BOOST_TEST((found->rooms[1].logs == where[1].logs));
  BOOST_TEST((found->rooms[1].next.back() == std::pair{7, std::int64_t{9}}));
}

BOOST_AUTO_TEST_CASE(of_the_former_version_is_read_and_knows_none) {
  auto found = read("AwACBmNoYXQ6MQEDBG5ld3MCAAeA4s-qBvmCiI26niTYBQAJom2_"
                    "DKqtLtE");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->seconds == 1'700'000'000);
  BOOST_TEST((found->rooms[1].next.back() == std::pair{7, std::int64_t{9}}));
  BOOST_TEST(found->rooms[0].logs.empty());
}

BOOST_AUTO_TEST_CASE(says_how_many_partitions_each_topic_had) {
  rooms_t where{{"chat:1", {3}, INT32_MAX}, {"news", {0, 7}}};
  auto found = read(write(where, {5, 0, 9}));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->rooms[0].of_partitions == INT32_MAX);
  BOOST_TEST(found->rooms[1].of_partitions == 0);
}

// Earlier versions read what is of no mapping that has changed.
BOOST_AUTO_TEST_CASE(
  says_by_which_mapping_it_was_written_where_one_has_changed) {
  rooms_t where{{"chat:1", {3}, 4, {{3, {9, 1}}}, (1U << 21) - 1},
                {"news", {0, 7}}};
  auto text = write(where, {5, 0, 9});
  auto found = read(text);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->rooms[0].mapping == (1U << 21) - 1);
  BOOST_TEST(found->rooms[0].of_partitions == 4);
  BOOST_TEST((found->rooms[0].logs == where[0].logs));
  BOOST_TEST(found->rooms[1].mapping == 0u);
  BOOST_TEST((found->rooms[1].next.back() == std::pair{7, std::int64_t{9}}));
  BOOST_TEST(accepted_changes(
               text, [&](const std::string& x) { return read(x).has_value(); })
             == 0);
  where[0].mapping = 0;
  BOOST_TEST(write(where, {5, 0, 9}).starts_with("Bg")); // 6
}

// Every delivery carries it.
BOOST_AUTO_TEST_CASE(costs_a_byte_where_a_leader_is_not_the_first) {
  auto size_in = [&](std::int32_t epoch) {
    rooms_t where{{"chat:1", {}, 4}};
    for (std::int32_t i = 0; i < 3; ++i) { // so that groups are full
      where[0].partitions.push_back(i);
      where[0].logs[i] = {4'000'000'000, epoch};
    }
    return write(where, {5, 0, 9}).size();
  };
  BOOST_TEST(size_in(1) == size_in(0) + 4);
  BOOST_TEST(size_in(126) == size_in(0) + 4);
  BOOST_TEST(size_in(127) == size_in(0) + 8);
  BOOST_TEST(size_in(-1) == size_in(0) + 4);
}

BOOST_AUTO_TEST_CASE(is_of_any_epoch) {
  for (std::int32_t epoch : {-1, 0, 1, 126, 127, INT32_MAX}) {
    rooms_t where{{"a", {0, 1}, 2, {{0, {1, epoch}}, {1, {UINT32_MAX, 3}}}}};
    auto found = read(write(where, {5, 6}));
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST((found->rooms[0].logs == where[0].logs));
  }
}

BOOST_AUTO_TEST_CASE(is_of_no_other_log) {
  auto one = write({{"chat:1", {3}, 0, {{3, {1}}}}}, {5});
  auto two = write({{"chat:1", {3}, 0, {{3, {2}}}}}, {5});
  BOOST_TEST(one != two);
  auto own = one.size() - two.size() + one.size() / 2;
  BOOST_TEST(!read(one.substr(0, own) + two.substr(own)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_pid, fixture)

BOOST_AUTO_TEST_CASE(names_its_socket) {
  BOOST_TEST(pid.size() == sid.size() + 22);
  BOOST_TEST(signer.socket_of("/chat", pid).value_or("") == sid);
}

BOOST_AUTO_TEST_CASE(is_the_same_on_every_node_of_the_secret) {
  BOOST_TEST(recovery_signer{"0123456789abcdef"}.make_pid("/chat", sid) == pid);
  BOOST_TEST(other.make_pid("/chat", sid) != pid);
}

BOOST_AUTO_TEST_CASE(is_nothing_in_another_namespace_or_with_another_secret) {
  BOOST_TEST(!signer.socket_of("/", pid));
  BOOST_TEST(!signer.socket_of("/chatA", pid.substr(1)));
  BOOST_TEST(!other.socket_of("/chat", pid));
  BOOST_TEST(!signer.socket_of("/chat", pid, "ada"));
  auto hers = signer.make_pid("/chat", sid, "ada");
  BOOST_TEST(signer.socket_of("/chat", hers, "ada").value_or("") == sid);
  BOOST_TEST(!signer.socket_of("/chat", hers, "ad"));
  BOOST_TEST(!signer.socket_of("/chat", hers));
  // What stands in one part stands for nothing in another one.
  BOOST_TEST(signer.make_pid("/chat", "a", "bc")
             != signer.make_pid("/chat", "ab", "c"));
}

BOOST_AUTO_TEST_CASE(is_nothing_with_any_character_changed) {
  BOOST_TEST(accepted_changes(pid,
                              [&](const std::string& x) {
                                return signer.socket_of("/chat", x).has_value();
                              })
             == 0);
}

BOOST_AUTO_TEST_CASE(is_nothing_when_it_is_shorter_or_longer) {
  for (std::size_t n = 0; n < pid.size(); ++n)
    BOOST_TEST(!signer.socket_of("/chat", pid.substr(0, n)), n);
  BOOST_TEST(!signer.socket_of("/chat", pid + "A"));
  BOOST_TEST(!signer.socket_of("/chat", std::string(100'000, 'A')));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_recovery_offset, fixture)

BOOST_AUTO_TEST_CASE(says_where_a_socket_was_in_each_room) {
  recovered_position expected{
    1'700'000'000, {{"chat:1", {{3, 5}}}, {"news", {{0, 0}, {7, largest}}}}};
  BOOST_TEST((read(offset) == expected));
}

BOOST_AUTO_TEST_CASE(names_the_node_that_wrote_it) {
  recovery_signer there{"0123456789abcdef", "node"};
  std::string text;
  there.writer("/chat", pid, rooms)
    .append(text, 1, std::vector<std::int64_t>{5, 0, 7});
  auto position = signer.read("/chat", pid, text);
  BOOST_TEST_REQUIRE(position.has_value());
  BOOST_TEST(position->node == "node");
  BOOST_TEST(read(offset).value().node.empty());
}

BOOST_AUTO_TEST_CASE(can_be_without_rooms_or_partitions) {
  recovered_position nowhere{0, {}};
  BOOST_TEST((read(write({}, {}, 0)) == nowhere));
  recovered_position unknown{largest, {{"", {}}}};
  BOOST_TEST((read(write({{"", {}}}, {}, largest)) == unknown));
}

BOOST_AUTO_TEST_CASE(holds_names_of_any_length_and_bytes) {
  for (std::size_t n = 0; n < 300; ++n) {
    recovered_position expected{7, {{std::string(n, '\xff'), {{1, 2}}}}};
    BOOST_TEST(
      (read(write({{std::string(n, '\xff'), {1}}}, {2}, 7)) == expected), n);
  }
}

BOOST_AUTO_TEST_CASE(is_short_and_of_plain_characters) {
  BOOST_TEST(offset.find_first_not_of(digits) == std::string::npos);
  BOOST_TEST(write({{"chat:0123456789abcdef", {3}}}, {1'000'000}).size()
             <= 71u);
}

// Nodes of one cluster read what the others wrote, also during an upgrade.
BOOST_AUTO_TEST_CASE(stays_as_it_was_written_by_earlier_versions) {
  BOOST_TEST(pid == "AAAABBBBCCCCDDDDEEEEf8MEI0TKttSG3W-fGQREfA");
  BOOST_TEST(write({{"chat:1", {3}}}, {5})
             == "BgABBmNoYXQ6MQABAwCA4s-qBr_5zVv-JDXiBQBGoybXqFlQ");
  for (auto text : {"BQABBmNoYXQ6MQABAwCA4s-qBioaHFoKLtATBV-D6DktNSUZ",
                    "BAABBmNoYXQ6MQEDAIDiz6oGAJ9DjzgjIt28BR5OMg212fS9",
                    "AwABBmNoYXQ6MQEDgOLPqgYAAJ12MHFJvG9CBcHxs0MSn1db"}) {
    auto former = read(text);
    BOOST_TEST_REQUIRE(former.has_value());
    auto& room = former->rooms.at(0);
    BOOST_TEST((room.next.at(0) == std::pair{3, std::int64_t{5}}));
    BOOST_TEST(room.of_partitions == 0);
  }
}

BOOST_AUTO_TEST_CASE(is_appended_within_its_bound) {
  auto writer = signer.writer("/chat", pid, rooms);
  std::string text = "before";
  writer.append(text, largest, numbers{largest, largest, largest});
  BOOST_TEST(text.starts_with("before"));
  BOOST_TEST(text.size() <= 6 + writer.max_size());
  BOOST_TEST(writer.max_size() <= text.size() + 8); // a bound, not a guess
  BOOST_TEST(read(text.substr(6)).has_value());
}

BOOST_AUTO_TEST_CASE(is_nothing_with_any_character_changed) {
  for (auto& text : {offset, write({}, {}), write({{"a", {1}}}, {2}),
                     write({{"ab", {1}}}, {200}), write({{"abc", {1}}}, {3})})
    BOOST_TEST(accepted_changes(text,
                                [&](const std::string& x) {
                                  return read(x).has_value();
                                })
               == 0);
}

BOOST_AUTO_TEST_CASE(is_nothing_when_it_is_shorter_or_longer) {
  for (std::size_t n = 0; n < offset.size(); ++n)
    BOOST_TEST(!read(offset.substr(0, n)), n);
  for (auto end : {"A", "AA", "AAAA", "=", "\n"})
    BOOST_TEST(!read(offset + end));
  BOOST_TEST(!read(offset + offset));
}

BOOST_AUTO_TEST_CASE(is_nothing_to_another_socket_namespace_or_secret) {
  auto neighbour = signer.make_pid("/chat", "FFFFBBBBCCCCDDDDEEEE");
  BOOST_TEST(!signer.read("/chat", neighbour, offset));
  BOOST_TEST(!signer.read("/", pid, offset));
  BOOST_TEST(!signer.read("/cha", "t" + pid, offset));
  BOOST_TEST(!other.read("/chat", pid, offset));
}

/// An offset in its two parts.
struct parts {
  std::string own, shared;

  std::string with(const parts& other) const { return own + other.shared; }
};

parts write_parts(const recovery_signer& signer, std::string_view pid,
                  const rooms_t& where, const numbers& next,
                  std::int64_t seconds = 1'700'000'000) {
  parts result;
  auto writer = signer.writer("/chat", pid, where);
  writer.append_own(result.own, seconds);
  writer.append_shared(result.shared, seconds, next);
  return result;
}

BOOST_AUTO_TEST_CASE(is_nothing_when_it_is_made_of_two) {
  auto parts_of = [&](const rooms_t& where, std::int64_t seconds) {
    return write_parts(signer, pid, where, {5}, seconds);
  };
  auto mine = parts_of({{"mine", {1}}}, 7);
  BOOST_TEST_REQUIRE(read(mine.with(mine)).has_value());
  for (auto& other :
       {parts_of({{"mine", {1}}}, 8), parts_of({{"hers", {1}}}, 7),
        parts_of({{"mine", {2}}}, 7)}) {
    BOOST_TEST(!read(mine.with(other)));
    BOOST_TEST(!read(other.with(mine)));
  }
  auto elsewhere = signer.writer("/", pid, {{"mine", {1}}});
  std::string shared;
  elsewhere.append_shared(shared, 7, numbers{5});
  BOOST_TEST(!read(mine.own + shared));
}

BOOST_AUTO_TEST_CASE(shares_a_part_with_all_who_are_at_the_same_positions) {
  auto neighbour = signer.make_pid("/chat", "FFFFBBBBCCCCDDDDEEEE");
  auto mine = write_parts(signer, pid, rooms, {5, 6, 7});
  auto hers = write_parts(signer, neighbour, rooms, {5, 6, 7});
  BOOST_TEST(mine.shared == hers.shared);
  BOOST_TEST(mine.own != hers.own);
  BOOST_TEST(mine.own.size() == hers.own.size());
  BOOST_TEST(!signer.read("/chat", neighbour, mine.own + mine.shared));
}

BOOST_AUTO_TEST_CASE(is_nothing_beyond_its_bound) {
  rooms_t many(3'000, {"a room's name", {1}});
  auto long_one = write(many, numbers(3'000, largest));
  BOOST_TEST_REQUIRE(long_one.size() > 64u * 1024);
  BOOST_TEST(!read(long_one));
  many.resize(1'500);
  BOOST_TEST(read(write(many, numbers(1'500, largest))).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
