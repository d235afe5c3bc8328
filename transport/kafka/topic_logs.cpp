#include "transport/kafka/topic_logs.hpp"

#include <algorithm>

namespace weir::kafka {

std::shared_ptr<topic_log> topic_logs::of(const std::string& topic) {
  auto& result = logs_[topic];
  if (!result)
    result = std::make_shared<topic_log>();
  return result;
}

void topic_logs::note(const std::string& topic, const topic_state& state) {
  auto log = of(topic);
  // What is not there is in neither: where it may be, it is told later.
  log->partitions = std::min(log->partitions.load(), state.partitions);
  log->id = state.log;
  log->partitions = state.partitions;
  log->is_missing = state.is_missing;
  if (log->has_problem.exchange(static_cast<bool>(state.problem))
      && !state.problem)
    ++log->repairs;
}

} // namespace weir::kafka
