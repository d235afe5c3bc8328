// What Kafka's brokers are to the clients of nodes, which produce or consume: a
// link is of a broker, a node and one of these two.

import { patience } from "./stage.mjs";

const metrics = {
  seconds: "weir_kafka_broker_round_trip_p99_seconds",
  waiting: "weir_kafka_broker_unanswered_requests",
  answers: "weir_kafka_broker_answers_total",
  throttled: "weir_kafka_broker_throttled_seconds_total",
  unreachable: "weir_kafka_broker_unreachable",
};
export const broker_metrics = Object.values(metrics);

/// Answers that take as long are slow, whoever gives them ...
const slow = 0.25;
/// ... and so are these, where those of others take a fraction of it.
const slow_beside_others = 0.05;
const times_slower = 5;

/// {key: {node, client, broker, seconds, waiting, answers, throttled, unreachable}}.
/// A node of an earlier version does not tell the last three: they are undefined.
function figures_of(sample) {
  const found = new Map();
  for (const [node, of_node] of Object.entries(sample.metrics))
    for (const [figure, name] of Object.entries(metrics))
      for (const { labels: { client, broker }, value } of of_node[name] ?? []) {
        const key = JSON.stringify([node, client, broker]);
        if (!found.has(key))
          found.set(key, { node, client, broker, seconds: 0, waiting: 0 });
        found.get(key)[figure] = value;
      }
  return found;
}

/// What a counter has counted; null: nobody knows.
function counted(before, now, figure) {
  if (before?.[figure] === undefined || now[figure] === undefined) return null;
  // A node that has started again since counts from nothing.
  return Math.max(now[figure] - before[figure], 0);
}

const middle = (numbers) => numbers.sort((x, y) => x - y)[numbers.length >> 1] ?? 0;

/// {a node's name: how long each broker takes for what it is asked by those who
/// store, of those that have answered}. A fetch of a consumer waits for records, and
/// tells nothing.
function round_trips(figures) {
  const found = new Map();
  for (const { node, client, seconds } of figures.values()) {
    if (client !== "producer" || seconds === 0) continue;
    if (!found.has(node)) found.set(node, []);
    found.get(node).push(seconds);
  }
  return found;
}

/// `all`: of the same node.
function is_slow({ client, seconds }, all = []) {
  if (client !== "producer") return false;
  if (seconds >= slow) return true;
  const others = all.filter((_, i) => i !== all.indexOf(seconds));
  return others.length > 0 && seconds >= slow_beside_others
    && seconds >= times_slower * middle(others);
}

/// It has got requests and answers none. One without the count of its answers tells
/// by the time of these.
function is_mute(before, now) {
  if (now.waiting === 0) return false;
  const answered = counted(before, now, "answers");
  return answered === null ? now.client === "producer" && now.seconds === 0
    : answered === 0;
}

/// Each link, with what was counted since `start`: `answered` (null: not known) and
/// `throttled` (seconds), and for how many ms it is already `mute`, `away` (a
/// connection is wanted, and not there) and `slow`; 0: it is not, or not for long
/// enough to say so. `lasts(key, holds)`: for how many ms something holds.
export function links_of({ start, before, now, lasts }) {
  const [first, last, current] = [start, before, now].map(
    (x) => (x ? figures_of(x) : new Map()));
  const times = round_trips(current);
  const for_long = (key, holds) => {
    const ms = lasts(`broker ${key}`, holds);
    return ms >= patience ? ms : 0;
  };
  return [...current].map(([key, x]) => ({
    ...x,
    answered: counted(first.get(key), x, "answers"),
    throttled: counted(first.get(key), x, "throttled") ?? 0,
    mute: for_long(`mute ${key}`, is_mute(last.get(key), x)),
    away: for_long(`away ${key}`, x.unreachable > 0),
    slow: for_long(`slow ${key}`, is_slow(x, times.get(x.node))),
  }));
}
