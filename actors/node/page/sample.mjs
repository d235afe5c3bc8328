// What the endpoint has said at one time, and what has changed since another.

import { broker_metrics } from "./broker_links.mjs";

/// What the picture needs of /v1/metrics.
export const metric_names = [
  "weir_actors", "weir_actor_mailbox", "weir_connections_paused",
  "weir_emits_total", "weir_producer_unanswered",
  "weir_producer_unanswered_bytes", "weir_producer_queue_bytes",
  "weir_producer_queue_limit_bytes", "weir_partitions_paused",
  "weir_partitions_unreachable", "weir_tail_cache_bytes",
  "weir_credit_used_bytes", "weir_replay_bytes", "weir_replays_waiting",
  "weir_members_lagging", "weir_outbox_bytes", "weir_events_sent_total",
  "weir_records_skipped_total", "weir_keys_misplaced_total",
  ...broker_metrics,
];
/// ... and from time to time, as it does not change while a node runs.
export const limit_name = "weir_limit";

/// Credit that has been overdrawn is negative, and comes as the number that has
/// the same bits without a sign.
const as_credit = (x) => (Number(x) >= 2 ** 63 ? 0 : Number(x));

function to_partition(x) {
  return {
    ...x,
    name: `${x.topic}/${x.partition}`,
    position: Number(x.position),
    log_end: Number(x.log_end),
    lag: Number(x.lag),
    committed: Number(x.committed),
    credit: as_credit(x.credit),
    cached_bytes: Number(x.cached_bytes),
  };
}

export class Sample {
  /// Answers as they came, and `at`: when, in ms.
  /// `hottest`: see hot_key.mjs; null: nobody is behind, or there is none.
  /// `rooms`: how many there are in the cluster; null: that was not asked.
  constructor({ at, metrics, partitions, nodes, ready, hottest = null,
                rooms = null }) {
    this.at = at;
    this.hottest = hottest;
    this.rooms = rooms;
    /// {node: {metric: [{labels, value}]}}
    this.metrics = {};
    for (const { node, name, labels, value } of metrics.metrics)
      ((this.metrics[node] ??= {})[name] ??= []).push({ labels, value });
    this.partitions = partitions.partitions.map(to_partition);
    this.nodes = nodes.nodes;
    this.ready = ready;
    this.silent = [...new Set([...metrics.silent_nodes,
                               ...partitions.silent_nodes])].sort();
  }

  /// The node that was asked; it lists itself first.
  get here() { return this.nodes[0]?.name ?? ""; }

  /// Of a node that is known of; undefined: it is not.
  state_of(node) { return this.nodes.find((x) => x.name === node)?.state; }

  /// Why a node is not ready, [] where it is or nobody knows; of all (null), why
  /// any is not. The one that was asked has said so itself.
  reasons_of(node) {
    if (node === null)
      return [...new Set([this.here, ...this.nodes.map((x) => x.name)])]
        .flatMap((x) => this.reasons_of(x));
    if (node === this.here) return this.ready.reasons;
    return this.nodes.find((x) => x.name === node)?.readiness?.reasons ?? [];
  }

  /// All that are known of, or have said something.
  get node_names() {
    return [...new Set([...this.nodes.map((x) => x.name),
                        ...Object.keys(this.metrics)])].sort();
  }

  of_node(node, name, label) {
    return (this.metrics[node]?.[name] ?? [])
      .filter((x) => !label || Object.values(x.labels).includes(label))
      .reduce((sum, x) => sum + x.value, 0);
  }

  /// On one node, or all (null); with this value of a label.
  sum(node, name, label) {
    const nodes = node === null ? Object.keys(this.metrics) : [node];
    return nodes.reduce((sum, x) => sum + this.of_node(x, name, label), 0);
  }

  /// Whether any node has it: one of an earlier version has not.
  has(name) {
    return Object.values(this.metrics).some((x) => x[name]);
  }

  partitions_of(node) {
    return node === null ? this.partitions
      : this.partitions.filter((x) => x.node === node);
  }
}

/// What has been counted between two samples. A node that has started again
/// since counts from nothing, and one of which either sample has nothing, not.
export function counted(before, now, node, name, label) {
  const nodes = node === null ? Object.keys(now.metrics) : [node];
  return nodes.filter((x) => before.metrics[x] && now.metrics[x])
    .reduce((sum, x) => sum + Math.max(
      now.of_node(x, name, label) - before.of_node(x, name, label), 0), 0);
}

/// {partition's name: how far its reading got between two samples}.
export function progress(before, now) {
  const positions = new Map(before.partitions.map((x) => [x.name, x.position]));
  return new Map(now.partitions.filter((x) => positions.has(x.name)).map((x) =>
    [x.name, Math.max(x.position - positions.get(x.name), 0)]));
}
