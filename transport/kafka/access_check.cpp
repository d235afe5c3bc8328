#include "transport/kafka/access_check.hpp"

#include "transport/kafka/asking_client.hpp"
#include "transport/kafka/group_settings.hpp"
#include "transport/kafka/settings.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <thread>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using operations = std::span<const rd_kafka_AclOperation_t>;

constexpr std::chrono::milliseconds coordinator_timeout{10'000};
constexpr std::chrono::milliseconds coordinator_pause{100};

bool names(operations all, rd_kafka_AclOperation_t x) {
  return std::find(all.begin(), all.end(), x) != all.end();
}

// Brokers that are too old name nothing.
verdict verdict_of(operations all, rd_kafka_AclOperation_t x) {
  return all.empty()     ? verdict::unknown
         : names(all, x) ? verdict::granted
                         : verdict::denied;
}

// Of a group that nobody was in before.
bool is_transient(rd_kafka_resp_err_t x) {
  return x == RD_KAFKA_RESP_ERR_NOT_COORDINATOR
         || x == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE
         || x == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

/// Who the client is for ACLs.
std::string principal_of(const rd_kafka_conf_t* conf) {
  auto protocol = property(conf, "security.protocol");
  if (protocol == "plaintext")
    return "User:ANONYMOUS";
  if (protocol == "ssl")
    return "User:<the certificate's subject, or what "
           "ssl.principal.mapping.rules makes of it>";
  if (property(conf, "sasl.mechanisms") == "OAUTHBEARER")
    return "User:<the token's sub>";
  return "User:" + property(conf, "sasl.username");
}

// -- questions ----------------------------------------------------------------

void include_operations(rd_kafka_AdminOptions_t* options) {
  const error_handle refused{
    rd_kafka_AdminOptions_set_include_authorized_operations(options, 1)};
}

void describe_topics(const std::vector<std::string>& topics, rd_kafka_t* client,
                     rd_kafka_queue_t* queue) {
  std::vector<const char*> all;
  for (auto& x : topics)
    all.push_back(x.c_str());
  const handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>
    list{rd_kafka_TopicCollection_of_topic_names(all.data(), all.size())};
  auto options = asking_options(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS);
  include_operations(options.get());
  rd_kafka_DescribeTopics(client, list.get(), options.get(), queue);
}

void describe_group(const std::string& group, rd_kafka_t* client,
                    rd_kafka_queue_t* queue) {
  auto options = asking_options(client,
                                RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
  include_operations(options.get());
  std::array<const char*, 1> groups{group.c_str()};
  rd_kafka_DescribeConsumerGroups(client, groups.data(), groups.size(),
                                  options.get(), queue);
}

void describe_cluster(rd_kafka_t* client, rd_kafka_queue_t* queue) {
  auto options = asking_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER);
  rd_kafka_DescribeCluster(client, options.get(), queue);
}

void describe_broker(std::int32_t id, rd_kafka_t* client,
                     rd_kafka_queue_t* queue) {
  const handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>
    broker{rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER,
                                       std::to_string(id).c_str())};
  auto options = asking_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  std::array<rd_kafka_ConfigResource_t*, 1> list{broker.get()};
  rd_kafka_DescribeConfigs(client, list.data(), list.size(), options.get(),
                           queue);
}

/// Nothing is created: the broker only says whether it would be.
void try_to_create(const std::string& topic, rd_kafka_t* client,
                   rd_kafka_queue_t* queue) {
  const handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> wanted{
    rd_kafka_NewTopic_new(topic.c_str(), -1, -1, nullptr, 0)};
  auto options = asking_options(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_validate_only(options.get(), 1, nullptr, 0);
  std::array<rd_kafka_NewTopic_t*, 1> list{wanted.get()};
  rd_kafka_CreateTopics(client, list.data(), list.size(), options.get(), queue);
}

// -- answers ------------------------------------------------------------------

/// -1: it is not known.
std::int32_t first_broker(rd_kafka_event_t* event) {
  std::size_t n = 0;
  auto** all = rd_kafka_DescribeCluster_result_nodes(
    rd_kafka_event_DescribeCluster_result(event), &n);
  return n == 0 ? -1 : rd_kafka_Node_id(all[0]);
}

/// Whether the broker's configuration is known, and names no authorizer.
bool lacks_authorizer(rd_kafka_event_t* event) {
  std::size_t n = 0;
  auto** all = rd_kafka_DescribeConfigs_result_resources(
    rd_kafka_event_DescribeConfigs_result(event), &n);
  if (n != 1 || rd_kafka_ConfigResource_error(all[0]) != 0)
    return false;
  auto** entries = rd_kafka_ConfigResource_configs(all[0], &n);
  for (auto* x : std::span{entries, n}) {
    auto* value = rd_kafka_ConfigEntry_value(x);
    if (rd_kafka_ConfigEntry_name(x)
        == std::string_view{"authorizer.class.name"})
      return value == nullptr || *value == '\0';
  }
  return false;
}

bool is_accepted(rd_kafka_event_t* event) {
  std::size_t n = 0;
  auto** all = rd_kafka_CreateTopics_result_topics(
    rd_kafka_event_CreateTopics_result(event), &n);
  return n == 1 && rd_kafka_topic_result_error(all[0]) == 0;
}

// -- one client ---------------------------------------------------------------

/// One client of the node, and what it may do.
class asker {
public:
  asker(access_report& report, std::string name, rd_kafka_type_t type,
        conf_handle conf)
    : report_(report),
      name_(std::move(name)),
      principal_(principal_of(conf.get())),
      client_(type, std::move(conf)) {}

  /// `operation` is what it does with each topic.
  void ask_topics(const std::vector<std::string>& topics,
                  rd_kafka_AclOperation_t operation, const char* word) {
    if (topics.empty())
      return;
    auto event = ask(RD_KAFKA_EVENT_DESCRIBETOPICS_RESULT,
                     [&](auto* client, auto* queue) {
                       describe_topics(topics, client, queue);
                     });
    if (!event) {
      for (auto& name : topics)
        add("topic", name, word, verdict::unknown);
      return;
    }
    std::size_t n = 0;
    auto** all = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &n);
    for (auto* x : std::span{all, n})
      take_topic(x, operation, word);
  }

  void ask_group(const std::string& group) {
    auto until = clock::now() + coordinator_timeout;
    while (!try_group(group, clock::now() < until))
      // not on a loop: for `weir check`
      std::this_thread::sleep_for(coordinator_pause);
  }

  void ask_authorizer() {
    auto cluster = ask(RD_KAFKA_EVENT_DESCRIBECLUSTER_RESULT,
                       &describe_cluster);
    auto id = cluster ? first_broker(cluster.get()) : -1;
    if (id < 0)
      return;
    auto event = client_.ask(RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT,
                             [&](auto* client, auto* queue) {
                               describe_broker(id, client, queue);
                             });
    report_.has_authorizer = !event || !lacks_authorizer(event.get());
  }

private:
  /// Null: the report says why. Where one client has no answer the other one
  /// would hardly get any.
  event_handle ask(rd_kafka_event_type_t type,
                   const asking_client::request& send) {
    if (!report_.problem.empty())
      return nullptr;
    auto event = client_.ask(type, send);
    auto why = client_.problem();
    if (event && rd_kafka_event_error(event.get()) != 0)
      why = rd_kafka_event_error_string(event.get());
    if (!why.empty())
      report_.problem = name_ + ": " + why;
    return why.empty() ? std::move(event) : nullptr;
  }

  void add(const char* kind, const std::string& name, const char* operation,
           verdict what, std::string why = {}) {
    report_.rows.push_back(
      {name_, principal_, kind, name, operation, what, std::move(why)});
  }

  void take_topic(const rd_kafka_TopicDescription_t* x,
                  rd_kafka_AclOperation_t operation, const char* word) {
    const std::string name = rd_kafka_TopicDescription_name(x);
    auto* error = rd_kafka_TopicDescription_error(x);
    auto code = rd_kafka_error_code(error);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
      note_missing(name);
      return add("topic", name, word, verdict::unknown, "it does not exist");
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      add("topic", name, "Describe", verdict::denied, rd_kafka_err2str(code));
      // Every other operation implies it.
      return add("topic", name, word, verdict::denied);
    }
    std::size_t n = 0;
    auto* all = rd_kafka_TopicDescription_authorized_operations(x, &n);
    add("topic", name, "Describe", verdict::granted);
    add("topic", name, word,
        verdict_of({all, all == nullptr ? 0 : n}, operation));
  }

  /// Once for both clients.
  void note_missing(const std::string& topic) {
    auto& all = report_.missing_topics;
    auto is_known = [&](auto& x) { return x.starts_with(topic + " "); };
    if (std::any_of(all.begin(), all.end(), is_known))
      return;
    auto event = ask(RD_KAFKA_EVENT_CREATETOPICS_RESULT,
                     [&](auto* client, auto* queue) {
                       try_to_create(topic, client, queue);
                     });
    auto may_create = event && is_accepted(event.get());
    all.push_back(topic + " does not exist; this user may "
                  + (may_create ? "" : "not ")
                  + "create it: kafka-topics --bootstrap-server '"
                  + report_.brokers + "' --create --topic " + topic);
  }

  /// False: to be tried again.
  bool try_group(const std::string& group, bool may_wait) {
    auto event = ask(RD_KAFKA_EVENT_DESCRIBECONSUMERGROUPS_RESULT,
                     [&](auto* client, auto* queue) {
                       describe_group(group, client, queue);
                     });
    std::size_t n = 0;
    auto** all = event ? rd_kafka_DescribeConsumerGroups_result_groups(
                   rd_kafka_event_DescribeConsumerGroups_result(event.get()),
                   &n)
                       : nullptr;
    if (n != 0)
      return take_group(all[0], group, may_wait);
    add("group", group, "Read", verdict::unknown);
    return true;
  }

  bool take_group(const rd_kafka_ConsumerGroupDescription_t* x,
                  const std::string& group, bool may_wait) {
    auto* error = rd_kafka_ConsumerGroupDescription_error(x);
    auto code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                                 : rd_kafka_error_code(error);
    if (is_transient(code) && may_wait)
      return false;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      add("group", group, "Read", verdict::denied, rd_kafka_err2str(code));
      return true;
    }
    std::size_t n = 0;
    auto* all = rd_kafka_ConsumerGroupDescription_authorized_operations(x, &n);
    add("group", group, "Read",
        verdict_of({all, all == nullptr ? 0 : n}, RD_KAFKA_ACL_OPERATION_READ));
    return true;
  }

  access_report& report_;
  std::string name_;
  std::string principal_;
  asking_client client_;
};

} // namespace

access_report check_access(const kafka_options& settings,
                           const cluster_options& cluster,
                           const std::vector<topic_use>& topics) {
  access_report result;
  result.brokers = settings.brokers;
  std::vector<std::string> read, written;
  for (auto& x : topics) {
    read.push_back(x.name);
    if (x.is_written)
      written.push_back(x.name);
  }
  asker consumer{result, "consumer", RD_KAFKA_CONSUMER,
                 consumer_conf(settings, cluster)};
  consumer.ask_topics(read, RD_KAFKA_ACL_OPERATION_READ, "Read");
  consumer.ask_group(group_of(settings, cluster));
  consumer.ask_authorizer();
  asker producer{result, "producer", RD_KAFKA_PRODUCER,
                 producer_conf(settings)};
  producer.ask_topics(written, RD_KAFKA_ACL_OPERATION_WRITE, "Write");
  return result;
}

} // namespace weir::kafka
