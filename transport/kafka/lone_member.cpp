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
  watch_topics(wanted);
  topics = wanted;
  for (auto& topic : topics)
    for (std::int32_t i = 0; i < partitions_of_topic; ++i)
      all.push_back({topic, i});
  next = step::assign;
  wake();
}

void consumer::lone_member::close() {
  if (next != step::assigned)
    return start_leave();
  next = step::revoke;
  wake();
}

void consumer::lone_member::poll_member() {
  if (next == step::assign) {
    next = step::assigned;
    for (auto& topic : topics)
      events.on_partition_count(topic, partitions_of_topic);
    events.on_assigned(all);
  } else if (next == step::revoke) {
    next = step::revoking;
    revoke(all, false);
  }
  impl::poll_member();
}

void consumer::lone_member::on_given_back() {
  if (next != step::revoking || !assigned.empty())
    return;
  next = step::closing;
  start_close();
}

} // namespace weir::kafka
