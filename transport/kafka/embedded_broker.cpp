#include "transport/kafka/embedded_broker.hpp"

#include "transport/kafka/settings.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <set>
#include <stdexcept>

namespace weir::kafka {

namespace {

constexpr int broker_count = 1;
constexpr int replication_factor = 1;

using cluster_handle
  = handle<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy>;

// The mock cluster lives in a client of its own, so that it outlives the
// node's producer and consumer, and its threads are not theirs.
client_handle make_host() {
  conf_handle conf{rd_kafka_conf_new()};
  set_property(conf.get(), "client.id", "weir/embedded");
  set_property(conf.get(), "log_level", "2");
  return make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

} // namespace

struct embedded_broker::impl {
  client_handle host = make_host();
  cluster_handle cluster{rd_kafka_mock_cluster_new(host.get(), broker_count)};
  std::string bootstrap;
  std::set<std::string> topics;
  int partitions = 0;
};

embedded_broker::embedded_broker(const std::vector<std::string>& topics,
                                 std::uint32_t partitions)
  : impl_(std::make_unique<impl>()) {
  auto* cluster = impl_->cluster.get();
  if (cluster == nullptr)
    throw std::runtime_error("the embedded broker does not start");
  impl_->partitions = static_cast<int>(partitions);
  add(topics);
  impl_->bootstrap = rd_kafka_mock_cluster_bootstraps(cluster);
}

void embedded_broker::add(const std::vector<std::string>& topics) {
  for (auto& topic : topics) {
    if (impl_->topics.contains(topic))
      continue;
    if (auto error
        = rd_kafka_mock_topic_create(impl_->cluster.get(), topic.c_str(),
                                     impl_->partitions, replication_factor))
      throw std::runtime_error("the embedded broker cannot create topic "
                               + topic + ": " + rd_kafka_err2str(error));
    impl_->topics.insert(topic);
  }
}

embedded_broker::~embedded_broker() = default;

const std::string& embedded_broker::bootstrap() const {
  return impl_->bootstrap;
}

rd_kafka_mock_cluster_s* embedded_broker::cluster() {
  return impl_->cluster.get();
}

} // namespace weir::kafka
