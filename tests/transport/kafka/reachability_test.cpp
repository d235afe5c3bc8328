#include "transport/kafka/reachability.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace weir::kafka;

namespace {

constexpr std::int64_t second = 1'000'000;

/// One connection as librdkafka's statistics tell of it.
struct broker {
  std::string source = "learned";
  std::string state = "UP";
  int waiting = 0;
  std::int64_t silent = 0;
};

std::string statistics_at(std::int64_t now,
                          const std::vector<broker>& brokers) {
  auto result = "{ \"name\": \"weir#consumer-1\", \"ts\":" + std::to_string(now)
                + ", \"brokers\":{";
  auto id = 0;
  for (auto& b : brokers) {
    auto name = "b:9092/" + std::to_string(id++);
    result += (id > 1 ? ", \"" : " \"") + name + "\": { \"name\":\"" + name
              + "\", \"nodeid\":1, \"nodename\":\"b:9092\", \"source\":\""
              + b.source + "\", \"state\":\"" + b.state
              + "\", \"waitresp_cnt\":" + std::to_string(b.waiting)
              + ", \"txidle\":7, \"rxidle\":" + std::to_string(b.silent)
              + ", \"toppars\":{ \"t-9\": { \"topic\":\"t\" } } }";
  }
  return result + " }, \"topics\":{ } }";
}

struct fixture {
  bool after(std::int64_t now, const std::vector<broker>& brokers) {
    BOOST_TEST(!brokers_.on_statistics(statistics_at(now, brokers)));
    return brokers_.state().reachable;
  }

  reachability brokers_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reachability_suite, fixture)

BOOST_AUTO_TEST_CASE(a_broker_that_was_asked_just_now_owes_nothing_yet) {
  BOOST_TEST(after(100 * second, {{.silent = 5 * second}}));
  // Nothing was asked for minutes; the question is a moment old.
  BOOST_TEST(after(101 * second, {{.waiting = 1, .silent = 300 * second}}));
  BOOST_TEST(after(102 * second, {{.silent = second / 2}}));
}

BOOST_AUTO_TEST_CASE(a_broker_that_owes_an_answer_for_long_does_not_count) {
  BOOST_TEST(after(100 * second, {{.silent = second}}));
  for (auto t : {101, 102, 103})
    BOOST_TEST(
      after(t * second, {{.waiting = 1, .silent = (t - 99) * second}}));
  BOOST_TEST(!after(104 * second, {{.waiting = 4, .silent = 5 * second}}));
  BOOST_TEST(brokers_.state().last_error == "brokers do not answer");
  BOOST_TEST(after(105 * second, {{.waiting = 1, .silent = second / 2}}));
}

BOOST_AUTO_TEST_CASE(a_new_question_says_nothing_of_one_that_has_no_answer) {
  BOOST_TEST(!after(100 * second, {{.state = "DOWN"}}));
  BOOST_TEST(brokers_.state().last_error == "not connected to any broker");
  BOOST_TEST(!after(101 * second, {{.waiting = 1, .silent = 300 * second}}));
}

BOOST_AUTO_TEST_CASE(one_that_answers_is_enough) {
  BOOST_TEST(after(100 * second, {{.waiting = 1, .silent = 9 * second}, {}}));
  BOOST_TEST(after(109 * second, {{.waiting = 1, .silent = 18 * second}, {}}));
}

BOOST_AUTO_TEST_CASE(a_coordinator_and_what_is_no_broker_do_not_count) {
  const std::vector<broker> none{
    {.source = "logical"}, {.source = "internal"}, {.state = "TRY_CONNECT"}};
  BOOST_TEST(!after(100 * second, none));
}

BOOST_AUTO_TEST_CASE(statistics_that_cannot_be_read_say_nothing) {
  BOOST_TEST(after(100 * second, {{}}));
  for (auto* bad :
       {"", "{}", R"({ "ts":7, "brokers":{ "b": { "name":"b" } } })"})
    BOOST_TEST((brokers_.on_statistics(bad).code == "statistics"), bad);
  BOOST_TEST(brokers_.state().reachable);
}

BOOST_AUTO_TEST_CASE(the_last_error_is_kept_until_a_broker_answers) {
  brokers_.on_error("connection refused", false);
  brokers_.on_error("1/1 brokers are down", true);
  BOOST_TEST(!brokers_.state().reachable);
  BOOST_TEST(brokers_.state().last_error == "connection refused");
  brokers_.on_answer();
  BOOST_TEST(brokers_.state().reachable);
  BOOST_TEST(brokers_.state().last_error.empty());
}

// A broker that answers within a second, however rarely it is asked, always
// counts; one that stands still while it owes an answer does not, within three
// looks of the two seconds.
BOOST_AUTO_TEST_CASE(follows_random_brokers) {
  for (auto seed = 1u; seed <= 500; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random{seed};
      auto up_to = [&](std::int64_t n) {
        return std::uniform_int_distribution<std::int64_t>{1, n}(random);
      };
      reachability judge;
      std::int64_t now = second;
      auto heard = now;
      auto next_question = now + up_to(20 * second);
      std::int64_t answer = 0;
      auto stands_still_from = 100 * second + up_to(30 * second);
      std::int64_t owes_since = 0;
      while (now < 200 * second) {
        now += 500'000 + up_to(10'000);
        while (true) {
          if (answer == 0 && next_question <= now) {
            owes_since = next_question;
            answer = owes_since + up_to(second);
          } else if (answer != 0 && answer <= now
                     && answer < stands_still_from) {
            heard = answer;
            next_question = answer + up_to(20 * second);
            answer = 0;
          } else {
            break;
          }
        }
        const broker b{.waiting = answer != 0 ? 1 : 0, .silent = now - heard};
        BOOST_TEST_REQUIRE(!judge.on_statistics(statistics_at(now, {b})));
        auto stands_still = answer != 0 && answer >= stands_still_from;
        if (!stands_still)
          BOOST_TEST_REQUIRE(judge.state().reachable);
        else if (now - std::max(owes_since, heard) > 4 * second)
          BOOST_TEST_REQUIRE(!judge.state().reachable);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
