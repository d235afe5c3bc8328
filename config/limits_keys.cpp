#include "config/keys.hpp"

namespace weir::config {

namespace {

parser<std::size_t> amount(std::uint32_t min, std::uint32_t max) {
  return [parse = number(min, max)](const node& in, const std::string& path,
                                    report& log) -> std::optional<std::size_t> {
    if (auto x = parse(in, path, log))
      return *x;
    return std::nullopt;
  };
}

/// `{ rate = 50, burst = 100 }`.
keys<rate_options> rate_keys(const parser<std::size_t>& unit) {
  using o = rate_options;
  return {
    value("rate", &o::rate, unit),
    value("burst", &o::burst, unit),
  };
}

keys<rate_options> times_keys() {
  return rate_keys(amount(0, 1'000'000));
}

keys<rate_options> bytes_keys() {
  return rate_keys(size(0, 1 * gib));
}

keys<event_limit_options> event_limit_keys() {
  using o = event_limit_options;
  return {
    value("name", &o::name, text(check_event)),
    table("events", &o::events, times_keys()),
    table("bytes", &o::bytes, bytes_keys()),
  };
}

} // namespace

keys<limits_options> limits_keys() {
  using o = limits_options;
  return {
    value("outbox", &o::outbox, size(1 * kib, 1 * gib)),
    value("outboxes", &o::outboxes, size(64 * kib, 4096 * gib)),
    value("max_lag", &o::max_lag, size(1 * kib, 64 * gib)),
    value("on_lag", &o::on_lag,
          choice<lag_policy>({{"disconnect", lag_policy::disconnect},
                              {"skip", lag_policy::skip}})),
    value("unanswered_emits", &o::unanswered_emits, number(1, 100'000)),
    value("unanswered_bytes", &o::unanswered_bytes, size(1 * kib, 1 * gib)),
    value("tail_cache", &o::tail_cache, size(1 * kib, 64 * gib)),
    value("credit", &o::credit, size(1 * kib, 1 * gib)),
    value("replays", &o::replays, size(1 * kib, 64 * gib)),
    value("connections_per_address", &o::connections_per_address,
          number(1, 10'000'000)),
    value("handshake", &o::handshake, size(256, 1 * mib)),
    value("rooms_per_socket", &o::rooms_per_socket, number(1, 100'000)),
    value("room_name", &o::room_name, size(1, 64 * kib)),
    value("recovery_offset", &o::recovery_offset, size(64, 64 * kib)),
    value("producer_queue", &o::producer_queue, size(1 * kib, 64 * gib)),
    value("forwarded_polls", &o::forwarded_polls, number(1, 10'000'000)),
    value("forwarded_bytes", &o::forwarded_bytes, size(1 * kib, 64 * gib)),
    value("recent_sockets", &o::recent_sockets, number(1, 10'000'000)),
    value("idempotency_ids", &o::idempotency_ids, number(1, 10'000'000)),
    value("json_depth", &o::json_depth, number(1, 1'000)),
    value("connections_per_user", &o::connections_per_user,
          number(0, 10'000'000)),
    table("connection_rate", &o::connection_rate, times_keys()),
    table("handshakes", &o::handshakes, times_keys()),
    table("requests", &o::requests, times_keys()),
    table("packets", &o::packets, times_keys()),
    table("events", &o::events, times_keys()),
    table("bytes", &o::bytes, bytes_keys()),
    table("joins", &o::joins, times_keys()),
    value("max_rate_limited", &o::max_rate_limited, number(0, 1'000'000)),
    tables("event", &o::event, event_limit_keys()),
  };
}

} // namespace weir::config
