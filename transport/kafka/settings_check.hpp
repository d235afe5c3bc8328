#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"

#include <string>
#include <vector>

namespace weir::kafka {

/// A mistake in what goes to librdkafka.
struct settings_error {
  std::string path; ///< of the key, `kafka.producer.linger.ms`, or of its table
  std::string problem;
};

/// All that a start would find: librdkafka is asked for each property, and then
/// for each kind of client that a node has; none of them connects.
std::vector<settings_error> check_settings(const kafka_options& settings,
                                           const cluster_options& cluster);

} // namespace weir::kafka
