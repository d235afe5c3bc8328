#pragma once

#include "transport/kafka/record.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir {

/// Which partitions have no reader that this node can reach, and since when.
/// Plain logic; time is handed in.
class unread_partitions {
public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  /// A topic has so many partitions: each has to have a reader. 0: none has,
  /// the topic is not read here, or not yet.
  void know(const std::string& topic, std::int32_t count, instant now);

  /// This node, or one that it has a link to, reads the partition.
  void read(const kafka::topic_partition& x);

  /// Nobody does, any more or still.
  void unread(const kafka::topic_partition& x, instant now);

  /// Who reads what is to be said again from now on: nobody is late yet.
  void restart(instant now);

  /// Whether a topic is known, and each partition of it has a reader.
  bool reads_all(const std::string& topic) const;

  struct unread_partition {
    kafka::topic_partition partition;
    instant since;
  };

  /// Those without a reader for so long.
  std::vector<unread_partition> overdue(duration time, instant now) const;

  /// All that are known to be there.
  std::vector<kafka::topic_partition> all() const;

private:
  struct state {
    bool is_read = false;
    instant since; ///< nobody reads it
  };

  std::map<std::string, std::int32_t> counts_;
  std::map<kafka::topic_partition, state> partitions_;
};

} // namespace weir
