#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace weir::kafka {

class partition_queue;

/// Reads partitions again from older offsets, beside the `consumer` and whoever
/// owns them: one more client, which is in no group and commits nothing. It is
/// made when it is first needed, as most nodes seldom do.
///
/// One per node, for all threads: every call may come from any of them. Its own
/// threads belong to librdkafka; nobody has to poll it, as its log lines go
/// right to the log and what concerns a partition comes with its records.
class log_reader {
public:
  using error_listener = std::function<void(const kafka_error&)>;

  /// `on_error` is called from librdkafka's threads, with what it logs and what
  /// a call of ours ends with. Throws std::runtime_error that names the
  /// property which librdkafka refuses.
  log_reader(const kafka_options& settings, const cluster_options& cluster,
             error_listener on_error = {});

  /// Queues may outlive it.
  ~log_reader();

  /// The records of a partition from offset `from` on, as far as the log has
  /// them, and then those to come. Null while another queue of the same
  /// partition is there, or when librdkafka refuses (which is logged): try
  /// again later. Destroying the queue ends the reading; what was fetched for
  /// it is never seen by the next one.
  ///
  /// Both take as long as a message to librdkafka's thread and back, the first
  /// `open` also as long as starting its threads. An unread queue holds at most
  /// what one of the consumer's does (`queued.max.messages.kbytes`).
  ///
  /// What the caller sees:
  /// - Until something was read `position()` is `from`; the log's end makes
  ///   `read` return without a record, with `log_start()` and `log_end()`
  ///   known.
  /// - `from` is older than the log: reading begins at the log's start. With
  ///   the first record, or at the end, `log_start()` is beyond `from`, and
  ///   [from, log_start()) is gone.
  /// - `from` is beyond the end: the log was cut or its topic created again.
  ///   Reading begins at the log's start: the first record's offset is below
  ///   `from`, or there is none and `log_end()` is. That is reported after some
  ///   seconds, see `partition_queue::read`.
  /// - `from` has its leader's epoch, and the log was cut before it: reading
  ///   begins where that was, however long the log is.
  ///
  /// Requires: from.offset >= 0. Throws std::runtime_error when threads are
  /// short.
  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        const log_position& from,
                                        std::function<void()> wake);

  /// Continues with another client, as a topic was created again: the old one
  /// may take news of it for outdated. Queues that are open get nothing more of
  /// it.
  void renew();

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace weir::kafka
