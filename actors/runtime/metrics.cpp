#include "actors/runtime/metrics.hpp"

#include "actors/runtime/client_figures.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/emits.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "actors/runtime/metrics/rooms.hpp"
#include "config/line_writer.hpp"
#include "config/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/span.hpp>
#include <caf/telemetry/collector/prometheus.hpp>
#include <caf/telemetry/label_view.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

namespace weir {

namespace {

constexpr std::string_view prefix = "weir";
constexpr std::string_view unit = "1"; // units stand in the names

/// CAF ends the name of a gauge as that of a counter, which Prometheus's own
/// check refuses.
std::string renamed(std::string_view line) {
  constexpr std::string_view name = "caf_system_queued_messages_total";
  std::string result{line};
  if (auto i = result.find(name); i != std::string::npos)
    result.replace(i, name.size(), "caf_system_queued_messages");
  return result;
}

/// CAF writes when it was asked behind each value. With that Prometheus keeps
/// the series of a node that is gone for five minutes.
std::string without_times(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with('#')) {
      auto labels = line.rfind('}') + 1; // npos + 1: 0
      auto value = line.find(' ', labels) + 1;
      line = line.substr(0, line.find(' ', value));
    }
    result.append(renamed(line)).append("\n");
  }
  return result;
}

caf::string_view view(std::string_view x) {
  return {x.data(), x.size()};
}

/// What is before the first comma, which is taken off.
std::string_view take_first(std::string_view& list) {
  auto first = list.substr(0, list.find(','));
  list.remove_prefix(std::min(list.size(), first.size() + 1));
  return first;
}

std::vector<caf::telemetry::label_view> labels_of(const metric& x,
                                                  std::string_view values) {
  std::vector<caf::telemetry::label_view> result;
  for (auto names = x.label; !names.empty();) {
    auto name = view(take_first(names));
    result.emplace_back(name, view(take_first(values)));
  }
  return result;
}

} // namespace

caf::telemetry::int_counter* count(caf::actor_system& system, const metric& x,
                                   std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().counter_instance(view(prefix), view(x.name),
                                           caf::make_span(labels), view(x.help),
                                           view(unit), true);
}

caf::telemetry::int_gauge* gauge(caf::actor_system& system, const metric& x,
                                 std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().gauge_instance(view(prefix), view(x.name),
                                         caf::make_span(labels), view(x.help),
                                         view(unit));
}

caf::telemetry::dbl_counter* count_seconds(caf::actor_system& system,
                                           const metric& x,
                                           std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().counter_instance<double>(view(prefix), view(x.name),
                                                   caf::make_span(labels),
                                                   view(x.help), view(unit),
                                                   true);
}

caf::telemetry::dbl_gauge* gauge_seconds(caf::actor_system& system,
                                         const metric& x,
                                         std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().gauge_instance<double>(view(prefix), view(x.name),
                                                 caf::make_span(labels),
                                                 view(x.help), view(unit));
}

caf::telemetry::dbl_histogram* histogram(caf::actor_system& system,
                                         const metric& x,
                                         std::string_view label_value) {
  constexpr std::array bounds{.00001, .0001, .0005, .001, .01, .1, .5, 1., 5.};
  std::array names{view(x.label)};
  auto labels = labels_of(x, label_value);
  auto* family = system.metrics().histogram_family<double>(
    view(prefix), view(x.name), caf::make_span(names), caf::make_span(bounds),
    view(x.help), view(unit));
  return family->get_or_add(caf::make_span(labels));
}

namespace {

void show(caf::actor_system& system, std::string_view key, std::size_t value) {
  gauge(system, metrics::limit, key)->value(static_cast<std::int64_t>(value));
}

void show_rate(caf::actor_system& system, const std::string& key,
               const rate_options& rate) {
  show(system, key + ".rate", rate.rate);
  show(system, key + ".burst", rate.burst);
}

void show(caf::actor_system& system, const limits_options& x) {
  show(system, "limits.outbox", x.outbox);
  show(system, "limits.outboxes", x.outboxes);
  show(system, "limits.max_lag", x.max_lag);
  show(system, "limits.unanswered_emits", x.unanswered_emits);
  show(system, "limits.unanswered_bytes", x.unanswered_bytes);
  show(system, "limits.tail_cache", x.tail_cache);
  show(system, "limits.credit", x.credit);
  show(system, "limits.replays", x.replays);
  show(system, "limits.connections_per_address", x.connections_per_address);
  show(system, "limits.connections_per_user", x.connections_per_user);
  show_rate(system, "limits.connection_rate", x.connection_rate);
  show_rate(system, "limits.handshakes", x.handshakes);
  show_rate(system, "limits.requests", x.requests);
  show_rate(system, "limits.packets", x.packets);
  show_rate(system, "limits.events", x.events);
  show_rate(system, "limits.bytes", x.bytes);
  show_rate(system, "limits.joins", x.joins);
  show(system, "limits.max_rate_limited", x.max_rate_limited);
  show(system, "limits.handshake", x.handshake);
  show(system, "limits.rooms_per_socket", x.rooms_per_socket);
  show(system, "limits.room_name", x.room_name);
  show(system, "limits.recovery_offset", x.recovery_offset);
  show(system, "limits.producer_queue", x.producer_queue);
  show(system, "limits.forwarded_polls", x.forwarded_polls);
  show(system, "limits.forwarded_bytes", x.forwarded_bytes);
  show(system, "limits.recent_sockets", x.recent_sockets);
  show(system, "limits.idempotency_ids", x.idempotency_ids);
  show(system, "limits.json_depth", x.json_depth);
}

void show(caf::actor_system& system, const auth_options& x) {
  if (x.jwt.is_configured())
    show(system, "auth.jwt.max_token", x.jwt.max_token);
  if (auto& hook = x.webhook; hook.is_configured()) {
    show(system, "auth.webhook.concurrency", hook.concurrency);
    show(system, "auth.webhook.waiting", hook.waiting);
    show(system, "auth.webhook.cache_entries", hook.cache_entries);
    show(system, "auth.webhook.cache_bytes", hook.cache_bytes);
    count(system, metrics::webhook_expired);
    for (auto* y : {"not_allowed", "too_large", "unavailable"})
      count(system, metrics::webhook_refused, y);
  }
  if (!x.deny_topic.empty())
    show(system, "auth.deny_memory", x.deny_memory);
}

void make_known(caf::actor_system& system) {
  for (auto* y : {&metrics::connections_refused, &metrics::origins_refused,
                  &metrics::http_requests_refused, &metrics::accepts_failed,
                  &metrics::operators_refused, &metrics::tls_failed,
                  &metrics::out_of_memory, &metrics::unrecoverable,
                  &metrics::outbox_full, &metrics::lag_exceeded, &metrics::gaps,
                  &metrics::log_reads, &metrics::records_resent,
                  &metrics::records_skipped, &metrics::tokens_expired,
                  &metrics::certificates_expired, &metrics::memberships_lost,
                  &metrics::link_sent_bytes, &metrics::link_received_bytes})
    count(system, *y);
  for (auto* y : {"client", "member", "room", "partition", "producer"})
    count(system, metrics::credit_stalls, y);
  for (auto* y : {"assigned", "revoked", "lost"})
    count(system, metrics::rebalances, y);
  for (auto* y : {"hit", "miss"})
    count(system, metrics::tail_cache_requests, y);
  for (auto* y : {"recovered", "refused"})
    count(system, metrics::resumes, y);
  for (auto* y : {"connections_per_address", "connections_per_user",
                  "connection_rate", "handshakes", "requests", "packets",
                  "events", "bytes", "joins", "event.events", "event.bytes"})
    count(system, metrics::rate_limited, y);
  for (auto* y :
       {"head", "body", "answer", "upgrade", "frame", "packet", "connect"})
    count(system, metrics::clients_cut_off, y);
  for (auto* y :
       {&metrics::ready, &metrics::connections_paused,
        &metrics::members_lagging, &metrics::outbox_bytes,
        &metrics::tail_cache_bytes, &metrics::replay_bytes,
        &metrics::replays_waiting, &metrics::partitions_paused,
        &metrics::partitions_unreachable, &metrics::partitions_interim,
        &metrics::links, &metrics::credit_available})
    gauge(system, *y);
}

} // namespace

void show_limits(caf::actor_system& system, const options& settings) {
  show(system, "server.max_connections", settings.server.max_connections);
  show(system, "server.max_header", settings.server.max_header);
  show(system, "server.max_url", settings.server.max_url);
  show(system, "server.max_file_bytes", settings.server.max_file_bytes);
  show(system, "engineio.max_payload", settings.engineio.max_payload);
  show(system, settings.limits);
  show(system, settings.auth);
  make_known(system);
}

emit_counters::emit_counters(caf::actor_system& system) {
  for (std::size_t i = 0; i < codes; ++i)
    counters_[i] = weir::count(system, metrics::emits,
                               to_string(static_cast<emit_errc>(i)));
}

namespace {

/// Whoever counts by himself, and for all time.
void raise(caf::telemetry::int_counter* counter, std::int64_t to) {
  if (to > counter->value())
    counter->inc(to - counter->value());
}

} // namespace

void show_clients(caf::actor_system& system, const client_figures& x) {
  static std::mutex mutex; // two that raise a counter would raise it twice
  std::lock_guard guard{mutex};
  auto by_transport = [&](const char* labels, std::int64_t n) {
    gauge(system, metrics::connections_by_transport, labels)->value(n);
  };
  by_transport("polling,4", x.traffic.polling);
  by_transport("websocket,4", x.traffic.websocket);
  raise(count(system, metrics::received_bytes), x.traffic.received_bytes);
  raise(count(system, metrics::sent_bytes), x.traffic.sent_bytes);
  std::int64_t received = 0, sent = 0;
  for (auto& loop : x.loops) {
    received += loop->events_in.get();
    sent += loop->events_out.get();
  }
  raise(count(system, metrics::events_received), received);
  raise(count(system, metrics::events_sent), sent);
}

std::string metrics_text(caf::actor_system& system,
                         const client_figures& clients) {
  gauge(system, metrics::connections)
    ->value(gauge(system, metrics::actors, "weir.connection")->value());
  raise(count(system, metrics::log_lines_lost),
        static_cast<std::int64_t>(log::lines_lost()));
  show_clients(system, clients);
  caf::telemetry::collector::prometheus collector;
  auto text = collector.collect_from(system.metrics());
  return without_times({text.data(), text.size()})
         + histograms_text(clients.loops);
}

} // namespace weir
