#include "config/room_pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using weir::room_pattern;

using strings = std::vector<std::string>;

/// The captures of a room, or {"no match"}.
strings captured(std::string_view pattern, std::string_view room) {
  auto found = room_pattern{pattern}.match(room);
  return found ? strings{found->begin(), found->end()} : strings{"no match"};
}

bool overlap(std::string_view a, std::string_view b) {
  auto result = room_pattern{a}.overlaps(room_pattern{b});
  BOOST_TEST(result == room_pattern{b}.overlaps(room_pattern{a}));
  return result;
}

std::string problem(std::string_view pattern) {
  return room_pattern::check(pattern).value_or("none");
}

BOOST_AUTO_TEST_SUITE(room_patterns)

BOOST_AUTO_TEST_CASE(a_constant_matches_itself_only) {
  BOOST_TEST(captured("lobby", "lobby") == strings{});
  BOOST_TEST(captured("lobby", "lobby2") == strings{"no match"});
  BOOST_TEST(captured("lobby", "lobb") == strings{"no match"});
  BOOST_TEST(room_pattern{"lobby"}.is_constant());
}

BOOST_AUTO_TEST_CASE(a_capture_takes_one_or_more_characters) {
  BOOST_TEST(captured("chat:{id}", "chat:1") == strings{"1"});
  BOOST_TEST(captured("chat:{id}", "chat:a:b c") == strings{"a:b c"});
  BOOST_TEST(captured("chat:{id}", "chat:") == strings{"no match"});
  BOOST_TEST(captured("chat:{id}", "shat:1") == strings{"no match"});
  BOOST_TEST(captured("{all}", "x") == strings{"x"});
  BOOST_TEST(captured("{all}", "") == strings{"no match"});
}

BOOST_AUTO_TEST_CASE(prefix_and_suffix_do_not_share_characters) {
  BOOST_TEST(captured("a{x}a", "a") == strings{"no match"});
  BOOST_TEST(captured("a{x}a", "aa") == strings{"no match"});
  BOOST_TEST(captured("a{x}a", "aaa") == strings{"a"});
}

BOOST_AUTO_TEST_CASE(earlier_captures_are_as_short_as_possible) {
  BOOST_TEST(captured("{a}:{b}", "x:y:z") == (strings{"x", "y:z"}));
  BOOST_TEST(captured("{a}:{b}", "::z") == (strings{":", "z"}));
  BOOST_TEST(captured("{a}:{b}:end", "x:y:end:end") == (strings{"x", "y:end"}));
  BOOST_TEST(captured("{a}:{b}", "x:") == strings{"no match"});
  BOOST_TEST(captured("{a}:{b}", ":x") == strings{"no match"});
  BOOST_TEST(captured("{a}::{b}", "x:::") == (strings{"x", ":"}));
}

BOOST_AUTO_TEST_CASE(a_template_is_filled_with_what_was_captured) {
  room_pattern pattern{"chat:{id}:{lang}"};
  auto room = std::string{"chat:7:de"};
  auto found = pattern.match(room);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(pattern.expand("{lang}/{id}", *found) == "de/7");
  BOOST_TEST(pattern.expand("k-{id}-{id}", *found) == "k-7-7");
  BOOST_TEST(pattern.expand("constant", *found) == "constant");
  BOOST_TEST(pattern.expand("", *found) == "");
}

BOOST_AUTO_TEST_CASE(a_template_may_only_use_the_patterns_names) {
  room_pattern pattern{"chat:{id}"};
  BOOST_TEST(pattern.uses_known_names("{id}"));
  BOOST_TEST(pattern.uses_known_names("x"));
  BOOST_TEST(!pattern.uses_known_names("{room}"));
  BOOST_TEST(!pattern.uses_known_names("{id}{"));
  BOOST_TEST(!pattern.uses_known_names("{}"));
}

BOOST_AUTO_TEST_CASE(a_key_must_keep_rooms_apart) {
  room_pattern one{"chat:{id}"};
  BOOST_TEST(one.keeps_rooms_apart("{id}"));
  BOOST_TEST(one.keeps_rooms_apart("a{id}b{id}"));
  BOOST_TEST(!one.keeps_rooms_apart("constant"));
  BOOST_TEST((one.unused_name("constant") == "id"));
  room_pattern two{"chat:{id}:{lang}"};
  BOOST_TEST(two.keeps_rooms_apart("{id}:{lang}"));
  BOOST_TEST(two.keeps_rooms_apart("k-{id}:{lang}-k"));
  BOOST_TEST(!two.keeps_rooms_apart("{id}.{lang}"));
  BOOST_TEST(!two.keeps_rooms_apart("{lang}:{id}"));
  BOOST_TEST(!two.keeps_rooms_apart("{id}{lang}"));
  BOOST_TEST(!two.keeps_rooms_apart("{id}"));
  BOOST_TEST((two.unused_name("{id}") == "lang"));
  BOOST_TEST(room_pattern{"lobby"}.keeps_rooms_apart("any"));
}

BOOST_AUTO_TEST_CASE(patterns_overlap_when_some_room_matches_both) {
  BOOST_TEST(overlap("chat:{id}", "chat:{name}"));
  BOOST_TEST(overlap("chat:{id}", "chat:lobby"));
  BOOST_TEST(overlap("chat:{id}", "chat:{id}:{lang}"));
  BOOST_TEST(overlap("{a}:x", "y:{b}"));
  BOOST_TEST(overlap("{a}-{b}", "{c}:{d}"));
  BOOST_TEST(overlap("lobby", "lobby"));
  BOOST_TEST(overlap("{all}", "lobby"));
}

BOOST_AUTO_TEST_CASE(patterns_without_a_common_room_do_not_overlap) {
  BOOST_TEST(!overlap("chat:{id}", "news:{id}"));
  BOOST_TEST(!overlap("chat:{id}", "chat:"));
  BOOST_TEST(!overlap("chat:{id}", "chat"));
  BOOST_TEST(!overlap("{a}:x", "{b}:y"));
  BOOST_TEST(!overlap("a{x}a", "aa"));
  BOOST_TEST(!overlap("lobby", "hall"));
  BOOST_TEST(!overlap("{a}:{b}", "ab"));
}

BOOST_AUTO_TEST_CASE(the_room_of_a_key_is_found) {
  auto room_of = [](const char* pattern, const char* key_template,
                    const char* key) {
    return room_pattern{pattern}.room_of(key_template, key).value_or("none");
  };
  BOOST_TEST(room_of("chat:{id}", "{id}", "42") == "chat:42");
  BOOST_TEST(room_of("chat:{id}", "chat:{id}", "chat:42") == "chat:42");
  BOOST_TEST(room_of("chat:{id}", "c-{id}", "42") == "none");
  BOOST_TEST(room_of("chat:{id}", "{id}", "") == "none");
  BOOST_TEST(room_of("chat:{id}", "{id}/{id}", "42/42") == "chat:42");
  BOOST_TEST(room_of("chat:{id}", "{id}/{id}", "42/43") == "none");
  BOOST_TEST(room_of("{a}:{b}", "x{a}:{b}y", "x1:2:3y") == "1:2:3");
  BOOST_TEST(room_of("{a}:{b}", "x{a}:{b}y", "1:2") == "none");
  BOOST_TEST(room_of("lobby", "all", "all") == "lobby");
  BOOST_TEST(room_of("lobby", "all", "lobby") == "none");
}

// Exhaustive over short rooms: what `match` says of two patterns is what
// `overlaps` must know.
BOOST_AUTO_TEST_CASE(overlap_agrees_with_matching) {
  const strings patterns = {"{x}",     "a",       "ab",   "a{x}",    "{x}a",
                            "a{x}b",   "{x}a{y}", "b{x}", "{x}ab",   "a{x}a",
                            "{x}b{y}", "ab{x}",   "aa",   "{x}ba{y}"};
  strings rooms;
  for (std::size_t length = 1; length <= 6; ++length)
    for (unsigned bits = 0; bits < (1u << length); ++bits) {
      std::string room;
      for (std::size_t i = 0; i < length; ++i)
        room += (bits >> i & 1u) ? 'b' : 'a';
      rooms.push_back(room);
    }
  for (auto& a : patterns)
    for (auto& b : patterns) {
      room_pattern x{a};
      room_pattern y{b};
      auto common = std::any_of(rooms.begin(), rooms.end(), [&](auto& r) {
        return x.match(r) && y.match(r);
      });
      BOOST_TEST(x.overlaps(y) == common, a << " and " << b);
    }
}

BOOST_AUTO_TEST_CASE(malformed_patterns_are_explained) {
  BOOST_TEST(problem("chat:{id}") == "none");
  BOOST_TEST(problem("lobby") == "none");
  BOOST_TEST(problem("") == R"(a room needs a name, such as "chat:{id}")");
  BOOST_TEST(problem("chat:{id")
             == R"("chat:{id" has a "{" without a "}" after it)");
  BOOST_TEST(problem("chat:id}")
             == R"("chat:id}" has a "}" without a "{" before it)");
  BOOST_TEST(problem("{{id}}")
             == R"("{{id}}" has a "{" without a "}" after it)");
  BOOST_TEST(
    problem("chat:{}")
    == R"("chat:{}" has a capture without a name; write it like "{id}")");
  BOOST_TEST(problem("{a b}")
             == R"("{a b}" has a capture "a b"; its name may )"
                R"(have letters, digits and "_")");
  BOOST_TEST(problem("{a}:{a}")
             == R"("{a}:{a}" captures "{a}" twice; give each its own name)");
  BOOST_TEST(problem("{a}{b}")
             == R"("{a}{b}" has two captures without a )"
                R"(character between them; write them like )"
                R"("{a}:{b}")");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
