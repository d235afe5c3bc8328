#include "transport/kafka/consumer_impl.hpp"

#include "transport/kafka/settings.hpp"

#include <chrono>
#include <cstdlib>
#include <mutex>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long leaving the group may take until the client is closed anyhow, the
// destructor waits for both, and `commit_now` for its answer.
constexpr milliseconds leave_timeout{2000};
constexpr milliseconds close_timeout{5000};
constexpr milliseconds commit_timeout{5000};
constexpr milliseconds leave_poll{50};

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
    alone{settings.embedded && cluster.listen.empty()},
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
  // answer to its joining and before its first assignment.
  if (is_joining())
    keep_for_good(std::move(client));
}

// Called with the queue locked, when it was empty and is no longer.
void consumer::impl::on_wake(rd_kafka_t*, void* self) {
  static_cast<impl*>(self)->wake();
}

void consumer::impl::subscribe(const std::vector<std::string>& wanted) {
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
  if (failed)
    return;
  poll_alone();
  poll_leave();
  add_started();
  while (!failed) {
    const event_handle event{rd_kafka_queue_poll(queue.get(), 0)};
    if (!event)
      return;
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
  if (failed)
    return;
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
  cell = std::make_shared<std::atomic<std::int64_t>>(-1);
  return make_partition_queue({client, partition, cell, max_queued_bytes,
                               max_queued_records},
                              std::move(wake_queue));
}

void consumer::impl::add_started() {
  auto found = starts->take(clock::now(), [this](const std::string& why) {
    events.on_error(why, false);
  });
  if (found.empty())
    return;
  brokers.on_answer();
  add(found);
}

void consumer::impl::add(const partition_offsets& found) {
  auto list = to_list(found);
  error_handle error{rd_kafka_incremental_assign(client.get(), list.get())};
  if (error) {
    report(std::move(error), "assign");
    return;
  }
  for (const auto& [partition, offset] : found) {
    assigned.insert(partition);
    auto cell = cells.find(partition);
    // The log's end (a logical offset) is told by the first answer instead.
    if (cell != cells.end() && offset >= 0)
      cell->second->store(offset);
  }
}

void consumer::impl::commit(const partition_offsets& next) {
  if (next.empty() || failed)
    return;
  auto list = to_list(next);
  report(rd_kafka_commit_queue(client.get(), list.get(), queue.get(), nullptr,
                               nullptr),
         "commit");
}

std::string consumer::impl::commit_now(const partition_offsets& next) {
  if (next.empty())
    return {};
  if (failed)
    return "the consumer has failed";
  auto list = to_list(next);
  queue_handle answer{rd_kafka_queue_new(client.get())};
  if (auto error = rd_kafka_commit_queue(client.get(), list.get(), answer.get(),
                                         nullptr, nullptr))
    return rd_kafka_err2str(error);
  event_handle event{rd_kafka_queue_poll(
    answer.get(), static_cast<int>(commit_timeout.count()))};
  if (!event)
    return "no answer to a commit";
  if (auto error = rd_kafka_event_error(event.get()))
    return rd_kafka_err2str(error);
  return {};
}

void consumer::impl::close() {
  if (step == alone_step::assigned) {
    step = alone_step::revoke;
    wake();
  } else {
    start_leave();
  }
}

// A static member that closes stays in the group until its session is over,
// so that its partitions would have no owner for that long. It leaves when it
// unsubscribes and has given back what it had, if it is not closing by then.
void consumer::impl::start_leave() {
  if (leave_until || closed())
    return;
  leave_until = clock::now() + leave_timeout;
  wake();
}

void consumer::impl::poll_leave() {
  if (!leave_until)
    return;
  // One that is only about to be a member could not leave, and the group would
  // wait for it: it takes part first, if there is anybody to let it.
  auto waits = is_joining() && brokers.state().reachable;
  if (!waits && !is_joining() && !std::exchange(unsubscribed, true))
    report(rd_kafka_unsubscribe(client.get()), "unsubscribe");
  if ((waits || in_group()) && clock::now() < *leave_until)
    return;
  leave_until.reset();
  start_close();
}

bool consumer::impl::is_joining() const {
  return subscribed && !was_assigned;
}

// The member's id is given up as the request to leave is sent. librdkafka asks
// its own thread for it.
bool consumer::impl::in_group() const {
  const std::unique_ptr<char, decltype(&std::free)> id{
    rd_kafka_memberid(client.get()), &std::free};
  return id && *id != '\0';
}

void consumer::impl::start_close() {
  error_handle error{rd_kafka_consumer_close_queue(client.get(), queue.get())};
  no_close = static_cast<bool>(error);
  report(std::move(error), "close");
}

bool consumer::impl::closed() const {
  return no_close || rd_kafka_consumer_closed(client.get()) != 0;
}

// Whoever owned this answers the group no more.
void consumer::impl::leave_and_wait() {
  give_all_back();
  alone ? start_close() : start_leave();
  auto deadline = clock::now() + close_timeout;
  for (poll_leave(); !closed() && clock::now() < deadline; poll_leave()) {
    event_handle event{
      rd_kafka_queue_poll(queue.get(), static_cast<int>(leave_poll.count()))};
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      was_assigned = true;
      give_all_back();
    }
  }
}

// Also completes whatever the group has asked for; else librdkafka would wait
// for that for good.
void consumer::impl::give_all_back() {
  error_handle{rd_kafka_incremental_assign(client.get(),
                                           to_list(partition_offsets{}).get())};
  unassign({assigned.begin(), assigned.end()});
}

} // namespace weir::kafka
