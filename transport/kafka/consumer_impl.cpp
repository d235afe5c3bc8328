#include "transport/kafka/consumer_impl.hpp"

#include "transport/kafka/describe_group.hpp"
#include "transport/kafka/group_settings.hpp"
#include "transport/kafka/settings.hpp"

#include <chrono>
#include <mutex>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// `auto.offset.reset` has two meanings: where to start with nothing committed
// and where to go on when the offset wanted is gone. The configured value
// decides the first. The second must never skip what is still in the log, so
// there it is always the log's start.
std::int64_t take_start_policy(rd_kafka_conf_t* conf) {
  auto policy = property(conf, "auto.offset.reset");
  set_property(conf, "auto.offset.reset", "earliest");
  return policy == "smallest" || policy == "earliest" || policy == "beginning"
           ? RD_KAFKA_OFFSET_BEGINNING
           : RD_KAFKA_OFFSET_END;
}

void keep_for_good(shared_client client) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<shared_client>;
  const std::lock_guard guard{mutex};
  kept.push_back(std::move(client));
}

} // namespace

consumer::impl::impl(const kafka_options& settings,
                     const cluster_options& cluster, consumer_events& owner,
                     std::function<void()> ring)
  : events{owner},
    wake{std::move(ring)},
    group{group_of(settings, cluster)},
    alone{settings.embedded && cluster.listen.empty()},
    simulated{settings.embedded},
    partitions_of_topic{settings.embedded_partitions} {
  auto conf = consumer_conf(settings, cluster);
  auto start = take_start_policy(conf.get());
  max_queued_bytes = number_property(conf.get(), "queued.max.messages.kbytes")
                     * 1024;
  max_queued_records = number_property(conf.get(), "queued.min.messages");
  client = share(make_client(RD_KAFKA_CONSUMER, std::move(conf)));
  // Errors, statistics and log lines come with the group's events.
  rd_kafka_poll_set_consumer(client.get());
  queue.reset(rd_kafka_queue_get_consumer(client.get()));
  starts.emplace(client.get(), start, wake);
  watch.emplace(client.get(), queue.get());
  rd_kafka_queue_cb_event_enable(queue.get(), &on_wake, this);
  // What came earlier woke nobody.
  if (rd_kafka_queue_length(queue.get()) > 0)
    wake();
}

consumer::impl::~impl() {
  rd_kafka_queue_cb_event_enable(queue.get(), nullptr, nullptr);
  if (!closed())
    leave_and_wait();
  // librdkafka 2.0 aborts the process when a client ends after the group's
  // answer to its joining and before its first assignment, and waits for good
  // when one ends that is not closed.
  auto let_go = has_left || !subscribed || failed;
  if (is_joining() || !let_go || stuck || !closed())
    keep_for_good(std::move(client));
}

// Called with the queue locked, when it was empty and is no longer.
void consumer::impl::on_wake(rd_kafka_t*, void* self) {
  static_cast<impl*>(self)->wake();
}

void consumer::impl::watch_topics(const std::vector<std::string>& wanted) {
  watch->watch(wanted);
  if (!alone)
    counts.watch(client.get(), wanted);
}

// What is assigned is revoked, and given back before the group is left.
void consumer::impl::unsubscribe() {
  if (alone || !std::exchange(subscribed, false))
    return;
  was_assigned = false;
  report(rd_kafka_unsubscribe(client.get()), "unsubscribe");
}

void consumer::impl::describe_group() {
  if (!failed && !closing)
    kafka::describe_group(client.get(), group, queue.get());
}

void consumer::impl::subscribe(const std::vector<std::string>& wanted) {
  watch->watch(wanted);
  if (alone) {
    topics = wanted;
    for (const auto& topic : topics)
      for (std::uint32_t i = 0; i < partitions_of_topic; ++i)
        all.push_back({topic, static_cast<std::int32_t>(i)});
    step = alone_step::assign;
    wake();
    return;
  }
  counts.watch(client.get(), wanted);
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(wanted.size()))};
  for (const auto& topic : wanted)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                      RD_KAFKA_PARTITION_UA);
  subscribed = true;
  report(rd_kafka_subscribe(client.get(), list.get()), "subscribe");
}

void consumer::impl::poll() {
  if (failed || stuck)
    return;
  poll_alone();
  poll_leave();
  if (!simulated && !closing && !leave_until)
    watch->poll(clock::now());
  add_started();
  while (!failed) {
    const event_handle event{rd_kafka_queue_poll(queue.get(), 0)};
    if (!event)
      return close_if_left();
    on_event(event.get());
    fail_if_fatal();
  }
}

void consumer::impl::assign(const std::vector<topic_partition>& partitions) {
  if (failed)
    return;
  if (partitions.empty())
    add({});
  else
    starts->ask(partitions);
}

void consumer::impl::unassign(const std::vector<topic_partition>& partitions) {
  std::vector<topic_partition> known;
  for (const auto& x : partitions) {
    starts->forget(x);
    cells.erase(x);
    revoking.erase(x);
    // librdkafka refuses the whole list when one is not known to it.
    if (assigned.erase(x) > 0)
      known.push_back(x);
  }
  if (!may_answer())
    return;
  be_patient(); // however long the owner has taken
  auto list = to_list(known);
  report(error_handle{rd_kafka_incremental_unassign(client.get(), list.get())},
         "unassign");
  if (step == alone_step::revoking && assigned.empty()) {
    step = alone_step::closing;
    start_close();
  }
}

std::unique_ptr<partition_queue>
consumer::impl::open(const topic_partition& partition,
                     std::function<void()> wake_queue) {
  auto& cell = cells[partition];
  cell = std::make_shared<start_place>();
  return make_partition_queue({client, partition, cell, log_of(partition.topic),
                               max_queued_bytes, max_queued_records},
                              std::move(wake_queue));
}

std::shared_ptr<topic_log> consumer::impl::log_of(const std::string& topic) {
  auto& result = logs[topic];
  if (!result)
    result = std::make_shared<topic_log>();
  return result;
}

void consumer::impl::add_started() {
  auto found = starts->take(clock::now(), [this](const kafka_error& why) {
    events.on_error(why, false);
  });
  if (found.empty())
    return;
  brokers.on_answer();
  add(found);
}

void consumer::impl::add(const partition_positions& found) {
  if (closing)
    return;
  auto list = to_list(found);
  error_handle error{rd_kafka_incremental_assign(client.get(), list.get())};
  if (error) {
    report(std::move(error), "assign");
    return;
  }
  for (const auto& [partition, start] : found) {
    assigned.insert(partition);
    auto cell = cells.find(partition);
    // The log's end (a logical offset) is told by the first answer instead.
    if (cell != cells.end() && start.offset >= 0)
      cell->second->store(start);
  }
}

void consumer::impl::commit(const partition_positions& next) {
  if (next.empty() || failed)
    return;
  auto list = to_list(next);
  report(rd_kafka_commit_queue(client.get(), list.get(), queue.get(), nullptr,
                               nullptr),
         "commit");
}

} // namespace weir::kafka
