#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace weir::kafka {

/// The queue of one assigned partition. What is not read stays in librdkafka,
/// which stops fetching at its bound (`queued.max.messages.kbytes`): so credit
/// for one partition never depends on another. Used by one thread at a time,
/// which may be another one than the consumer's: librdkafka's queues are
/// thread-safe, and reading also counts as polling (`max.poll.interval.ms`).
///
/// `wake` is called from librdkafka's threads when the queue was empty and is
/// no longer, while librdkafka holds the queue's lock: it may post, it must
/// not read. No call of it is under way once the destructor has returned.
class partition_queue {
public:
  struct impl;
  explicit partition_queue(std::unique_ptr<impl> x);
  ~partition_queue();

  /// Calls `sink` for records in offset order until about `max_bytes` have
  /// been read or none is left; never blocks. Returns the bytes read (keys,
  /// values and headers). When less than `max_bytes` came, `wake` tells of
  /// further ones.
  ///
  /// The next record's offset is the position, but for:
  /// - It is beyond it and `log_start()` is too: retention has deleted what was
  ///   between. Without any record left, the position itself goes to the start.
  /// - It is beyond it and `log_start()` is not: there are holes in the log,
  ///   by compaction and transactions. Nothing is missed.
  /// - It is below it: the log was cut, or its topic created again. What comes
  ///   is another log, from its start on. As long as it has no record,
  ///   `log_end()` is below the position. That is reported after some seconds
  ///   (`truncation_detector`), for which `read` must be called now and then:
  ///   before, it may be a broker that only believes to lead the partition. (A
  ///   new log that is already longer is told from the old one by `log`; one
  ///   that was cut and is longer again, by the epochs of its leaders: it is
  ///   read from where it was cut.)
  ///
  /// Nothing is read while the topic is missing: what comes next is not of the
  /// same log.
  std::size_t read(std::size_t max_bytes,
                   const std::function<void(const record_view&)>& sink);

  /// The log that the topic has now; 0: not known. When it changes, what is
  /// read is of neither one nor the other until `restart`. A topic that was
  /// created again with fewer partitions has none here: it is still the former
  /// one then.
  log_id log() const;

  /// Begins again in the log that there is now: at its start, position 0, or
  /// where it was cut.
  void restart(const log_position& at);

  /// The next offset to be read: one after the last record read, or where the
  /// partition starts for this member; -1 until that is known.
  std::int64_t position() const;

  /// Of the leader that has written what is before it; -1: unknown.
  std::int32_t leader_epoch() const;

  /// Where the partition starts, with the log and the notes that were committed
  /// with it; the offset is -1 until it is known. The topic may have another
  /// log by now.
  log_position start() const;

  /// The log's end as of the last fetch answer; -1: unknown.
  std::int64_t log_end() const;

  /// The oldest offset in the log, likewise.
  std::int64_t log_start() const;

  /// Asks who leads the partition, for `leader`; never blocks.
  void ask_leader();

  /// What the leader has said last. It proves what it says for as long as the
  /// log is the same: one whose epoch is higher than a position's, and whose log
  /// ended before that, had lost what the position was in. Nothing: nobody was
  /// asked, or has answered, or this is another log.
  const std::optional<log_leader>& leader();

  /// Records that wait in librdkafka.
  std::size_t waiting() const;

  /// What goes wrong (not authorised, a record that cannot be decompressed)
  /// since something was last read; empty: nothing. librdkafka continues by
  /// itself. `errors` counts how often it was reported.
  const kafka_error& problem() const;
  std::uint64_t errors() const;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
