// Six things that go wrong, each with how it is brought about, how it heals, and
// what the operator's page shows meanwhile.
//
// An incident is {what, stage, heal, page}. `stage` and `heal` take an
// IncidentCluster, `page` an Operator at node a. `alert`: the rule of tools/observe
// that tells of it; `is_small`: not of one as small as this.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

import { SlowClient } from "../browser/crowd.mjs";
import { until } from "../browser/local_cluster.mjs";
import { patience } from "../browser/operator.mjs";
import { room, topic } from "./cluster.mjs";

const pause = () => new Promise((resolve) => setTimeout(resolve, 500));

/// Writes records, a line each.
async function produce(cluster, key, lines, partitioner = "murmur2_random") {
  const kcat = spawn("kcat", [
    "-P", "-q", "-b", cluster.kafka.bootstrap, "-t", topic, "-k", key,
    "-X", `partitioner=${partitioner}`],
    // A terminal's Ctrl-C is for this program.
    { stdio: ["pipe", "inherit", "inherit"], detached: true });
  kcat.stdin.end(lines.map((x) => `${x}\n`).join(""));
  const [status] = await once(kcat, "exit");
  if (status !== 0) throw new Error(`kcat has ended with ${status}`);
}

/// A back end that writes again and again, until it is stopped.
class BackEnd {
  constructor(write) {
    this.goes_on = true;
    this.end = this.run(write);
  }

  async run(write) {
    while (this.goes_on) {
      await write();
      await pause();
    }
  }

  stop() {
    this.goes_on = false;
    return this.end;
  }
}

async function those_behind(cluster) {
  return (await cluster.ask("v1/connections?behind=true")).connections;
}

/// They read all that there is for them, and leave.
async function catch_up(cluster, clients) {
  clients.forEach((x) => x.reads());
  await until(async () => (await those_behind(cluster)).length === 0, patience,
              () => "them to have caught up");
  clients.forEach((x) => x.leave());
}

// -- a broker that is away ----------------------------------------------------

const emits_at_once = 200; // more than limits.unanswered_emits

const broker = {
  what: "the broker does not answer any more",
  alert: "WeirEmitsFail",

  async stage({ kafka, crowd }) {
    kafka.hang();
    this.goes_on = true;
    this.talks = Promise.all(Array.from({ length: emits_at_once }, async () => {
      while (this.goes_on)
        await crowd.says(crowd.sockets[0], { text: "is anybody there?" });
    }));
  },

  async heal({ kafka }) {
    this.goes_on = false;
    kafka.go_on();
    await this.talks;
  },

  async page(operator) {
    await operator.sees("kafka", "held");
    await operator.sees("producer", "held");
    await operator.sees("read", "raised");
    await operator.sees_broker("held", /^\d+ requests?, no answer for \d+ s/);
    await operator.reads(new RegExp("^Held up at Kafka: no broker answers, nothing was "
      + "stored for .* emits? .*Back-pressure: 1 of \\d+ clients not read"));
    assert.ok(await operator.level("producer") >= 0.5);
    await operator.sees("write", "still");
    await operator.page.locator('[data-node="a"][data-state="held"]').waitFor();
    await operator.has_problem(/^Node a is not ready: no Kafka broker answers/);
  },
};

// -- one client that does not read --------------------------------------------

const slow_client = {
  what: "one client reads nothing, and others go on",
  alert: "WeirMembersLag",
  is_small: true,

  async stage(cluster) {
    this.client = await SlowClient.enter(cluster.a.url, room);
    const { crowd } = cluster;
    const says = () => crowd.says(crowd.sockets[0], { text: "x".repeat(60_000) });
    const is_behind = async () => (await those_behind(cluster)).length > 0;
    await until(async () => await says() && await is_behind(), patience,
                () => "it to be behind");
    // More than its socket's buffers may still come to hold.
    for (let n = 0; n < 200; ++n) await says();
  },

  async heal(cluster) { await catch_up(cluster, [this.client]); },

  async page(operator) {
    await operator.sees("write", "held");
    await operator.sees("room", "raised");
    await operator.reads(
      /^Held up at slow clients: 1 member behind, [\d.]+ [KM]iB wait to be taken\. Nobody/);
    assert.ok(await operator.level("write") >= 0.55);
    await operator.sees("kafka", "still");
    await operator.stage("write").click();
    await operator.view.locator("tbody tr .badge.held", { hasText: "behind" }).waitFor();
    assert.equal(await operator.view.locator("tbody tr").count(), 1);
    // By how much, where one looks closer.
    const lag = operator.view.locator('td[data-label="Records behind"]',
                                      { hasText: /^[1-9][\d,.KM]*$/ });
    await operator.view.locator("tbody a").first().click();
    await lag.waitFor();
    await operator.view.getByRole("link", { name: room }).click();
    await operator.view.locator("dl div", { hasText: /^The farthest behind[1-9].* records$/ })
      .waitFor();
    await lag.waitFor();
    await operator.stage("write").click();
    await operator.view.locator("tbody tr .badge.held", { hasText: "behind" }).waitFor();
  },
};

// -- a hot partition ----------------------------------------------------------

const listeners = 8;
const bytes_per_listener = 200_000; // in a second
const tick = `{"tick":"${"x".repeat(2000)}"}`;
const ticks = Array(1000).fill(tick);

const hot_partition = {
  what: "a back end writes more of one key than its room's members can take",
  alert: "WeirMembersLag",
  is_small: true,

  async stage(cluster) {
    this.members = await Promise.all(Array.from({ length: listeners }, () =>
      SlowClient.enter(cluster.a.url, "chat:ticks")));
    this.members.forEach((x) => x.reads_slowly(bytes_per_listener));
    this.back_end = new BackEnd(() => produce(cluster, "ticks", ticks));
    await until(async () => (await those_behind(cluster)).length === listeners,
                patience, () => "all to be behind");
  },

  async heal(cluster) {
    await this.back_end.stop();
    await catch_up(cluster, this.members);
  },

  async page(operator) {
    await operator.sees("room", "raised");
    await operator.sees("write", "held");
    await operator.reads(new RegExp("^Held up at a hot key: ticks in chat\\.messages/\\d+, "
      + ".* records a second; [5-8] of 8 members of chat:ticks are behind"));
    await operator.sees("partition", "flows");
    const row = (text) => operator.view.locator("tr", { hasText: text });
    const of_one_room = async () => {
      await operator.looks_at("Hot"); // the list of rooms is not asked for again
      await operator.looks_at("Rooms");
      await row("chat:lobby").waitFor();
      return await row("chat:ticks").locator("td", { hasText: /^\d behind$/ }).count()
        && !await row("chat:lobby").locator(".badge.held").count();
    };
    await until(of_one_room, patience, () => "those of one room to be behind");
    await operator.looks_at("Hot");
    await row(/^key.*ticks/).waitFor();
  },
};

// -- a node that is cut off ---------------------------------------------------

/// Kafka has to miss it first, and the nodes wait for as long.
const group_patience = 5 * patience;

const cut_off = {
  what: "nodes a and b do not reach each other, and both reach Kafka",
  alert: "WeirPartitionsUnreachable",

  async stage(cluster) { cluster.cut_links(); },
  async heal(cluster) { cluster.join_links(); },

  async page(operator) {
    await operator.has_problem(/^Node b is down\. What it has is missing here\.$/);
    await operator.page.locator('[data-node="b"][data-state="held"]').waitFor();
  },

  async page_of_b(operator) {
    await operator.has_problem(
      /^Node b is not ready: .*cannot be reached: this node stays out of the consumer group/,
      group_patience);
    await operator.sees("log", "held");
    await operator.reads(/^Held up in Kafka's log: 4 partitions cannot be reached/);
  },
};

// -- a record that no client can read -----------------------------------------

const poison = {
  what: "a back end writes what is no JSON, between what is",
  alert: "WeirRecordsSkipped",

  async stage(cluster) {
    this.back_end = new BackEnd(() => produce(
      cluster, "lobby", ['{"text":', '{"text":"and on"}']));
  },

  async heal() { await this.back_end.stop(); },

  async page(operator) {
    await operator.has_problem(
      /^Node a has skipped \d+ records? that no client can read, the last \d+ s ago\.$/);
    await operator.reads(/^Nothing is held up/);
    await operator.stage("room").filter({ hasText: /\d records? skipped/ }).waitFor();
    await operator.looks_at("Rooms");
    await operator.view.locator("tr", { hasText: room })
      .locator('td[data-label="Skipped"]', { hasText: /[1-9]/ }).waitFor();
  },
};

// -- a back end with another partitioner --------------------------------------

const partitioner = {
  what: "one of two back ends has librdkafka's own partitioner",
  alert: "WeirKeysMisplaced",

  async stage(cluster) {
    this.back_end = new BackEnd(async () => {
      await produce(cluster, "lobby", ['{"text":"here"}']);
      await produce(cluster, "lobby", ['{"text":"or here?"}'], "consistent");
    });
  },

  async heal() { await this.back_end.stop(); },

  async page(operator) {
    await operator.has_problem(new RegExp("^Node [ab] has read \\d+ records? in another "
      + "partition than their key's, .*: a back end has another partitioner"));
    await operator.reads(/^Nothing is held up/);
    await operator.looks_at("Rooms");
    await operator.view.getByRole("link", { name: room }).click();
    await operator.view.locator(".problem", { hasText: "Its records lie in 2 partitions" })
      .waitFor();
  },
};

export const incidents = {
  broker, "slow-client": slow_client, "hot-partition": hot_partition,
  "cut-off": cut_off, poison, partitioner };
