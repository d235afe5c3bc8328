#include "transport/kafka/consumer_impl.hpp"

#include "transport/kafka/describe_group.hpp"
#include "transport/kafka/group_member.hpp"
#include "transport/kafka/group_settings.hpp"
#include "transport/kafka/lone_member.hpp"
#include "transport/kafka/settings.hpp"

#include <chrono>
#include <mutex>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// `auto.offset.reset` has two meanings: where to start with nothing committed
// and where to continue when the offset wanted is gone. The configured value
// decides the first. The second must never skip what is still in the log, so
// there it is always the log's start.
std::int64_t take_start_policy(rd_kafka_conf_t* conf) {
  auto policy = start_policy(conf);
  set_property(conf, "auto.offset.reset", "earliest");
  return policy;
}

void keep_permanently(shared_client client) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<shared_client>;
  const std::lock_guard guard{mutex};
  kept.push_back(std::move(client));
}

} // namespace

consumer::impl::impl(const kafka_options& settings,
                     const cluster_options& cluster, consumer_events& owner,
                     std::function<void()> notify)
  : events(owner), wake(std::move(notify)), group(group_of(settings, cluster)) {
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

std::unique_ptr<consumer::impl>
consumer::impl::make(const kafka_options& settings,
                     const cluster_options& cluster, consumer_events& events,
                     std::function<void()> wake) {
  if (settings.embedded && cluster.listen.empty())
    return std::make_unique<lone_member>(settings, cluster, events,
                                         std::move(wake));
  return std::make_unique<group_member>(settings, cluster, events,
                                        std::move(wake));
}

void consumer::impl::end() {
  rd_kafka_queue_cb_event_enable(queue.get(), nullptr, nullptr);
  if (!closed())
    leave_and_wait();
}

// librdkafka 2.0 aborts the process when a client ends after the group's answer
// to its joining and before its first assignment, and waits forever when one
// ends that is not closed.
consumer::impl::~impl() {
  if (member.is_joining() || !member.is_released()
      || member.now() == membership::phase::stuck || !closed())
    keep_permanently(std::move(client));
}

// Called with the queue locked, when it was empty and is no longer.
void consumer::impl::on_wake(rd_kafka_t*, void* self) {
  static_cast<impl*>(self)->wake();
}

void consumer::impl::watch_topics(const std::vector<std::string>& wanted) {
  watch->watch(wanted);
}

void consumer::impl::describe_group() {
  if (!member.is_failed() && !member.is_closing())
    kafka::describe_group(client.get(), group, queue.get());
}

void consumer::impl::poll() {
  if (member.is_over())
    return;
  poll_member();
  if (member.now() == membership::phase::open)
    poll_topics();
  add_started();
  while (!member.is_failed()) {
    const event_handle event{rd_kafka_queue_poll(queue.get(), 0)};
    if (!event)
      return close_if_left();
    on_event(event.get());
    fail_if_fatal();
  }
}

void consumer::impl::assign(const std::vector<topic_partition>& partitions) {
  if (member.is_failed())
    return;
  if (partitions.empty())
    add({});
  else
    starts->ask(partitions);
}

void consumer::impl::unassign(const std::vector<topic_partition>& partitions) {
  std::vector<topic_partition> known;
  for (auto& x : partitions) {
    starts->forget(x);
    cells.erase(x);
    revoking.erase(x);
    // librdkafka refuses the whole list when one is not known to it.
    if (assigned.erase(x) > 0)
      known.push_back(x);
  }
  if (!member.may_answer())
    return;
  member.extend(clock::now()); // however long the owner has taken
  auto list = to_list(known);
  report(error_handle{rd_kafka_incremental_unassign(client.get(), list.get())},
         "unassign");
  on_given_back();
}

std::unique_ptr<partition_queue>
consumer::impl::open(const topic_partition& partition,
                     std::function<void()> wake_queue) {
  auto& cell = cells[partition];
  cell = std::make_shared<start_place>();
  return make_partition_queue({client, partition, cell,
                               logs.of(partition.topic), max_queued_bytes,
                               max_queued_records},
                              std::move(wake_queue));
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
  if (member.is_closing())
    return;
  auto list = to_list(found);
  error_handle error{rd_kafka_incremental_assign(client.get(), list.get())};
  if (error) {
    report(std::move(error), "assign");
    return;
  }
  for (auto& [partition, start] : found) {
    assigned.insert(partition);
    auto cell = cells.find(partition);
    // The log's end (a logical offset) is known from the first answer instead.
    if (cell != cells.end() && start.offset >= 0)
      cell->second->store(start);
  }
}

void consumer::impl::commit(const partition_positions& next) {
  if (next.empty() || member.is_failed())
    return;
  auto list = to_list(next);
  report(rd_kafka_commit_queue(client.get(), list.get(), queue.get(), nullptr,
                               nullptr),
         "commit");
}

} // namespace weir::kafka
