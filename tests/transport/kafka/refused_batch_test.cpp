// What a broker says of a request is not said of each of its records.

#include "tests/transport/kafka/kafka_fixture.hpp"
#include "transport/kafka/delivery_error.hpp"
#include "transport/kafka/partition_halts.hpp"

#include <boost/test/unit_test.hpp>

#include <librdkafka/rdkafka_mock.h>

#include <iterator>
#include <random>
#include <string>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture : kafka_fixture {
  fixture() {
    auto x = settings();
    x.producer["linger.ms"] = "20";
    lingering = std::make_unique<producer>(x, notifier.callback());
  }

  void refuse_next(rd_kafka_resp_err_t answer) {
    constexpr std::int16_t produce_api = 0;
    rd_kafka_mock_push_request_errors(broker.cluster(), produce_api, 1, answer);
  }

  /// Sends `n` records with keys of `keys` kinds; the tokens count on.
  void emit(std::size_t n, std::size_t keys = 1) {
    for (; n > 0; --n, ++sent)
      BOOST_TEST_REQUIRE(
        (lingering->produce({.topic = "t",
                             .key = std::to_string(sent % keys),
                             .value = std::to_string(sent),
                             .headers = {{"ce_id", std::to_string(sent)}},
                             .token = sent})
         == produce_errc::none));
  }

  void await_all() {
    BOOST_TEST_REQUIRE(run({}, [&] {
      lingering->poll(ends, 7);
      return ends.size() >= sent;
    }));
  }

  /// Now and then Kafka refuses some of the next batches. Returns how many.
  template <class Verdict>
  std::size_t emit_while_refused(std::mt19937& random, Verdict next) {
    std::size_t verdicts = 0;
    for (int round = 0; round < 60; ++round) {
      for (auto n = random() % 3; n > 0; --n, ++verdicts)
        refuse_next(next());
      emit(random() % 40, 1 + random() % 8);
      auto some = ends.size() + random() % 30;
      if (random() % 2 == 0)
        run({}, [&] {
          lingering->poll(ends, 7);
          return ends.size() >= std::min<std::size_t>(some, sent);
        });
    }
    return verdicts;
  }

  /// Each record has one end; the stored ones lie one behind the other, in the
  /// order in which they were sent. Returns how many are not stored.
  std::size_t check_ends() {
    std::vector<const delivery_report*> by_token(sent);
    for (auto& x : ends) {
      BOOST_TEST_REQUIRE(by_token[x.token] == nullptr, "reported twice");
      by_token[x.token] = &x;
    }
    std::map<std::int32_t, std::int64_t> next;
    std::size_t refused = 0;
    for (auto* x : by_token) {
      if (x->error == produce_errc::none) {
        auto expected = next[x->partition]++;
        BOOST_TEST_REQUIRE(x->offset == expected, "record " << x->token);
      } else {
        BOOST_TEST(
          (x->error == produce_errc::too_large
           || (may_be_unavailable && x->error == produce_errc::unavailable)));
        ++refused;
      }
    }
    BOOST_TEST(lingering->in_flight() == 0u);
    return refused;
  }

  std::unique_ptr<producer> lingering;
  std::vector<delivery_report> ends;
  std::uint64_t sent = 0;
  bool may_be_unavailable = false; ///< what is refused
};

} // namespace

BOOST_AUTO_TEST_SUITE(refused_batch)

BOOST_AUTO_TEST_CASE(concerns_of_all_codes) {
  struct row {
    concern expected;
    std::vector<rd_kafka_resp_err_t> codes;
  };
  // The errors of Kafka's ProduceResponse, and librdkafka's own about it.
  const row rows[] = {
    {concern::batch,
     {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
      RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_MSG,
      RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, RD_KAFKA_RESP_ERR_INVALID_RECORD,
      RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_INVALID_REQUEST,
      RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
      RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
      static_cast<rd_kafka_resp_err_t>(-138)}}, // _INVALID_DIFFERENT_RECORD
    {concern::partition,
     {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_UNKNOWN,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION}},
    {concern::topic,
     {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC}},
    {concern::producer,
     {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
      RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT,
      RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__FATAL,
      RD_KAFKA_RESP_ERR__DESTROY}},
    {concern::record,
     {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__QUEUE_FULL}},
  };
  for (auto& row : rows)
    for (auto code : row.codes)
      BOOST_TEST((concern_of(code) == row.expected), rd_kafka_err2name(code)
                                                       << " (" << code << ")");
}

// Whatever code comes: what may be stored is never sent again, and only what a
// batch is told is not the record's.
BOOST_AUTO_TEST_CASE(is_only_what_is_certainly_not_stored) {
  const rd_kafka_err_desc* all = nullptr;
  std::size_t n = 0;
  rd_kafka_get_err_descs(&all, &n);
  BOOST_TEST_REQUIRE(n > 100u);
  for (std::size_t i = 0; i < n; ++i) {
    auto code = all[i].code;
    for (auto maybe : {RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED,
                       RD_KAFKA_MSG_STATUS_PERSISTED}) {
      BOOST_TEST(!is_refused_batch(code, maybe), all[i].name);
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        BOOST_TEST((classify(code, maybe) == produce_errc::timed_out));
    }
    BOOST_TEST(is_refused_batch(code, RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
               == (code != RD_KAFKA_RESP_ERR_NO_ERROR
                   && concern_of(code) == concern::batch));
  }
}

BOOST_AUTO_TEST_CASE(halts_its_partition_until_all_its_records_are_settled) {
  std::vector<std::pair<topic_partition, bool>> calls;
  partition_halts halts{
    [&](const topic_partition& x, bool stop) { calls.emplace_back(x, stop); }};
  const topic_partition a{"t", 0};
  const topic_partition b{"t", 1};
  halts.refused(a);
  halts.refused(a);
  halts.refused(b);
  halts.settled(a);
  halts.settled(b);
  halts.refused(a); // another batch, before the first is settled
  halts.settled(a);
  BOOST_TEST(calls.size() == 3u);
  halts.settled(a);
  halts.settled(a); // one too many
  halts.refused(a);
  const decltype(calls) expected{
    {a, true}, {b, true}, {b, false}, {a, false}, {a, true}};
  BOOST_TEST((calls == expected));
}

BOOST_FIXTURE_TEST_CASE(is_sent_again_one_by_one_before_what_came_later,
                        fixture) {
  refuse_next(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  emit(100);
  run({}, [&] {
    lingering->poll(ends, 7);
    return !ends.empty();
  });
  emit(100);
  await_all();
  BOOST_TEST(check_ends() == 0u);
}

BOOST_FIXTURE_TEST_CASE(is_reported_to_a_record_that_was_alone, fixture) {
  refuse_next(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  emit(1);
  await_all();
  BOOST_TEST(check_ends() == 1u);
  emit(10);
  await_all();
  BOOST_TEST(check_ends() == 1u);
}

// Whatever is refused when: a verdict costs one record at most, and only if
// that was alone with it; the others are stored, once and in order.
BOOST_FIXTURE_TEST_CASE(costs_no_other_record_and_no_order, fixture) {
  std::mt19937 random{1};
  auto verdicts = emit_while_refused(random, [&] {
    return random() % 2 == 0 ? RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
                             : RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
  });
  await_all();
  auto refused = check_ends();
  BOOST_TEST_MESSAGE(sent << " records, " << verdicts << " verdicts, "
                          << refused << " records refused");
  BOOST_TEST(verdicts > 20u);
  BOOST_TEST(refused <= verdicts);
  BOOST_TEST(refused * 20 < sent);
}

// Also if something else is said each time.
BOOST_FIXTURE_TEST_CASE(costs_no_other_record_whatever_is_said, fixture) {
  constexpr rd_kafka_resp_err_t of_batch[]
    = {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
       RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
       RD_KAFKA_RESP_ERR_INVALID_RECORD,
       RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
       RD_KAFKA_RESP_ERR_INVALID_REQUEST,
       RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
       RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
       RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE};
  may_be_unavailable = true;
  std::mt19937 random{2};
  auto verdicts = emit_while_refused(random, [&] {
    return of_batch[random() % std::size(of_batch)];
  });
  await_all();
  auto refused = check_ends();
  BOOST_TEST_MESSAGE(sent << " records, " << verdicts << " verdicts, "
                          << refused << " records refused");
  BOOST_TEST(verdicts > 20u);
  BOOST_TEST(refused > 0u);
  BOOST_TEST(refused <= verdicts);
  BOOST_TEST(refused * 20 < sent);
}

BOOST_AUTO_TEST_SUITE_END()
