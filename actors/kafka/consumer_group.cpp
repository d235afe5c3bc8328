#include "actors/kafka/consumer_group.hpp"

#include "actors/contract/operation.hpp"
#include "actors/contract/records.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/kafka/kafka_figures.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/kafka/topic_check.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "actors/runtime/notifier.hpp"
#include "config/log.hpp"
#include "transport/kafka/consumer.hpp"
#include "transport/kafka/group_settings.hpp"
#include "transport/kafka/interim_reader.hpp"
#include "transport/kafka/log_reader.hpp"
#include "transport/kafka/partition_queue.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// How often the group is served when nothing happens (librdkafka wants a sign
/// of life, `max.poll.interval.ms`), and how often positions are committed.
constexpr auto tick = std::chrono::milliseconds{100};
constexpr auto commit_interval = std::chrono::seconds{1};

/// A partition consumer that does not answer for so long has failed.
constexpr auto revoke_timeout = std::chrono::seconds{5};

/// How often CLUSTER is asked whether this node may be in the group; more often
/// at first while it may not. And how long Kafka has to say who is in it.
constexpr std::chrono::milliseconds shortest_pause{100};
constexpr std::chrono::milliseconds longest_pause{1000};
constexpr std::chrono::seconds describe_timeout{6};
constexpr auto never = caf::actor_clock::time_point::max();

/// librdkafka's queue as a PARTITION CONSUMER sees it.
class queue_source : public record_source {
public:
  explicit queue_source(std::unique_ptr<kafka::partition_queue> queue)
    : queue_(std::move(queue)) {}

  std::size_t
  read(std::size_t max_bytes,
       const std::function<void(const kafka::record_view&)>& sink) override {
    return queue_->read(max_bytes, sink);
  }

  std::int64_t position() const override { return queue_->position(); }
  kafka::log_position start() const override { return queue_->start(); }
  std::int32_t leader_epoch() const override { return queue_->leader_epoch(); }
  std::int64_t log_end() const override { return queue_->log_end(); }
  std::int64_t log_start() const override { return queue_->log_start(); }
  void ask_leader() override { queue_->ask_leader(); }
  const std::optional<kafka::log_leader>& leader() override {
    return queue_->leader();
  }
  kafka::log_id log() const override { return queue_->log(); }
  void restart(const kafka::log_position& at) override { queue_->restart(at); }
  std::uint64_t errors() const override { return queue_->errors(); }

  const kafka::kafka_error& problem() const override {
    return queue_->problem();
  }

private:
  std::unique_ptr<kafka::partition_queue> queue_;
};

/// Null where librdkafka has not opened the queue: it is tried again later.
record_source_ptr source_of(std::unique_ptr<kafka::partition_queue> queue) {
  return queue ? std::make_unique<queue_source>(std::move(queue)) : nullptr;
}

struct consumer_group_state : kafka::consumer_events {
  static inline const char* name = "weir.consumer-group";

  consumer_group_state(consumer_group_actor::pointer self,
                       consumer_group_options options,
                       group_keeper_actor keeper)
    : self(self),
      options(std::move(options)),
      keeper(std::move(keeper)),
      self_notifier(consumer_group_actor{self}),
      kafka(std::make_unique<kafka::consumer>(this->options.kafka,
                                              this->options.cluster, *this,
                                              self_notifier.callback())),
      reader(std::make_shared<kafka::log_reader>(
        this->options.kafka, this->options.cluster,
        [system = &self->system()](const kafka::kafka_error& x) {
          report_kafka_error(*system, "log reader", x);
        })),
      outside(std::make_unique<kafka::interim_reader>(
        this->options.kafka, this->options.cluster, self_notifier.callback(),
        [system = &self->system()](const kafka::kafka_error& x) {
          report_kafka_error(*system, "interim reader", x);
        })) {}

  consumer_group_actor::behavior_type make_behavior() {
    self_notifier.open(self);
    schedule_tick();
    schedule_commit();
    if (is_alone)
      kafka->subscribe(options.topics);
    else
      kafka->watch(options.topics);
    return {
      [this](group_event) { serve(); },
      [this](read_interim& x) { on_read_interim(std::move(x)); },
      [this](commit_position& x) { on_position(std::move(x)); },
      [this](query_status x) { return x.is_brief ? brief() : status(); },
      [this](check_topics& x) { return on_check(std::move(x)); },
      [this](use_topics& x) { on_topics(std::move(x)); },
      [this](drain) { return on_drain(); },
    };
  }

  void serve() {
    if (!kafka)
      return;
    kafka->poll();
    if (auto x = kafka->take_figures())
      figures.show(*x);
    outside->poll();
    settle_interim();
    if (leaving && kafka->closed()) {
      kafka.reset();
      for (auto& x : std::exchange(drained, {}))
        x.deliver();
    }
  }

  // -- membership -------------------------------------------------------------

  /// CLUSTER decides whether this node may be in the group: it knows who else
  /// in it is one of us.
  void report(std::optional<kafka::group_description> group) {
    if (leaving)
      return;
    describing_until.reset();
    report_at = never;
    auto is_in = is_member || !consumers.empty() || giving_back > 0;
    self
      ->request(keeper, caf::infinite,
                group_report{is_in, assigned_once, is_fenced, std::move(group),
                             consumer_group_actor{self}})
      .then([this](const group_order& x) { on_order(x); });
  }

  void on_order(const group_order& x) {
    if (leaving)
      return;
    if (x.what == group_order::action::join)
      join();
    else if (x.what == group_order::action::leave)
      leave_for_now("a cluster that this node has no link to is in it");
    else if (x.what == group_order::action::rebalance)
      rebalance();
    describe_next = x.describe;
    // A node that may not join asks again and again, but not too often.
    pause = is_member ? longest_pause : pause;
    report_at = now() + pause;
    pause = std::clamp(pause * 2, shortest_pause, longest_pause);
  }

  void report_if_due() {
    if (describing_until && now() >= *describing_until)
      return report({});
    if (is_alone || describing_until || now() < report_at)
      return;
    if (!describe_next)
      return report({});
    describing_until = now() + describe_timeout;
    kafka->describe_group();
  }

  void on_group_described(const kafka::group_description& x) override {
    if (!x.error.empty() && !knows_no_members)
      log::limited(log_level::warning, "the consumer group is not described",
                   x.error, {{"why", x.error}});
    report(x);
  }

  void on_group_unknown(const std::string& why) override {
    if (!std::exchange(knows_no_members, true))
      log::info("the consumer group is not described: Kafka does not tell",
                {{"why", why}});
  }

  caf::actor_clock::time_point now() const { return self->clock().now(); }

  void join() {
    log::info("joining the consumer group");
    is_member = true;
    is_fenced = false;
    kafka->subscribe(options.topics);
  }

  void rebalance() {
    log::warning("the consumer group has given partitions to nobody; it is "
                 "asked to assign all of them again");
    kafka->subscribe(options.topics);
  }

  void leave_for_now(std::string_view why) {
    log::error("leaving the consumer group", {{"why", why}});
    is_member = false;
    assigned_once = false;
    pause = {};
    kafka->unsubscribe();
  }

  // -- assignment -------------------------------------------------------------

  void
  on_assigned(const std::vector<kafka::topic_partition>& partitions) override {
    for (auto& x : partitions)
      start(x);
    kafka->assign(partitions);
    assigned_once = true;
    group_is_refused = false;
    if (!partitions.empty())
      count(self->system(), metrics::rebalances, "assigned")->inc();
    log::info("partitions assigned",
              {{"count", partitions.size()}, {"owned", consumers.size()}});
  }

  void start(const kafka::topic_partition& x) {
    auto consumer = spawn_consumer(x, [&](auto wake) {
      return source_of(kafka->open(x, std::move(wake)));
    });
    consumers[x] = consumer;
    tell(self, keeper, partition_assigned{x.topic, x.partition, consumer});
    if (interim.contains(x))
      stop_interim(x);
  }

  partition_consumer_actor
  spawn_consumer(const kafka::topic_partition& x,
                 std::function<record_source_ptr(std::function<void()>)> open) {
    auto loop = static_cast<std::size_t>(x.partition)
                % options.executors.size();
    partition_consumer_options its{x, options.tail_cache};
    if (!options.heats.empty())
      its.heat = options.heats.at(loop);
    auto result = spawn_partition_consumer(
      options.executors[loop], std::move(its),
      {std::move(open),
       [x, reader = reader](const kafka::log_position& from, auto wake) {
         return source_of(reader->open(x, from, std::move(wake)));
       }},
      self);
    // One that fails takes us along: its partition would be silent otherwise.
    self->link_to(result);
    return result;
  }

  void on_revoked(const std::vector<kafka::topic_partition>& partitions,
                  bool lost) override {
    if (!partitions.empty())
      count(self->system(), metrics::rebalances, lost ? "lost" : "revoked")
        ->inc();
    log::info("partitions revoked",
              {{"count", partitions.size()}, {"lost", lost}});
    ++giving_back;
    stop(partitions, [this, partitions, lost] {
      --giving_back;
      if (!kafka) // it could not even leave
        return;
      if (!lost && !leaving) // a drain has committed already
        kafka->commit(committable(partitions));
      for (auto& x : partitions) {
        latest.erase(x);
        committed.erase(x);
      }
      kafka->unassign(partitions);
    });
  }

  void on_partition_count(const std::string& topic,
                          std::int32_t partitions) override {
    counts[topic].latest = partitions;
    if (has_topic(topic))
      settle_count(topic);
  }

  bool has_topic(const std::string& x) const {
    auto& all = options.topics;
    return std::find(all.begin(), all.end(), x) != all.end();
  }

  /// A topic loses partitions only by being created again: until it is known to
  /// be another one, fewer are but a moment's view.
  void settle_count(const std::string& topic) {
    auto& x = counts[topic];
    auto log = logs[topic];
    if (x.latest == x.reported
        || (x.latest < x.reported && log != 0 && log == x.log))
      return;
    x.reported = x.latest;
    x.log = log;
    log::info("topic known", {{"topic", topic}, {"partitions", x.reported}});
    tell_topic(topic);
  }

  void on_topic(const std::string& topic,
                const kafka::topic_state& state) override {
    outside->note(topic, state);
    auto before = std::exchange(logs[topic], state.log);
    if (before != 0 && before != state.log)
      reader->renew();
    topics_unknown.clear(); // brokers that were too old have been replaced
    states[topic] = state;
    check.note(topic, state);
    answer_check();
    if (has_topic(topic))
      use_state(topic, state);
  }

  void use_state(const std::string& topic, const kafka::topic_state& state) {
    settle_count(topic);
    auto had_problem = topic_problems.erase(topic) > 0;
    if (state.problem) {
      topic_problems[topic] = state.problem.message;
      report_kafka_error(self->system(), "topic " + topic, state.problem);
    } else if (had_problem) {
      log::info("the topic can be read again", {{"topic", topic}});
    }
    if (state.problem || had_problem)
      tell_topic(topic);
    note_writing(topic, state);
  }

  void on_topics_unknown(const std::string& why) override {
    if (std::exchange(topics_unknown, why).empty()) // the next client says so
      log::info("topics are not watched: Kafka does not tell of them",
                {{"why", why}});
    answer_check();
  }

  /// PRODUCER learns of it from a record only, and emits are refused until
  /// then, and after.
  void note_writing(const std::string& topic, const kafka::topic_state& state) {
    if (state.may_write)
      unwritable.erase(topic);
    else if (unwritable.insert(topic).second)
      report_unwritable(topic);
  }

  void report_unwritable(const std::string& topic) {
    if (options.written.contains(topic))
      report_kafka_error(self->system(), "topic " + topic,
                         {"TOPIC_AUTHORIZATION_FAILED",
                          std::string{not_written}});
  }

  // -- other topics -----------------------------------------------------------

  /// A broker in this process describes none, and has them as this node wants.
  caf::result<topics_checked> on_check(check_topics x) {
    if (options.kafka.embedded || !kafka)
      return topics_checked{};
    check = {std::move(x.topics), std::move(x.written)};
    check_answer = self->make_response_promise<topics_checked>();
    watch_topics();
    answer_check();
    return check_answer;
  }

  void watch_topics() {
    auto& further = check.topics();
    kafka->watch(options.topics, {further.begin(), further.end()});
  }

  void answer_check() {
    if (!topics_unknown.empty())
      check.give_up("Kafka does not tell of its topics (" + topics_unknown
                    + "), so new ones need a start of the node");
    if (check_answer.pending() && check.is_over())
      check_answer.deliver(topics_checked{check.problems()});
  }

  /// What there is of those that are new is known, if it was asked for.
  void on_topics(use_topics x) {
    check = {};
    check_answer = {};
    use_written(std::move(x.written));
    auto former = std::exchange(options.topics,
                                {x.topics.begin(), x.topics.end()});
    subscribe_again(options.topics != former);
    std::erase_if(states, [this](auto& y) { return !has_topic(y.first); });
    for (auto& topic : former)
      if (!x.topics.contains(topic))
        forget_topic(topic);
    for (auto& topic : former)
      x.topics.erase(topic);
    for (auto& topic : x.topics)
      use_state(topic, states[topic]);
  }

  void use_written(std::set<std::string> x) {
    auto former = std::exchange(options.written, std::move(x));
    for (auto& topic : unwritable)
      if (!former.contains(topic))
        report_unwritable(topic);
  }

  /// No more is watched than is read; a subscription to the same topics would
  /// cost a rebalance, and there is none to nothing: a member stays one.
  void subscribe_again(bool have_changed) {
    if (!kafka || leaving)
      return;
    watch_topics();
    auto may = is_alone || (is_member && !options.topics.empty());
    if (have_changed && may)
      kafka->subscribe(options.topics);
  }

  /// Its partitions are revoked as any are.
  void forget_topic(const std::string& topic) {
    counts.erase(topic);
    topic_problems.erase(topic);
    unwritable.erase(topic);
    tell(self, keeper, topic_known{topic, 0, {}});
  }

  void tell_topic(const std::string& topic) {
    topic_known news{topic, counts[topic].reported, {}};
    if (auto i = topic_problems.find(topic); i != topic_problems.end())
      news.problem = "topic " + topic + ": " + i->second;
    tell(self, keeper, std::move(news));
  }

  void on_error(const kafka::kafka_error& error, bool fatal) override {
    report_kafka_error(self->system(), "consumer", error);
    if (error.code == "GROUP_AUTHORIZATION_FAILED")
      group_is_refused = true;
    if (!fatal)
      return;
    log::error("Kafka consumer failed, another one takes its place",
               {{"why", error.message}});
    assigned_once = false;
    if (is_alone)
      return; // nobody else is in question
    is_fenced = true;
    leave_for_now(error.message);
  }

  /// Ends the partitions' consumers, then calls `done`; never, if we end first.
  void stop(const std::vector<kafka::topic_partition>& partitions,
            std::function<void()> done) {
    auto left = std::make_shared<std::size_t>(1);
    auto one_less = [left, done = std::move(done)] {
      if (--*left == 0)
        done();
    };
    for (auto& x : partitions) {
      auto i = consumers.find(x);
      if (i == consumers.end())
        continue;
      ++*left;
      tell(self, keeper, partition_revoked{x.topic, x.partition});
      self->request(i->second, revoke_timeout, revoke_partition{})
        .then(
          [this, one_less](commit_position& y) {
            take_position(std::move(y));
            one_less();
          },
          [one_less](const caf::error& e) {
            log::error("a partition consumer did not stop",
                       {{"why", to_string(e)}});
            one_less();
          });
      consumers.erase(i);
      forget_problem(x);
    }
    one_less();
  }

  // -- partitions of nodes that are gone --------------------------------------

  void on_read_interim(read_interim x) {
    if (leaving)
      return;
    wanted = std::move(x.partitions);
    settle_interim();
  }

  /// What the group has assigned to this node is not to be read twice here, and
  /// what ends has to have ended before it begins again. A node that does not
  /// reach Kafka claims nothing: then it is another one's turn.
  void settle_interim() {
    for (auto i = interim.begin(); i != interim.end();)
      if (auto x = (i++)->first; !wanted.contains(x)) {
        stop_interim(x);
        tell(self, keeper, interim_revoked{{x.topic, x.partition}});
      }
    for (auto& x : wanted)
      if (!consumers.contains(x) && !interim.contains(x) && !ending.contains(x)
          && kafka->brokers().reachable && outside->is_ready())
        start_interim(x);
  }

  void start_interim(const kafka::topic_partition& x) {
    auto consumer = spawn_consumer(x, [&](auto wake) {
      return source_of(outside->open(x, std::move(wake)));
    });
    interim[x] = consumer;
    tell(self, keeper, interim_assigned{{x.topic, x.partition, consumer}});
  }

  void stop_interim(const kafka::topic_partition& x) {
    auto consumer = interim.at(x);
    interim.erase(x);
    ending.insert(x);
    forget_problem(x);
    auto done = [this, x] {
      ending.erase(x);
      outside->close(x);
      if (!consumers.contains(x))
        latest.erase(x);
      settle_interim();
    };
    self->request(consumer, revoke_timeout, revoke_partition{})
      .then([done](const commit_position&) { done(); },
            [done](const caf::error& e) {
              log::error("a partition consumer did not stop",
                         {{"why", to_string(e)}});
              done();
            });
  }

  // -- positions --------------------------------------------------------------

  /// Only of who reads it now. Where this node was hung, a former reader may
  /// report once more after it was given up: nobody would take that away.
  void on_position(commit_position x) {
    if (is_reader({x.topic, x.partition}, self->current_sender()))
      take_position(std::move(x));
  }

  bool is_reader(const kafka::topic_partition& x,
                 const caf::strong_actor_ptr& who) const {
    auto address = caf::actor_cast<caf::actor_addr>(who);
    for (auto* all : {&consumers, &interim})
      if (auto i = all->find(x); i != all->end() && i->second == address)
        return true;
    return false;
  }

  void take_position(commit_position x) {
    kafka::topic_partition key{x.topic, x.partition};
    note_problem(key, x);
    if (x.next >= 0)
      latest[key] = std::move(x);
  }

  void forget_problem(const kafka::topic_partition& x) {
    partition_problems.erase(x);
    errors_seen.erase(x);
  }

  bool is_read(const kafka::topic_partition& x) const {
    return consumers.contains(x) || interim.contains(x);
  }

  void note_problem(const kafka::topic_partition& key,
                    const commit_position& x) {
    if (!x.problem || !is_read(key))
      partition_problems.erase(key);
    else
      partition_problems[key] = x.problem.message;
    if (std::exchange(errors_seen[key], x.errors) != x.errors && x.problem)
      report_kafka_error(self->system(), "partition " + name_of(key),
                         x.problem);
  }

  std::map<kafka::topic_partition, kafka::log_position>
  committable(const std::vector<kafka::topic_partition>& partitions) const {
    std::map<kafka::topic_partition, kafka::log_position> result;
    for (auto& x : partitions)
      if (auto i = latest.find(x); i != latest.end())
        result[x] = position_of(i->second);
    return result;
  }

  static kafka::log_position position_of(const commit_position& x) {
    kafka::log_position result{x.next, x.log, x.leader_epoch};
    result.note = x.note;
    result.epochs = x.epochs;
    return result;
  }

  void commit_changes() {
    std::map<kafka::topic_partition, kafka::log_position> changed;
    for (auto& [x, position] : latest) {
      // Lost, or committed when it is given back; or not for us to commit.
      if (!consumers.contains(x))
        continue;
      auto here = position_of(position);
      if (auto& last = committed[x]; last != here)
        changed[x] = last = here;
    }
    if (kafka && !changed.empty())
      kafka->commit(changed);
  }

  /// Whichever positions were refused: the next round commits all once more,
  /// also those that do not move on.
  void on_committed(const std::string& why) override {
    if (why.empty())
      return;
    committed.clear();
    if (leaving)
      log::warning("positions not committed", {{"why", why}});
  }

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      serve();
      if (kafka)
        report_if_due();
      schedule_tick();
    });
  }

  void schedule_commit() {
    self->run_delayed(commit_interval, [this] {
      commit_changes();
      schedule_commit();
    });
  }

  // -- operation --------------------------------------------------------------

  group_status status() const {
    auto result = brief();
    for (auto& [x, position] : latest)
      result.partitions.push_back(position);
    result.readers = consumers;
    result.readers.insert(interim.begin(), interim.end());
    for (auto& [x, consumer] : interim)
      result.interim.insert(x);
    for (auto& [x, position] : committed)
      result.committed[name_of(x)] = position.offset;
    return result;
  }

  group_status brief() const {
    group_status result;
    if (kafka)
      result.brokers = kafka->brokers();
    result.assigned_once = assigned_once;
    for (auto& [topic, why] : topic_problems)
      result.reasons.push_back("topic " + topic + ": " + why);
    for (auto& topic : unwritable)
      if (options.written.contains(topic))
        result.reasons.push_back("topic " + topic + ": "
                                 + std::string{not_written});
    if (group_is_refused)
      result.reasons.push_back("consumer group "
                               + kafka::group_of(options.kafka, options.cluster)
                               + ": it may not be joined: allow READ on it");
    for (auto& [x, why] : partition_problems)
      if (!topic_problems.contains(x.topic))
        result.reasons.push_back("partition " + name_of(x) + ": " + why);
    return result;
  }

  static std::string name_of(const kafka::topic_partition& x) {
    return x.topic + "/" + std::to_string(x.partition);
  }

  caf::result<void> on_drain() {
    auto answer = self->make_response_promise<void>();
    if (!kafka) {
      answer.deliver();
      return answer;
    }
    drained.push_back(answer);
    if (!std::exchange(leaving, true))
      leave();
    return answer;
  }

  void leave() {
    tell(self, keeper, group_leaving{});
    wanted.clear();
    settle_interim();
    std::vector<kafka::topic_partition> all;
    for (auto& [x, consumer] : consumers)
      all.push_back(x);
    stop(all, [this, all] {
      kafka->commit(committable(all));
      kafka->close();
      serve();
    });
  }

  /// How many partitions a topic has, and in which log.
  struct partition_count {
    std::int32_t latest = 0, reported = 0;
    kafka::log_id log = 0;
  };

  consumer_group_actor::pointer self;
  consumer_group_options options;
  group_keeper_actor keeper;
  notifier<consumer_group_actor, group_event> self_notifier;
  kafka_figures figures{self->system(), "consumer"};
  std::unique_ptr<kafka::consumer> kafka;
  std::shared_ptr<kafka::log_reader> reader; ///< shared with the partitions
  std::unique_ptr<kafka::interim_reader> outside;
  std::map<kafka::topic_partition, partition_consumer_actor> consumers;
  /// Those that the group has not given to this node; and what CLUSTER wants to
  /// be read so.
  std::map<kafka::topic_partition, partition_consumer_actor> interim;
  std::set<kafka::topic_partition> wanted;
  std::set<kafka::topic_partition> ending; ///< were among them, until just now
  std::map<kafka::topic_partition, commit_position> latest;
  std::map<kafka::topic_partition, kafka::log_position> committed;
  std::map<std::string, partition_count> counts;
  std::map<std::string, kafka::log_id> logs; ///< by topic, the last known
  /// As Kafka has told, also of topics that are only looked at.
  std::map<std::string, kafka::topic_state> states;
  topic_check check;
  caf::typed_response_promise<topics_checked> check_answer;
  std::map<std::string, std::string> topic_problems;
  std::set<std::string> unwritable; ///< topics, whether clients emit or not
  std::string topics_unknown;       ///< why Kafka does not tell of them
  bool knows_no_members = false;    ///< nor of who is in the group
  bool group_is_refused = false;    ///< by Kafka's ACLs
  std::map<kafka::topic_partition, std::string> partition_problems;
  std::map<kafka::topic_partition, std::uint64_t> errors_seen;
  /// With a broker of its own: there is no group.
  bool is_alone = options.kafka.embedded && options.cluster.listen.empty();
  bool is_member = false;
  bool is_fenced = false;      ///< another consumer has this node's place
  bool assigned_once = false;  ///< since it has joined
  std::size_t giving_back = 0; ///< revocations that are under way
  /// When CLUSTER is asked next; `never` while its answer is awaited.
  caf::actor_clock::time_point report_at;
  std::chrono::milliseconds pause{0}; ///< until the next time but one
  bool describe_next = true;
  std::optional<caf::actor_clock::time_point> describing_until;
  bool leaving = false;
  std::vector<caf::typed_response_promise<void>> drained; ///< to be answered
};

} // namespace

consumer_group_actor spawn_consumer_group(actor_executor executor,
                                          consumer_group_options options,
                                          group_keeper_actor keeper) {
  return executor.spawn<consumer_group_actor, consumer_group_state>(
    std::move(options), std::move(keeper));
}

} // namespace weir
