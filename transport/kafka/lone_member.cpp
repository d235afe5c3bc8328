#include "transport/kafka/lone_member.hpp"

#include <utility>

namespace weir::kafka {

consumer::lone_member::lone_member(const kafka_options& settings,
                                   const cluster_options& cluster,
                                   consumer_events& events,
                                   std::function<void()> wake)
  : impl(settings, cluster, events, std::move(wake)),
    partitions_of_topic(
      static_cast<std::int32_t>(settings.embedded_partitions)) {
}

void consumer::lone_member::subscribe(const std::vector<std::string>& wanted) {
  topics = {wanted.begin(), wanted.end()};
  next = step::assign;
  wake();
}

void consumer::lone_member::close() {
  if (next == step::none || (next == step::assign && all.empty()))
    return start_leave();
  next = step::revoke;
  wake();
}

void consumer::lone_member::poll_member() {
  if (next == step::assign) {
    if (auto unwanted = partitions_beside(topics); !unwanted.empty())
      revoke(unwanted, false);
    if (revoking.empty())
      take_up();
  } else if (next == step::revoke) {
    next = step::revoking;
    revoke(partitions_beside({}), false);
  }
  impl::poll_member();
}

std::vector<topic_partition> consumer::lone_member::partitions_beside(
  const std::set<std::string>& wanted) const {
  std::vector<topic_partition> result;
  for (auto& topic : all)
    if (!wanted.contains(topic))
      for (std::int32_t i = 0; i < partitions_of_topic; ++i)
        result.push_back({topic, i});
  std::erase_if(result, [this](auto& x) { return revoking.contains(x); });
  return result;
}

// What was given up has been given back: it may be among them.
void consumer::lone_member::take_up() {
  next = step::assigned;
  std::vector<topic_partition> added;
  for (auto& topic : topics)
    if (!all.contains(topic)) {
      events.on_partition_count(topic, partitions_of_topic);
      for (std::int32_t i = 0; i < partitions_of_topic; ++i)
        added.push_back({topic, i});
    }
  all = topics;
  events.on_assigned(added);
}

void consumer::lone_member::on_given_back() {
  if (next == step::assign)
    wake();
  if (next != step::revoking || !assigned.empty())
    return;
  next = step::closing;
  start_close();
}

} // namespace weir::kafka
