#include "actors/kafka/consumer_group_state.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <utility>

namespace weir {

// -- what Kafka tells of topics -----------------------------------------------

void consumer_group_state::on_partition_count(const std::string& topic,
                                              std::int32_t partitions) {
  counts.note(topic, partitions);
  if (has_topic(topic))
    settle_count(topic);
}

bool consumer_group_state::has_topic(const std::string& x) const {
  auto& all = options.topics;
  return std::find(all.begin(), all.end(), x) != all.end();
}

void consumer_group_state::settle_count(const std::string& topic) {
  if (!counts.settle(topic))
    return;
  log::info("topic known",
            {{"topic", topic}, {"partitions", counts.of(topic)}});
  tell_topic(topic);
}

void consumer_group_state::on_topic(const std::string& topic,
                                    const kafka::topic_state& state) {
  outside->note(topic, state);
  if (counts.note_log(topic, state.log))
    reader->renew();
  know_topics();
  states[topic] = state;
  check.note(topic, state);
  answer_check();
  if (has_topic(topic))
    use_state(topic, state);
}

void consumer_group_state::use_state(const std::string& topic,
                                     const kafka::topic_state& state) {
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

void consumer_group_state::on_topics_unknown(const std::string& why) {
  if (why.empty())
    return know_topics();
  if (std::exchange(topics_unknown, why).empty()) // the next client says so
    log::info("topics are not watched: Kafka does not tell of them",
              {{"why", why}});
  answer_check();
}

/// Brokers that were too old have been replaced.
void consumer_group_state::know_topics() {
  if (!std::exchange(topics_unknown, {}).empty())
    log::info("topics are watched: Kafka tells of them again");
}

/// PRODUCER learns of it from a record only, and emits are refused until
/// then, and after.
void consumer_group_state::note_writing(const std::string& topic,
                                        const kafka::topic_state& state) {
  if (state.may_write)
    unwritable.erase(topic);
  else if (unwritable.insert(topic).second)
    report_unwritable(topic);
}

void consumer_group_state::report_unwritable(const std::string& topic) {
  if (options.written.contains(topic))
    report_kafka_error(self->system(), "topic " + topic,
                       {"TOPIC_AUTHORIZATION_FAILED",
                        std::string{not_written}});
}

void consumer_group_state::tell_topic(const std::string& topic) {
  topic_known news{topic, counts.of(topic), {}};
  if (auto i = topic_problems.find(topic); i != topic_problems.end())
    news.problem = "topic " + topic + ": " + i->second;
  tell(self, keeper, std::move(news));
}

// -- other topics -------------------------------------------------------------

/// A broker in this process describes none, and has them as this node wants.
caf::result<topics_checked> consumer_group_state::on_check(check_topics x) {
  if (options.kafka.embedded || !kafka)
    return topics_checked{};
  check = {std::move(x.topics), std::move(x.written)};
  check_answer = self->make_response_promise<topics_checked>();
  watch_topics();
  answer_check();
  return check_answer;
}

void consumer_group_state::watch_topics() {
  auto& further = check.topics();
  kafka->watch(options.topics, {further.begin(), further.end()});
}

void consumer_group_state::answer_check() {
  if (!topics_unknown.empty())
    check.give_up("Kafka does not tell of its topics (" + topics_unknown
                  + "), so new ones need a start of the node");
  if (check_answer.pending() && check.is_over())
    check_answer.deliver(topics_checked{check.problems()});
}

/// What there is of those that are new is known, if it was asked for.
void consumer_group_state::on_topics(use_topics x) {
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

void consumer_group_state::use_written(std::set<std::string> x) {
  auto former = std::exchange(options.written, std::move(x));
  for (auto& topic : unwritable)
    if (!former.contains(topic))
      report_unwritable(topic);
}

/// No more is watched than is read; a subscription to the same topics would
/// cost a rebalance, and there is none to nothing: a member stays one.
void consumer_group_state::subscribe_again(bool have_changed) {
  if (!kafka || leaving)
    return;
  watch_topics();
  auto may = is_alone || (is_member && !options.topics.empty());
  if (have_changed && may)
    kafka->subscribe(options.topics);
}

/// Its partitions are revoked as any are.
void consumer_group_state::forget_topic(const std::string& topic) {
  counts.forget(topic);
  topic_problems.erase(topic);
  unwritable.erase(topic);
  tell(self, keeper, topic_known{topic, 0, {}});
}

} // namespace weir
