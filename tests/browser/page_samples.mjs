// Answers of admin endpoints, made up for a test, and what the operator's page takes
// them for.

import { Flow } from "../../actors/node/page/flow.mjs";
import { Sample } from "../../actors/node/page/sample.mjs";

const usual = {
  connections: 10, paused: 0, ok: 0, unanswered: 0, queue: 0, behind: 0,
  rooms: 3, outbox: 0, partitions_paused: 0, used: 0, unreachable: 0, position: 0, lag: 0,
  credit: 4096, room_messages: 0, router_messages: 0, replays_waiting: 0,
};

/// {broker: {waiting, seconds, answers, throttled, away}}, as a client of the node
/// sees them.
function broker_rows(node, client, brokers = {}) {
  return Object.entries(brokers).flatMap(([broker, x]) => [
    ["weir_kafka_broker_unanswered_requests", x.waiting ?? 0],
    ["weir_kafka_broker_round_trip_p99_seconds", x.seconds ?? 0],
    ...(x.answers === undefined ? [] // a node of an earlier version
      : [["weir_kafka_broker_answers_total", x.answers],
         ["weir_kafka_broker_throttled_seconds_total", x.throttled ?? 0],
         ["weir_kafka_broker_unreachable", x.away ? 1 : 0]]),
  ].map(([name, value]) => ({ node, name, value, labels: { client, broker } })));
}

/// A node that says this of itself, `seconds` after the beginning.
export function sample(seconds, changes = {}, others = {}) {
  const { hottest, room_count = null } = changes;
  const rows = (node, x) => [
    ["weir_actors", x.connections, "weir.connection"],
    ["weir_actors", x.rooms, "weir.room"],
    ["weir_actor_mailbox", x.room_messages, "weir.room"],
    ["weir_actor_mailbox", x.router_messages, "weir.inbound-router"],
    ["weir_connections_paused", x.paused],
    ["weir_emits_total", x.ok, "ok"],
    ["weir_emits_total", x.timeout ?? 0, "timeout"],
    ["weir_producer_unanswered", x.unanswered],
    ["weir_producer_unanswered_bytes", x.unanswered * 100],
    ["weir_producer_queue_bytes", x.queue],
    ["weir_producer_queue_limit_bytes", 1024],
    ["weir_partitions_paused", x.partitions_paused],
    ["weir_partitions_unreachable", x.unreachable],
    ["weir_credit_used_bytes", x.used],
    ["weir_replays_waiting", x.replays_waiting],
    ["weir_members_lagging", x.behind],
    ["weir_outbox_bytes", x.outbox],
    ["weir_records_skipped_total", x.skipped ?? 0],
    ["weir_keys_misplaced_total", x.misplaced ?? 0],
    ["weir_limit", 4096, "limits.credit"],
    ["weir_limit", 1000, "limits.outbox"],
    ["weir_limit", 100_000, "limits.outboxes"],
  ].map(([name, value, label]) => (
    { node, name, value, labels: label ? { label } : {} })).concat(
    broker_rows(node, "producer", x.brokers), broker_rows(node, "consumer", x.reads));
  const partition = (node, number, x) => ({
    topic: "t", partition: number, node, position: String(x.position),
    log_end: String(x.position + x.lag), lag: String(x.lag), committed: "0",
    subscribers: 1, credit: String(x.credit), cached_bytes: "0" });
  const all = { a: { ...usual, ...changes },
                ...Object.fromEntries(Object.entries(others).map(
                  ([k, x]) => [k, { ...usual, ...x }])) };
  return new Sample({
    at: seconds * 1000, hottest, rooms: room_count,
    metrics: { metrics: Object.entries(all).flatMap(([k, x]) => rows(k, x)),
               silent_nodes: [] },
    partitions: { partitions: Object.entries(all).map(
      ([k, x], i) => partition(k, i, x)), silent_nodes: [] },
    nodes: { nodes: Object.entries(all).map(([name, { reasons }]) => ({
      name, state: "up",
      ...(reasons && { readiness: { ready: !reasons.length, reasons } }) })) },
    ready: { ready: true, reasons: changes.reasons ?? [] } });
}

/// The picture after these samples.
export function after(...samples) {
  const flow = new Flow();
  samples.forEach((x) => flow.add(x));
  return flow;
}
