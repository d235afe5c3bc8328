#pragma once

// Metrics of the other nodes.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric forwarded_requests_in_flight{
  "forwarded_requests_in_flight",
  "Polling requests that wait for the node that has their session "
  "(limits.forwarded_polls)",
  {}};
inline constexpr metric forwarded_requests_in_flight_bytes{
  "forwarded_requests_in_flight_bytes",
  "Bytes of their bodies (limits.forwarded_bytes)",
  {}};
inline constexpr metric forwarded_polls{
  "forwarded_polls",
  "Polling requests for sessions of other nodes, by what came of them "
  "(refused: limits.forwarded_polls, forwarded_bytes)",
  "result"};
inline constexpr metric links{"links",
                              "Other nodes that there is a link to",
                              {}};
inline constexpr metric link_sent_bytes{
  "link_sent_bytes",
  "Bytes of messages to other nodes, before encryption",
  {}};
inline constexpr metric link_received_bytes{
  "link_received_bytes",
  "Bytes of messages from other nodes, before encryption",
  {}};
inline constexpr metric links_refused{
  "links_refused",
  "Attempts at a link to or from another node that came to nothing, by cause "
  "(secret, cluster, name, config, ...; failed: nobody was there, or he said "
  "nothing)",
  "reason"};
inline constexpr metric partitions_unreachable{
  "partitions_unreachable",
  "Partitions of which this node gets no records for longer than "
  "cluster.timeout: no node that it has a link to reads them",
  {}};
inline constexpr metric partitions_interim{
  "partitions_interim",
  "Partitions of nodes that are gone, which this node reads until the consumer "
  "group has given them to somebody",
  {}};
inline constexpr metric local_events_dropped{
  "local_events_dropped",
  "Local events that were too many for another node",
  {}};

} // namespace weir::metrics
