#pragma once

#include "transport/kafka/record.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/gauge.hpp>

#include <map>
#include <string>

namespace weir {

/// Tells the operator which partitions cannot be reached: a line of the log for
/// each that comes and each that goes, and a metric.
class reach_log {
public:
  explicit reach_log(caf::actor_system& system);

  using partitions = std::map<kafka::topic_partition, std::string>;

  /// `unreachable` by its reasons; not empty `excluded`: why all of them.
  /// Whether anything has changed.
  bool update(const partitions& unreachable, const std::string& excluded);

private:
  caf::telemetry::int_gauge* gauge_;
  partitions known_;
  std::string excluded_;
};

} // namespace weir
