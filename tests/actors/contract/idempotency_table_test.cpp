#include "actors/contract/idempotency_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

using verdict = idempotency_table::verdict;
using tokens = std::vector<std::uint64_t>;

schemas::fingerprint print_of(std::string_view text) {
  return schemas::fingerprint_of({&text, 1});
}

struct fixture {
  verdict emit(std::string_view id, std::uint64_t token = 0,
               std::string_view content = "content") {
    auto result = table.look_up({print_of(id), print_of(content)}).what;
    if (result == verdict::in_flight)
      table.wait(print_of(id), token);
    return result;
  }

  void store(std::string_view id) {
    emit(id);
    table.stored(print_of(id), 0, 0);
  }

  idempotency_table table{3};
};

BOOST_FIXTURE_TEST_SUITE(an_idempotency_table, fixture)

BOOST_AUTO_TEST_CASE(lets_each_id_be_produced_once) {
  BOOST_TEST((emit("a") == verdict::fresh));
  BOOST_TEST((emit("b") == verdict::fresh));
  BOOST_TEST((emit("a") == verdict::in_flight));
  table.stored(print_of("a"), 0, 0);
  BOOST_TEST((emit("a") == verdict::stored));
}

BOOST_AUTO_TEST_CASE(says_where_a_repeated_emit_is_stored) {
  emit("a");
  table.stored(print_of("a"), 7, 42);
  auto x = table.look_up({print_of("a"), print_of("content")});
  BOOST_TEST((x.what == verdict::stored));
  BOOST_TEST(x.partition == 7);
  BOOST_TEST(x.offset == 42);
}

BOOST_AUTO_TEST_CASE(tells_the_repeats_of_an_emit_in_flight_once) {
  emit("a", 1);
  emit("a", 2);
  emit("b", 3);
  emit("a", 4);
  BOOST_TEST((table.stored(print_of("a"), 0, 0) == tokens{2, 4}));
  emit("a", 5);
  BOOST_TEST((table.stored(print_of("b"), 0, 0) == tokens{}));
}

BOOST_AUTO_TEST_CASE(forgets_what_is_certainly_not_stored) {
  emit("a", 1);
  emit("a", 2);
  BOOST_TEST((table.not_stored(print_of("a")) == tokens{2}));
  BOOST_TEST(table.size() == 0u);
  BOOST_TEST((emit("a", 3) == verdict::fresh));
  BOOST_TEST((table.stored(print_of("a"), 0, 0) == tokens{}));
}

BOOST_AUTO_TEST_CASE(never_lets_be_produced_again_what_may_be_stored) {
  emit("a", 1);
  emit("a", 2);
  BOOST_TEST((table.unknown(print_of("a")) == tokens{2}));
  BOOST_TEST((emit("a", 3) == verdict::unknown));
  BOOST_TEST((emit("a", 3) == verdict::unknown));
}

BOOST_AUTO_TEST_CASE(tells_another_event_with_the_same_id) {
  BOOST_TEST((emit("a", 1, "x") == verdict::fresh));
  BOOST_TEST((emit("a", 2, "y") == verdict::other_content));
  BOOST_TEST((table.stored(print_of("a"), 0, 0) == tokens{}));
  BOOST_TEST((emit("a", 3, "y") == verdict::other_content));
  BOOST_TEST((emit("a", 4, "x") == verdict::stored));
}

BOOST_AUTO_TEST_CASE(forgets_first_what_was_settled_first) {
  emit("late");
  for (auto id : {"a", "b", "c"})
    store(id); // with "late" one too many
  table.stored(print_of("late"), 0, 0);
  BOOST_TEST(table.size() == 3u);
  store("d");
  BOOST_TEST(table.size() == 3u);
  BOOST_TEST((emit("c") == verdict::stored));
  BOOST_TEST((emit("late") == verdict::stored));
  BOOST_TEST((emit("d") == verdict::stored));
  BOOST_TEST((emit("a") == verdict::fresh));
  BOOST_TEST((emit("b") == verdict::fresh));
}

BOOST_AUTO_TEST_CASE(never_forgets_what_is_in_flight) {
  for (auto id : {"a", "b", "c", "d", "e"})
    emit(id);
  BOOST_TEST(table.size() == 5u);
  table.stored(print_of("e"), 0, 0); // nothing else can make room
  BOOST_TEST(table.size() == 4u);
  for (auto id : {"a", "b", "c", "d"})
    BOOST_TEST((emit(id) == verdict::in_flight));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
