#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// librdkafka's `rd_kafka_mock_cluster_t`.
struct rd_kafka_mock_cluster_s;

namespace weir::kafka {

/// What whoever uses it must know.
inline constexpr std::string_view embedded_broker_limits
  = "the embedded broker is for trying things out: records are in memory only, "
    "5 MiB of each partition at most, and lost when the node stops; clients on "
    "librdkafka can use it, kafkajs and kafka-go can produce to it, Java "
    "clients "
    "and franz-go cannot; it knows no transactions";

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

  /// Creates those that it has not created yet. Throws likewise, also where a
  /// client has had one created. By one thread at a time.
  void add(const std::vector<std::string>& topics);

  /// `127.0.0.1:port`: kcat -b takes it too.
  const std::string& bootstrap() const;

  /// For tests that inject faults with `librdkafka/rdkafka_mock.h`.
  rd_kafka_mock_cluster_s* cluster();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
