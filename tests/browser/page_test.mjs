// The page at the root of the admin endpoint, in a real browser: two nodes, and
// a third one whose only use is the broker in its process. What it shows when
// something is wrong: ../incidents/incident_test.mjs.
//
//   node page_test.mjs WEIR                        run the tests
//   node page_test.mjs WEIR --screenshots FOLDER   and take the docs' pictures
//
// WEIR is the program. $WEIR_CHROMIUM names the browser, /usr/bin/chromium
// without it. Without a browser the exit status is 77 (skipped), in CI 1.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { Browser, require_browser } from "./browser.mjs";
import { Crowd } from "./crowd.mjs";
import { pretend, size } from "./large_cluster.mjs";
import { until } from "./local_cluster.mjs";
import { Operator, patience } from "./operator.mjs";
import { WeirNode } from "./weir_node.mjs";

const program = require_browser("node page_test.mjs WEIR [--screenshots FOLDER]");
const [, flag, folder] = process.argv.slice(2);
const room = "chat:lobby";
const hostile = "chat:<img src=x onerror=document.title='broken'>";

let broker, b, c, browser, crowd, operator;

/// What is wrong with nodes themselves; after a while, nothing.
async function no_problems() {
  let text = "";
  await until(async () => (text = await operator.problems.textContent()) === "",
              patience, () => `no problems: ${text}`);
}

async function picture(name) {
  if (flag !== "--screenshots") return;
  await operator.page.mouse.move(0, 0);
  await operator.page.evaluate(() => scrollTo(0, 0));
  await operator.page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

function node_of_cluster(name, ...settings) {
  return WeirNode.start(program, undefined, [
    "kafka.embedded=false", `kafka.brokers=${broker.bootstrap}`,
    "cluster.name=page", "cluster.listen=127.0.0.1:0", `cluster.node=${name}`,
    // So that a node that is silent can be seen before it is down.
    "cluster.timeout=15s",
    ...settings]);
}

before(async () => {
  broker = await WeirNode.start(program);
  b = await node_of_cluster("b");
  c = await node_of_cluster("c", `cluster.seeds=${b.cluster_address}`);
  browser = await Browser.start();
  operator = await Operator.comes(browser, b.admin);
}, { timeout: 180_000 });

after(async () => {
  crowd?.leave();
  await browser?.stop();
  c?.thaw();
  for (const x of [c, b, broker]) if (x) assert.equal(await x.stop(), 0, x.log);
}, { timeout: 180_000 });

// -- what flows ---------------------------------------------------------------

test("calm: nothing is held up, and both nodes are there", async () => {
  crowd = await Crowd.of(12, b.url, room);
  await operator.reads(/^Nothing is held up/);
  await operator.page.locator('[data-node="c"]').waitFor({ timeout: patience });
  await operator.stage("clients").filter({ hasText: "12 clients connected" })
    .waitFor({ timeout: patience });
  for (const x of ["producer", "kafka", "partition", "outbound", "room", "write"])
    await operator.sees(x, "still");
  await operator.stage("kafka").locator(".rate", { hasText: /^0$/ }).waitFor();
  await operator.sees_broker("flows", /^answers/);
  await no_problems();
  await picture("page-calm");
});

test("under load: the stages say how much flows, and nothing is held up", async () => {
  crowd.begins_to_talk();
  for (const x of ["read", "producer", "kafka", "partition", "room"])
    await operator.sees(x, "flows");
  await operator.sees_broker("flows", /^answers within [\d.]+ ms$/);
  await operator.reads(/^Nothing is held up\.$/);
  for (const x of ["producer", "partition"])
    assert.match(await operator.stage(x).locator(".rate").textContent(), /[1-9]/);
  assert.notEqual(await operator.stage("producer").getAttribute("data-pace"), "0");
  await picture("page-load");
  await crowd.falls_silent();
});

// -- a closer look ------------------------------------------------------------

test("one gets to a room, its members, a connection and a partition", async () => {
  await operator.looks_at("Rooms");
  await operator.view.getByLabel("Name begins with").fill("chat:lob");
  await operator.page.keyboard.press("Enter");
  await operator.view.getByRole("link", { name: room }).click();
  await operator.view.locator("h2", { hasText: room }).waitFor();
  await operator.view.getByRole("link", { name: "12 members" }).click();
  await operator.view.locator("tbody tr").nth(11).waitFor();
  await operator.view.locator("tbody a").first().click();
  await operator.view.locator("h2", { hasText: "Connection" }).waitFor();
  await operator.view.getByRole("link", { name: room }).click();
  await operator.view.getByRole("link", { name: /^chat.messages\/\d+$/ })
    .first().click();
  await operator.view.locator("dt", { hasText: "Credit left" }).waitFor();
  await operator.looks_at("Actors");
  await operator.view.locator("td", { hasText: "inbound-router" }).first().waitFor();
});

test("only one node can be looked at", async () => {
  await operator.looks_at("Nodes");
  await operator.page.locator('[data-node="c"] a').click();
  await operator.page.locator("#place", { hasText: "only node c" }).waitFor();
  await operator.stage("clients").filter({ hasText: "0 clients" }).waitFor();
  await operator.page.getByRole("link", { name: "all nodes" }).click();
  await operator.stage("clients").filter({ hasText: "12 clients" }).waitFor();
});

test("a name that is markup is only text", async () => {
  const mallory = await Crowd.of(1, b.url, hostile);
  await operator.looks_at("Rooms");
  const link = operator.view.getByRole("link", { name: hostile, exact: true });
  await link.click();
  await operator.view.locator("h2", { hasText: hostile }).waitFor();
  await operator.view.getByRole("link", { name: "1 member" }).click();
  await operator.view.locator("tbody a").click();
  await link.waitFor();
  assert.equal(await operator.view.locator("img").count(), 0);
  assert.equal(await operator.page.title(), "Weir");
  mallory.leave();
});

test("markup would not run either", async () => {
  const says = await operator.page.evaluate(() => {
    try {
      document.body.innerHTML = "<p>text</p>";
      return "taken";
    } catch (e) {
      return e.name;
    }
  });
  assert.equal(says, "TypeError");
  browser.errors = browser.errors.filter((x) => !/Trusted/.test(x));
});

// -- how it looks -------------------------------------------------------------

/// The least contrast of what is written there with what is behind it.
const least_contrast = (page) => page.evaluate(() => {
  const numbers = (x) => x.match(/[\d.]+/g).map(Number);
  const light = (x) => {
    const [r, g, b] = x.map((y) => (y /= 255) <= 0.04045
      ? y / 12.92 : ((y + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = (x) => {
    for (; x; x = x.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(x).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return Math.min(...[...document.querySelectorAll("body *")]
    .filter((x) => x.checkVisibility() && [...x.childNodes].some(
      (y) => y.nodeType === 3 && y.data.trim()))
    .map((x) => {
      const [one, two] = [light(numbers(getComputedStyle(x).color).slice(0, 3)),
                          light(back(x))].sort((p, q) => q - p);
      return (one + 0.05) / (two + 0.05);
    }));
});

for (const scheme of ["light", "dark"])
  test(`it can be read in ${scheme}`, async () => {
    await operator.page.emulateMedia({ colorScheme: scheme });
    await operator.looks_at("Nodes");
    await operator.page.locator('[data-node="b"]').waitFor();
    assert.ok(await least_contrast(operator.page) >= 4.5);
    const back = await operator.page.evaluate(() =>
      getComputedStyle(document.body).backgroundColor);
    assert.equal(back, scheme === "dark" ? "rgb(12, 19, 22)" : "rgb(238, 243, 245)");
  });

test("it fits a phone", async () => {
  await operator.page.emulateMedia({ colorScheme: "light" });
  await operator.page.setViewportSize({ width: 360, height: 780 });
  for (const view of ["Nodes", "Rooms", "Connections", "Partitions", "Brokers",
                      "Hot", "Actors"]) {
    await operator.looks_at(view);
    await operator.view.locator("h2").first().waitFor();
    assert.equal(await operator.page.evaluate(
      () => document.documentElement.scrollWidth), 360, view);
  }
  const boxes = await operator.page.locator(".stage").evaluateAll((all) =>
    all.map((x) => x.getBoundingClientRect()).map((x) => [x.left, x.right]));
  for (const [left, right] of boxes) assert.ok(left >= 0 && right <= 360);
  await operator.looks_at("Nodes");
  await picture("page-phone");
  await operator.page.setViewportSize({ width: 1120, height: 700 });
});

// -- who may look, and when it asks -------------------------------------------

test("it asks for the token, and keeps it in the tab", async () => {
  const secret = "s3cret-of-the-operators";
  const node = new WeirNode(program, "127.0.0.1:0", [`admin.token=${secret}`]);
  node.headers = { Authorization: `Bearer ${secret}` };
  await node.ready();
  const stranger = await Operator.comes(browser, node.admin);
  const { page } = stranger;
  const enter = async (x) => {
    await page.getByLabel(/^Token/).fill(x);
    await page.keyboard.press("Enter");
  };
  await page.locator("#door").waitFor();
  assert.ok(await page.locator("#main").isHidden());
  await enter("a guess");
  await page.locator("#door-why", { hasText: "That was not the token." }).waitFor();
  await enter(secret);
  await stranger.reads(/^Nothing is held up/);
  assert.ok(await page.locator("#door").isHidden());
  await page.reload();
  await stranger.reads(/^Nothing is held up/);
  assert.ok(!page.url().includes("secret"));
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  const other = await Operator.comes(browser, node.admin);
  await other.page.locator("#door").waitFor();
  await other.page.close();
  await page.close();
  assert.equal(await node.stop(), 0, node.log);
});

/// As a tab is that is behind another one.
const hide = (page, hidden) => page.evaluate((x) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => x });
  document.dispatchEvent(new Event("visibilitychange"));
}, hidden);

test("it asks nothing while nobody sees it", async () => {
  const page = await browser.tab();
  await page.clock.install();
  const asked = await pretend(page);
  await page.goto(b.admin);
  await until(() => asked.length >= 4, patience, () => "the first questions");
  await page.locator("#verdict", { hasText: "Nothing" }).waitFor();
  await page.clock.runFor(10_000);
  await until(() => asked.length > 4, patience, () => "further ones");
  await hide(page, true);
  await page.clock.runFor(10_000); // what it was asking is here
  const before = asked.length;
  await page.clock.runFor(600_000);
  assert.equal(asked.length, before);
  await hide(page, false);
  await until(() => asked.length > before, patience, () => "questions again");
  await page.close();
});

test("100,000 connections: aggregates, and pages of what is asked for", async () => {
  const page = await browser.tab();
  const asked = await pretend(page);
  await page.goto(b.admin);
  const somebody = new Operator(page);
  await somebody.stage("clients").filter({ hasText: "100K clients" }).waitFor();
  await until(() => asked.filter((x) => x === "v1/metrics").length > 2, patience,
              () => "some rounds");
  assert.deepEqual(new Set(asked), new Set(
    ["v1/metrics", "v1/partitions", "v1/nodes", "readyz"]));
  await somebody.stage("producer").filter({ hasText: /[1-9].*events\/s/ }).waitFor();
  for (const view of ["Nodes", "Rooms", "Connections", "Partitions", "Brokers"]) {
    await somebody.looks_at(view);
    await somebody.view.locator("h2").first().waitFor();
    assert.ok(await somebody.elements() < 2000, view);
  }
  await somebody.looks_at("Connections");
  await somebody.view.getByRole("link", { name: "c49", exact: true }).waitFor();
  const before = asked.filter((x) => x === "v1/connections").length;
  await somebody.view.getByRole("link", { name: "Next page" }).click();
  await somebody.view.getByRole("link", { name: "c50", exact: true }).waitFor();
  assert.equal(await somebody.view.locator("tbody tr").count(), 50);
  const rounds = asked.filter((x) => x === "v1/metrics").length;
  await until(() => asked.filter((x) => x === "v1/metrics").length > rounds + 1,
              patience, () => "two rounds more");
  // A list is not asked for again by itself.
  assert.equal(asked.filter((x) => x === "v1/connections").length, before + 1);
  assert.ok(size.nodes * 40 > await somebody.elements());
  await page.close();
});

/// How far something is drawn beyond the stage that it is of, in pixels.
const excess = (page) => page.locator("[data-broker]").evaluateAll((all) =>
  Math.max(...all.flatMap((x) => [...x.querySelectorAll("span")].map((y) =>
    y.getBoundingClientRect().right - x.getBoundingClientRect().right))));

test("of many brokers those are drawn that hold something up, and the others together",
     async () => {
  const page = await browser.tab();
  await pretend(page, { are_ill: true });
  await page.goto(b.admin);
  const somebody = new Operator(page);
  await somebody.sees_broker("held", /^200 requests, no answer for \d+ s$/);
  await somebody.sees_broker("raised", /^throttles, [\d.]+ ms in a second$/);
  await somebody.sees_broker("raised", /^answers take 800 ms$/);
  await somebody.reads(new RegExp("^Held up at one of Kafka's brokers, "
    + "kafka-8\\.kafka\\.svc\\.example\\.org:9092: 200 requests"));
  assert.deepEqual(await page.locator("[data-broker] .name").allTextContents(),
                   ["kafka-8", "kafka-3", "kafka-11", "kafka-1", "and 8 more"]);
  await somebody.broker("and 8 more").getByText(/^the slowest, kafka-12: /).waitFor();
  await somebody.stage("kafka").getByText("no answer from kafka-8").waitFor();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    assert.ok(await least_contrast(page) >= 4.5, scheme);
  }
  assert.ok(await excess(page) < 1);
  await page.setViewportSize({ width: 360, height: 780 });
  assert.ok(await excess(page) < 1);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await somebody.broker("kafka-8").click();
  await somebody.view.locator("tbody tr").first()
    .getByText("kafka-8.kafka.svc.example.org:9092").waitFor();
  assert.equal(await somebody.view.locator("tbody tr").count(), size.brokers);
  await page.close();
});

test("a node that does not answer is named, and then that it is down", async (t) => {
  t.after(() => c.thaw());
  await operator.looks_at("Nodes");
  c.freeze();
  await operator.problems.filter({
    hasText: "Node c does not answer. What it has is missing here." })
    .waitFor({ timeout: patience });
  await operator.page.locator('[data-node="c"][data-state="held"]').waitFor();
  await operator.problems.filter({ hasText: "Node c is down. What it has is missing here." })
    .waitFor({ timeout: patience });
  c.thaw();
  await no_problems();
});

test("a node that is gone leaves what was seen, and says so", async () => {
  const left = c;
  c = null;
  const ended = once(left.process, "exit");
  const page = await Operator.comes(browser, left.admin);
  await page.reads(/^Nothing is held up/);
  left.process.kill("SIGKILL");
  await ended;
  await page.page.locator("#link", { hasText: "the node does not answer" })
    .waitFor({ timeout: patience });
  await page.verdict.waitFor();
  await page.page.close();
});

test("no tab has complained", () => {
  // Nodes that are away, not ready, or want a token are the browser's to
  // complain about.
  assert.deepEqual(browser.errors.filter(
    (x) => !/ERR_CONNECTION_REFUSED|status of (401|503)/.test(x)), []);
});
