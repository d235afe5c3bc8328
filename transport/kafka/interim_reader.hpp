#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::kafka {

class partition_queue;

/// Reads partitions that the group has given to others, who are gone, or to
/// nobody yet: by one more client, which never joins. It is made when it is
/// first needed.
///
/// A partition starts where the `consumer` would have it start: at the offset
/// that the group has committed, which anybody may ask for. Nothing is
/// committed, as Kafka takes commits of members only (and none of others while
/// there are members); so who gets the partition next from the group starts
/// there, too, and those who are further on say so by their cursors.
///
/// Used by one thread at a time; the queues by others.
class interim_reader {
public:
  using error_listener = std::function<void(const kafka_error&)>;

  /// `wake` is called from other threads when `poll` has something to do;
  /// `on_error` from within `poll`, and from librdkafka's threads. Throws
  /// std::runtime_error that names the property which librdkafka refuses.
  interim_reader(const kafka_options& settings, const cluster_options& cluster,
                 std::function<void()> wake, error_listener on_error = {});

  /// Waits for an answer under way, 2 s at most. Queues may outlive it; they
  /// get nothing more.
  ~interim_reader();

  /// What there is of a topic; see `start_offsets::note`.
  void note(const std::string& topic, const topic_state& state);

  /// Whether it can open partitions. Makes its client, if it has none; where
  /// threads are short, `on_error` tells, and it is to be tried again.
  bool is_ready();

  /// The records of a partition, from where the group has got to; its
  /// `position()` is known later. `wake` as that of `consumer::open`. Requires:
  /// `is_ready()`, and the partition is not open.
  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        std::function<void()> wake);

  /// Ends the reading. Requires: its queue is gone.
  void close(const topic_partition& partition);

  /// Begins to read what it is known of by now where to; never blocks. To be
  /// called now and then, as what has failed is tried again by it.
  void poll();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
