#pragma once

// What /metrics tells besides CAF's own metrics. A metric is declared here,
// once with its help text, and counted wherever it happens:
//
//   count(system, metrics::emits_deduplicated)->inc();
//   gauge(system, metrics::queue_bytes)->value(n);
//
// The handles live as long as the actor system and are thread-safe; looking one
// up takes a lock, so whoever counts often keeps it.

#include "actors/runtime/emit_error.hpp"
#include "config/options.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include <array>
#include <string>
#include <string_view>

namespace weir {

/// A metric, for Prometheus weir_<name>; counters end with _total there.
struct metric {
  std::string_view name;
  std::string_view help;
  std::string_view label; ///< name of its only label; empty: it has none
};

namespace metrics {

inline constexpr metric limit{
  "limit", "What a bound of the configuration is set to, by its key", "key"};
inline constexpr metric actors{"actors", "Number of actors by type", "name"};
inline constexpr metric actor_mailbox{
  "actor_mailbox", "Messages that wait for actors of a type", "name"};
inline constexpr metric actor_messages{
  "actor_messages",
  "Messages that actors of a type have handled, every one of them", "name"};
inline constexpr metric actor_mailbox_time{
  "actor_mailbox_time_seconds",
  "How long messages have waited for actors of a type; of one message in 64, "
  "chosen at random",
  "name"};
inline constexpr metric actor_processing_time{
  "actor_processing_time_seconds",
  "How long actors of a type have taken for a message; of one message in 64, "
  "chosen at random",
  "name"};
inline constexpr metric emits{
  "emits", "Emitted events that were answered or dropped, by their code",
  "code"};
inline constexpr metric emits_deduplicated{
  "emits_deduplicated",
  "Emits whose id had come before, so that nothing was produced",
  {}};
inline constexpr metric unanswered{
  "producer_unanswered",
  "Emits that wait for what becomes of their record",
  {}};
inline constexpr metric unanswered_bytes{
  "producer_unanswered_bytes",
  "Bytes of those (limits.unanswered_bytes per connection)",
  {}};
inline constexpr metric queue_bytes{
  "producer_queue_bytes",
  "Bytes of events that wait for librdkafka's queue",
  {}};
inline constexpr metric queue_limit{
  "producer_queue_limit_bytes",
  "The most that may wait: limits.producer_queue",
  {}};
inline constexpr metric ids{"idempotency_ids",
                            "Ids of emits that are remembered",
                            {}};
inline constexpr metric ids_limit{"idempotency_ids_limit",
                                  "The most of them: limits.idempotency_ids",
                                  {}};
inline constexpr metric client_failures{
  "producer_failures",
  "Times that librdkafka's producer was recreated",
  {}};
inline constexpr metric records_resent{
  "records_resent",
  "Records that were sent again, one by one: Kafka had refused their request",
  {}};
inline constexpr metric connections{"connections", "Open connections", {}};
inline constexpr metric connections_refused{
  "connections_refused",
  "TCP connections and sessions that were too many (server.max_connections, "
  "limits.connections_per_address)",
  {}};
inline constexpr metric rate_limited{
  "rate_limited",
  "Sessions, sockets and requests that were refused for being too many or too "
  "often, and times that a connection was not read for that (packets), by the "
  "limit; docs/security.md",
  "limit"};
inline constexpr metric http_requests_refused{
  "http_requests_refused",
  "Requests that were malformed or too large (server.max_header, "
  "engineio.max_payload), on both ports",
  {}};
inline constexpr metric origins_refused{
  "origins_refused",
  "WebSockets of pages from elsewhere (server.cors.origins)",
  {}};
inline constexpr metric operators_refused{
  "operators_refused",
  "Requests to the operator's endpoint without its token, or, where there is "
  "none, of another Host or Origin",
  {}};
inline constexpr metric clients_cut_off{
  "clients_cut_off",
  "Connections and sessions that were ended for what the client sent (frame, "
  "packet), or did not send or take in time (head, body, answer: "
  "server.header_timeout; upgrade: engineio.upgrade_timeout; connect: "
  "server.connect_timeout)",
  "at"};
inline constexpr metric tls_failed{
  "tls_handshakes_failed",
  "TLS handshakes that clients and operators have not completed, or not within "
  "server.header_timeout, for another reason than that they went away",
  {}};
inline constexpr metric accepts_failed{
  "accepts_failed",
  "Connections that waited because there were no descriptors or no memory",
  {}};
inline constexpr metric out_of_memory{
  "out_of_memory",
  "Connections that were ended because there was no memory for them",
  {}};
inline constexpr metric connections_closed{
  "connections_closed",
  "Connections that are over, by Engine.IO's reason; what is larger than "
  "engineio.max_payload is a transport error",
  "reason"};
inline constexpr metric connections_paused{
  "connections_paused",
  "Connections that are not read: too many requests or bytes are unanswered "
  "(limits.unanswered_emits, unanswered_bytes), or answers unread (outbox)",
  {}};
inline constexpr metric requests_refused{
  "requests_refused",
  "Joins, leaves and emits that a connection has refused itself, by their code "
  "(not_allowed: the mapping's allow, limits.rooms_per_socket, among others)",
  "code"};
inline constexpr metric tokens_refused{
  "tokens_refused",
  "Tokens and certificates of clients that did not count, by why ([auth.jwt], "
  "auth.certificate_user); token_missing: there was none",
  "code"};
inline constexpr metric webhook_decisions{
  "webhook_decisions",
  "Questions for the endpoint of [auth.webhook], by what came of them (cached: "
  "by an earlier answer; left_alone, too_many: it was not asked)",
  "outcome"};
inline constexpr metric webhook_refused{
  "webhook_refused",
  "Clients that were not let into a namespace by [auth.webhook], by their "
  "code; "
  "joins: weir_requests_refused_total",
  "code"};
inline constexpr metric webhook_expired{
  "webhook_expired",
  "Connections that were closed because what [auth.webhook] had allowed was "
  "over",
  {}};
inline constexpr metric key_fetches{
  "key_fetches",
  "Times that the key set at auth.jwt.jwks was asked for, by what came of it",
  "result"};
inline constexpr metric tokens_expired{
  "tokens_expired",
  "Connections that were closed because a token had ended",
  {}};
inline constexpr metric certificates_expired{
  "certificates_expired",
  "Connections that were closed because the client's certificate had ended "
  "(auth.certificate_user)",
  {}};
inline constexpr metric denied_sockets{
  "denied_sockets",
  "Sockets that were sent away because their user or token is denied "
  "(auth.deny_topic)",
  {}};
inline constexpr metric denied_names{
  "denied_names",
  "Users and tokens that are denied (auth.deny_topic)",
  {}};
inline constexpr metric memberships_lost{
  "memberships_lost",
  "Memberships that ended because a client's new token does not allow them "
  "(allow.join of the mapping)",
  {}};
inline constexpr metric unrecoverable{
  "sockets_unrecoverable",
  "Sockets that came to be in more rooms than limits.recovery_offset has space "
  "for",
  {}};
inline constexpr metric outbox_full{
  "outbox_full",
  "Times that a room's event did not fit a client's outbox (limits.outbox, "
  "outboxes)",
  {}};
inline constexpr metric outbox_bytes{
  "outbox_bytes",
  "Bytes that wait for clients whose sockets are full (limits.outboxes)",
  {}};
inline constexpr metric log_lines_lost{
  "log_lines_lost",
  "Lines of the log that were not written: nobody has read stderr",
  {}};
inline constexpr metric resumes{
  "resumes", "Clients that wanted to recover their socket, by what came of it",
  "result"};
inline constexpr metric members_lagging{
  "members_lagging",
  "Members of rooms that are to be caught up: their outbox was full "
  "(limits.outbox), or they have come back",
  {}};
inline constexpr metric lag_exceeded{
  "lag_exceeded",
  "Members that were further behind than limits.max_lag",
  {}};
inline constexpr metric gaps{
  "gaps",
  "Times that a room's records could not be delivered any more",
  {}};
inline constexpr metric kafka_errors{
  "kafka_errors",
  "Errors that librdkafka has reported, by its name for them; the log says "
  "where",
  "code"};
inline constexpr metric tail_cache_bytes{
  "tail_cache_bytes",
  "Bytes of recent records, of all partitions (limits.tail_cache for each)",
  {}};
inline constexpr metric credit_granted{
  "credit_granted_bytes",
  "Credit that partitions have got for their records (limits.credit for each)",
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
inline constexpr metric records_skipped{"records_skipped",
                                        "Records that no client could read",
                                        {}};
inline constexpr metric local_events_dropped{
  "local_events_dropped",
  "Local events that were too many for another node",
  {}};
inline constexpr metric keys_misplaced{
  "keys_misplaced",
  "Records in another partition than where murmur2 puts their key",
  {}};

} // namespace metrics

/// Requires: a metric is always used in one of these ways, and a value is given
/// for its label if it has one.
caf::telemetry::int_counter* count(caf::actor_system& system, const metric& x,
                                   std::string_view label_value = {});
caf::telemetry::int_gauge* gauge(caf::actor_system& system, const metric& x,
                                 std::string_view label_value = {});

/// Of seconds, from 10 microseconds to 5 s.
caf::telemetry::dbl_histogram* histogram(caf::actor_system& system,
                                         const metric& x,
                                         std::string_view label_value);

/// Sets `metrics::limit` for every bound, and makes the metrics without a label
/// known, so that they are there before anything has happened.
void show_limits(caf::actor_system& system, const options& settings);

/// `metrics::emits` with a handle for each code.
class emit_counters {
public:
  explicit emit_counters(caf::actor_system& system);

  void count(emit_errc code) {
    counters_[static_cast<std::size_t>(code)]->inc();
  }

private:
  static constexpr auto codes = static_cast<std::size_t>(emit_errc::timeout)
                                + 1;

  std::array<caf::telemetry::int_counter*, codes> counters_;
};

/// All metrics of the node, CAF's included, in Prometheus' text format 0.0.4.
/// Thread-safe.
std::string metrics_text(caf::actor_system& system);

} // namespace weir
