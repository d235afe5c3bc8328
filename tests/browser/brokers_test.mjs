// What the operator's page takes for the state of each of Kafka's brokers, from
// answers of the admin endpoint.
//
//   node --test brokers_test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn } from "../../actors/node/page/brokers.mjs";
import { after, sample } from "./page_samples.mjs";

const calm = { waiting: 1, seconds: 0.002 };

/// A history of one node, a sample each two seconds: `look(n)` is what it sees of
/// brokers in the nth.
const history = (n, look, others = () => ({})) => after(...Array.from({ length: n },
  (_, i) => sample(2 * i, { brokers: look(i) }, others(i))));

const broker = (picture, name) => picture.stages.brokers.each.find((x) => x.name === name);

test("a broker that answers flows, and one that is asked nothing is still", () => {
  const { all } = history(3, (i) => ({
    "k1:9092": { ...calm, answers: 100 * i }, "k2:9092": { answers: 7 } }));
  const [k1, k2] = all.stages.brokers.each;
  assert.deepEqual([k1.state, k1.flow, k1.say], ["flows", 50, "answers within 2.0 ms"]);
  assert.deepEqual([k2.state, k2.flow, k2.say], ["still", 0, "nothing was asked"]);
  assert.deepEqual([all.stages.brokers.state, all.stages.brokers.say],
                   ["flows", "2 brokers"]);
  // It answers, and nothing is stored or read.
  assert.equal(all.verdict.say, "Nothing is held up, and nothing flows.");
});

test("a broker that has answered nothing for some seconds is held up, and so called",
     () => {
  const look = (i) => ({
    "k1:9092": { ...calm, answers: 100 * i },
    "k2:9092": { waiting: 7, answers: Math.min(100 * i, 200) } });
  assert.equal(history(4, look).all.stages.brokers.state, "flows");
  const { stages, verdict } = history(5, look).all;
  assert.deepEqual(stages.brokers.each.map((x) => [x.name, x.state, x.flow]),
                   [["k2:9092", "held", 0], ["k1:9092", "flows", 50]]);
  assert.equal(stages.kafka.say, "stores what comes; no answer from k2");
  assert.equal(verdict.state, "held");
  assert.equal(verdict.say, "Held up at one of Kafka's brokers, k2:9092: 7 requests, "
    + "no answer for 4 s.");
});

test("where Kafka stores nothing at all, that is said once", () => {
  const flow = after(...[0, 2, 4].map((x) => sample(x, {
    unanswered: 40, ok: 7, brokers: { "k1:9092": { waiting: 7, answers: 5 } } })));
  assert.equal(flow.all.stages.brokers.state, "held");
  assert.equal(flow.all.verdict.say, "Held up at Kafka: nothing was stored for 4 s; "
    + "40 emits (3.9 KiB) wait for it.");
});

test("one that has nothing to answer is neither mute nor slow", () => {
  const { all } = history(5, () => ({ "k1:9092": { answers: 5 },
                                      "k2:9092": { answers: 0, seconds: 0 } }));
  assert.equal(all.stages.brokers.state, "still");
});

test("a consumer that waits for records is answered, and then it is no matter how late",
     () => {
  const flow = after(...[0, 2, 4, 6].map((x) => sample(x, {
    reads: { "k1:9092": { waiting: 1, seconds: 0.4, answers: 10 * x } } })));
  const [k1] = flow.all.stages.brokers.each;
  assert.deepEqual([k1.state, k1.say], ["flows", "answers those who read"]);
  const mute = after(...[0, 2, 4].map((x) => sample(x, {
    reads: { "k1:9092": { waiting: 1, answers: 10 } } })));
  assert.equal(mute.all.stages.brokers.state, "held");
});

test("one that no connection gets to is held up, whether or not it is asked", () => {
  const { all } = history(3, () => ({ "k1:9092": { answers: 0, away: true } }));
  assert.equal(broker(all, "k1:9092").say, "cannot be reached for 4 s");
  const back = history(4, (i) => ({ "k1:9092": { answers: 0, away: i < 3 } }));
  assert.equal(back.all.stages.brokers.state, "still");
});

test("a throttle is backed up at once, and said", () => {
  const { all } = history(2, (i) => ({
    "k1:9092": { ...calm, answers: 100 * i, throttled: 3 + 0.6 * i } }));
  assert.equal(broker(all, "k1:9092").state, "raised");
  assert.equal(all.verdict.say,
               "Nothing is held up; k1:9092: throttles, 300 ms in a second.");
});

test("slow is what takes long, or much longer than with the others", () => {
  const state_of = (...seconds) => {
    const { all } = history(3, (i) => Object.fromEntries(seconds.map((x, n) => [
      `k${n}:9092`, { waiting: 1, seconds: x, answers: 10 * i }])));
    return seconds.map((_, n) => broker(all, `k${n}:9092`).state).join(" ");
  };
  assert.equal(state_of(0.3), "raised");
  assert.equal(state_of(0.1), "flows"); // beside which other?
  assert.equal(state_of(0.1, 0.01, 0.02), "raised flows flows");
  assert.equal(state_of(0.1, 0.09, 0.08), "flows flows flows");
  assert.equal(state_of(0.04, 0.001), "flows flows");
});

test("it is told which nodes a broker does not answer, where it answers others", () => {
  const flow = history(3, (i) => ({ "k1:9092": { ...calm, answers: 100 * i } }),
                       () => ({ b: { brokers: { "k1:9092": { waiting: 3, answers: 1 } } } }));
  assert.equal(broker(flow.all, "k1:9092").say, "3 requests, no answer for 4 s (node b)");
  assert.equal(broker(flow.nodes.get("a"), "k1:9092").state, "flows");
  assert.equal(broker(flow.nodes.get("b"), "k1:9092").say, "3 requests, no answer for 4 s");
  assert.equal(flow.nodes.get("a").verdict.state, "still");
});

test("a node of an earlier version counts no answers", () => {
  const { all } = history(3, () => ({ "k1:9092": { ...calm },
                                      "k2:9092": { waiting: 7 } }));
  assert.deepEqual([broker(all, "k1:9092").state, broker(all, "k1:9092").flow],
                   ["still", null]);
  assert.equal(broker(all, "k2:9092").state, "held");
});

test("of many the worst are drawn by name, and the others together", () => {
  const { all } = history(3, (i) => Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [`k${n + 1}:9092`, n === 10
      ? { waiting: 4, answers: 0 } : { ...calm, seconds: n / 1000, answers: 10 * i }])));
  const shown = drawn(all.stages.brokers.each);
  assert.deepEqual(shown.map((x) => x.name),
                   ["k11:9092", "k1:9092", "k2:9092", "k3:9092", "and 8 more"]);
  assert.equal(shown.at(-1).say, "the slowest, k12: 11 ms");
  assert.equal(shown.at(-1).flow, 40);
});

test("names are drawn without what they have in common", () => {
  const labels = (...names) => history(1, () => Object.fromEntries(
    names.map((x) => [x, calm]))).all.stages.brokers.each.map((x) => x.label).join(" ");
  assert.equal(labels("k1.example.org:9092", "k2.example.org:9092"), "k1 k2");
  assert.equal(labels("10.0.0.1:9092", "10.0.0.2:9092"), "10.0.0.1 10.0.0.2");
  assert.equal(labels("localhost:9092", "localhost:9093"), "localhost:9092 localhost:9093");
  assert.equal(labels("k1.example.org:9092"), "k1.example.org:9092");
  assert.equal(labels("[::1]:9092", "[::2]:9092"), "[::1] [::2]");
});

test("others that are as bad as the worst are counted, and no others", () => {
  const ill = { waiting: 7, answers: 1 };
  const say = (...mute) => history(3, (i) => ({
    "k1:9092": { ...calm, seconds: 0.9, answers: 10 * i },
    ...Object.fromEntries(mute.map((x) => [x, ill])) })).all.stages.brokers.say;
  assert.equal(say("k2:9092"), "k2:9092: 7 requests, no answer for 4 s");
  assert.equal(say("k2:9092", "k3:9092"),
               "k2:9092: 7 requests, no answer for 4 s; and 1 more like it");
});

// -- whatever they do ---------------------------------------------------------

/// Numbers from 0 to 1 that look like chance, the same each time.
function chance(seed) {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return x / 2 ** 32;
  };
}

/// What links between nodes and brokers do, sample by sample: each answers, is mute,
/// is away or is asked nothing, and goes on so for a while.
function lives(next, nodes, brokers, n) {
  const moods = ["answers", "mute", "away", "idle"];
  return nodes.flatMap((node) => brokers.map((name) => {
    let mood, answers = 0;
    return { node, name, seen: Array.from({ length: n }, () => {
      if (mood === undefined || next() < 0.3) mood = moods[Math.floor(next() * 4)];
      if (mood === "answers") answers += 1 + Math.floor(next() * 50);
      return { mood, answers, waiting: mood === "idle" || mood === "away" ? 0
        : 1 + Math.floor(next() * 9), away: mood === "away" };
    }) };
  }));
}

/// Two samples in a row with the one before are four seconds.
function is_held(x, i) {
  const is_silent = (k) => x.seen[k].waiting > 0
    && x.seen[k].answers === x.seen[k - 1].answers;
  return i >= 2 && [(k) => x.seen[k].away, is_silent].some(
    (is_so) => is_so(i - 1) && is_so(i));
}

test("generated: what is held up is what has not answered for long enough, and it is "
     + "drawn", () => {
  for (let seed = 1; seed <= 60; ++seed) {
    const next = chance(seed);
    const nodes = ["a", "b", "c"].slice(0, 1 + Math.floor(next() * 3));
    const brokers = Array.from({ length: 1 + Math.floor(next() * 9) },
                               (_, i) => `k${i + 1}:9092`);
    const n = 8;
    const links = lives(next, nodes, brokers, n);
    const seen = (node, i) => ({ brokers: Object.fromEntries(links
      .filter((x) => x.node === node).map((x) => [x.name, x.seen[i]])) });
    const flow = after();
    for (let i = 0; i < n; ++i) {
      flow.add(sample(2 * i, seen("a", i), Object.fromEntries(
        nodes.slice(1).map((x) => [x, seen(x, i)]))));
      for (const node of [null, ...nodes]) {
        const picture = node === null ? flow.all : flow.nodes.get(node);
        check(picture, links.filter((x) => node === null || x.node === node), brokers, i,
              `seed ${seed}, sample ${i}, node ${node}`);
      }
      const sum = nodes.reduce(
        (x, y) => x + (flow.nodes.get(y).stages.brokers.flow ?? 0), 0);
      assert.ok(Math.abs((flow.all.stages.brokers.flow ?? 0) - sum) < 1e-6);
    }
  }
});

function check({ stages, verdict }, links, brokers, i, where) {
  const { each } = stages.brokers;
  assert.deepEqual(each.map((x) => x.name).sort(), brokers.toSorted(), where);
  const held = brokers.filter((name) => links.some((x) => x.name === name
                                                     && is_held(x, i)));
  assert.deepEqual(each.filter((x) => x.state === "held").map((x) => x.name).sort(),
                   held.sort(), where);
  assert.equal(verdict.state === "held", held.length > 0, where);
  assert.equal(stages.brokers.state === "held", held.length > 0, where);
  for (const x of [...each, stages.brokers]) {
    assert.ok(x.level >= (x.state === "held" ? 0.55 : 0) && x.level <= 1, where);
    assert.ok(x.say.length > 0 && !/NaN|undefined|null/.test(x.say), where);
  }
  const shown = drawn(each);
  assert.ok(shown.length <= 5, where);
  const left = Number(shown.at(-1).name.match(/^and (\d+) more$/)?.[1] ?? 0);
  assert.equal(shown.length - (left ? 1 : 0) + left, brokers.length, where);
  // None that holds something up is behind one that does not.
  const order = shown.slice(0, left ? -1 : undefined).map((x) => x.state === "held");
  assert.deepEqual(order, order.toSorted((x, y) => y - x), where);
  if (left) assert.equal(shown.at(-1).state === "held", held.length > shown.length - 1, where);
}
