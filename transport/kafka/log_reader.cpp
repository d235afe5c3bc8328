#include "transport/kafka/log_reader.hpp"

#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/partition_source.hpp"
#include "transport/kafka/settings.hpp"

#include <array>
#include <cassert>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace weir::kafka {

namespace {

// syslog's: of log lines, warnings and worse are passed on.
constexpr int log_warning = 4;

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
  impl(const kafka_options& settings, const cluster_options& cluster,
       error_listener listener)
    : on_error{std::make_shared<const error_listener>(std::move(listener))},
      conf{replay_conf(settings, cluster)},
      max_queued_bytes{number_property(conf.get(), "queued.max.messages.kbytes")
                       * 1024},
      max_queued_records{number_property(conf.get(), "queued.min.messages")} {
    // Nobody polls this client.
    rd_kafka_conf_set_events(conf.get(), 0);
    rd_kafka_conf_set_log_cb(conf.get(), &on_log);
    rd_kafka_conf_set_opaque(conf.get(),
                             const_cast<error_listener*>(on_error.get()));
  }

  // Called from librdkafka's threads.
  static void on_log(const rd_kafka_t* client, int level, const char* facility,
                     const char* line) {
    if (level <= log_warning)
      tell(*static_cast<const error_listener*>(rd_kafka_opaque(client)),
           {"log", std::string{facility} + ": " + line});
  }

  static void tell(const error_listener& to, const kafka_error& x) {
    if (to)
      to(x);
  }

  bool report(error_handle error, const char* what) const {
    if (error)
      tell(*on_error,
           {rd_kafka_error_name(error.get()),
            std::string{what} + ": " + rd_kafka_error_string(error.get())});
    return error != nullptr;
  }

  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        const log_position& from,
                                        std::function<void()> wake) {
    const auto client = take(partition);
    if (!client)
      return nullptr;
    // Has its leader looked up at once; librdkafka would within a second.
    const topic_handle topic{
      rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr)};
    // First, or its records would take the way to the client's own queue.
    auto queue = make_partition_queue(source_of(client, partition, from),
                                      std::move(wake));
    auto list = to_list(partition_positions{{partition, from}});
    if (report(
          error_handle{rd_kafka_incremental_assign(client.get(), list.get())},
          "assign"))
      return nullptr;
    return queue;
  }

  // Null: it is taken.
  shared_client take(const topic_partition& partition) {
    const std::lock_guard guard{mutex};
    if (!current)
      current = new_client();
    return taken.insert(partition).second ? current : nullptr;
  }

  // Ending a client takes its time.
  void renew() {
    const std::lock_guard guard{mutex};
    if (auto old = std::exchange(current, {}))
      retired = std::jthread{[old = std::move(old)]() mutable { old.reset(); }};
  }

  // Its threads call the listener until it is gone.
  shared_client new_client() const {
    auto result = share(make_client(
      RD_KAFKA_CONSUMER, conf_handle{rd_kafka_conf_dup(conf.get())}));
    auto* raw = result.get();
    return {raw, [inner = std::move(result),
                  listener = on_error](rd_kafka_t*) mutable { inner.reset(); }};
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
            max_queued_bytes,
            max_queued_records,
            [self = shared_from_this(), client,
             partition](rd_kafka_queue_t* queue) {
              self->close(client.get(), partition, queue);
            }};
  }

  void close(rd_kafka_t* client, const topic_partition& partition,
             rd_kafka_queue_t* queue) {
    auto list = to_list(std::vector{partition});
    report(error_handle{rd_kafka_incremental_unassign(client, list.get())},
           "unassign");
    drop_outdated(queue);
    const std::lock_guard guard{mutex};
    taken.erase(partition);
  }

  std::shared_ptr<const error_listener> on_error;
  conf_handle conf;
  std::size_t max_queued_bytes;
  std::size_t max_queued_records;
  std::mutex mutex;
  shared_client current; ///< made when it is needed
  std::set<topic_partition> taken;
  std::jthread retired; ///< ends a former one
};

log_reader::log_reader(const kafka_options& settings,
                       const cluster_options& cluster, error_listener on_error)
  : impl_{std::make_shared<impl>(settings, cluster, std::move(on_error))} {
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
