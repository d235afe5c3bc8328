// The answers of an admin endpoint whose cluster has 100,000 connections: as a
// node would give them, without the nodes.

const nodes = Array.from({ length: 50 }, (_, i) => `n${String(i).padStart(2, "0")}`);
export const size = { connections: 100_000, rooms: 20_000, partitions: 1000,
                      nodes: nodes.length, brokers: 12 };
const each = size.connections / size.nodes;

const metrics = [
  ["weir_actors", "weir.connection", each], ["weir_actors", "weir.room", 400],
  ["weir_actor_mailbox", "weir.room", 3],
  ["weir_actor_mailbox", "weir.inbound-router", 1],
  ["weir_connections_paused", null, 2], ["weir_producer_unanswered", null, 12],
  ["weir_producer_queue_limit_bytes", null, 1 << 20],
  ["weir_limit", "limits.credit", 4 << 20],
];

const broker_names = Array.from({ length: size.brokers },
                                (_, i) => `kafka-${i + 1}.kafka.svc.example.org:9092`);

/// What a broker says to all nodes, after so many rounds. With `are_ill` there is one
/// that has stopped to answer, one that throttles and one that is slow.
function broker_metrics(i, rounds, are_ill) {
  const [is_mute, throttles, is_slow] = [7, 2, 10].map((x) => are_ill && i === x);
  return [
    ["unanswered_requests", is_mute ? 4 : 1],
    ["round_trip_p99_seconds", is_mute ? 0 : is_slow ? 0.8 : 0.002 + i / 10_000],
    ["answers_total", is_mute ? 100 : 30 * rounds],
    ["throttled_seconds_total", throttles ? 0.4 * rounds : 0],
    ["unreachable", 0],
  ].map(([name, value]) => (
    { name: `weir_kafka_broker_${name}`, value,
      labels: { client: "producer", broker: broker_names[i] } }));
}

class Answers {
  rounds = 0;

  constructor(are_ill) {
    this.are_ill = are_ill;
  }

  "v1/metrics"() {
    ++this.rounds;
    const rows = [...metrics, ["weir_emits_total", "ok", 1000 * this.rounds]]
      .map(([name, label, value]) => ({ name, value, labels: label ? { label } : {} }));
    const of_brokers = broker_names.flatMap(
      (_, i) => broker_metrics(i, this.rounds, this.are_ill));
    return { metrics: nodes.flatMap((node) => [...rows, ...of_brokers].map(
      (x) => ({ ...x, node }))) };
  }

  "v1/partitions"() {
    return { partitions: Array.from({ length: size.partitions }, (_, i) => ({
      topic: "orders", partition: i, node: nodes[i % nodes.length],
      position: String(1000 * this.rounds), log_end: String(1000 * this.rounds + i),
      lag: String(i), committed: "0", subscribers: 50, credit: "1000000",
      cached_bytes: "4096", interim: false })) };
  }

  "v1/nodes"() {
    return { nodes: nodes.map((name) => ({
      name, state: "up", address: "10.0.0.1:4000", incarnation: "1",
      partitions: size.partitions / nodes.length, connections: each, owned: [],
      link: name === nodes[0] ? undefined : { silent_ms: 3 } })) };
  }

  "readyz"() { return { ready: true, reasons: [] }; }

  page(of, query, row) {
    const first = Number(query.get("after") ?? -1) + 1;
    const limit = Number(query.get("limit"));
    const end = Math.min(first + limit, of);
    return { rows: Array.from({ length: end - first }, (_, i) => row(first + i)),
             next: end < of ? String(end - 1) : "" };
  }

  "v1/connections"(query) {
    const { rows, next } = this.page(size.connections, query, (i) => ({
      id: `c${i}`, node: nodes[i % nodes.length], address: "10.1.2.3",
      transport: "websocket", connected_ms: "60000", outbox_bytes: "0",
      outbox_limit: "1048576", open_requests: 0, open_bytes: "0", paused: false,
      behind: false, sockets: [{ id: `s${i}`, namespace: "/", user: `user ${i}`,
                                 room_count: 1, rooms: [] }] }));
    return { connections: rows, next };
  }

  "v1/rooms"(query) {
    const { rows, next } = this.page(size.rooms, query, (i) => ({
      namespace: "/", name: `orders:${i}`, topic: "orders", key: String(i),
      members: 5, members_lagging: 0, nodes: [{ node: nodes[i % nodes.length] }] }));
    return { rooms: rows, next };
  }

  "v1/actors"() { return { actors: [] }; }
}

/// Has a tab get them in place of the node's. What was asked for. `are_ill`: three
/// of Kafka's brokers.
export async function pretend(page, { are_ill = false } = {}) {
  const answers = new Answers(are_ill);
  const asked = [];
  await page.route(/\/(v1\/|readyz)/, (route) => {
    const url = new URL(route.request().url());
    const path = url.pathname.slice(1);
    asked.push(path);
    const body = answers[path](url.searchParams);
    return route.fulfill({ json: { partial: false, silent_nodes: [], ...body } });
  });
  return asked;
}
