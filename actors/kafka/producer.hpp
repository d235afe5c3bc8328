#pragma once

#include "actors/contract/emit.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/options.hpp"

#include <string>
#include <vector>

namespace weir {

/// Spawns the PRODUCER: hands records to librdkafka in the order in which they
/// come, and answers each emitter after its delivery report. While librdkafka's
/// queue is full, records wait here, up to `producer_queue` bytes; what comes
/// on top of that is answered with `unavailable`. `topics` are made known to
/// the brokers at once, so that those that create topics do.
///
/// Every emit is answered within `delivery_timeout`, waiting included, as soon
/// as librdkafka's clock and a tick of 200 ms allow: with `unavailable` where
/// it is certainly not stored, with `timeout` where that is not known. When
/// librdkafka's producer has failed for good (idempotence), records wait until
/// what it has sent is reported, and a new one goes on with them.
///
/// A record whose emit has come before (`produce_record::identity`) is not
/// produced again, but answered with what becomes of the first one, or at once
/// where that is known. After an answer of `unavailable` it is produced anew.
/// After `timeout` it is answered `timeout` again: the first may be in the log,
/// or a broker may still write it there, so that only a reader of the log can
/// tell. What is known is this process's: at most `idempotency_ids` ids.
///
/// Throws std::runtime_error when librdkafka refuses a property.
producer_actor spawn_producer(actor_home home, const kafka_options& settings,
                              const std::vector<std::string>& topics,
                              const limits_options& limits);

} // namespace weir
