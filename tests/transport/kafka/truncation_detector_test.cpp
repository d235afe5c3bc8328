#include "transport/kafka/truncation_detector.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::kafka;

namespace {

struct fixture {
  using step = truncation_detector::step;

  void answer() { doubt.on_behind(now); }

  /// Time goes by until something is to be done.
  step next() {
    constexpr auto tick = std::chrono::milliseconds{100};
    for (auto end = now + truncation_detector::believed_after * 2; now < end;
         now += tick)
      if (auto result = doubt.next(now, has_epochs); result != step::none)
        return result;
    return step::none;
  }

  /// The last step, when each question has been answered likewise.
  step after_all_answers() {
    answer();
    auto what = next();
    for (; what == step::ask; what = next())
      answer();
    return what;
  }

  truncation_detector doubt;
  bool has_epochs = false;
  truncation_detector::clock::time_point now{std::chrono::hours{1}};
  truncation_detector::clock::time_point begin = now;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(truncation_detector_suite, fixture)

BOOST_AUTO_TEST_CASE(has_nothing_to_do_without_an_answer_from_before) {
  BOOST_TEST(!doubt.is_open());
  BOOST_TEST((next() == step::none));
}

BOOST_AUTO_TEST_CASE(asks_again_until_it_is_confirmed) {
  answer();
  BOOST_TEST(doubt.is_open());
  int asked = 0;
  auto what = next();
  for (; what == step::ask; what = next()) {
    ++asked;
    answer();
  }
  BOOST_TEST((what == step::confirm));
  BOOST_TEST(asked >= truncation_detector::enough_answers);
  BOOST_TEST((now - begin >= truncation_detector::confirmed_after));
  BOOST_TEST(!doubt.is_open());
}

// One that was cut off may be so for longer than a new leader takes.
BOOST_AUTO_TEST_CASE(doubts_a_leader_with_no_higher_epoch_for_longer) {
  has_epochs = true;
  doubt.on_other_leader(); // of an earlier doubt
  BOOST_TEST((after_all_answers() == step::confirm));
  BOOST_TEST((now - begin >= truncation_detector::believed_after));
}

BOOST_AUTO_TEST_CASE(believes_a_leader_with_a_higher_epoch_as_one_without_any) {
  has_epochs = true;
  answer();
  doubt.on_other_leader();
  BOOST_TEST((after_all_answers() == step::confirm));
  BOOST_TEST((now - begin < 2 * truncation_detector::confirmed_after));
}

BOOST_AUTO_TEST_CASE(another_leader_alone_proves_nothing) {
  has_epochs = true;
  answer();
  doubt.on_other_leader();
  BOOST_TEST((next() == step::ask));
  BOOST_TEST((next() == step::none));
  answer();
  doubt.clear(); // the position is there
  answer();
  BOOST_TEST((next() == step::ask));
}

BOOST_AUTO_TEST_CASE(takes_many_records_for_one_answer) {
  for (int i = 0; i < 100; ++i)
    answer();
  now += truncation_detector::confirmed_after;
  BOOST_TEST((next() == step::ask));
}

BOOST_AUTO_TEST_CASE(asks_one_question_at_a_time) {
  answer();
  BOOST_TEST((next() == step::ask));
  BOOST_TEST((next() == step::none));
}

BOOST_AUTO_TEST_CASE(forgets_everything_when_the_position_is_there) {
  answer();
  next();
  answer();
  now += truncation_detector::confirmed_after;
  doubt.clear();
  BOOST_TEST((next() == step::none));
  answer();
  BOOST_TEST((next() == step::ask));
}

BOOST_AUTO_TEST_SUITE_END()
