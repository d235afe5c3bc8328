#include "actors/cluster/reach_log.hpp"

#include "actors/runtime/metrics/cluster.hpp"
#include "config/log.hpp"

namespace weir {

reach_log::reach_log(caf::actor_system& system)
  : gauge_(gauge(system, metrics::partitions_unreachable)) {
}

bool reach_log::update(const partitions& unreachable,
                       const std::string& excluded) {
  if (unreachable == known_ && excluded == excluded_)
    return false;
  if (excluded_.empty() != excluded.empty())
    excluded.empty()
      ? log::info("this node may be in the consumer group again")
      : log::error("clients are not served here", {{"why", excluded}});
  for (auto& [x, why] : unreachable)
    if (!known_.contains(x))
      log::limited(
        log_level::error, "the reader of a partition is not reached",
        x.topic + '/' + std::to_string(x.partition),
        {{"topic", x.topic}, {"partition", x.partition}, {"why", why}});
  for (auto& [x, why] : known_)
    if (!unreachable.contains(x))
      log::limited(log_level::info,
                   "the reader of a partition is reached again",
                   x.topic + '/' + std::to_string(x.partition),
                   {{"topic", x.topic}, {"partition", x.partition}});
  gauge_->value(static_cast<std::int64_t>(unreachable.size()));
  known_ = unreachable;
  excluded_ = excluded;
  return true;
}

} // namespace weir
