#pragma once

#include "actors/contract/emit.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/options/kafka.hpp"
#include "config/options/limits.hpp"

#include <string>
#include <vector>

namespace weir {

/// Spawns the PRODUCERs of a node, one per executor, in this order: each hands
/// the records of its loop to the one client of librdkafka that they share, in
/// the order in which they come, and answers each emitter after its delivery
/// report. The last of them leads: it takes librdkafka's reports and hands each
/// to the PRODUCER whose record it is of, many in one message; and it answers
/// for all (`query_status`, `drain`). While librdkafka's queue is full, records
/// wait, up to `producer_queue` bytes on all loops together; what comes on top
/// of that is answered with `unavailable`. `topics` are made known to the
/// brokers at once, so that those that create topics do.
///
/// Every emit is answered within `delivery_timeout`, waiting included, as soon
/// as librdkafka's clock and a tick of 200 ms allow: with `unavailable` where
/// it is certainly not stored, with `timeout` where that is not known. Repeats
/// of an emit may take two ticks more, to hear what has become of it. When
/// librdkafka's producer has failed permanently (idempotence), records wait
/// until what it has sent is reported, and a new one continues with them.
///
/// A record whose emit has come before (`produce_record::identity`) is not
/// produced again, but answered with what becomes of the first one, or at once
/// where that is known. After an answer of `unavailable` it is produced again.
/// After `timeout` it is answered `timeout` again: the first may be in the log,
/// or a broker may still write it there, so that only a reader of the log can
/// tell. What is known is this process's: at most `idempotency_ids` ids.
///
/// Throws std::runtime_error when librdkafka refuses a property.
std::vector<producer_actor>
spawn_producers(const std::vector<actor_executor>& executors,
                const kafka_options& settings,
                const std::vector<std::string>& topics,
                const limits_options& limits);

} // namespace weir
