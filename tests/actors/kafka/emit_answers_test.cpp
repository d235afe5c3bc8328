#include "actors/kafka/emit_answers.hpp" // unit under test

#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

struct fixture : test::deterministic_actor_system {
  static emit_answered answer(std::string ack_id) {
    emit_answered result;
    result.ack.ack_id = std::move(ack_id);
    return result;
  }

  static std::string acks_of(const emits_answered& x) {
    std::string result;
    for (auto& y : x.all)
      result += y.ack.ack_id;
    return result;
  }

  std::vector<emits_answered> got_first, got_second;
  emitter_actor first = spawn_probe<emitter_actor>(&got_first);
  emitter_actor second = spawn_probe<emitter_actor>(&got_second);
  emit_answers answers;
};

BOOST_FIXTURE_TEST_SUITE(emit_answers_of_a_turn, fixture)

BOOST_AUTO_TEST_CASE(go_to_each_emitter_in_one_message_and_in_their_order) {
  answers.add(first, answer("1"));
  answers.add(second, answer("2"));
  answers.add(first, answer("3"));
  answers.add(second, answer("4"));
  answers.send(&*self);
  run();
  BOOST_TEST_REQUIRE(got_first.size() == 1u);
  BOOST_TEST(acks_of(got_first[0]) == "13");
  BOOST_TEST_REQUIRE(got_second.size() == 1u);
  BOOST_TEST(acks_of(got_second[0]) == "24");
}

BOOST_AUTO_TEST_CASE(are_sent_once) {
  answers.add(first, answer("1"));
  answers.send(&*self);
  answers.send(&*self);
  answers.add(first, answer("2"));
  answers.send(&*self);
  run();
  BOOST_TEST_REQUIRE(got_first.size() == 2u);
  BOOST_TEST(acks_of(got_first[1]) == "2");
  BOOST_TEST(got_second.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
