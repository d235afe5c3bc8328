#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/handles.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace weir::kafka {

/// Makes consumers that are in no group, read what they are told to, and commit
/// nothing. Nobody polls them: their log lines go right to `on_error`, from
/// librdkafka's threads, and what concerns a partition comes with its records.
/// Every call may come from any thread.
class outside_clients {
public:
  using error_listener = std::function<void(const kafka_error&)>;

  /// `purpose` is for their `client.id`. Throws std::runtime_error that names
  /// the property which librdkafka refuses.
  outside_clients(const kafka_options& settings, const cluster_options& cluster,
                  const std::string& purpose, error_listener on_error);

  /// Throws std::runtime_error when threads are short.
  shared_client make() const;

  /// False: there was none.
  bool report(error_handle error, const char* what) const;
  void report(const kafka_error& x) const;

  /// librdkafka's bounds at which they stop fetching a partition.
  std::size_t max_queued_bytes() const { return max_queued_bytes_; }
  std::size_t max_queued_records() const { return max_queued_records_; }

private:
  std::shared_ptr<const error_listener> on_error_;
  conf_handle conf_;
  std::size_t max_queued_bytes_;
  std::size_t max_queued_records_;
};

/// What was fetched for a partition that is no longer assigned is outdated:
/// librdkafka frees it when it is asked for records.
void drop_outdated(rd_kafka_queue_t* queue);

} // namespace weir::kafka
