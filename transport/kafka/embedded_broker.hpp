#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// librdkafka's `rd_kafka_mock_cluster_t`.
struct rd_kafka_mock_cluster_s;

namespace weir::kafka {

/// librdkafka's mock cluster in this process: memory only, for trying things
/// out and for tests. Consumer groups and idempotent producers work; each
/// partition keeps its last 5 MiB, further topics are created when asked for.
/// A group's first assignment takes 3 s and each later one as long as
/// `session.timeout.ms` less a second (both are built into librdkafka 2.0), so
/// a node that runs its own embedded broker takes all partitions itself: see
/// `consumer`.
class embedded_broker {
public:
  /// Creates `topics` with `partitions` each. Throws std::runtime_error.
  embedded_broker(const std::vector<std::string>& topics,
                  std::uint32_t partitions);
  ~embedded_broker();

  /// `127.0.0.1:port`: kcat -b takes it too.
  const std::string& bootstrap() const;

  /// For tests that inject faults with `librdkafka/rdkafka_mock.h`.
  rd_kafka_mock_cluster_s* cluster();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
