#include "actors/kafka/consumer_group.hpp" // unit under test

#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "tests/support/inbox.hpp"
#include "tests/support/patience.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/shared_broker.hpp"
#include "transport/kafka/partitioner.hpp"
#include "transport/kafka/producer.hpp"
#include "transport/kafka/settings.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

namespace weir {

namespace {

using namespace std::chrono_literals;

constexpr auto partitions = test::shared_broker::partitions;

using node_actor = group_keeper_actor::extend_with<subscriber_actor>;

/// A CONSUMER GROUP on real threads, with librdkafka's broker in this process.
struct fixture {
  fixture() {
    settings.kafka.embedded = true;
    settings.kafka.embedded_partitions = partitions;
    settings.kafka.brokers = test::shared_broker::bootstrap();
    settings.kafka.consumer["auto.offset.reset"] = "earliest";
    settings.topics = {topic};
    settings.tail_cache = 1'000'000;
    settings.executors = {actor_executor{system}};
    node = system.spawn([this](node_actor::pointer) {
      return node_actor::behavior_type{
        [this](partition_assigned& x) { assigned.push(std::move(x)); },
        [this](partition_revoked& x) { revoked.push(std::move(x)); },
        [this](topic_known& x) { topics.push(std::move(x)); },
        [](const group_report&) { return group_order{}; },
        [this](interim_assigned& x) { interim.push(std::move(x.claim)); },
        [this](interim_revoked& x) { interim_ended.push(std::move(x.claim)); },
        [](group_leaving) {},
        [this](record_batch& x) { batches.push(std::move(x)); },
        [](const keys_added&) {},
        [](const local_event&) {},
      };
    });
    group = spawn_consumer_group(actor_executor{system}, settings, node);
  }

  ~fixture() {
    self->send_exit(group, caf::exit_reason::user_shutdown);
    self->send_exit(node, caf::exit_reason::kill);
    self->wait_for(group, node);
  }

  void produce(int n) {
    kafka::producer producer{settings.kafka, [] {}};
    kafka::outgoing_record record;
    record.topic = topic;
    record.key = "key";
    record.value = "v";
    for (int i = 0; i < n; ++i)
      producer.produce(record);
    std::vector<kafka::delivery_report> reports;
    while (producer.in_flight() > 0) {
      producer.poll(reports, 1000);
      std::this_thread::sleep_for(1ms);
    }
  }

  /// Subscribes to everything; the consumers live as long as the group does.
  void subscribe_to_all() {
    for (auto& x : assigned.wait_for(partitions))
      caf::send_as(node, x.consumer, subscribe{node, 1, 0, {"key"}, 1'000'000});
  }

  bool drain_group() {
    bool result = false;
    self->request(group, test::patience, drain{})
      .receive([&] { result = true; }, [](const caf::error&) {});
    return result;
  }

  group_status status() { return status_of(group); }

  group_status status_of(const consumer_group_actor& whose,
                         query_status what = {}) {
    group_status result;
    self->request(whose, test::patience, what)
      .receive([&](group_status& x) { result = std::move(x); },
               [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    return result;
  }

  /// Whether Kafka comes to have positions that are so many records in all.
  bool comes_to_have_committed(std::int64_t wanted) const {
    auto client = kafka::make_client(RD_KAFKA_CONSUMER,
                                     kafka::consumer_conf(settings.kafka,
                                                          settings.cluster));
    auto end = std::chrono::steady_clock::now() + test::patience;
    while (committed_by(client.get()) != wanted)
      if (std::chrono::steady_clock::now() > end)
        return false;
    return true;
  }

  std::int64_t committed_by(rd_kafka_t* client) const {
    constexpr auto count = static_cast<std::int32_t>(partitions);
    const kafka::partitions_handle list{
      rd_kafka_topic_partition_list_new(count)};
    for (std::int32_t i = 0; i < count; ++i)
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i);
    BOOST_TEST_REQUIRE(rd_kafka_committed(client, list.get(), 10'000)
                       == RD_KAFKA_RESP_ERR_NO_ERROR);
    std::int64_t result = 0;
    for (std::int32_t i = 0; i < count; ++i)
      result += std::max<std::int64_t>(list->elems[i].offset, 0);
    return result;
  }

  std::map<std::string, std::string>
  problems_of(const consumer_group_actor& whose, const std::string& x) {
    topics_checked result{{{x, "is asked"}}};
    self->request(whose, test::patience, check_topics{{x}, {x}})
      .receive([&](topics_checked& y) { result = std::move(y); },
               [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    return result.problems;
  }

  std::string topic = test::shared_broker::fresh_topic();
  consumer_group_options settings;
  test::inbox<partition_assigned> assigned;
  test::inbox<partition_revoked> revoked;
  test::inbox<partition_assigned> interim;
  test::inbox<partition_revoked> interim_ended;
  test::inbox<topic_known> topics;
  test::inbox<record_batch> batches;
  caf::actor_system_config cfg;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system};
  node_actor node;
  consumer_group_actor group;
};

BOOST_FIXTURE_TEST_SUITE(a_consumer_group, fixture)

BOOST_AUTO_TEST_CASE(makes_each_assigned_partition_known_with_its_consumer) {
  auto all = assigned.wait_for(partitions);
  BOOST_TEST(all[0].topic == topic);
  std::set<std::int32_t> ids;
  std::set<caf::actor_addr> consumers;
  for (auto& x : all) {
    ids.insert(x.partition);
    consumers.insert(x.consumer.address());
  }
  BOOST_TEST((ids == std::set{0, 1, 2, 3}));
  BOOST_TEST(consumers.size() == partitions);
  BOOST_TEST(status().assigned_once);
}

BOOST_AUTO_TEST_CASE(says_in_brief_whether_it_is_ready_and_no_partition) {
  assigned.wait_for(partitions);
  BOOST_TEST(status().readers.size() == partitions);
  auto brief = status_of(group, query_status{true});
  BOOST_TEST(brief.assigned_once);
  BOOST_TEST(brief.brokers.reachable == status().brokers.reachable);
  BOOST_TEST(brief.partitions.empty());
  BOOST_TEST(brief.readers.empty());
  BOOST_TEST(brief.committed.empty());
}

BOOST_AUTO_TEST_CASE(tells_how_many_partitions_a_topic_has) {
  auto known = topics.wait_for(1);
  BOOST_TEST(known[0].topic == topic);
  BOOST_TEST(known[0].partitions == static_cast<std::int32_t>(partitions));
}

BOOST_AUTO_TEST_CASE(reads_further_topics_and_gives_up_others) {
  auto further = test::shared_broker::fresh_topic();
  auto former = assigned.wait_for(partitions);
  auto names_of = [](auto all, std::size_t from) {
    std::set<std::string> result;
    for (auto i = from; i < all.size(); ++i)
      result.insert(all[i].topic);
    return result;
  };
  tell_anonymously(group, use_topics{{topic, further}, {}});
  auto all = assigned.wait_for(2 * partitions);
  BOOST_TEST((names_of(all, partitions) == std::set{further}));
  BOOST_TEST(topics.wait_for(2)[1].topic == further);
  BOOST_TEST(revoked.size() == 0u);
  tell_anonymously(group, use_topics{{further}, {}});
  BOOST_TEST((names_of(revoked.wait_for(partitions), 0) == std::set{topic}));
  for (auto& x : former)
    self->wait_for(x.consumer);
  auto known = topics.wait_for(3)[2];
  BOOST_TEST(known.topic == topic);
  BOOST_TEST(known.partitions == 0);
  for (auto& x : status().readers)
    BOOST_TEST(x.first.topic == further);
  tell_anonymously(group, use_topics{{topic, further}, {}});
  auto last = assigned.wait_for(3 * partitions);
  BOOST_TEST((names_of(last, 2 * partitions) == std::set{topic}));
  BOOST_TEST(drain_group());
  BOOST_TEST(revoked.wait_for(3 * partitions).size() == 3 * partitions);
}

BOOST_AUTO_TEST_CASE(wants_no_check_of_topics_at_a_broker_of_its_own) {
  BOOST_TEST(problems_of(group, "other").empty());
}

// No broker in another process is asked what there is of its topics.
BOOST_AUTO_TEST_CASE(says_at_once_where_kafka_does_not_tell_of_topics) {
  settings.kafka.embedded = false;
  auto other = spawn_consumer_group(actor_executor{system}, settings, node);
  for (int i = 0; i < 2; ++i) // before that is known, and after
    BOOST_TEST(problems_of(other, "other")["other"].starts_with(
      "Kafka does not tell of its topics (it is librdkafka's mock cluster)"));
  self->send_exit(other, caf::exit_reason::user_shutdown);
  self->wait_for(other);
}

BOOST_AUTO_TEST_CASE(lets_consumers_read_what_is_in_the_log) {
  produce(20);
  subscribe_to_all();
  std::size_t n = 0, seen = 0;
  while (n < 20) {
    auto all = batches.wait_for(seen + 1);
    for (; seen < all.size(); ++seen)
      n += test::records_in(all[seen].records).size();
  }
  BOOST_TEST(n == 20u);
}

BOOST_AUTO_TEST_CASE(commits_again_what_was_refused) {
  subscribe_to_all();
  produce(1);
  BOOST_TEST(comes_to_have_committed(1));
  test::shared_broker::refuse_commit(
    RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE);
  produce(1); // and nothing after it
  BOOST_TEST(comes_to_have_committed(2));
}

// Or a node that ends soon after leaves nothing to begin with: the next one
// would leave out what came meanwhile.
BOOST_AUTO_TEST_CASE(commits_at_once_where_a_partition_begins) {
  topic = test::shared_broker::fresh_topic();
  produce(3);
  settings.topics = {topic};
  settings.kafka.consumer["auto.offset.reset"] = "latest";
  settings.commit_interval = 1h; // no other commit comes
  auto other = spawn_consumer_group(actor_executor{system}, settings, node);
  BOOST_TEST(comes_to_have_committed(3));
  self->send_exit(other, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_CASE(shows_what_kafka_has_while_it_refuses_more) {
  auto shown = [this] {
    std::int64_t result = 0;
    for (auto& [name, offset] : status().committed)
      result += offset;
    return result;
  };
  auto shown_after = [&](std::int64_t before) {
    auto end = std::chrono::steady_clock::now() + test::patience;
    auto result = before;
    while (result == before && std::chrono::steady_clock::now() < end)
      result = shown();
    return result;
  };
  auto client = kafka::make_client(
    RD_KAFKA_CONSUMER, kafka::consumer_conf(settings.kafka, settings.cluster));
  subscribe_to_all();
  produce(1);
  BOOST_TEST(shown_after(0) == 1);
  test::shared_broker::refuse_commit(
    RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE);
  produce(1);
  BOOST_TEST(shown_after(1) == 2);
  BOOST_TEST(committed_by(client.get()) == 2);
}

BOOST_AUTO_TEST_CASE(starts_over_when_the_group_has_fenced_it) {
  subscribe_to_all();
  test::shared_broker::refuse_commit();
  produce(20); // so that there is something to commit
  BOOST_TEST(revoked.wait_for(partitions).size() == partitions);
  BOOST_TEST(!status().assigned_once);
  BOOST_TEST(!status().brokers.reachable);
  for (auto& x : assigned.wait_for(partitions))
    self->wait_for(x.consumer);
  assigned.wait_for(2 * partitions);
  BOOST_TEST(status().assigned_once);
}

// What its queue reports, librdkafka cannot be made to; so this comes from us,
// again and again, as the true consumer reports that there is none.
BOOST_AUTO_TEST_CASE(
  shows_the_operator_what_keeps_a_partition_from_being_read) {
  auto errors = count(system, metrics::kafka_errors, "_BAD_COMPRESSION");
  auto reader = assigned.wait_for(partitions)[0];
  commit_position broken;
  broken.topic = reader.topic;
  broken.partition = reader.partition;
  broken.problem = {"_BAD_COMPRESSION", "cannot be unpacked"};
  broken.errors = 1;
  std::vector<std::string> reasons;
  while (reasons.empty()) {
    caf::send_as(reader.consumer, group, broken);
    reasons = status().reasons;
  }
  BOOST_TEST(status_of(group, query_status{true}).reasons == reasons);
  BOOST_TEST(reasons
             == std::vector{"partition " + topic + "/"
                            + std::to_string(reader.partition)
                            + ": cannot be unpacked"});
  BOOST_TEST(errors->value() >= 1);
  while (!reasons.empty())
    reasons = status().reasons;
}

// A node that was hung gives a reader up before it hears the last of it.
BOOST_AUTO_TEST_CASE(lists_no_partition_that_it_does_not_read_any_more) {
  auto former = assigned.wait_for(partitions)[0];
  commit_position late;
  late.topic = former.topic;
  late.partition = former.partition;
  late.next = 7;
  caf::send_as(node, group, late);
  for (auto& x : status().partitions)
    BOOST_TEST(x.next != 7);
  BOOST_TEST(drain_group());
  caf::send_as(former.consumer, group, late);
  BOOST_TEST(status().partitions.empty());
}

// Beside the one that has all partitions: one that has none.
BOOST_AUTO_TEST_CASE(
  reads_what_another_one_has_for_as_long_as_it_is_reported_to) {
  assigned.wait_for(partitions);
  settings.topics.clear();
  auto other = spawn_consumer_group(actor_executor{system}, settings, node);
  const kafka::topic_partition x{topic, kafka::partition_of("key", partitions)};
  auto hears = [&](std::size_t times) {
    auto all = interim.wait_for(times);
    BOOST_TEST(all.back().topic == topic);
    BOOST_TEST(all.back().partition == x.partition);
    auto before = batches.size();
    caf::send_as(node, all.back().consumer,
                 subscribe{node, 1, 0, {"key"}, 1'000'000});
    batches.wait_for(before + 1);
  };
  produce(20);
  tell_anonymously(other, read_interim{{x}});
  hears(1);
  BOOST_TEST((status_of(other).interim == std::set{x}));
  BOOST_TEST(status().interim.empty());
  tell_anonymously(other, read_interim{});
  BOOST_TEST(interim_ended.wait_for(1)[0].partition == x.partition);
  self->wait_for(interim.wait_for(1)[0].consumer);
  BOOST_TEST(status_of(other).interim.empty());
  tell_anonymously(other, read_interim{{x}});
  hears(2);
  std::swap(group, other);
  BOOST_TEST(drain_group());
  BOOST_TEST(interim_ended.wait_for(2).size() == 2u);
  std::swap(group, other);
  self->send_exit(other, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(ends_its_consumers_before_it_has_left) {
  subscribe_to_all();
  auto all = assigned.wait_for(partitions);
  BOOST_TEST(drain_group());
  BOOST_TEST(revoked.wait_for(partitions).size() == partitions);
  for (auto& x : all)
    self->wait_for(x.consumer);
}

BOOST_AUTO_TEST_CASE(answers_whoever_drains_it_at_the_same_time_or_again) {
  assigned.wait_for(partitions);
  caf::scoped_actor other{system};
  auto first = self->request(group, test::patience, drain{});
  auto second = other->request(group, test::patience, drain{});
  auto failed = [](const caf::error& e) { BOOST_ERROR(to_string(e)); };
  first.receive([] {}, failed);
  second.receive([] {}, failed);
  BOOST_TEST(drain_group());
}

BOOST_AUTO_TEST_CASE(ends_its_consumers_when_it_ends_without_being_drained) {
  produce(20);
  subscribe_to_all();
  batches.wait_for(1);
  self->send_exit(group, caf::exit_reason::kill);
  for (auto& x : assigned.wait_for(partitions))
    self->wait_for(x.consumer);
}

BOOST_AUTO_TEST_CASE(may_end_in_the_middle_of_being_drained) {
  subscribe_to_all();
  self->send(group, drain{});
  self->send_exit(group, caf::exit_reason::kill);
  for (auto& x : assigned.wait_for(partitions))
    self->wait_for(x.consumer);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
