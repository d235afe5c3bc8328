#include "tools/bench/load/kafka_handle.hpp"

namespace weir::bench {

kafka_ptr make_kafka(rd_kafka_type_t type, const kafka_properties& properties,
                     delivery_callback on_delivery, void* opaque) {
  char error[512] = "";
  auto* conf = rd_kafka_conf_new();
  for (auto& [name, value] : properties)
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error,
                          sizeof error)
        != RD_KAFKA_CONF_OK)
      throw std::runtime_error{error};
  if (on_delivery)
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  rd_kafka_conf_set_opaque(conf, opaque);
  // Takes `conf` over.
  kafka_ptr handle{rd_kafka_new(type, conf, error, sizeof error)};
  if (!handle)
    throw std::runtime_error{error};
  return handle;
}

} // namespace weir::bench
