#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::kafka {

/// Partitions with the place that each has in librdkafka's lists: the offset,
/// or a logical one; the log that it is of and a note, which are committed with
/// it; and the leader's epoch, by which librdkafka finds out whether the log
/// still has what is before. A position that was read goes back to librdkafka
/// only so.
using partition_positions = std::map<topic_partition, log_position>;

partitions_handle to_list(const std::vector<topic_partition>& partitions);

partitions_handle to_list(const partition_positions& positions);

/// The log that an offset was committed with; 0: it is not known.
log_id committed_log(const rd_kafka_topic_partition_t& x);

/// The notes likewise.
std::string committed_note(const rd_kafka_topic_partition_t& x);
std::string committed_epochs(const rd_kafka_topic_partition_t& x);

std::vector<topic_partition>
from_list(const rd_kafka_topic_partition_list_t* list);

std::map<topic_partition, std::int64_t>
offsets_in(const rd_kafka_topic_partition_list_t* list);

} // namespace weir::kafka
