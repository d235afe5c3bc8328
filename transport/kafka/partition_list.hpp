#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace weir::kafka {

/// Partitions with the offset that each has in librdkafka's lists.
using partition_offsets = std::map<topic_partition, std::int64_t>;

partitions_handle to_list(const std::vector<topic_partition>& partitions);

partitions_handle to_list(const partition_offsets& offsets);

std::vector<topic_partition>
from_list(const rd_kafka_topic_partition_list_t* list);

} // namespace weir::kafka
