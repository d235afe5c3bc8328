#pragma once

// Owners of librdkafka's C objects. Private to this folder: whoever includes
// this sees rdkafka.h.

#include <librdkafka/rdkafka.h>

#include <memory>

namespace weir::kafka {

template <auto Destroy>
struct destroy_with {
  template <class T>
  void operator()(T* x) const noexcept {
    Destroy(x);
  }
};

template <class T, auto Destroy>
using handle = std::unique_ptr<T, destroy_with<Destroy>>;

using conf_handle = handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using client_handle = handle<rd_kafka_t, rd_kafka_destroy>;
using topic_handle = handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using queue_handle = handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using event_handle = handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using error_handle = handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using partitions_handle = handle<rd_kafka_topic_partition_list_t,
                                 rd_kafka_topic_partition_list_destroy>;

} // namespace weir::kafka
