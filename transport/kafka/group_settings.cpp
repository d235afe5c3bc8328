#include "transport/kafka/group_settings.hpp"

#include "transport/kafka/settings.hpp"

namespace weir::kafka {

std::string group_of(const kafka_options& settings,
                     const cluster_options& cluster) {
  return settings.group.empty() ? cluster.name : settings.group;
}

std::string client_id(const kafka_options& settings,
                      const cluster_options& cluster) {
  return property(consumer_conf(settings, cluster).get(), "client.id");
}

std::chrono::milliseconds session_timeout(const kafka_options& settings,
                                          const cluster_options& cluster) {
  return std::chrono::milliseconds{number_property(
    consumer_conf(settings, cluster).get(), "session.timeout.ms")};
}

} // namespace weir::kafka
