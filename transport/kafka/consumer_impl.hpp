#pragma once

#include "transport/kafka/consumer.hpp"
#include "transport/kafka/membership.hpp"
#include "transport/kafka/partition_counts.hpp"
#include "transport/kafka/partition_source.hpp"
#include "transport/kafka/reachability.hpp"
#include "transport/kafka/start_offsets.hpp"
#include "transport/kafka/topic_logs.hpp"
#include "transport/kafka/topic_watch.hpp"

#include <memory>
#include <optional>
#include <set>

namespace weir::kafka {

/// One librdkafka consumer whose every event (rebalances, commits, errors,
/// statistics) comes through one queue.
///
/// A partition is first *starting*: handed over by the group, its start
/// offset being asked for; then *assigned*: known to librdkafka. Start offsets
/// are absolute, or the log's end where nothing was committed; never
/// `RD_KAFKA_OFFSET_STORED`.
///
/// After a fatal error (librdkafka's word: the group has fenced this member) it
/// has failed: it revokes what it has handed out, and does no more.
///
/// What is a member's of a group, and one's that is alone, is in
/// `group_member` and `lone_member`; they call `end` when they end.
struct consumer::impl {
  impl(const kafka_options& settings, const cluster_options& cluster,
       consumer_events& events, std::function<void()> wake);
  virtual ~impl();

  static std::unique_ptr<impl>
  make(const kafka_options& settings, const cluster_options& cluster,
       consumer_events& events, std::function<void()> wake);

  void watch_topics(const std::vector<std::string>& topics);
  virtual void count_partitions(const std::vector<std::string>&) {}
  virtual void subscribe(const std::vector<std::string>& topics) = 0;
  virtual void unsubscribe() = 0;
  void describe_group();
  void poll();
  void assign(const std::vector<topic_partition>& partitions);
  void unassign(const std::vector<topic_partition>& partitions);
  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        std::function<void()> wake);
  void commit(const partition_positions& next);
  virtual void close() = 0;
  bool closed() const;

  /// A failed one of which nobody holds a partition any more.
  bool is_spent() const { return member.is_failed() && cells.empty(); }

  static void on_wake(rd_kafka_t*, void* self);

  // -- events -----------------------------------------------------------------

  void on_event(rd_kafka_event_t* event);
  void on_rebalance(rd_kafka_event_t* event);
  void on_commit(rd_kafka_event_t* event);
  void on_statistics(rd_kafka_event_t* event);
  void poll_topics();
  void on_topics(rd_kafka_event_t* event);
  void on_group(rd_kafka_event_t* event);
  void on_error(rd_kafka_event_t* event);
  void on_log(rd_kafka_event_t* event);
  void fail_if_fatal();
  void fail(const kafka_error& why);

  // -- hooks ------------------------------------------------------------------

  /// Before the queue's events are served.
  virtual void poll_member() { poll_leave(); }
  /// `unassign` was called.
  virtual void on_given_back() {}
  /// Without an owner: leave the group, or just close.
  virtual void begin_end() = 0;
  /// Leaves and closes, and waits for it.
  void end();

  // -- leaving the group ------------------------------------------------------

  void start_leave();
  void poll_leave();
  void close_if_left();
  bool in_group() const;
  void start_close();

  // -- helpers ----------------------------------------------------------------

  void revoke(const std::vector<topic_partition>& partitions, bool lost);
  void add_started();
  void add(const partition_positions& starts);
  void report(error_handle error, const char* what);
  void report(rd_kafka_resp_err_t error, const char* what);
  void note_awaited(rd_kafka_event_t* rebalance);
  void leave_and_wait();
  void answer(rd_kafka_event_t* rebalance);
  void give_all_back();

  consumer_events& events;
  std::function<void()> wake;
  std::string group;
  shared_client client;
  queue_handle queue;
  partition_counts counts;
  std::optional<topic_watch> watch;
  topic_logs logs; ///< shared with the partitions' queues
  std::optional<start_offsets> starts;
  std::set<topic_partition> assigned;
  std::map<topic_partition, start_cell> cells; ///< of all that are open
  std::set<topic_partition> revoking;
  reachability brokers;
  std::optional<client_figures> figures; ///< not yet taken
  std::size_t max_queued_bytes = 0;
  std::size_t max_queued_records = 0;

  membership member;
};

} // namespace weir::kafka
