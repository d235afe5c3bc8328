#include "transport/kafka/consumer.hpp"

#include "transport/kafka/consumer_clients.hpp"

#include <algorithm>
#include <utility>

namespace weir::kafka {

consumer::consumer(const kafka_options& settings,
                   const cluster_options& cluster, consumer_events& events,
                   std::function<void()> wake)
  : clients_(
    std::make_unique<clients>(settings, cluster, events, std::move(wake))) {
}

consumer::~consumer() = default;

void consumer::subscribe(const std::vector<std::string>& topics) {
  clients_->subscribe(topics);
}

void consumer::watch(const std::vector<std::string>& topics,
                     const std::vector<std::string>& further) {
  clients_->watch(topics, further);
}

void consumer::unsubscribe() {
  clients_->unsubscribe();
}

void consumer::describe_group() {
  clients_->current->describe_group();
}

void consumer::poll() {
  clients_->poll();
}

void consumer::assign(const std::vector<topic_partition>& partitions) {
  clients_->current->assign(partitions);
}

void consumer::unassign(const std::vector<topic_partition>& partitions) {
  clients_->current->unassign(partitions);
}

std::unique_ptr<partition_queue>
consumer::open(const topic_partition& partition, std::function<void()> wake) {
  return clients_->current->open(partition, std::move(wake));
}

void consumer::commit(const std::map<topic_partition, log_position>& next) {
  clients_->current->commit(next);
}

void consumer::close() {
  clients_->close();
}

bool consumer::closed() const {
  return clients_->current->closed();
}

std::optional<client_figures> consumer::take_figures() {
  return std::exchange(clients_->current->figures, std::nullopt);
}

const broker_state& consumer::brokers() const {
  return clients_->current->brokers.state();
}

} // namespace weir::kafka
