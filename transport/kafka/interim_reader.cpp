#include "transport/kafka/interim_reader.hpp"

#include "transport/kafka/outside_clients.hpp"
#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/partition_source.hpp"
#include "transport/kafka/settings.hpp"
#include "transport/kafka/start_offsets.hpp"
#include "transport/kafka/topic_logs.hpp"

#include <cassert>
#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace weir::kafka {

namespace {

/// Of what was notified of a topic, all that matters to who comes later.
struct topic_history {
  topic_state first, last;
};

} // namespace

struct interim_reader::impl {
  impl(const kafka_options& settings, const cluster_options& cluster,
       std::function<void()> notify, error_listener on_error)
    : clients(settings, cluster, "interim", std::move(on_error)),
      start_policy(kafka::start_policy(consumer_conf(settings, cluster).get())),
      wake(std::move(notify)) {}

  void note(const std::string& topic, const topic_state& state) {
    auto& x
      = topics.try_emplace(topic, topic_history{state, state}).first->second;
    x.last = state;
    if (x.first.log == 0 && !x.first.is_missing) // it says nothing
      x.first = state;
    logs.note(topic, state);
    if (starts)
      starts->note(topic, state);
  }

  bool is_ready() {
    try {
      if (!client)
        client = clients.make();
    } catch (const std::exception& e) {
      clients.report({"client", e.what()});
      return false;
    }
    if (!starts)
      ask_from_now_on();
    return true;
  }

  void ask_from_now_on() {
    starts.emplace(client.get(), start_policy, wake);
    for (auto& [topic, x] : topics) {
      starts->note(topic, x.first);
      starts->note(topic, x.last);
    }
  }

  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        std::function<void()> wake_queue) {
    assert(client && !cells.contains(partition));
    // Has its leader looked up at once; librdkafka would within a second.
    const topic_handle topic{
      rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr)};
    auto& cell = cells[partition];
    cell = std::make_shared<start_place>();
    starts->ask({partition});
    return make_partition_queue(
      {client, partition, cell, logs.of(partition.topic),
       clients.max_queued_bytes(), clients.max_queued_records()},
      std::move(wake_queue));
  }

  void close(const topic_partition& partition) {
    if (cells.erase(partition) == 0)
      return;
    starts->forget(partition);
    if (assigned.erase(partition) == 0)
      return;
    auto list = to_list(std::vector{partition});
    clients.report(
      error_handle{rd_kafka_incremental_unassign(client.get(), list.get())},
      "unassign");
    const queue_handle queue{rd_kafka_queue_get_partition(
      client.get(), partition.topic.c_str(), partition.partition)};
    drop_outdated(queue.get());
  }

  void poll() {
    if (!starts)
      return;
    auto found
      = starts->take(start_offsets::clock::now(),
                     [this](const kafka_error& x) { clients.report(x); });
    if (!found.empty())
      assign(found);
  }

  void assign(const partition_positions& found) {
    auto list = to_list(found);
    if (clients.report(
          error_handle{rd_kafka_incremental_assign(client.get(), list.get())},
          "assign")) {
      for (auto& [partition, start] : found)
        starts->ask({partition});
      return;
    }
    for (auto& [partition, start] : found) {
      assigned.insert(partition);
      // The log's end (a logical offset) is known from the first answer
      // instead.
      if (auto cell = cells.find(partition);
          cell != cells.end() && start.offset >= 0)
        cell->second->store(start);
    }
  }

  outside_clients clients;
  std::int64_t start_policy;
  std::function<void()> wake;
  std::map<std::string, topic_history> topics;
  topic_logs logs;
  shared_client client;                        ///< made when it is needed
  std::map<topic_partition, start_cell> cells; ///< of all that are open
  std::set<topic_partition> assigned;
  std::optional<start_offsets> starts; ///< ends before the client
};

interim_reader::interim_reader(const kafka_options& settings,
                               const cluster_options& cluster,
                               std::function<void()> wake,
                               error_listener on_error)
  : impl_(std::make_unique<impl>(settings, cluster, std::move(wake),
                                 std::move(on_error))) {
}

interim_reader::~interim_reader() = default;

void interim_reader::note(const std::string& topic, const topic_state& state) {
  impl_->note(topic, state);
}

bool interim_reader::is_ready() {
  return impl_->is_ready();
}

std::unique_ptr<partition_queue>
interim_reader::open(const topic_partition& partition,
                     std::function<void()> wake) {
  return impl_->open(partition, std::move(wake));
}

void interim_reader::close(const topic_partition& partition) {
  impl_->close(partition);
}

void interim_reader::poll() {
  impl_->poll();
}

} // namespace weir::kafka
