#include "actors/kafka/consumer_group_state.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "config/log.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace weir {

/// Only of who reads it now. Where this node was hung, a former reader may
/// report once more after it was given up: nobody would take that away.
void consumer_group_state::on_position(commit_position x) {
  if (is_reader({x.topic, x.partition}, self->current_sender()))
    take_position(std::move(x));
}

bool consumer_group_state::is_reader(const kafka::topic_partition& x,
                                     const caf::strong_actor_ptr& who) const {
  auto address = caf::actor_cast<caf::actor_addr>(who);
  for (auto* all : {&consumers, &interim})
    if (auto i = all->find(x); i != all->end() && i->second == address)
      return true;
  return false;
}

void consumer_group_state::take_position(commit_position x) {
  note_problem({x.topic, x.partition}, x);
  if (positions.take(std::move(x)))
    after_first_positions.call(self, [this] { commit_changes(); });
}

void consumer_group_state::note_problem(const kafka::topic_partition& key,
                                        const commit_position& x) {
  if (!x.problem || !is_read(key))
    partition_problems.erase(key);
  else
    partition_problems[key] = x.problem.message;
  if (std::exchange(errors_seen[key], x.errors) != x.errors && x.problem)
    report_kafka_error(self->system(), "partition " + name_of(key), x.problem);
}

void consumer_group_state::forget_problem(const kafka::topic_partition& x) {
  partition_problems.erase(x);
  errors_seen.erase(x);
}

void consumer_group_state::commit_changes() {
  // Others are lost, or committed when they are given back; or not for us to
  // commit.
  auto changed
    = positions.take_changes([this](auto& x) { return consumers.contains(x); });
  if (kafka && !changed.empty())
    kafka->commit(changed);
}

/// An answer may come when the partition has gone.
void consumer_group_state::on_committed(
  const std::string& why,
  const std::map<kafka::topic_partition, std::int64_t>& offsets) {
  if (why.empty()) {
    for (auto& [x, offset] : offsets)
      if (consumers.contains(x))
        positions.confirm(x, offset);
    return;
  }
  positions.doubt();
  if (leaving)
    log::warning("positions not committed", {{"why", why}});
}

} // namespace weir
