#include "transport/kafka/library.hpp"

#include "transport/kafka/settings.hpp"

namespace weir::kafka {

std::string library_version() {
  const conf_handle conf{rd_kafka_conf_new()};
  std::string features;
  for (auto c : property(conf.get(), "builtin.features"))
    features += c == ',' ? std::string{", "} : std::string{c};
  return "librdkafka " + std::string{rd_kafka_version_str()} + " (" + features
         + ")";
}

} // namespace weir::kafka
