#pragma once

#include "actors/contract/inspection.hpp"
#include "actors/node/topic_events.hpp"
#include "actors/runtime/io_loop.hpp"

#include <chrono>
#include <cstddef>

namespace weir {

struct topic_tail_options {
  routes_ptr rules;
  event_limits limits;
};

/// Bytes of records in one answer, of all partitions together; each tells one
/// record at least, and reads `read_step` and a record for it.
inline constexpr std::size_t tail_page = 1024 * 1024;

/// How long partitions may take: together less than `informant_patience`. And
/// how long a partition is looked at that ends before where it is asked for:
/// what is known of its end may be older than who asks.
inline constexpr auto tail_patience = std::chrono::milliseconds{700};
inline constexpr auto tail_second_look = std::chrono::milliseconds{500};

/// Spawns the TOPIC TAIL, which reads what this node's PARTITION CONSUMERs
/// have. It keeps nothing between two questions: who asks says where to begin,
/// and whoever asks slowly, or no more, holds nothing.
topic_tail_actor spawn_topic_tail(actor_executor executor,
                                  topic_tail_options options,
                                  consumer_group_actor group);

} // namespace weir
