// Where the water is: from what the endpoint has said, now and before, how much
// flows through each stage, how much waits there, and what holds it up. Knows no
// page.
//
//   clients ► read ► router ► producer ► Kafka     events
//                                          ▼       brokers
//   clients ◄ write ◄ room ◄ outbound ◄ partition ◄ log (in Kafka)     records
//
// A stage is {id, state, level, flow, say}. That of writing has in `hot_key` what
// there is to say where a key is hot, that of brokers in `each` a stage of each. Its
// state:
//
//   still   nothing flows, nothing waits
//   flows   something flows
//   raised  something waits here, and goes on
//   held    something waits here, and what comes next does not take it
//
// `level` is how high the water stands, 0 to 1; `flow`, how much goes on in a
// second (null: not known); `say`, what there is to say of it.

import { links_of } from "./broker_links.mjs";
import { say_of_mute, stage_of_brokers } from "./brokers.mjs";
import { bytes, count_of, number, rate, time } from "./dom.mjs";
import { hot_key_of } from "./hot_key.mjs";
import { OddRecords } from "./odd_records.mjs";
import { say_of_rooms } from "./room_count.mjs";
import { counted, progress } from "./sample.mjs";
import { delay, patience, portion, stage } from "./stage.mjs";

/// Rates are over as long as this, so that they do not jump.
const window = 5000;
/// Messages in the mailboxes of a type of actor that are more than a burst.
const many_messages = 1000;

export class Flow {
  samples = [];
  #since = new Map(); // by condition: since when it holds
  odd = new OddRecords();

  /// Of all nodes, and {node: of that one}.
  all = null;
  nodes = new Map();

  add(sample) {
    this.samples.push(sample);
    // The one before the window is its beginning.
    while (this.samples.length > 2 && this.samples[1].at <= sample.at - window)
      this.samples.shift();
    if (this.before) this.odd.look_for(this.before, sample);
    this.progress = this.before ? progress(this.start, sample) : new Map();
    this.links = links_of({ start: this.start, before: this.before, now: this.now,
                            lasts: (...x) => this.#lasts(...x) });
    this.all = this.#picture(null);
    this.nodes = new Map(sample.node_names.map((x) => [x, this.#picture(x)]));
  }

  get now() { return this.samples.at(-1); }
  get before() { return this.samples.at(-2); }
  get start() { return this.samples[0]; }
  get seconds() { return (this.now.at - this.start.at) / 1000; }

  /// In a second; null: not known yet.
  per_second(n) { return this.seconds > 0 ? n / this.seconds : null; }

  rate(node, name, label) {
    return this.per_second(counted(this.start, this.now, node, name, label));
  }

  partition_rate(name) {
    const n = this.progress.get(name);
    return n === undefined ? null : this.per_second(n);
  }

  /// For how many ms a condition holds, as far as it was looked at.
  #lasts(key, holds) {
    if (!holds) {
      this.#since.delete(key);
      return 0;
    }
    if (!this.#since.has(key))
      this.#since.set(key, this.before?.at ?? this.now.at);
    return this.now.at - this.#since.get(key);
  }

  /// {stages: {id: stage}, verdict: {state, say}} of a node, or of all (null).
  #picture(node) {
    const stages = Object.fromEntries(
      [...this.#up(node), ...this.#down(node)].map((x) => [x.id, x]));
    stages.clients = this.#clients(node);
    return { stages, verdict: verdict_on(stages, this.#not_ready(node)) };
  }

  /// Which nodes say that they are not.
  #not_ready(node) {
    return this.now.node_names.filter((x) => (node === null || node === x)
                                             && this.now.reasons_of(x).length > 0);
  }

  // -- events, to Kafka -------------------------------------------------------

  #mailbox(node, type) {
    return this.now.sum(node, "weir_actor_mailbox", `weir.${type}`);
  }

  #connections(node) {
    return this.now.sum(node, "weir_actors", "weir.connection");
  }

  /// Why Kafka takes nothing, and for how long; "": it does, or nobody knows.
  #kafka_problem(node, waiting) {
    const stored = this.before
      ? counted(this.before, this.now, node, "weir_emits_total", "ok") : 1;
    const ms = this.#lasts(`kafka ${node}`, waiting > 0 && stored === 0);
    const is_away = this.now.reasons_of(node)
      .some((x) => x.startsWith("no Kafka broker"));
    return [is_away && "no broker answers",
            ms >= patience && `nothing was stored for ${time(ms)}`]
      .filter((x) => x).join(", ");
  }

  #up(node) {
    const { now } = this;
    const waiting = now.sum(node, "weir_producer_unanswered");
    const problem = this.#kafka_problem(node, waiting);
    const stored = this.rate(node, "weir_emits_total", "ok");
    const lost = (this.rate(node, "weir_emits_total", "timeout") ?? 0)
      + (this.rate(node, "weir_emits_total", "unavailable") ?? 0);
    const brokers = this.#brokers(node);
    return [this.#read(node, stored), this.#router(node, stored),
            this.#producer(node, { waiting, problem, stored }),
            stage("kafka", {
              held: problem !== "" || lost > 0, flow: stored,
              say: [problem || "stores what comes",
                    lost > 0 ? `${rate(lost)} a second could not be` : "",
                    say_of_mute(brokers.each)]
                .filter((x) => x).join("; "),
            }),
            brokers];
  }

  #brokers(node) {
    return stage_of_brokers(
      this.links.filter((x) => node === null || x.node === node), this.seconds);
  }

  #read(node, flow) {
    const paused = this.now.sum(node, "weir_connections_paused");
    const all = this.#connections(node);
    return stage("read", {
      raised: paused > 0, flow, level: portion(paused, all),
      say: paused > 0 ? `${number(paused)} of ${count_of(all, "client")} not read`
        : "all clients are read",
    });
  }

  #router(node, flow) {
    const n = this.#mailbox(node, "inbound-router");
    const ms = this.#lasts(`router ${node}`, n > many_messages);
    return stage("router", {
      held: ms >= patience, raised: n > many_messages, flow,
      level: delay(n, flow, many_messages * 100),
      say: `${count_of(n, "message")} waiting`,
    });
  }

  #producer(node, { waiting, problem, stored }) {
    const { now } = this;
    const queue = now.sum(node, "weir_producer_queue_bytes");
    const most = now.sum(node, "weir_producer_queue_limit_bytes");
    const size = bytes(now.sum(node, "weir_producer_unanswered_bytes") + queue);
    return stage("producer", {
      held: problem !== "" && waiting > 0, raised: queue > 0, flow: stored,
      level: Math.max(portion(queue, most), delay(waiting, stored, 100_000)),
      say: waiting > 0 ? `${count_of(waiting, "emit")} (${size}) wait for it`
        : "no emit waits",
    });
  }

  // -- records, to clients ----------------------------------------------------

  #down(node) {
    const partitions = this.now.partitions_of(node);
    const paused = this.now.sum(node, "weir_partitions_paused");
    const moved = partitions.reduce(
      (sum, x) => sum + (this.progress.get(x.name) ?? 0), 0);
    const flow = this.per_second(moved);
    return [this.#log(node, { partitions, paused, flow }),
            this.#partition(node, { partitions, paused, flow }),
            this.#outbound(node, { partitions, paused, flow }),
            this.#room(node, flow), this.#write(node, flow)];
  }

  #log(node, { partitions, paused, flow }) {
    const lag = partitions.reduce((sum, x) => sum + x.lag, 0);
    const lost = this.now.sum(node, "weir_partitions_unreachable");
    const ms = this.#lasts(`log ${node}`, lag > 0 && flow === 0);
    return stage("log", {
      held: lost > 0 || (ms >= patience && paused === 0),
      raised: lag > Math.max(100, 2 * (flow ?? 0)), flow,
      level: delay(lag, flow, 1_000_000),
      say: lost > 0 ? `${count_of(lost, "partition")} cannot be reached`
        : `${count_of(lag, "record")} not read yet`,
    });
  }

  #partition(node, { partitions, paused, flow }) {
    const cached = this.now.sum(node, "weir_tail_cache_bytes");
    const misplaced = this.now.sum(node, "weir_keys_misplaced_total");
    return stage("partition", {
      raised: paused > 0, flow, level: portion(paused, partitions.length),
      say: paused > 0
        ? `${number(paused)} of ${count_of(partitions.length, "partition")} not read`
        : `${count_of(partitions.length, "partition")}, ${bytes(cached)} kept`
          + (misplaced > 0 ? `, ${count_of(misplaced, "key")} misplaced` : ""),
    });
  }

  #outbound(node, { partitions, paused, flow }) {
    const limit = this.now.of_node(node ?? this.now.here, "weir_limit",
                                   "limits.credit");
    const taken = partitions.filter((x) => x.subscribers > 0)
      .map((x) => 1 - portion(x.credit, x.subscribers * limit));
    const used = this.now.sum(node, "weir_credit_used_bytes");
    const ms = this.#lasts(`credit ${node}`, paused > 0);
    return stage("outbound", {
      held: ms >= patience, raised: used > 0 && Math.max(0, ...taken) > 0.9, flow,
      level: Math.max(0, ...taken),
      say: used > 0 ? `${bytes(used)} with rooms, not handled yet`
        : "rooms have handled all",
    });
  }

  #room(node, flow) {
    const { now } = this;
    const behind = now.sum(node, "weir_members_lagging");
    const waiting = now.sum(node, "weir_replays_waiting");
    const messages = this.#mailbox(node, "room");
    const skipped = now.sum(node, "weir_records_skipped_total");
    const ms = this.#lasts(`room ${node}`, messages > many_messages || waiting > 0);
    return stage("room", {
      held: ms >= patience, raised: behind > 0 || messages > many_messages, flow,
      level: Math.max(delay(messages, flow, many_messages * 100),
                      portion(now.sum(node, "weir_replay_bytes"),
                              now.sum(node, "weir_limit", "limits.replays"))),
      say: behind > 0 || waiting > 0
        ? `${count_of(behind, "member")} behind`
          + (waiting > 0 ? `, ${count_of(waiting, "room")} waiting to catch up` : "")
        : say_of_rooms(now, node)
          + (skipped > 0 ? `, ${count_of(skipped, "record")} skipped` : ""),
    });
  }

  #write(node, flow) {
    const { now } = this;
    const waiting = now.sum(node, "weir_outbox_bytes");
    const behind = now.sum(node, "weir_members_lagging");
    const slow = behind > 0 && waiting > 0;
    const ms = this.#lasts(`write ${node}`, slow);
    const each = now.of_node(node ?? now.here, "weir_limit", "limits.outbox");
    const result = stage("write", {
      held: ms >= patience, raised: slow, flow,
      level: Math.max(portion(waiting, now.sum(node, "weir_limit", "limits.outboxes")),
                      slow ? portion(waiting, behind * each) : 0),
      say: waiting > 0 ? `${bytes(waiting)} wait to be taken`
        : "clients take all at once",
    });
    return { ...result, hot_key: slow ? hot_key_of(now.hottest, node, behind) : "" };
  }

  #clients(node) {
    const sent = "weir_events_sent_total";
    return stage("clients", {
      flow: this.now.has(sent) ? this.rate(node, sent) : null,
      say: `${count_of(this.#connections(node), "client")} connected` });
  }
}

// -- the one sentence ---------------------------------------------------------

const held_at = {
  kafka: (x) => `Held up at Kafka: ${x.kafka.say}; ${x.producer.say}.`
    + (x.read.state === "raised" ? ` Back-pressure: ${x.read.say}.` : ""),
  // Where Kafka stores nothing at all, that tells enough.
  brokers: (x) => (x.kafka.state === "held" ? ""
    : `Held up at one of Kafka's brokers, ${x.brokers.say}.`
      + (x.read.state === "raised" ? ` Back-pressure: ${x.read.say}.` : "")),
  router: (x) => `Held up at the inbound routers: ${x.router.say}.`,
  log: (x) => `Held up in Kafka's log: ${x.log.say}.`,
  outbound: (x) => `Held up at the rooms: ${x.outbound.say}; ${x.partition.say}.`,
  room: (x) => `Held up in the rooms: ${x.room.say}.`,
  write: (x) => (x.write.hot_key
    ? `Held up at a hot key: ${x.write.hot_key}, ${x.write.say}. `
      + "Other rooms do not wait for it."
    : `Held up at slow clients: ${x.room.say.split(",")[0]}, `
      + `${x.write.say}. Nobody else waits for them.`),
};

/// {state, say}: what is held up; of what nothing holds up, what is raised.
/// `not_ready`: nodes whose clients may wait, though nothing is in their way here.
export function verdict_on(stages, not_ready = []) {
  const held = Object.keys(held_at).filter((id) => stages[id].state === "held");
  if (held.length)
    return { state: "held", say: held.map((id) => held_at[id](stages))
      .filter((x) => x).join(" ") };
  if (not_ready.length)
    return { state: "held",
             say: `Held up at ${not_ready.join(", ")}: not ready for clients.` };
  const raised = Object.values(stages).filter((x) => x.state === "raised");
  if (raised.length)
    return { state: "raised",
             say: `Nothing is held up; ${raised.map((x) => x.say).join("; ")}.` };
  // Brokers also answer who asks whether there is something to read.
  return Object.values(stages).some((x) => x.state === "flows" && x.id !== "brokers")
    ? { state: "flows", say: "Nothing is held up." }
    : { state: "still", say: "Nothing is held up, and nothing flows." };
}
