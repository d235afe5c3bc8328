#pragma once

#include "actors/contract/heat.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace weir {

struct consumer_group_options {
  kafka_options kafka;
  cluster_options cluster;
  std::vector<std::string> topics;
  /// Those of them that clients emit into.
  std::set<std::string> written;
  /// Bytes of recent records that each partition keeps.
  std::size_t tail_cache = 0;
  /// Where partition consumers are spawned, by partition.
  std::vector<actor_executor> executors;
  /// What is hot there; empty: nobody asks.
  std::vector<std::shared_ptr<loop_heat>> heats{};
  /// Between two commits of positions that have changed; a partition's first one
  /// is committed at once.
  std::chrono::milliseconds commit_interval{1000};
};

/// Spawns the CONSUMER GROUP: one PARTITION CONSUMER per assigned partition,
/// made known to `keeper`, which decides whether this node may join. Throws
/// std::runtime_error when librdkafka refuses a property.
consumer_group_actor spawn_consumer_group(actor_executor executor,
                                          consumer_group_options options,
                                          group_keeper_actor keeper);

} // namespace weir
