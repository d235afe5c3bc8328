#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"

#include <chrono>
#include <string>

namespace weir::kafka {

/// The name of the consumer group.
std::string group_of(const kafka_options& settings,
                     const cluster_options& cluster);

/// `client.id` of this node's member.
std::string client_id(const kafka_options& settings,
                      const cluster_options& cluster);

/// After so long the group gives up a member that is silent. These throw
/// std::runtime_error when librdkafka refuses a property.
std::chrono::milliseconds session_timeout(const kafka_options& settings,
                                          const cluster_options& cluster);

} // namespace weir::kafka
