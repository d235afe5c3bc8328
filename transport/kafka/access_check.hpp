#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/access_report.hpp"

#include <vector>

namespace weir::kafka {

/// Asks Kafka, with the credentials of the node's clients, what the node may
/// do; nothing is written, created or joined. Waits for the answers. Throws
/// std::runtime_error when librdkafka refuses a property.
access_report check_access(const kafka_options& settings,
                           const cluster_options& cluster,
                           const std::vector<topic_use>& topics);

} // namespace weir::kafka
