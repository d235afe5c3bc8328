// The chat page in a real browser, on a node with the broker in the process.
//
//   node chat_test.mjs WEIR                      run the tests
//   node chat_test.mjs WEIR --screenshot FILE    only take the README's picture
//
// WEIR is the program. $WEIR_CHROMIUM names the browser, /usr/bin/chromium
// without it. Without a browser the exit status is 77 (skipped), in CI 1.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";

import { Browser, require_browser } from "./browser.mjs";
import { Chatter } from "./chatter.mjs";
import { take_screenshot } from "./screenshot.mjs";
import { WeirNode } from "./weir_node.mjs";

const program = require_browser("node chat_test.mjs WEIR [--screenshot FILE]");
const [, flag, file] = process.argv.slice(2);

let node, browser, ada, bob;

async function start() {
  node = await WeirNode.start(program);
  browser = await Browser.start();
}

async function stop() {
  await browser?.stop();
  if (node) assert.equal(await node.stop(), 0, node.log);
}

if (flag === "--screenshot") {
  try {
    await start();
    await take_screenshot(browser, node, file);
  } finally {
    await stop();
  }
} else {
  before(async () => {
    await start();
    ada = await Chatter.enter(browser, node.url, "Ada", "lobby");
    bob = await Chatter.enter(browser, node.url, "Bob", "lobby");
  }, { timeout: 120_000 });
  after(stop, { timeout: 120_000 });
  run_tests();
}

function run_tests() {
  test("two tabs in a room see each other's messages", async () => {
    await ada.says("hello Bob");
    await bob.sees("hello Bob");
    await bob.says("hello Ada");
    await ada.sees("hello Ada");
    assert.deepEqual(await ada.texts(), ["hello Bob", "hello Ada"]);
    assert.deepEqual(await bob.texts(), ["hello Bob", "hello Ada"]);
  });

  test("the connection is upgraded to WebSocket", async () => {
    await ada.connection("connected (websocket)").waitFor();
    await bob.connection("connected (websocket)").waitFor();
  });

  test("the node that the tab is on is named", async () => {
    assert.equal(await ada.node(), "a");
  });

  test("a message shows the partition and offset it got", async () => {
    await ada.says("first");
    const first = await ada.place_of("first");
    await ada.says("second");
    const second = await ada.place_of("second");
    assert.equal(second.partition, first.partition); // one key, one partition
    assert.ok(second.offset > first.offset);
    assert.deepEqual(await bob.place_of("first"), first);
    assert.deepEqual(await bob.place_of("second"), second);
    await bob.says("third");
    assert.deepEqual(await ada.place_of("third"), await bob.place_of("third"));
  });

  test("a place that comes before its message waits for it", async () => {
    const message = { room: "chat:lobby", from: "Eve", text: "early", id: "e" };
    const place = { ...message, partition: 3, offset: 14 };
    await ada.page.evaluate(([message, place]) => {
      onStored({ ...place, offset: -1 });
      onStored({ ...place, partition: "<b>" });
      onStored(place);
      onMessage(message);
      onStored({ ...place, offset: 15 });
    }, [message, place]);
    assert.deepEqual(await ada.place_of("early"), { partition: 3, offset: 14 });
  });

  test("a gap is shown as a line", async () => {
    const gap = { room: "chat:lobby", partition: 2, from: 17, to: 4711 };
    await ada.page.evaluate((x) => onGap(x), gap);
    await ada.notice("Missing: offsets 17 to 4710 of partition 2.").waitFor();
  });

  test("typing is shown to the others, and gone with the message", async () => {
    await ada.types("I am about to");
    await bob.typing("Ada is typing").waitFor();
    assert.equal(await ada.typing("typing").count(), 0);
    await ada.says("I have said it");
    await bob.sees("I have said it");
    await bob.typing("Ada is typing").waitFor({ state: "detached" });
  });

  test("a room is not heard in another one", async () => {
    const eve = await Chatter.enter(browser, node.url, "Eve", "garden");
    await eve.says("only for the garden");
    await eve.place_of("only for the garden");
    await ada.says("only for the lobby");
    await bob.sees("only for the lobby");
    assert.deepEqual(await eve.texts(), ["only for the garden"]);
    assert.equal(await ada.message("only for the garden").count(), 0);
    await eve.page.close();
  });

  test("a tab is in several rooms, and counts what is unread", async () => {
    await ada.opens("library");
    await bob.opens("library");
    await ada.turns_to("lobby");
    await bob.says("a book for Ada");
    await ada.page.locator("#rooms button", { hasText: "library" })
      .locator(".unread", { hasText: "1" }).waitFor();
    await ada.turns_to("library");
    await ada.sees("a book for Ada");
    await ada.turns_to("lobby");
    await bob.turns_to("lobby");
  });

  test("markup in messages and names is only text", async () => {
    const text = "<img src=x onerror=document.title='broken'><b>bold</b>";
    const mallory = await Chatter.enter(browser, node.url, "<i>Mallory</i>",
                                        "lobby");
    await mallory.says(text);
    await bob.sees(text);
    const message = bob.message(text);
    assert.equal(await message.locator("img, b, i").count(), 0);
    assert.match(await message.textContent(), /<i>Mallory<\/i>/);
    assert.match(await bob.page.title(), /Weir chat$/);
    await mallory.page.close();
  });

  test("a record from outside is a message in the room", async (t) => {
    if (!has_kcat()) return t.skip("kcat is not there");
    const command = (await ada.page.locator("#hint").textContent())
      .replace("BOOTSTRAP", node.bootstrap);
    execFileSync("sh", ["-c", command]);
    await ada.sees("kcat");
    await bob.sees("kcat");
    assert.match(await bob.message("kcat").textContent(), /hello$/);
    assert.equal(await bob.message("kcat").locator(".stored").count(), 0);
  });

  test("who was away for a moment gets what was missed, once", async () => {
    await bob.says("before");
    await ada.place_of("before");
    await ada.loses_connection("my last words");
    await bob.sees("my last words");
    const missed = ["missed 1", "missed 2", "missed 3"];
    for (const x of missed) {
      await bob.says(x);
      await bob.place_of(x);
    }
    assert.equal(await ada.message("missed").count(), 0);
    await ada.comes_back();
    assert.ok(await ada.page.evaluate(() => socket.recovered));
    await ada.notice("Reconnected. What was written meanwhile follows.")
      .waitFor();
    await bob.says("after");
    await ada.place_of("after");
    const texts = await ada.texts();
    assert.deepEqual(texts.slice(texts.indexOf("before")),
                     ["before", "my last words", ...missed, "after"]);
    assert.equal(await ada.message("my last words").getAttribute("data-state"),
                 "stored");
    await ada.says("and I am heard");
    await bob.place_of("and I am heard");
  });

  test("what is sent again is stored once", async () => {
    await ada.loses_connection("stored, but not acked");
    await bob.sees("stored, but not acked");
    await ada.comes_back({ recovers: false });
    await ada.notice("What was written meanwhile is not shown.").waitFor();
    await ada.is_in("lobby");
    await ada.sends_again("stored, but not acked");
    const place = await ada.place_of("stored, but not acked");
    assert.deepEqual(await bob.place_of("stored, but not acked"), place);
    await ada.says("next");
    await bob.sees("next");
    assert.deepEqual((await bob.texts()).slice(-2),
                     ["stored, but not acked", "next"]);
    assert.deepEqual((await ada.texts()).slice(-2),
                     ["stored, but not acked", "next"]);
  });

  test("a room that was left while away stays left", async () => {
    await ada.opens("attic");
    await ada.loses_connection();
    await ada.leaves();
    await ada.comes_back();
    await ada.is_in("lobby");
    assert.ok(await ada.page.evaluate(() => socket.recovered));
    const answer = await ada.page.evaluate(
      () => socket.emitWithAck("leave", "chat:attic"));
    assert.equal(answer.code, "not_a_member");
  });

  test("a room that is refused says why", async () => {
    await ada.opens("kitchen"); // with lobby and library, as many as it may
    const why = await ada.fails_to_open("cellar");
    assert.match(why, /^not joined: not_allowed: /);
    assert.ok(await ada.page.locator("#send").isDisabled());
    await ada.leaves();
    await ada.turns_to("kitchen");
    await ada.leaves();
    await ada.turns_to("lobby");
  });

  test("everybody is back after the node has been restarted", async () => {
    assert.deepEqual(browser.errors, []);
    const address = node.address;
    assert.equal(await node.stop(), 0, node.log);
    await ada.connection("reconnecting").waitFor();
    assert.ok(await ada.page.locator("#send").isDisabled());
    node = await WeirNode.start(program, address);
    // For the second time: the broker has been restarted, too.
    await ada.notice("What was written meanwhile is not shown.").nth(1)
      .waitFor();
    await ada.is_in("lobby");
    await bob.is_in("lobby");
    await bob.says("we are back");
    await ada.sees("we are back");
    await bob.place_of("we are back");
    // A node that is away is the browser's to complain about.
    browser.errors = browser.errors.filter((x) =>
      !/ERR_CONNECTION_REFUSED|status of 503|WebSocket connection to .* failed/.test(x));
  });

  test("a reload keeps name and rooms", async () => {
    await ada.page.reload();
    await ada.is_in("lobby");
    await ada.says("still Ada");
    await bob.sees("still Ada");
    assert.match(await bob.message("still Ada").textContent(), /^A\s*Ada/);
  });

  test("no tab has complained", () => {
    assert.deepEqual(browser.errors, []);
  });
}

function has_kcat() {
  try {
    execFileSync("kcat", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
