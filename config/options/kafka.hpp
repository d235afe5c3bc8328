#pragma once

#include "config/options/units.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace weir {

/// [kafka]: the log.
struct kafka_options {
  /// True: an in-memory broker within this process, for trying things out.
  bool embedded = false;
  /// `host:port,host:port`; required unless `embedded`.
  std::string brokers;
  /// Consumer group; empty: the cluster's name.
  std::string group;
  /// An emit is answered with an error when Kafka has not stored it by then.
  milliseconds delivery_timeout = seconds{30};
  /// Partitions of the topics that the embedded broker creates; 1 to 1,000.
  std::uint32_t embedded_partitions = 4;
  /// [kafka.properties] go to librdkafka as they are, for both directions;
  /// [kafka.producer] and [kafka.consumer] for one of them. A secret may be in
  /// a file, which `<property>_file` names.
  std::map<std::string, std::string> properties;
  std::map<std::string, std::string> producer;
  std::map<std::string, std::string> consumer;

  bool operator==(const kafka_options&) const = default;
};

} // namespace weir
