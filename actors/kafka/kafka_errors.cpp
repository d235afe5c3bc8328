#include "actors/kafka/kafka_errors.hpp"

#include "actors/runtime/metrics/records.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace weir {

namespace {

struct advice {
  std::string_view code;
  std::string_view what;
};

constexpr std::string_view damaged
  = "none if it ends soon: the batch is fetched again. Otherwise it is damaged "
    "in the log: have another replica lead the partition, or delete the "
    "records "
    "up to it, of which members are notified by a gap";

constexpr advice known[] = {
  {"TOPIC_AUTHORIZATION_FAILED",
   "allow this node's user READ, WRITE and DESCRIBE on the topic"},
  {"GROUP_AUTHORIZATION_FAILED", "allow this node's user READ on kafka.group"},
  {"INCONSISTENT_GROUP_PROTOCOL",
   "give the other consumers in kafka.group another group.id: they are no "
   "nodes, and keep this one out"},
  {"CLUSTER_AUTHORIZATION_FAILED",
   "allow this node's user IDEMPOTENT_WRITE on the cluster"},
  {"UNKNOWN_TOPIC_OR_PART", "create the topic, or correct the mapping's name"},
  {"UNKNOWN_TOPIC_ID", "create the topic, or correct the mapping's name"},
  {"_UNKNOWN_TOPIC", "create the topic, or correct the mapping's name"},
  {"_UNKNOWN_PARTITION", "none, if the topic was created again"},
  {"_AUTHENTICATION", "check the user and password in [kafka.properties]"},
  {"SASL_AUTHENTICATION_FAILED",
   "check the user and password in [kafka.properties]"},
  {"_SSL", "check the certificates in [kafka.properties]"},
  {"_RESOLVE", "check kafka.brokers"},
  {"_TRANSPORT", "check that the brokers run and can be reached"},
  {"_ALL_BROKERS_DOWN", "check that the brokers run and can be reached"},
  {"_FATAL", "none: the client is replaced"},
  {"_BAD_COMPRESSION", damaged},
  {"_BAD_MSG", damaged},
  {"_NOT_IMPLEMENTED", damaged},
  {"INVALID_MSG", "look after the broker's disk: the checksum is wrong"},
  {"OFFSET_OUT_OF_RANGE",
   "none: another leader is found, or members are notified by a gap within a "
   "minute"},
  {"_AUTO_OFFSET_RESET", "none: members are notified by a gap"},
};

} // namespace

std::string_view advice_about(std::string_view code) {
  auto i = std::find_if(std::begin(known), std::end(known),
                        [&](auto& x) { return x.code == code; });
  return i == std::end(known) ? "none: it is tried again" : i->what;
}

void report_kafka_error(caf::actor_system& system, std::string_view where,
                        const kafka::kafka_error& error) {
  count(system, metrics::kafka_errors, error.code)->inc();
  log::limited(log_level::warning, "Kafka reports an error",
               std::string{where} + error.code,
               {{"where", where},
                {"code", error.code},
                {"why", error.message},
                {"do", advice_about(error.code)}});
}

} // namespace weir
