#pragma once

#include "actors/cluster/interim_readers.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/gauge.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Tells the operator which partitions this node reads for which node that is
/// gone: a line of the log for each such node, one when that is over, and a
/// metric.
class interim_log {
public:
  explicit interim_log(caf::actor_system& system);

  using partitions = std::set<kafka::topic_partition>;

  /// What it is to read, before and from now on.
  void update(const partitions& before, const partitions& now,
              const interim_readers& readers);

  /// What it reads, by topic.
  void show(const std::map<std::string, std::vector<std::int32_t>>& all);

private:
  caf::telemetry::int_gauge* gauge_;
};

} // namespace weir
