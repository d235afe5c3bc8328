#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::kafka {

/// What a `topic_reader` tells, on its thread.
class topic_listener {
public:
  virtual ~topic_listener() = default;

  /// The topic is another one, or may be, and is read from its beginning:
  /// nothing holds any more that was reported of the former one, and nothing is
  /// known until `on_state` says so.
  virtual void on_restart() = 0;

  /// A record, in its partition's order; nothing for a value: a tombstone.
  virtual void
  on_record(std::string_view key, std::optional<std::string_view> value)
    = 0;

  /// Whether all records have been reported that there were, and further ones
  /// come: empty; otherwise why not. Told when it changes.
  virtual void on_state(const std::string& problem) = 0;
};

/// Reads a whole topic, all partitions from their beginning, and what comes
/// then: for a compacted topic as a table that each node has a copy of. In no
/// group, with a client and a thread of its own.
///
/// While brokers do not answer, what was read counts for `max_age`; a topic
/// that is missing or may not be read is a problem at once, and so is one that
/// is created again (its id changes, or a partition goes back). Partitions that
/// are added are read, too.
class topic_reader {
public:
  /// Throws std::runtime_error that names the property which librdkafka
  /// refuses.
  topic_reader(const kafka_options& settings, const cluster_options& cluster,
               std::string topic, std::shared_ptr<topic_listener> listener);

  /// Tells nothing more once this has returned; within a second or so.
  ~topic_reader();

  /// How old may be what brokers have last confirmed.
  static constexpr std::chrono::seconds max_age{30};

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
