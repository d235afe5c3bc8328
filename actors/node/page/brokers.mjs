// What each of Kafka's brokers is to who stores.

import { count_of, rate } from "./dom.mjs";

const round_trip = "weir_kafka_broker_round_trip_p99_seconds";
const unanswered = "weir_kafka_broker_unanswered_requests";

/// [{name, seconds, waiting}], as producers see them: the longest time of any
/// node's. A fetch of a consumer waits for records, and tells nothing.
export function brokers_of(sample, node) {
  const found = new Map();
  const nodes = node === null ? Object.keys(sample.metrics) : [node];
  for (const name of [round_trip, unanswered])
    for (const { labels, value } of nodes.flatMap((x) => sample.metrics[x]?.[name] ?? [])) {
      if (labels.client !== "producer") continue;
      const x = found.get(labels.broker)
        ?? { name: labels.broker, seconds: 0, waiting: 0 };
      if (name === round_trip) x.seconds = Math.max(x.seconds, value);
      else x.waiting += value;
      found.set(labels.broker, x);
    }
  return [...found.values()].sort((x, y) => x.name.localeCompare(y.name));
}

/// Which is slow, and which answers nothing of what it has got; "": there is
/// nothing to tell apart.
export function say_of_brokers(sample, node) {
  const all = brokers_of(sample, node);
  if (all.length < 2) return "";
  const mute = all.filter((x) => x.waiting > 0 && x.seconds === 0);
  if (mute.length > 0)
    return `no answer from ${mute.map((x) => x.name).join(", ")}`;
  const slowest = all.reduce((x, y) => (y.seconds > x.seconds ? y : x));
  return count_of(all.length, "broker") + (slowest.seconds > 0
    ? `, the slowest ${slowest.name}: ${rate(slowest.seconds * 1000)} ms` : "");
}
