#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_loop.hpp"
#include "config/options.hpp"

#include <string>
#include <vector>

namespace weir {

/// Spawns the PRODUCER: hands records to librdkafka in the order in which they
/// come, and answers each emitter after its delivery report. While librdkafka's
/// queue is full, records wait here, up to `waiting_limit` bytes; what comes on
/// top of that is answered with `unavailable`. `topics` are made known to the
/// brokers at once, so that those that create topics do.
/// Throws std::runtime_error when librdkafka refuses a property.
producer_actor spawn_producer(actor_home home, const kafka_options& settings,
                              const std::vector<std::string>& topics,
                              std::size_t waiting_limit);

} // namespace weir
