#pragma once

#include "transport/kafka/group_description.hpp"
#include "transport/kafka/handles.hpp"

#include <string>

namespace weir::kafka {

/// Asks for the members of a group, without blocking: the answer comes to
/// `queue`, as an event of the type DESCRIBECONSUMERGROUPS_RESULT.
void describe_group(rd_kafka_t* client, const std::string& group,
                    rd_kafka_queue_t* queue);

/// What such an event says.
group_description read_description(rd_kafka_event_t* event);

} // namespace weir::kafka
