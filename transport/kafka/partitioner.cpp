#include "transport/kafka/partitioner.hpp"

#include <librdkafka/rdkafka.h>

#include <cassert>

namespace weir::kafka {

std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
  assert(partitions > 0);
  return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(),
                                          partitions, nullptr, nullptr);
}

} // namespace weir::kafka
