#pragma once

// What nodes tell of themselves as processes.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::schemas {

/// A socket that is gone.
struct departure_status {
  std::string nsp;
  std::string id;
  std::string reason;
};

enum class seen_direction : std::uint8_t { received, sent };

/// An event that a client has sent, or was sent.
struct seen_event {
  seen_direction direction = seen_direction::received;
  std::string nsp;
  std::string socket;
  std::string json; ///< an array, with its name and arguments
  std::uint64_t time_ms = 0;
  std::uint64_t number = 0;
};

/// A node as a process.
struct server_status {
  std::string hostname;
  std::uint32_t pid = 0;
  std::uint64_t uptime_ms = 0;
  std::uint32_t connections = 0;
  std::uint32_t polling = 0;
  std::map<std::string, std::uint32_t> sockets; ///< by namespace
  std::uint64_t opened = 0;
  std::map<std::string, std::uint64_t> closed; ///< by reason
  std::uint64_t events_received = 0;
  std::uint64_t events_sent = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::vector<departure_status> left; ///< where it is asked for
  std::vector<seen_event> events{};   ///< likewise
  std::uint64_t events_left_out = 0;
};

} // namespace weir::schemas
