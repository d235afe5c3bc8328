#include "actors/kafka/consumer_group_state.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "config/log.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace weir {

namespace {

kafka::log_position position_of(const commit_position& x) {
  kafka::log_position result{x.next, x.log, x.leader_epoch};
  result.note = x.note;
  result.epochs = x.epochs;
  return result;
}

} // namespace

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
  kafka::topic_partition key{x.topic, x.partition};
  note_problem(key, x);
  if (x.next >= 0)
    latest[key] = std::move(x);
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

std::map<kafka::topic_partition, kafka::log_position>
consumer_group_state::committable(
  const std::vector<kafka::topic_partition>& partitions) const {
  std::map<kafka::topic_partition, kafka::log_position> result;
  for (auto& x : partitions)
    if (auto i = latest.find(x); i != latest.end())
      result[x] = position_of(i->second);
  return result;
}

void consumer_group_state::commit_changes() {
  std::map<kafka::topic_partition, kafka::log_position> changed;
  for (auto& [x, position] : latest) {
    // Lost, or committed when it is given back; or not for us to commit.
    if (!consumers.contains(x))
      continue;
    auto here = position_of(position);
    if (auto& last = committed[x]; last != here)
      changed[x] = last = here;
  }
  if (kafka && !changed.empty())
    kafka->commit(changed);
}

/// Whichever positions were refused: the next round commits all once more,
/// also those that do not move on.
void consumer_group_state::on_committed(const std::string& why) {
  if (why.empty())
    return;
  committed.clear();
  if (leaving)
    log::warning("positions not committed", {{"why", why}});
}

} // namespace weir
