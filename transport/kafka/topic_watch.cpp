#include "transport/kafka/topic_watch.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

namespace weir::kafka {

namespace {

constexpr int request_timeout_ms = 2000;

using options_handle
  = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using text_handle = std::unique_ptr<char, decltype(&std::free)>;
using names_handle
  = handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>;

log_id to_log_id(const rd_kafka_Uuid_t* x) {
  auto high
    = static_cast<std::uint64_t>(rd_kafka_Uuid_most_significant_bits(x));
  auto low
    = static_cast<std::uint64_t>(rd_kafka_Uuid_least_significant_bits(x));
  if (high == 0 && low == 0)
    return 0;
  // Random but for the version's few bits: any 32 of it will do.
  auto result = static_cast<log_id>(low ^ (low >> 32) ^ high ^ (high >> 32));
  return std::max<log_id>(result, 1);
}

// Brokers that have no authorizer, or are too old, name nothing or all.
bool may(rd_kafka_AclOperation_t what, const rd_kafka_TopicDescription_t* x) {
  std::size_t count = 0;
  auto* all = rd_kafka_TopicDescription_authorized_operations(x, &count);
  const std::span operations{all, all == nullptr ? 0 : count};
  return operations.empty()
         || std::find(operations.begin(), operations.end(), what)
              != operations.end();
}

std::int32_t partitions_of(const rd_kafka_TopicDescription_t* x) {
  std::size_t count = 0;
  rd_kafka_TopicDescription_partitions(x, &count);
  return static_cast<std::int32_t>(count);
}

topic_state state_of(const rd_kafka_TopicDescription_t* x) {
  topic_state result;
  auto* error = rd_kafka_TopicDescription_error(x);
  switch (auto code = rd_kafka_error_code(error)) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      result.log = to_log_id(rd_kafka_TopicDescription_topic_id(x));
      result.partitions = partitions_of(x);
      result.may_write = may(RD_KAFKA_ACL_OPERATION_WRITE, x);
      if (!may(RD_KAFKA_ACL_OPERATION_READ, x))
        result.problem
          = {rd_kafka_err2name(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED),
             "it may not be read: allow READ on it"};
      break;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      result.problem = {rd_kafka_err2name(code),
                        "it may not be read: allow READ and DESCRIBE on it"};
      break;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID:
      result.is_missing = true;
      result.problem = {rd_kafka_err2name(code),
                        "it does not exist: create it"};
      break;
    default:
      result.problem = {rd_kafka_err2name(code), rd_kafka_error_string(error)};
  }
  return result;
}

} // namespace

bool is_simulated(std::string_view cluster_id) {
  return cluster_id.starts_with("mockCluster");
}

// What brokers say of themselves comes with their first answer to anything.
bool topic_watch::knows_cluster() {
  if (knows_cluster_)
    return true;
  const text_handle id{rd_kafka_clusterid(client_, 0), &std::free};
  if (!id)
    return false;
  knows_cluster_ = true;
  is_simulated_ = is_simulated(id.get());
  if (is_simulated_)
    refusal_ = "it is librdkafka's mock cluster";
  return true;
}

std::optional<std::string> topic_watch::take_refusal() {
  if (refusal_ == told_refusal_)
    return std::nullopt;
  return told_refusal_ = refusal_;
}

bool topic_watch::may_ask(clock::time_point now) {
  if (is_asking_ || topics_.empty() || !knows_cluster() || is_simulated_)
    return false;
  return is_refused() ? now - asked_ >= refused_interval
                      : now - asked_ >= interval;
}

void topic_watch::watch(const std::vector<std::string>& topics) {
  topics_ = {topics.begin(), topics.end()};
  auto is_unwatched = [this](auto& x) { return !topics_.contains(x.first); };
  std::erase_if(known_, is_unwatched);
  std::erase_if(missing_since_, is_unwatched);
}

void topic_watch::poll(clock::time_point now) {
  if (!may_ask(now))
    return;
  std::vector<const char*> names;
  for (auto& x : topics_)
    names.push_back(x.c_str());
  const names_handle list{
    rd_kafka_TopicCollection_of_topic_names(names.data(), names.size())};
  const options_handle options{
    rd_kafka_AdminOptions_new(client_, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS)};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), request_timeout_ms,
                                            nullptr, 0);
  const error_handle refused{
    rd_kafka_AdminOptions_set_include_authorized_operations(options.get(), 1)};
  rd_kafka_DescribeTopics(client_, list.get(), options.get(), answers_);
  is_asking_ = true;
  asked_ = now;
}

kafka_error topic_watch::on_answer(rd_kafka_event_t* event,
                                   clock::time_point now,
                                   const listener& tell) {
  is_asking_ = false;
  if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) {
    refusal_ = rd_kafka_event_error_string(event);
    return {};
  }
  if (auto error = rd_kafka_event_error(event))
    return {rd_kafka_err2name(error),
            std::string{"what there is of the topics: "}
              + rd_kafka_event_error_string(event)};
  refusal_.clear();
  std::size_t count = 0;
  auto** all = rd_kafka_DescribeTopics_result_topics(
    rd_kafka_event_DescribeTopics_result(event), &count);
  for (auto* x : std::span{all, count})
    note(x, now, tell);
  return {};
}

// While it cannot be told which log there is, it is the one that was known.
void topic_watch::note(const rd_kafka_TopicDescription_t* x,
                       clock::time_point now, const listener& tell) {
  std::string topic = rd_kafka_TopicDescription_name(x);
  if (!topics_.contains(topic)) // asked about before that
    return;
  auto [i, is_new] = known_.try_emplace(topic);
  auto state = state_of(x);
  if (state.log == 0) {
    state.log = i->second.log;
    state.partitions = std::max(state.partitions, i->second.partitions);
  }
  if (!state.is_missing)
    missing_since_.erase(topic);
  else if (now - missing_since_.try_emplace(topic, now).first->second
           < creation_time)
    state.problem = {};
  if (!is_new && state == i->second)
    return;
  i->second = state;
  tell(topic, state);
}

} // namespace weir::kafka
