#pragma once

#include "actors/contract/connection_filter.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/node/partition_choice.hpp"
#include "schemas/listing_codec.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Rows of a page, unless `?limit=` says otherwise, and at most; and of each
/// kind of what is hot. Of partitions all, unless it does.
inline constexpr std::size_t usual_rows = 100;
inline constexpr std::size_t most_rows = 1000;
inline constexpr std::size_t usual_hot_rows = 10;
inline constexpr std::size_t most_hot_rows = 100;

/// What an operator wants to see, as path and query say it.
struct status_request {
  schemas::listing what = schemas::listing::actors;
  bool is_busiest = false;         ///< of /v1/actors: with the busiest ones
  std::string actor_type;          ///< of /v1/actors: only these
  bool with_left = false;          ///< of /v1/servers: with who has gone
  event_detail events{};           ///< likewise: with some events
  bool is_one = false;             ///< and not a list: /v1/rooms/{room}
  std::optional<std::string> node; ///< as `ask_nodes::node`
  std::size_t limit = usual_rows;
  find_rooms rooms;                ///< of /v1/rooms
  connection_question connections; ///< of /v1/connections
  std::string metrics;             ///< of /v1/metrics: see `metric_values`
  tail_topic records;              ///< of /v1/records
  partition_choice partitions;     ///< of /v1/partitions
};

/// A request, or why it is none.
struct status_request_result {
  std::optional<status_request> request;
  std::string problem; ///< for people; empty: there is no such path
};

status_request_result parse_status_request(std::string_view path,
                                           std::string_view query);

} // namespace weir
