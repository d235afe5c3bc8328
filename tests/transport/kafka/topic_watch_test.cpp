#include "transport/kafka/topic_watch.hpp"

#include "tests/transport/kafka/kafka_fixture.hpp"
#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture : kafka_fixture {
  /// What `error` makes of a question is an event of librdkafka's own: one that
  /// this cluster does not answer, or that its brokers are too old for.
  struct question {
    explicit question(const kafka_fixture& x)
      : client(share(
        make_client(RD_KAFKA_PRODUCER, producer_conf(x.settings(false))))),
        queue(rd_kafka_queue_new(client.get())),
        watch(client.get(), queue.get()) {}

    handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>
    options(rd_kafka_admin_op_t what, int timeout_ms) const {
      handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy> result{
        rd_kafka_AdminOptions_new(client.get(), what)};
      rd_kafka_AdminOptions_set_request_timeout(result.get(), timeout_ms,
                                                nullptr, 0);
      return result;
    }

    kafka_error answer() {
      const auto patience_ms
        = std::chrono::duration_cast<std::chrono::milliseconds>(deadline);
      event_handle event{rd_kafka_queue_poll(
        queue.get(), static_cast<int>(patience_ms.count()))};
      BOOST_TEST_REQUIRE(event.get());
      return watch.on_answer(event.get(), clock::now(),
                             [](const std::string&, const topic_state&) {});
    }

    shared_client client;
    queue_handle queue;
    topic_watch watch;
  };
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topic_watch_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_the_mock_cluster_by_what_brokers_call_it) {
  BOOST_TEST(is_simulated("mockCluster7f3a5c001200"));
  BOOST_TEST(!is_simulated("MkU3OEVBNTcwNTJENDM2Qg"));
  BOOST_TEST(!is_simulated(""));
}

// A group's first assignment takes longer than a question that nobody answers.
BOOST_AUTO_TEST_CASE(whoever_has_not_started_the_broker_does_without_it_too) {
  weir::cluster_options named{.name = "test", .node = "a"};
  named.listen = "127.0.0.1:0"; // otherwise it would be in no group
  member owner{settings(), named, notifier};
  owner.inner.subscribe({"t"});
  auto other = join(settings(false), "b");
  auto all = {&owner, other.get()};
  BOOST_TEST_REQUIRE(run(all, [&] {
    return std::all_of(all.begin(), all.end(), [](auto* x) {
      return x->positions_known() && !x->topics_unknown.empty();
    });
  }));
  for (auto* x : all) {
    BOOST_TEST(x->topics_unknown.size() == 1u); // it is told once
    for (auto& why : x->errors)
      BOOST_ERROR(why);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_is_an_error) {
  question x{*this};
  const std::array<const char*, 1> names{"t"};
  const handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>
    topics{rd_kafka_TopicCollection_of_topic_names(
      const_cast<const char**>(names.data()), names.size())};
  rd_kafka_DescribeTopics(
    x.client.get(), topics.get(),
    x.options(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, 100).get(), x.queue.get());
  BOOST_TEST(x.answer().code == "_TIMED_OUT");
  BOOST_TEST(!x.watch.is_refused());
  BOOST_TEST(!x.watch.take_refusal());
}

BOOST_AUTO_TEST_CASE(brokers_that_are_too_old_are_no_error_until_replaced) {
  question x{*this};
  handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource{
    rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER,
                                std::to_string(only_broker).c_str())};
  auto* what = resource.get();
  rd_kafka_DescribeConfigs(
    x.client.get(), &what, 1,
    x.options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, 10'000).get(), x.queue.get());
  BOOST_TEST(x.answer().code == "");
  BOOST_TEST(x.watch.is_refused());
  BOOST_TEST(x.watch.take_refusal().value_or("") != "");
  BOOST_TEST(!x.watch.take_refusal());
  // It answers, and no topic has changed: who was told of the one is told of
  // the other.
  const handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>
    none{rd_kafka_TopicCollection_of_topic_names(nullptr, 0)};
  rd_kafka_DescribeTopics(
    x.client.get(), none.get(),
    x.options(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, 10'000).get(), x.queue.get());
  BOOST_TEST(x.answer().code == "");
  BOOST_TEST(!x.watch.is_refused());
  BOOST_TEST(x.watch.take_refusal().value_or("nothing") == "");
  BOOST_TEST(!x.watch.take_refusal());
}

BOOST_AUTO_TEST_SUITE_END()
