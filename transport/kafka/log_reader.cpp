#include "transport/kafka/log_reader.hpp"

#include "transport/kafka/outside_clients.hpp"
#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/partition_source.hpp"

#include <cassert>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace weir::kafka {

struct log_reader::impl : std::enable_shared_from_this<impl> {
  impl(const kafka_options& settings, const cluster_options& cluster,
       error_listener listener)
    : clients(settings, cluster, "replay", std::move(listener)) {}

  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        const log_position& from,
                                        std::function<void()> wake) {
    auto client = take(partition);
    if (!client)
      return nullptr;
    // Has its leader looked up at once; librdkafka would within a second.
    const topic_handle topic{
      rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr)};
    // First, or its records would take the way to the client's own queue.
    auto queue = make_partition_queue(source_of(client, partition, from),
                                      std::move(wake));
    auto list = to_list(partition_positions{{partition, from}});
    if (clients.report(
          error_handle{rd_kafka_incremental_assign(client.get(), list.get())},
          "assign"))
      return nullptr;
    return queue;
  }

  // Null: it is taken.
  shared_client take(const topic_partition& partition) {
    const std::lock_guard guard{mutex};
    if (!current)
      current = clients.make();
    return taken.insert(partition).second ? current : nullptr;
  }

  // Ending a client takes its time.
  void renew() {
    const std::lock_guard guard{mutex};
    if (auto old = std::exchange(current, {}))
      retired = std::jthread{[old = std::move(old)]() mutable { old.reset(); }};
  }

  // Nobody looks after its topic.
  static std::shared_ptr<const topic_log> log_of(const log_position& from) {
    auto result = std::make_shared<topic_log>();
    result->id = from.log;
    return result;
  }

  partition_source source_of(const shared_client& client,
                             const topic_partition& partition,
                             const log_position& from) {
    return {client,
            partition,
            std::make_shared<start_place>(from),
            log_of(from),
            clients.max_queued_bytes(),
            clients.max_queued_records(),
            [self = shared_from_this(), client,
             partition](rd_kafka_queue_t* queue) {
              self->close(client.get(), partition, queue);
            }};
  }

  void close(rd_kafka_t* client, const topic_partition& partition,
             rd_kafka_queue_t* queue) {
    auto list = to_list(std::vector{partition});
    clients.report(
      error_handle{rd_kafka_incremental_unassign(client, list.get())},
      "unassign");
    drop_outdated(queue);
    const std::lock_guard guard{mutex};
    taken.erase(partition);
  }

  outside_clients clients;
  std::mutex mutex;
  shared_client current; ///< made when it is needed
  std::set<topic_partition> taken;
  std::jthread retired; ///< ends a former one
};

log_reader::log_reader(const kafka_options& settings,
                       const cluster_options& cluster, error_listener on_error)
  : impl_(std::make_shared<impl>(settings, cluster, std::move(on_error))) {
}

log_reader::~log_reader() = default;

std::unique_ptr<partition_queue>
log_reader::open(const topic_partition& partition, const log_position& from,
                 std::function<void()> wake) {
  assert(from.offset >= 0);
  return impl_->open(partition, from, std::move(wake));
}

void log_reader::renew() {
  impl_->renew();
}

} // namespace weir::kafka
