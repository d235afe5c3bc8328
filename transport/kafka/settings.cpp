#include "transport/kafka/settings.hpp"

#include "config/secret.hpp"
#include "transport/kafka/monotonic_wait_shim.hpp"
#include "transport/kafka/tsan_c11_threads_shim.hpp"

#include <array>
#include <span>
#include <stdexcept>
#include <string_view>

namespace weir::kafka {

namespace {

struct default_value {
  const char* key;
  const char* value;
};

constexpr default_value common_defaults[] = {
  // Small records must not wait for each other's TCP acknowledgements.
  {"socket.nagle.disable", "true"},
  {"socket.keepalive.enable", "true"},
  // Back within a second once brokers answer again (librdkafka: 10 s).
  {"reconnect.backoff.ms", "50"},
  {"reconnect.backoff.max.ms", "1000"},
  // How soon a topic that was created later is seen (librdkafka: 5 min).
  {"topic.metadata.refresh.interval.ms", "2000"},
  // It follows the former otherwise, and known topics would be forgotten while
  // no broker answers.
  {"metadata.max.age.ms", "900000"},
  // Log lines come as events, not on stderr.
  {"log.queue", "true"},
};

constexpr default_value producer_defaults[] = {
  {"enable.idempotence", "true"},
  {"acks", "all"},
  // The Java client's, which kafkajs shares.
  {"partitioner", "murmur2_random"},
  // Waiting for more records costs an emit its latency and gains nothing
  // under load, when batches fill while earlier requests are in flight.
  {"linger.ms", "0"},
  // Of one partition one request is in flight (tools/build_librdkafka);
  // few turns per connection make larger requests. They cost latency only where
  // more partitions of a broker are busy (librdkafka: 5).
  {"max.in.flight.requests.per.connection", "2"},
  // Below what a topic may allow (max.message.bytes, Kafka: 1 MiB): a request
  // above that is refused as a whole, and its records go one by one. A larger
  // one would gain nothing (librdkafka: 1,000,000).
  {"batch.size", "131072"},
  // What broker_state lives on; see reachability.hpp.
  {"statistics.interval.ms", "1000"},
  // The bounds behind produce_errc::queue_full.
  {"queue.buffering.max.messages", "100000"},
  {"queue.buffering.max.kbytes", "65536"},
  // A topic that does not exist is answered within this time and a second, by
  // which librdkafka looks; it must suffice for a broker to create it
  // (librdkafka: 30 s).
  {"topic.metadata.propagation.max.ms", "2000"},
  // Never: a record given up after it was sent would cost the order of those
  // that follow, see the PRODUCER actor. kafka.delivery_timeout is kept there.
  {"message.timeout.ms", "0"},
  {"client.id", "weir"},
};

constexpr default_value consumer_defaults[] = {
  {"partition.assignment.strategy", "cooperative-sticky"},
  // How long the partitions of a node that died have no owner (librdkafka:
  // 45 s). librdkafka's own thread tells that the node lives, three times as
  // often, so that no load of ours makes it late.
  {"session.timeout.ms", "10000"},
  // By its next one a member hears that partitions change hands, and nobody
  // in the group reads them from one member's to the other's (librdkafka: 3 s).
  {"heartbeat.interval.ms", "500"},
  {"enable.auto.commit", "false"},
  {"enable.auto.offset.store", "false"},
  {"isolation.level", "read_committed"},
  // What was damaged on its way or on a disk is fetched again, and told; it
  // would be delivered as it is, or left out (librdkafka: false).
  {"check.crcs", "true"},
  {"auto.offset.reset", "latest"},
  // Also how soon a member knows the partitions of its topics, and there are
  // joins that wait for it; see partition_counts.hpp.
  {"statistics.interval.ms", "500"},
  // Tells the position of an empty or idle partition.
  {"enable.partition.eof", "true"},
  {"allow.auto.create.topics", "true"},
  {"fetch.min.bytes", "1"},
  // A partition that becomes fetchable again waits for the fetch in progress,
  // so this is short; an idle broker then answers ten fetches a second.
  {"fetch.wait.max.ms", "100"},
  // Longer than it takes to know that a topic was created again; see
  // topic_watch.hpp.
  {"fetch.error.backoff.ms", "500"},
  // What one unread partition may cost: this bound plus one fetch answer.
  // Both hold for each partition, as each has a queue of its own.
  {"queued.min.messages", "20000"},
  {"queued.max.messages.kbytes", "2048"},
  {"fetch.message.max.bytes", "1048576"},
  {"fetch.max.bytes", "16777216"},
};

// The mock broker answers a fetch that found nothing only when its time is
// over, even when a record comes meanwhile.
constexpr const char* embedded_fetch_wait_ms = "5";

struct fixed_property {
  std::string_view key;
  std::string_view allowed[2]; ///< empty: none
  std::string_view why;
};

constexpr fixed_property fixed_properties[] = {
  {"bootstrap.servers", {}, "set kafka.brokers"},
  {"metadata.broker.list", {}, "set kafka.brokers"},
  {"group.id", {}, "set kafka.group"},
  {"group.instance.id", {}, "set cluster.node"},
  {"message.timeout.ms", {}, "set kafka.delivery_timeout"},
  {"delivery.timeout.ms", {}, "set kafka.delivery_timeout"},
  {"transactional.id", {}, "emits are stored one by one"},
  {"enable.idempotence", {"true"}, "a retry could store an emit twice"},
  {"enable.gapless.guarantee", {"false"}, "one lost emit would end all"},
  {"acks", {"all", "-1"}, "an acked emit could be lost with a broker"},
  {"request.required.acks",
   {"all", "-1"},
   "an acked emit could be lost with a broker"},
  {"enable.auto.commit", {"false"}, "offsets are committed once delivered"},
  {"auto.commit.enable", {"false"}, "offsets are committed once delivered"},
  {"enable.auto.offset.store",
   {"false"},
   "offsets are committed once delivered"},
  {"partition.assignment.strategy",
   {"cooperative-sticky"},
   "a rebalance would stop every partition"},
  {"isolation.level",
   {"read_committed"},
   "records of aborted transactions would be delivered"},
  {"check.crcs", {"true"}, "damaged records would be delivered, or lost"},
  {"enable.partition.eof", {"true"}, "idle partitions would have no position"},
  {"statistics.interval.ms", {}, "/readyz and joins live on it"},
  {"log.queue", {"true"}, "log lines belong to Weir's log"},
  {"enable.sasl.oauthbearer.unsecure.jwt",
   {"false"},
   "a token without a signature proves nothing; set "
   "\"sasl.oauthbearer.method\" = \"oidc\""},
};

using properties = std::map<std::string, std::string>;

[[noreturn]] void refuse(std::string_view section, std::string_view key,
                         std::string_view value, std::string_view why) {
  throw std::runtime_error(
    "[" + std::string{section} + "] \"" + std::string{key}
    + "\" = " + config::shown_value(key, value)
    + " is refused: " + config::shown_text(key, value, std::string{why}));
}

void set(rd_kafka_conf_t* conf, std::string_view section,
         const std::string& key, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), why.data(),
                        why.size())
      != RD_KAFKA_CONF_OK)
    refuse(section, key, value, why.data());
}

void set_defaults(rd_kafka_conf_t* conf, std::span<const default_value> xs) {
  for (auto& x : xs)
    set(conf, "kafka", x.key, x.value);
}

void set_checked(rd_kafka_conf_t* conf, std::string_view section,
                 const properties& xs) {
  for (auto& [key, value] : xs) {
    if (auto why = broken_promise(key, value); !why.empty())
      refuse(section, key, value, why);
    set(conf, section, key, value);
  }
}

} // namespace

std::string_view broken_promise(std::string_view key, std::string_view value) {
  for (auto& x : fixed_properties)
    if (x.key == key && value != x.allowed[0] && value != x.allowed[1])
      return x.why;
  return {};
}

conf_handle producer_conf(const kafka_options& settings) {
  conf_handle conf{rd_kafka_conf_new()};
  set_defaults(conf.get(), common_defaults);
  set_defaults(conf.get(), producer_defaults);
  set(conf.get(), "kafka", "bootstrap.servers", settings.brokers);
  set_checked(conf.get(), "kafka.properties", settings.properties);
  set_checked(conf.get(), "kafka.producer", settings.producer);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR
                                         | RD_KAFKA_EVENT_STATS
                                         | RD_KAFKA_EVENT_LOG);
  return conf;
}

conf_handle one_by_one_conf(const kafka_options& settings) {
  auto conf = producer_conf(settings);
  set(conf.get(), "kafka", "batch.num.messages", "1");
  set(conf.get(), "kafka", "client.id",
      property(conf.get(), "client.id") + "/one-by-one");
  // Nothing but the records' ends is asked of it.
  set(conf.get(), "kafka", "statistics.interval.ms", "0");
  return conf;
}

conf_handle consumer_conf(const kafka_options& settings,
                          const cluster_options& cluster) {
  conf_handle conf{rd_kafka_conf_new()};
  set_defaults(conf.get(), common_defaults);
  set_defaults(conf.get(), consumer_defaults);
  if (settings.embedded)
    set(conf.get(), "kafka", "fetch.wait.max.ms", embedded_fetch_wait_ms);
  set(conf.get(), "kafka", "bootstrap.servers", settings.brokers);
  set(conf.get(), "kafka", "group.id",
      settings.group.empty() ? cluster.name : settings.group);
  set(conf.get(), "cluster", "group.instance.id", cluster.node);
  set(conf.get(), "cluster", "client.id", "weir/" + cluster.node);
  set_checked(conf.get(), "kafka.properties", settings.properties);
  set_checked(conf.get(), "kafka.consumer", settings.consumer);
  rd_kafka_conf_set_events(
    conf.get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT
                  | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS
                  | RD_KAFKA_EVENT_LOG);
  return conf;
}

conf_handle outside_conf(const kafka_options& settings,
                         const cluster_options& cluster,
                         const std::string& purpose) {
  auto conf = consumer_conf(settings, cluster);
  set(conf.get(), "cluster", "client.id",
      "weir/" + cluster.node + "/" + purpose);
  // What is older than the log begins at the log's start.
  set(conf.get(), "kafka", "auto.offset.reset", "earliest");
  // These come as events, which nobody would take out of their queue.
  set(conf.get(), "kafka", "statistics.interval.ms", "0");
  set(conf.get(), "kafka", "log.queue", "false");
  return conf;
}

std::int64_t start_policy(const rd_kafka_conf_t* conf) {
  auto policy = property(conf, "auto.offset.reset");
  return policy == "smallest" || policy == "earliest" || policy == "beginning"
           ? RD_KAFKA_OFFSET_BEGINNING
           : RD_KAFKA_OFFSET_END;
}

std::string property(const rd_kafka_conf_t* conf, const char* key) {
  std::array<char, 256> value{};
  auto size = value.size();
  if (rd_kafka_conf_get(conf, key, value.data(), &size) != RD_KAFKA_CONF_OK)
    return {};
  return value.data();
}

std::size_t number_property(const rd_kafka_conf_t* conf, const char* key) {
  return std::stoul(property(conf, key));
}

void set_property(rd_kafka_conf_t* conf, const char* key,
                  const std::string& value) {
  set(conf, "kafka", key, value);
}

client_handle make_client(rd_kafka_type_t type, conf_handle conf) {
  tsan_c11_threads_shim();
  wait_by_the_steady_clock();
  std::array<char, 512> why{};
  client_handle client{rd_kafka_new(type, conf.get(), why.data(), why.size())};
  if (!client)
    throw std::runtime_error(std::string{"[kafka] "} + why.data());
  // rd_kafka_new has taken it over, but only because it succeeded.
  (void)conf.release();
  // Only now can log lines be told where to go.
  rd_kafka_set_log_queue(client.get(), nullptr);
  return client;
}

} // namespace weir::kafka
