#pragma once

// Records of a partition, from who reads it to the nodes that want them.

#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "transport/kafka/record.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// Whoever takes the records of a partition.
using subscriber_actor = caf::typed_actor<
  // Records of the subscribed rooms in a contiguous range of offsets.
  caf::result<void>(record_batch),
  // In stream order: rooms added to the subscription are complete from here.
  caf::result<void>(keys_added),
  // A member on another node has sent an event that never touches Kafka.
  caf::result<void>(local_event)>;

/// PARTITION CONSUMER: a small log server for one assigned partition.
using partition_consumer_actor = caf::typed_actor<
  // Begin, or start over, at the subscriber's cursor.
  caf::result<void>(subscribe),
  // More rooms for an existing subscription.
  caf::result<void>(add_keys),
  // Fewer rooms.
  caf::result<void>(remove_keys),
  // A subscription, or a replay, is not wanted any more.
  caf::result<void>(unsubscribe),
  // The subscriber can take more bytes.
  caf::result<void>(grant_credit),
  // For the other nodes that have the room.
  caf::result<void>(relay_event),
  // librdkafka has records.
  caf::result<void>(records_ready),
  // The group takes the partition away; answers with the final position.
  caf::result<commit_position>(revoke_partition)>;

/// From OUTBOUND ROUTER to PARTITION CONSUMER. A subscription is never reused:
/// who subscribes again takes a new number, so that what is still on its way
/// for the old one can be distinguished.
struct subscribe {
  subscriber_actor subscriber;
  std::uint32_t subscription = 0;
  /// The next offset wanted; cursor::unknown: from now on.
  std::int64_t cursor = -1;
  /// Those whose records belong into this partition; and the log that `cursor`
  /// is of, see `log_key`.
  std::vector<std::string> keys;
  std::uint64_t credit = 0; ///< bytes
  /// For members that are behind, in addition to the subscription for those
  /// who are not; batches that reach the end of the log come at once, even
  /// without records. Requires: `cursor` is known.
  bool replay = false;
  /// How many partitions the topic has, as far as the subscriber knows: it gets
  /// also the records of every key that belongs elsewhere by that count.
  /// Other programs may put them here, few as they are, and so a subscriber
  /// names each key at one partition only. 0: just `keys`.
  std::int32_t partitions = 0;
  /// The records of every key, and those without one. Only on the same node:
  /// it does not travel.
  bool all_keys = false;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER: the end of a subscription.
struct unsubscribe {
  std::uint32_t subscription = 0;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER; answered by `keys_added`.
struct add_keys {
  std::uint32_t subscription = 0;
  std::vector<std::string> keys;
  /// How many of the key's recent records the answer is to name; 0 with more
  /// than one key.
  std::uint32_t history = 0;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER.
struct remove_keys {
  std::uint32_t subscription = 0;
  std::vector<std::string> keys;
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER: what it has subscribed to in
/// `[from, to)`, possibly nothing, as a record block.
struct record_batch {
  std::uint32_t subscription = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string records;
  /// Of the range, what lies before this offset is no longer in the log: it
  /// may have held records. At most `from`: nothing is lost.
  std::int64_t lost = -1;
  /// The log that the range is of, its leader's epoch, and where epochs begin
  /// in it, as far as is known; its receiver fills them in.
  kafka::log_id log = 0;
  std::int32_t leader_epoch = -1;
  std::shared_ptr<const leader_epochs> epochs;
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER, between two batches: the keys'
/// records from `offset` on are complete.
struct keys_added {
  std::uint32_t subscription = 0;
  /// The log that what follows is of is named likewise (`log_key`), and of
  /// which keys records are misplaced there (`misplaced_key`), and where its
  /// leaders' epochs begin (`epochs_key`). One that names a problem
  /// (`problem_key`) says only why the partition cannot be read, or that it can
  /// again.
  std::vector<std::string> keys;
  std::int64_t offset = 0;
  /// Offsets of the keys' last records before `offset` that are still in the
  /// tail cache, oldest first.
  std::vector<std::int64_t> history;
  /// The log's oldest offset, and the next one to come; -1: not known yet.
  std::int64_t log_start = -1;
  std::int64_t log_end = -1;
};

/// Bytes that may be sent in addition. From OUTBOUND ROUTER to PARTITION
/// CONSUMER, and from a batch's lease to OUTBOUND ROUTER.
struct grant_credit {
  std::uint32_t subscription = 0;
  std::uint64_t bytes = 0;
};

/// From librdkafka's threads to PARTITION CONSUMER.
struct records_ready {};

template <class Inspector>
bool inspect(Inspector& f, subscribe& x) {
  return f.object(x).fields(
    f.field("subscriber", x.subscriber),
    f.field("subscription", x.subscription), f.field("cursor", x.cursor),
    f.field("keys", x.keys), f.field("credit", x.credit),
    f.field("partitions", x.partitions), f.field("replay", x.replay));
}

template <class Inspector>
bool inspect(Inspector& f, unsubscribe& x) {
  return f.object(x).fields(f.field("subscription", x.subscription));
}

template <class Inspector>
bool inspect(Inspector& f, add_keys& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("keys", x.keys),
                            f.field("history", x.history));
}

template <class Inspector>
bool inspect(Inspector& f, remove_keys& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("keys", x.keys));
}

template <class Inspector>
bool inspect(Inspector& f, record_batch& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("from", x.from), f.field("to", x.to),
                            f.field("records", x.records),
                            f.field("lost", x.lost));
}

template <class Inspector>
bool inspect(Inspector& f, keys_added& x) {
  return f.object(x).fields(
    f.field("subscription", x.subscription), f.field("keys", x.keys),
    f.field("offset", x.offset), f.field("history", x.history),
    f.field("log_start", x.log_start), f.field("log_end", x.log_end));
}

template <class Inspector>
bool inspect(Inspector& f, grant_credit& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("bytes", x.bytes));
}

} // namespace weir
