#include "actors/cluster/interim_log.hpp"

#include "actors/cluster/partition_names.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <iterator>

namespace weir {

interim_log::interim_log(caf::actor_system& system)
  : gauge_(gauge(system, metrics::partitions_interim)) {
}

void interim_log::update(const partitions& before, const partitions& now,
                         const interim_readers& readers) {
  std::map<std::string, std::vector<kafka::topic_partition>> begun;
  for (auto& x : now)
    if (!before.contains(x)) {
      auto* former = readers.vacancy_of(x);
      begun[former ? former->node : ""].push_back(x);
    }
  for (auto& [node, all] : begun)
    log::info(
      "partitions are read in place of a node, until the consumer "
      "group has assigned them",
      {{"node", node}, {"count", all.size()}, {"partitions", names_of(all)}});
  std::vector<kafka::topic_partition> ended;
  std::set_difference(before.begin(), before.end(), now.begin(), now.end(),
                      std::back_inserter(ended));
  if (!ended.empty())
    log::info("partitions are no longer read in place of a node",
              {{"count", ended.size()}, {"partitions", names_of(ended)}});
}

void interim_log::show(
  const std::map<std::string, std::vector<std::int32_t>>& all) {
  std::int64_t n = 0;
  for (auto& [topic, partitions] : all)
    n += static_cast<std::int64_t>(partitions.size());
  gauge_->value(n);
}

} // namespace weir
