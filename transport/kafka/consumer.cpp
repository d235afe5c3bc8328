#include "transport/kafka/consumer.hpp"

#include "transport/kafka/consumer_impl.hpp"

#include <algorithm>

namespace weir::kafka {

consumer::consumer(const kafka_options& settings,
                   const cluster_options& cluster, consumer_events& events,
                   std::function<void()> wake)
  : impl_{std::make_unique<impl>(settings, cluster, events, std::move(wake))} {
}

consumer::~consumer() = default;

void consumer::subscribe(const std::vector<std::string>& topics) {
  impl_->subscribe(topics);
}

void consumer::poll() {
  impl_->poll();
}

void consumer::assign(const std::vector<topic_partition>& partitions) {
  impl_->assign(partitions);
}

void consumer::unassign(const std::vector<topic_partition>& partitions) {
  impl_->unassign(partitions);
}

std::unique_ptr<partition_queue>
consumer::open(const topic_partition& partition, std::function<void()> wake) {
  return impl_->open(partition, std::move(wake));
}

void consumer::commit(const std::map<topic_partition, std::int64_t>& next) {
  impl_->commit(next);
}

std::string
consumer::commit_now(const std::map<topic_partition, std::int64_t>& next) {
  return impl_->commit_now(next);
}

void consumer::close() {
  impl_->close();
}

bool consumer::closed() const {
  return impl_->closed();
}

const broker_state& consumer::brokers() const {
  return impl_->brokers.state();
}

} // namespace weir::kafka
