#pragma once

// librdkafka's handles, closed by their owners.

#include <librdkafka/rdkafka.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::bench {

template <auto Function>
struct deleter {
  template <class T>
  void operator()(T* handle) const {
    Function(handle);
  }
};

using kafka_ptr = std::unique_ptr<rd_kafka_t, deleter<rd_kafka_destroy>>;

using kafka_properties = std::vector<std::pair<std::string, std::string>>;

/// Told of each delivery report.
using delivery_callback = void (*)(rd_kafka_t*, const rd_kafka_message_t*,
                                   void* opaque);

/// Throws std::runtime_error when a property is wrong.
kafka_ptr make_kafka(rd_kafka_type_t type, const kafka_properties& properties,
                     delivery_callback on_delivery = nullptr,
                     void* opaque = nullptr);

} // namespace weir::bench
