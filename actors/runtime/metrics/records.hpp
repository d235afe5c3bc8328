#pragma once

// Metrics of records on their way from Kafka.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric kafka_errors{
  "kafka_errors",
  "Errors that librdkafka has reported, by its name for them; the log says "
  "where",
  "code"};
inline constexpr metric tail_cache_bytes{
  "tail_cache_bytes",
  "Bytes of recent records, of all partitions (limits.tail_cache for each)",
  {}};
inline constexpr metric tail_cache_requests{
  "tail_cache_requests",
  "Times that a node or a room wanted records of a partition from some offset "
  "on, by whether the tail cache had them (hit) or the log was to be read "
  "(miss)",
  "result"};
inline constexpr metric rebalances{
  "rebalances",
  "Times that the consumer group has given partitions to this node "
  "(assigned), taken some back (revoked), or that it has lost them to others "
  "(lost)",
  "kind"};
inline constexpr metric credit_granted{
  "credit_granted_bytes",
  "Credit that partitions have got for their records (limits.credit for each)",
  {}};
inline constexpr metric credit_available{
  "credit_available_bytes",
  "Bytes of records that partitions may send before they get more credit",
  {}};
inline constexpr metric credit_used{
  "credit_used_bytes",
  "Bytes of records that rooms and members have yet to handle",
  {}};
inline constexpr metric replay_bytes{
  "replay_bytes",
  "Of limits.replays, what rooms that catch up have or may get now",
  {}};
inline constexpr metric replays_waiting{
  "replays_waiting",
  "Rooms that wait for their turn to catch up (limits.replays)",
  {}};
inline constexpr metric partitions_paused{
  "partitions_paused",
  "Partitions that are not read: there is no credit for their records "
  "(limits.credit), or the tail cache is full of what somebody still needs",
  {}};
inline constexpr metric log_reads{
  "log_reads",
  "Passes through a partition's log for who is behind its tail cache",
  {}};
inline constexpr metric keys_misplaced{
  "keys_misplaced",
  "Records in another partition than where murmur2 puts their key",
  {}};

} // namespace weir::metrics
