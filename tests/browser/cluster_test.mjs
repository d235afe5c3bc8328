// What `tools/run --nodes 3` shows: tabs on several nodes, and one of them killed.
//
//   node cluster_test.mjs WEIR
//
// $WEIR_CHROMIUM as for chat_test.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser, require_browser } from "./browser.mjs";
import { Chatter } from "./chatter.mjs";
import { is_running, LocalCluster, until } from "./local_cluster.mjs";

const patience = 120_000;
const tabs_at_most = 12; // a page takes several of the proxy's turns

const program = require_browser("node cluster_test.mjs WEIR");
let cluster, browser, ada, bob, lost;

/// A tab on a node that `suits`: the proxy decides, so some are tried.
async function enter_at(suits, name) {
  for (let i = 0; i < tabs_at_most; ++i) {
    const chatter = await Chatter.enter(
      browser, `${cluster.url}?transports=websocket`, name, "lobby");
    if (suits(await chatter.node())) return chatter;
    await chatter.page.close();
  }
  throw new Error(`no tab of ${tabs_at_most} is on a node that suits ${name}`);
}

before(async () => {
  cluster = await LocalCluster.start(program);
  browser = await Browser.start();
}, { timeout: 180_000 });

after(async () => {
  await browser?.stop();
  if (cluster?.runs) await cluster.stop();
}, { timeout: 120_000 });

test("it tells of three nodes, and each sees the others", async () => {
  assert.deepEqual(Object.keys(cluster.nodes), ["a", "b", "c"]);
  for (const name of "abc")
    assert.deepEqual(await cluster.states(name), { a: "up", b: "up", c: "up" });
});

test("tabs show which node they are on, and hear each other", async () => {
  ada = await enter_at((x) => x === "b" || x === "c", "Ada"); // a has the broker
  lost = await ada.node();
  bob = await enter_at((x) => x !== lost, "Bob");
  await ada.says("hello Bob");
  await bob.sees("hello Bob");
  await bob.says("hello Ada");
  await ada.sees("hello Ada");
  assert.deepEqual(await ada.texts(), ["hello Bob", "hello Ada"]);
  assert.deepEqual(await bob.texts(), ["hello Bob", "hello Ada"]);
});

for (const query of ["", "?transports=polling"])
  test(`a tab whose requests go to all nodes talks (${query})`, async () => {
    const eve = await Chatter.enter(browser, cluster.url + query, "Eve",
                                    "lobby");
    assert.match(await eve.node(), /^[abc]$/);
    await eve.says(`Eve ${query}`);
    await ada.sees(`Eve ${query}`);
    await bob.says(`to Eve ${query}`);
    await eve.sees(`to Eve ${query}`);
    await ada.sees(`to Eve ${query}`);
    assert.deepEqual(await ada.texts(), await bob.texts());
    await eve.page.close();
  });

test("a tab moves on from a node that is killed, with all messages", async () => {
  const stays = await bob.node();
  const before = await bob.texts();
  cluster.kill(lost);
  const meanwhile = ["one", "two", "three"].map((x) => `meanwhile ${x}`);
  for (const x of meanwhile) {
    await bob.says(x);
    await bob.place_of(x);
  }
  await ada.notice(`Moved from node ${lost} to node `)
    .waitFor({ timeout: patience });
  assert.notEqual(await ada.node(), lost);
  assert.equal(await bob.node(), stays);
  assert.ok(await ada.page.evaluate(() => socket.recovered));
  await ada.is_in("lobby");
  await ada.says("I am back");
  await ada.place_of("I am back");
  // Its partitions move only when Kafka has missed it.
  await ada.message("I am back").waitFor({ timeout: patience });
  const all = [...before, ...meanwhile, "I am back"];
  for (const x of [ada, bob])
    await until(async () => (await x.texts()).length >= all.length, patience,
                () => "all messages");
  assert.deepEqual(await bob.texts(), all);
  assert.deepEqual(await ada.texts(), all);
  await bob.says("good");
  await ada.sees("good");
});

test("the others tell that it is down, and so does the log", async () => {
  const left = [..."abc"].filter((x) => x !== lost);
  for (const name of left)
    assert.equal((await cluster.states(name))[lost], "down");
  assert.match(cluster.log, new RegExp(`^node ${lost} has ended \\(SIGKILL\\)$`,
                                       "m"));
});

test("Ctrl-C ends everything, in order", async () => {
  const pids = Object.values(cluster.nodes).map((x) => x.pid);
  assert.equal(await cluster.stop(), 0, cluster.log);
  assert.ok(!pids.some(is_running), cluster.log);
  assert.match(cluster.log, /stopping node [bc] \.\.\.[^]*stopping node a \.\.\./);
});
