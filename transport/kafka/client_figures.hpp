#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir::kafka {

/// What librdkafka's statistics tell of a client, beside whom it reaches
/// (`reachability`). Counts are since the client was made, but for those of the
/// last interval (`statistics.interval.ms`).
struct client_figures {
  /// Without the connection to it as the group's coordinator, on which a join
  /// waits for the other members.
  struct broker {
    std::int64_t unanswered = 0;     ///< requests, now
    std::int64_t round_trip_p99 = 0; ///< of the last interval; 0: no answer
    std::int64_t answers = 0;
    /// For how long, by its answers of the last interval, it has held them back
    /// as more was asked than quotas allow; milliseconds.
    std::int64_t throttled = 0;
    bool unreachable = false; ///< a connection is wanted, and is not there
  };

  std::int64_t queued_records = 0; ///< now, those that wait for brokers
  std::int64_t queued_bytes = 0;
  std::int64_t requests = 0;
  std::int64_t sent_bytes = 0; ///< of requests
  std::int64_t received_bytes = 0;
  std::int64_t sent_records = 0;
  std::int64_t received_records = 0;
  std::int64_t retries = 0;  ///< of requests
  std::int64_t timeouts = 0; ///< likewise
  // Of the last interval: answers that came, how long they took together, and
  // of the broker that is slowest, what 99 % take at most. Microseconds.
  std::int64_t round_trips = 0;
  std::int64_t round_trip_time = 0;
  std::int64_t round_trip_p99 = 0;
  std::map<std::string, broker> brokers{}; ///< by `host:port`
};

/// Nothing: they are not as expected.
std::optional<client_figures> read_figures(std::string_view statistics);

} // namespace weir::kafka
