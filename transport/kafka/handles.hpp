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

/// A consumer and the queues of its partitions, each of which may be the last
/// to go. By then the group is left, or could not be: no further waiting.
using shared_client = std::shared_ptr<rd_kafka_t>;

inline shared_client share(client_handle x) {
  return {x.release(), [](rd_kafka_t* client) {
            rd_kafka_destroy_flags(client,
                                   RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
          }};
}

} // namespace weir::kafka
