#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::kafka {

struct topic_partition {
  std::string topic;
  std::int32_t partition = 0;

  // clang-tidy 14 takes the <=> for a null pointer.
  // NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const topic_partition&) const = default;
};

/// Tells a topic's log from the one of an earlier topic of that name: offsets
/// mean something only within one log. Made of Kafka's topic id; 0: not known,
/// as with brokers before 2.8.
using log_id = std::uint32_t;

/// What a broker says of itself that leads a partition, or takes itself for the
/// leader.
struct log_leader {
  std::int32_t epoch = -1; ///< under which it leads; -1: it tells of none
  std::int64_t log_end = -1;
};

/// A position in a partition's log.
struct log_position {
  // Whoever knows no log names an offset alone.
  // NOLINTNEXTLINE(google-explicit-constructor)
  log_position(std::int64_t at = -1, log_id in = 0, std::int32_t epoch = -1)
    : offset{at}, log{in}, leader_epoch{epoch} {}

  std::int64_t offset;
  log_id log;
  /// Of the leader that has written what is before, or of a later one that has
  /// been read from; -1: not known. It tells a log that has lost its end from
  /// the one that it was, however long it is by now.
  std::int32_t leader_epoch;
  /// What is to be kept with it when it is committed: a line without `;`.
  std::string note{};
  /// Likewise, what is known of earlier leaders.
  std::string epochs{};

  bool operator==(const log_position&) const = default;
};

/// A record as librdkafka holds it; the views live as long as the call that
/// hands it out.
struct record_view {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  bool has_key = false;
  bool has_value = false; ///< false: a tombstone
  std::string_view key;
  std::string_view value;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::int32_t leader_epoch = -1; ///< of the leader that wrote it
};

} // namespace weir::kafka

template <>
struct std::hash<weir::kafka::topic_partition> {
  std::size_t operator()(const weir::kafka::topic_partition& x) const noexcept {
    return std::hash<std::string>{}(x.topic) * 31
           + static_cast<std::size_t>(x.partition);
  }
};
