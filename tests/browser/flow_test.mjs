// What the operator's page takes for the place where something is held up, from
// answers of the admin endpoint.
//
//   node --test flow_test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import { load_room_count } from "../../actors/node/page/room_count.mjs";
import { after, sample } from "./page_samples.mjs";

const states = ({ stages }, ...ids) => ids.map((id) => stages[id].state);

test("nothing is known of rates from one answer", () => {
  const { stages, verdict } = after(sample(0, { ok: 100 })).all;
  assert.equal(stages.producer.flow, null);
  assert.equal(verdict.say, "Nothing is held up, and nothing flows.");
});

test("rates are what was counted meanwhile", () => {
  const flow = after(sample(0, { ok: 100, position: 50 }),
                     sample(2, { ok: 300, position: 70 }));
  assert.equal(flow.all.stages.producer.flow, 100);
  assert.equal(flow.all.stages.partition.flow, 10);
  assert.equal(flow.partition_rate("t/0"), 10);
  assert.equal(flow.all.verdict.say, "Nothing is held up.");
});

test("a node that has started again, or is new in the answer, is not counted double", () => {
  const flow = after(sample(0, { ok: 1000, position: 900 }),
                     sample(2, { ok: 10, position: 0 }, { b: { ok: 500 } }));
  assert.equal(flow.all.stages.producer.flow, 0);
  assert.equal(flow.all.stages.partition.flow, 0);
});

test("Kafka that stores nothing holds up what waits, after some seconds", () => {
  const waits = { unanswered: 40, ok: 7, paused: 2 };
  const moment = after(sample(0, { ok: 7 }), sample(2, waits)).all;
  assert.deepEqual(states(moment, "producer", "kafka"), ["still", "still"]);
  const { stages, verdict } = after(sample(0, { ok: 7 }), sample(2, waits),
                                    sample(4, waits)).all;
  assert.deepEqual(states({ stages }, "read", "producer", "kafka", "write"),
                   ["raised", "held", "held", "still"]);
  assert.equal(verdict.say, "Held up at Kafka: nothing was stored for 4 s; "
    + "40 emits (3.9 KiB) wait for it. "
    + "Back-pressure: 2 of 10 clients not read.");
});

test("Kafka that stores what waits holds nothing up", () => {
  const { verdict } = after(...[0, 2, 4, 6, 8].map(
    (x) => sample(x, { unanswered: 40, ok: 7 + x }))).all;
  assert.equal(verdict.state, "flows");
});

test("Kafka that stores again holds nothing up any more", () => {
  const stalled = { unanswered: 40, ok: 7 };
  const flow = after(sample(0, stalled), sample(2, stalled), sample(4, stalled));
  assert.equal(flow.all.verdict.state, "held");
  flow.add(sample(6, { unanswered: 10, ok: 37 }));
  assert.equal(flow.all.verdict.state, "flows");
});

test("what could not be stored is said, and that no broker answers", () => {
  const { stages } = after(sample(0, {}), sample(2, { timeout: 20 })).all;
  assert.equal(stages.kafka.state, "held");
  assert.match(stages.kafka.say, /10 a second could not be/);
  const { verdict } = after(sample(0, {
    reasons: ["no Kafka broker answers: refused"] })).all;
  assert.match(verdict.say, /^Held up at Kafka: no broker answers; no emit/);
});

test("a room is counted once, however many nodes have it", () => {
  const say = (changes, others, node) => {
    const flow = after(sample(0, changes, others));
    return (node ? flow.nodes.get(node) : flow.all).stages.room.say;
  };
  assert.equal(say({ rooms: 34 }, {}), "34 rooms");
  const others = { b: { rooms: 15 } };
  assert.equal(say({ rooms: 34 }, others), "34 to 49 rooms");
  assert.equal(say({ rooms: 34 }, others, "b"), "15 rooms");
  assert.equal(say({ rooms: 34, room_count: 36 }, others), "36 rooms");
  assert.equal(say({ rooms: 34, room_count: 99 }, others), "49 rooms"); // by now
});

test("rooms are asked for by name only where that tells more, and costs little",
     async () => {
  const asked = [];
  const list = (answer) => async (path, parameters) => {
    asked.push([path, parameters]);
    return answer;
  };
  const of = (...rooms) => sample(0, { rooms: rooms[0] }, Object.fromEntries(
    rooms.slice(1).map((x, i) => [`b${i}`, { rooms: x }])));
  const names = (n, next = "") => list({ rooms: Array(n).fill({}), next });
  for (const silent of [of(34), of(34, 0), of(600, 401)])
    assert.equal(await load_room_count(names(1), silent), null);
  assert.deepEqual(asked, []);
  assert.equal(await load_room_count(names(36), of(34, 15)), 36);
  assert.deepEqual(asked, [["v1/rooms", { limit: 1000 }]]);
  assert.equal(await load_room_count(names(1000, "more"), of(999, 1)), null);
});

test("members that stay behind while bytes wait for them are slow clients", () => {
  const slow = { behind: 2, outbox: 2000, connections: 5 };
  const moment = after(sample(0), sample(1, slow)).all;
  assert.equal(moment.stages.write.state, "raised");
  const { stages, verdict } = after(sample(0), sample(2, slow), sample(4, slow)).all;
  assert.equal(stages.write.state, "held");
  assert.equal(stages.write.level, 1);
  assert.equal(verdict.say, "Held up at slow clients: 2 members behind, "
    + "2.0 KiB wait to be taken. Nobody else waits for them.");
});

/// {room: [members, behind] on node a}; the key "k" is the hottest.
const hottest = (rooms) => ({
  kind: "key", topic: "t", partition: 3, key: "k", count: "40000", over_ms: 10_000,
  rooms: Object.entries(rooms).map(([name, [members, members_lagging]]) => (
    { name, members, members_lagging,
      nodes: [{ node: "a", members, members_lagging }] })) });

const held = (x, others) => after(...[0, 2, 4].map((at) => sample(at, x, others)));

test("a key that is too much for most members of its room is hot", () => {
  const busy = { behind: 8, outbox: 2048, hottest: hottest({ ticks: [9, 7] }) };
  const flow = held(busy, { b: { behind: 1, outbox: 1024 } });
  assert.equal(flow.nodes.get("a").verdict.say,
    "Held up at a hot key: k in t/3, 4,000 records a second; 7 of 9 members of "
    + "ticks are behind, 2.0 KiB wait to be taken. Other rooms do not wait for it.");
  assert.match(flow.all.verdict.say, /^Held up at a hot key: k in t\/3/);
  assert.match(flow.nodes.get("b").verdict.say, /^Held up at slow clients: 1 member/);
});

test("members that are few of their room are slow clients, whatever is hot", () => {
  for (const rooms of [{ ticks: [9, 1] }, { ticks: [1, 1] }, { ticks: [8, 4] }, {}]) {
    const { verdict } = held({ behind: 4, outbox: 9, hottest: hottest(rooms) }).all;
    assert.match(verdict.say, /^Held up at slow clients: 4 members behind/);
  }
  const of_others = { behind: 20, outbox: 9, hottest: hottest({ ticks: [9, 9] }) };
  assert.match(held(of_others).all.verdict.say, /^Held up at slow clients: 20/);
});

test("members that catch up are no slow clients", () => {
  const { stages, verdict } = after(...[0, 2, 4, 6].map(
    (x) => sample(x, { behind: 2 }))).all;
  assert.deepEqual(states({ stages }, "room", "write"), ["raised", "still"]);
  assert.equal(verdict.state, "raised");
});

test("rooms that do not handle what they have got hold up the partitions", () => {
  const full = { partitions_paused: 1, used: 4096, credit: 0, lag: 500 };
  const { stages, verdict } = after(sample(0, full), sample(2, full),
                                    sample(4, full)).all;
  assert.deepEqual(states({ stages }, "log", "partition", "outbound"),
                   ["raised", "raised", "held"]);
  assert.equal(stages.outbound.level, 1);
  assert.match(verdict.say, /^Held up at the rooms: 4.0 KiB with rooms/);
});

test("credit that is overdrawn is none", () => {
  const full = { used: 5000, credit: -100 };
  const x = sample(0, full);
  assert.equal(sample(0, { credit: 2n ** 64n - 100n }).partitions[0].credit, 0);
  assert.equal(after(x).all.stages.outbound.level, 1);
});

test("records that lie in the log and are not read are held up there", () => {
  const { verdict } = after(...[0, 2, 4].map((x) => sample(x, { lag: 500 }))).all;
  assert.equal(verdict.say, "Held up in Kafka's log: 500 records not read yet.");
  const read = after(...[0, 2, 4].map(
    (x) => sample(x, { lag: 500, position: 300 * x }))).all;
  assert.equal(read.verdict.state, "flows");
});

test("a partition that nobody can reach is held up at once", () => {
  const { stages } = after(sample(0, { unreachable: 1 })).all;
  assert.equal(stages.log.state, "held");
});

test("actors that have too many messages are where it is held up", () => {
  const x = { router_messages: 5000, room_messages: 5000 };
  const { verdict } = after(sample(0, x), sample(2, x), sample(4, x)).all;
  assert.match(verdict.say, /inbound routers: 5,000 messages waiting/);
});

test("the node where it is held up is the one that says so", () => {
  const flow = after(...[0, 2, 4].map((x) => sample(
    x, { ok: x * 100 }, { b: { unanswered: 3 } })));
  assert.equal(flow.nodes.get("b").verdict.state, "held");
  assert.equal(flow.nodes.get("a").verdict.state, "flows");
});

test("records that back ends wrote wrong are told of, with how many and since when", () => {
  const flow = after(sample(0, { skipped: 5 }), sample(2, { skipped: 6 }),
                     sample(4, { skipped: 7 }, { b: { misplaced: 1 } }),
                     sample(6, { skipped: 7 }, { b: { misplaced: 2 } }),
                     sample(10, { skipped: 7 }, { b: { misplaced: 2 } }));
  assert.deepEqual(flow.odd.sentences(10_000), [
    "Node a has skipped 2 records that no client can read, the last 6 s ago.",
    "Node b has read 1 record in another partition than their key's, the last 4 s "
      + "ago: a back end has another partitioner."]);
  assert.match(flow.all.verdict.say, /^Nothing is held up/);
  assert.match(flow.all.stages.room.say, /7 records skipped/);
  assert.match(flow.all.stages.partition.say, /2 keys misplaced/);
  flow.add(sample(700, { skipped: 7 }, { b: { misplaced: 2 } }));
  assert.deepEqual(flow.odd.sentences(700_000), []);
});

test("a node that is not ready holds up its clients, whoever is asked", () => {
  const why = ["no Kafka broker answers: brokers do not answer"];
  const flow = after(sample(0, {}, { b: { reasons: why } }),
                     sample(2, {}, { b: { reasons: why } }));
  assert.equal(flow.all.stages.kafka.state, "held");
  assert.match(flow.all.verdict.say, /^Held up at Kafka: no broker answers/);
  assert.equal(flow.nodes.get("b").stages.kafka.state, "held");
  assert.equal(flow.nodes.get("a").stages.kafka.state, "still");
  assert.match(flow.nodes.get("a").verdict.say, /^Nothing is held up/);
});

test("a node that is not ready for what no stage shows is named", () => {
  const flow = after(sample(0, {}, { b: { reasons: ["it is about to stop"] } }));
  assert.deepEqual(flow.all.verdict, {
    state: "held", say: "Held up at b: not ready for clients." });
  assert.equal(flow.nodes.get("a").verdict.state, "still");
});

test("of a node that does not say whether it is ready nothing is said", () => {
  const flow = after(sample(0, {}, { b: {} }), sample(2, {}, { b: { reasons: [] } }));
  assert.match(flow.all.verdict.say, /^Nothing is held up/);
});
