#pragma once

// Metrics of librdkafka's clients, by its own statistics: the one that produces
// and the one that is in the consumer group.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric kafka_queued_records{
  "kafka_queued_records",
  "Records that librdkafka has been handed and no broker has confirmed",
  "client"};
inline constexpr metric kafka_queued_bytes{"kafka_queued_bytes",
                                           "Bytes of those", "client"};
inline constexpr metric kafka_requests{
  "kafka_requests", "Requests that librdkafka has sent to brokers", "client"};
inline constexpr metric kafka_sent_bytes{"kafka_sent_bytes",
                                         "Bytes of those requests", "client"};
inline constexpr metric kafka_received_bytes{
  "kafka_received_bytes", "Bytes of what brokers have answered", "client"};
inline constexpr metric kafka_sent_records{
  "kafka_sent_records",
  "Records that librdkafka has sent, each as often as it was sent", "client"};
inline constexpr metric kafka_received_records{
  "kafka_received_records", "Records that librdkafka has fetched", "client"};
inline constexpr metric kafka_retries{
  "kafka_retries",
  "Requests that librdkafka has sent once more, for an error or no answer",
  "client"};
inline constexpr metric kafka_timeouts{
  "kafka_request_timeouts",
  "Requests that no broker has answered in time (request.timeout.ms, "
  "socket.timeout.ms)",
  "client"};
inline constexpr metric kafka_round_trips{
  "kafka_round_trips",
  "Requests that brokers have answered, of which the time was taken", "client"};
inline constexpr metric kafka_round_trip_time{
  "kafka_round_trip_seconds",
  "How long brokers took for these, all together; a fetch of a consumer waits "
  "for records (fetch.wait.max.ms)",
  "client"};
inline constexpr metric kafka_round_trip_p99{
  "kafka_round_trip_p99_seconds",
  "What 99 % of them took at most, with the slowest broker, lately", "client"};
inline constexpr metric kafka_broker_round_trip_p99{
  "kafka_broker_round_trip_p99_seconds",
  "What 99 % of a broker's answers took at most, lately; 0: there was none",
  "client,broker"};
inline constexpr metric kafka_broker_unanswered{
  "kafka_broker_unanswered_requests",
  "Requests that a broker has got and not answered yet", "client,broker"};
inline constexpr metric kafka_broker_answers{
  "kafka_broker_answers", "Answers that a broker has given", "client,broker"};
inline constexpr metric kafka_broker_throttled{
  "kafka_broker_throttled_seconds",
  "How long a broker has held answers back, as more was asked of it than its "
  "quotas allow",
  "client,broker"};
inline constexpr metric kafka_broker_unreachable{
  "kafka_broker_unreachable",
  "1: a connection to a broker is wanted, and is not there", "client,broker"};

} // namespace weir::metrics
