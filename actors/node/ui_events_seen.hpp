#pragma once

#include "actors/node/ui_sockets.hpp"
#include "schemas/listing_codec.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// The events that nodes have told of, for pages of the Admin UI: each once, in
/// the order of their times, and only so many. Plain logic.
class ui_events_seen {
public:
  /// At a time: a page's outbox has to take them beside the rest.
  static constexpr std::size_t most_events = 1000;
  static constexpr std::size_t most_bytes = 256 * 1024;

  /// What a node has seen.
  void add(const std::string& node, const schemas::server_status& x);

  struct sight {
    std::vector<ui_event> events;
    std::uint64_t left_out = 0; ///< by nodes, and here
  };

  /// What is new since the last time.
  sight take();

  void clear() { *this = {}; }

private:
  struct known {
    schemas::server_status last; ///< without its events
    std::set<std::uint64_t> numbers;
  };

  std::map<std::string, known> nodes_;
  std::vector<schemas::seen_event> fresh_;
  std::uint64_t left_out_ = 0;
};

} // namespace weir
