#include "transport/kafka/log_reader.hpp"

#include "config/log.hpp"
#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/partition_source.hpp"
#include "transport/kafka/settings.hpp"

#include <array>
#include <mutex>
#include <set>

namespace weir::kafka {

namespace {

// syslog's: of log lines, warnings and worse are passed on.
constexpr int log_warning = 4;

// Called from librdkafka's threads.
void on_log(const rd_kafka_t*, int level, const char* facility,
            const char* line) {
  if (level <= log_warning)
    log::warning("Kafka log reader", {{"why", line}, {"facility", facility}});
}

bool report(error_handle error, const char* what) {
  if (error)
    log::error("Kafka log reader",
               {{"why", rd_kafka_error_string(error.get())}, {"in", what}});
  return error != nullptr;
}

// What was fetched for a partition that is no longer assigned is outdated:
// librdkafka frees it when it is asked for records.
void drop_outdated(rd_kafka_queue_t* queue) {
  std::array<rd_kafka_message_t*, 64> batch;
  ssize_t count = 0;
  while (
    (count = rd_kafka_consume_batch_queue(queue, 0, batch.data(), batch.size()))
    > 0)
    for (ssize_t i = 0; i < count; ++i)
      rd_kafka_message_destroy(batch[static_cast<std::size_t>(i)]);
}

} // namespace

struct log_reader::impl : std::enable_shared_from_this<impl> {
  impl(const kafka_options& settings, const cluster_options& cluster)
    : conf{replay_conf(settings, cluster)},
      max_queued_bytes{number_property(conf.get(), "queued.max.messages.kbytes")
                       * 1024},
      max_queued_records{number_property(conf.get(), "queued.min.messages")} {
    // Nobody polls this client.
    rd_kafka_conf_set_events(conf.get(), 0);
    rd_kafka_conf_set_log_cb(conf.get(), &on_log);
  }

  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        std::int64_t from,
                                        std::function<void()> wake) {
    if (!take(partition))
      return nullptr;
    // Has its leader looked up at once; librdkafka would within a second.
    const topic_handle topic{
      rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr)};
    // First, or its records would take the way to the client's own queue.
    auto queue = make_partition_queue(source_of(partition, from),
                                      std::move(wake));
    auto list = to_list(partition_offsets{{partition, from}});
    if (report(
          error_handle{rd_kafka_incremental_assign(client.get(), list.get())},
          "assign"))
      return nullptr;
    return queue;
  }

  bool take(const topic_partition& partition) {
    const std::lock_guard guard{mutex};
    if (!client)
      client = share(make_client(RD_KAFKA_CONSUMER,
                                 conf_handle{rd_kafka_conf_dup(conf.get())}));
    return taken.insert(partition).second;
  }

  partition_source source_of(const topic_partition& partition,
                             std::int64_t from) {
    return {client,
            partition,
            std::make_shared<std::atomic<std::int64_t>>(from),
            max_queued_bytes,
            max_queued_records,
            [self = shared_from_this(), partition](rd_kafka_queue_t* queue) {
              self->close(partition, queue);
            }};
  }

  void close(const topic_partition& partition, rd_kafka_queue_t* queue) {
    auto list = to_list(std::vector{partition});
    report(
      error_handle{rd_kafka_incremental_unassign(client.get(), list.get())},
      "unassign");
    drop_outdated(queue);
    const std::lock_guard guard{mutex};
    taken.erase(partition);
  }

  conf_handle conf;
  std::size_t max_queued_bytes;
  std::size_t max_queued_records;
  std::mutex mutex;
  shared_client client; // made once, under the mutex; then only read
  std::set<topic_partition> taken;
};

log_reader::log_reader(const kafka_options& settings,
                       const cluster_options& cluster)
  : impl_{std::make_shared<impl>(settings, cluster)} {
}

log_reader::~log_reader() = default;

std::unique_ptr<partition_queue>
log_reader::open(const topic_partition& partition, std::int64_t from,
                 std::function<void()> wake) {
  return impl_->open(partition, from, std::move(wake));
}

} // namespace weir::kafka
