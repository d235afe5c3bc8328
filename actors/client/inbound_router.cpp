#include "actors/client/inbound_router.hpp"

#include "actors/client/event_trace.hpp"
#include "actors/contract/event_size.hpp"
#include "actors/contract/value_format.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/base/wall_clock.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace weir {

namespace {

bool is_integer(std::string_view value) {
  if (value.starts_with('-'))
    value.remove_prefix(1);
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

/// The id of the client's that an event carries; empty: none. Nothing: what is
/// there is no id.
std::optional<std::string> id_of(const mapping_route& route,
                                 std::string_view args) {
  if (route.settings.id_from.empty())
    return std::string{};
  auto value = json::argument_at(args, route.settings.id_from);
  if (!value)
    return std::string{};
  auto text = is_integer(*value) ? std::string{*value}
                                 : json::string_value(*value).value_or("");
  if (text.empty() || text.size() > max_emit_id)
    return std::nullopt;
  return text;
}

/// By what a repeat of the event is known, on whatever connection it comes.
emit_identity identity_of(const emit_event& x, const destination& to,
                          std::string_view id) {
  const std::array<std::string_view, 3> where{to.route->settings.topic, to.key,
                                              id};
  std::vector<std::string_view> what{x.event, x.args};
  what.insert(what.end(), x.attachments.begin(), x.attachments.end());
  return {schemas::fingerprint_of(where), schemas::fingerprint_of(what)};
}

struct inbound_router_state {
  static inline const char* name = "weir.inbound-router";

  inbound_router_state(inbound_router_actor::pointer self,
                       inbound_router_options options, producer_actor producer)
    : self(self),
      options(std::move(options)),
      producer(std::move(producer)),
      emits(self->system()) {
    for (auto& nsp : this->options.rules->all())
      sources.push_back("/weir/" + this->options.cluster
                        + nsp->settings().name);
  }

  inbound_router_actor::behavior_type make_behavior() {
    return {
      [this](emit_events& x) { on_emits(*x.all); },
    };
  }

  void on_emits(std::vector<emit_event>& all) {
    produce_records batch;
    batch.all.reserve(all.size());
    for (auto& x : all)
      on_emit(x, batch.all);
    if (!batch.all.empty())
      tell(self, producer, std::move(batch));
  }

  void on_emit(emit_event& x, std::vector<produce_record>& records) {
    auto& rules = x.rules ? *x.rules : options.rules->at(x.ack.socket->nsp);
    if (x.to)
      return send_to(*x.to, x, rules, records);
    auto to = rules.resolve(x.event, x.args);
    send_to(to, x, rules, records);
  }

  /// To a record, unless it is refused.
  void send_to(destination& to, emit_event& x, const nsp_routes& rules,
               std::vector<produce_record>& records) {
    if (to.error != emit_errc::none)
      return refuse(x, to.error, std::move(to.message));
    auto id = id_of(*to.route, x.args);
    if (!id)
      return refuse(x, emit_errc::invalid_payload,
                    "what is at " + to.route->settings.id_from
                      + " must be a string or a whole number, of up to "
                      + std::to_string(max_emit_id) + " bytes");
    if (!is_deliverable(x, rules))
      return refuse(x, emit_errc::too_large,
                    "the event is larger than limits.outbox lets members have");
    auto record = encode(x, to, *id);
    if (record.error != schemas::codec_errc::none)
      return refuse(x, emit_errc::invalid_payload,
                    std::string{to_string(record.error)});
    std::optional<emit_identity> identity;
    if (!id->empty())
      identity = identity_of(x, to, *id);
    records.push_back({std::move(x.emitter), std::move(x.ack), x.cost, to.route,
                       std::move(to.key), std::move(record), identity});
  }

  bool is_deliverable(const emit_event& x, const nsp_routes& rules) const {
    std::vector<std::string_view> attachments{x.attachments.begin(),
                                              x.attachments.end()};
    return event_size(rules.settings().name, x.event, x.args.size(),
                      attachments)
           <= options.max_event;
  }

  /// `id`: the client's; empty: it gave none.
  schemas::encoded_record encode(emit_event& x, const destination& to,
                                 std::string_view id) {
    std::string ours;
    if (id.empty())
      ours = options.id_prefix + std::to_string(next_id++);
    schemas::outgoing_event event;
    event.id = id.empty() ? ours : id;
    event.name = x.event;
    event.source = sources[x.ack.socket->nsp];
    event.room = to.room;
    event.socket_id = x.ack.socket->id;
    event.user = x.ack.socket->user;
    event.time_ms = unix_milliseconds();
    event.wants_ack = !x.ack.ack_id.empty();
    event.args = x.args;
    std::optional<passed_trace> own;
    if (auto& pointer = to.route->settings.trace_from; !pointer.empty())
      own = trace_of(x.args, pointer);
    auto* trace = own ? &*own : x.ack.socket->trace.get();
    if (options.traces)
      x.ack.span = begin_span(x, to, trace);
    traceparent_text parent;
    if (x.ack.span)
      event.traceparent = write_traceparent(x.ack.span->context(), parent);
    else if (trace != nullptr)
      event.traceparent = write_traceparent(trace->parent, parent);
    if (trace != nullptr)
      event.tracestate = trace->state;
    event.attachments.assign(x.attachments.begin(), x.attachments.end());
    return encode_record(to_schema(to.route->settings.format), event);
  }

  /// `trace`: the one that the event is of; null: of none.
  span_ptr begin_span(const emit_event& x, const destination& to,
                      const passed_trace* trace) const {
    std::optional<trace_context> parent;
    std::string_view state;
    if (trace != nullptr) {
      parent = trace->parent;
      state = trace->state;
    }
    auto result = options.traces->begin(parent, state, "emit",
                                        schemas::span_kind::producer);
    if (!result)
      return nullptr;
    result->set("messaging.system", "kafka");
    result->set("messaging.operation.type", "send");
    result->set("messaging.destination.name", to.route->settings.topic);
    result->set("weir.namespace",
                options.rules->at(x.ack.socket->nsp).settings().name);
    result->set("weir.room", to.room);
    result->set("weir.event", x.event);
    result->set("weir.socket_id", x.ack.socket->id);
    return result;
  }

  void refuse(emit_event& x, emit_errc error, std::string message) {
    emits.count(error);
    if (x.ack.span)
      end_span(x.ack, {error, message});
    tell(
      self, x.emitter,
      emits_answered{{{std::move(x.ack), x.cost, error, std::move(message)}}});
  }

  inbound_router_actor::pointer self;
  inbound_router_options options;
  producer_actor producer;
  emit_counters emits;
  std::vector<std::string> sources; // by namespace
  std::uint64_t next_id = 0;
};

} // namespace

inbound_router_actor spawn_inbound_router(actor_executor executor,
                                          inbound_router_options options,
                                          producer_actor producer) {
  return executor.spawn<inbound_router_actor, inbound_router_state>(
    std::move(options), std::move(producer));
}

} // namespace weir
