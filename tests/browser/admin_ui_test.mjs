// The official Socket.IO Admin UI in a real browser, its page as npm has it.
//
//   node admin_ui_test.mjs WEIR
//
// WEIR is the program. $WEIR_CHROMIUM names the browser, /usr/bin/chromium
// without it. Without a browser the exit status is 77 (skipped), in CI 1.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";

import { AdminUiUser } from "./admin_ui_user.mjs";
import { Browser, require_browser } from "./browser.mjs";
import { Chatter } from "./chatter.mjs";
import { until } from "./local_cluster.mjs";
import { root, WeirNode } from "./weir_node.mjs";

const program = require_browser("node admin_ui_test.mjs WEIR");
const page_folder
  = join(root, "tests/browser/node_modules/@socket.io/admin-ui/ui/dist");
// Of "changeit", with four rounds.
const hash = "$2b$04$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2";
const patience = { timeout: 180_000 };

let browser, node, ada, user;

function start_node(...settings) {
  return WeirNode.start(program, "127.0.0.1:0", [
    `admin.ui=${page_folder}`, `admin.ui_password=${hash}`, ...settings]);
}

async function stop_node(x) {
  assert.equal(await x.stop(), 0, x.log);
}

/// The server's URL, as people type it.
function server_of(x) {
  return x.admin.slice(0, -1);
}

async function logged_in(x, url = `${x.admin}ui/`) {
  const result = await AdminUiUser.comes(browser, url);
  await result.logs_in(server_of(x), "admin", "changeit");
  await result.is_in();
  return result;
}

async function connections(x) {
  const answer = await fetch(`${x.admin}v1/connections`);
  return (await answer.json()).connections;
}

before(async () => {
  // The page hides its navigation where there is less room.
  browser = await Browser.start({ viewport: { width: 1400, height: 900 } });
  node = await start_node();
  ada = await Chatter.enter(browser, node.url, "Ada", "lobby");
}, patience);

after(async () => {
  const errors = browser?.errors ?? [];
  await browser?.stop();
  if (node) await stop_node(node);
  // Style sheets from elsewhere are allowed, but may be out of reach.
  assert.deepEqual(errors.filter((x) => x.includes("Content Security Policy")),
                   []);
}, patience);

test("a wrong password is refused with the page's own words", patience,
     async () => {
  user = await AdminUiUser.comes(browser, `${node.admin}ui/`);
  await user.logs_in(server_of(node), "admin", "wrong");
  await user.dialog.getByText("Invalid credentials").waitFor();
});

test("the right one shows the dashboard, with the counts", patience,
     async () => {
  await user.logs_in(server_of(node), "admin", "changeit");
  await user.is_in();
  const [, one] = await Promise.all([
    user.card("Servers").first().waitFor(),
    user.card("Clients").locator("h2", { hasText: /^1$/ }).waitFor(),
  ]);
  assert.equal(one, undefined);
  await user.card("Namespaces").locator("tr", { hasText: "/" })
    .filter({ hasText: "1" }).first().waitFor();
  assert.deepEqual(await user.views(), ["Dashboard", "Sockets", "Rooms",
                                        "Clients", "Events", "Servers"]);
});

test("a reload needs no password", patience, async () => {
  await user.page.reload();
  await user.is_in();
  await user.looks_at("Sockets");
  await user.row("127.0.0.1").waitFor();
});

test("a socket is shown with its rooms and its request", patience, async () => {
  const [{ sockets: [{ id }] }] = await connections(node);
  await user.looks_at("Sockets");
  await user.opens(id);
  await user.card("Rooms").getByText("chat:lobby").waitFor();
  await user.sees("user-agent");
});

test("a socket joins, and the list of events says so", patience, async () => {
  await user.joins("chat:den");
  await user.card("Rooms").getByText("chat:den").waitFor();
  await user.looks_at("Events");
  await user.row("Room joined").filter({ hasText: "chat:den" }).waitFor();
});

/// Of the first socket of the first client.
async function rooms(x) {
  const answer = await fetch(`${x.admin}v1/connections?detail=true`);
  const { connections: [{ sockets: [{ rooms }] }] } = await answer.json();
  return rooms.map((y) => y.room).sort();
}

test("a socket leaves a room", patience, async () => {
  await user.looks_at("Sockets");
  await user.opens("127.0.0.1");
  const row = user.card("Rooms").locator("tr", { hasText: "chat:den" });
  await row.getByRole("button").click();
  await until(async () => !(await rooms(node)).includes("chat:den"), 60_000,
              () => "the socket to leave");
  assert.deepEqual(await rooms(node), ["chat:lobby"]);
});

test("a room is cleared", patience, async () => {
  // The button has led to the room that was left.
  await user.looks_at("Sockets");
  await user.opens("127.0.0.1");
  await user.joins("chat:hall");
  await user.card("Rooms").getByText("chat:hall").waitFor();
  await user.looks_at("Rooms");
  await user.opens("chat:hall");
  await user.card("Details").getByRole("button").click();
  await until(async () => !(await rooms(node)).includes("chat:hall"), 60_000,
              () => "the room to be empty");
  assert.deepEqual(await rooms(node), ["chat:lobby"]);
});

test("an upgrade and a second client are seen", patience, async () => {
  const bob = await Chatter.enter(browser, node.url, "Bob", "lobby");
  await user.looks_at("Dashboard");
  await user.card("Clients").locator("tr", { hasText: "WebSocket" })
    .locator("h2", { hasText: /^2$/ }).waitFor();
  await bob.page.close();
  await user.card("Clients").locator("tr", { hasText: "WebSocket" })
    .locator("h2", { hasText: /^1$/ }).waitFor();
});

test("a client is disconnected", patience, async () => {
  await user.looks_at("Sockets");
  await user.opens("127.0.0.1");
  await user.card("Details").getByRole("button").first().click();
  await user.card("Details").getByText("disconnected").first().waitFor();
  assert.deepEqual(await connections(node), []);
  await user.looks_at("Events");
  await user.row("Disconnection").first().waitFor();
});

test("read-only offers no changes", patience, async () => {
  const other = await start_node("admin.ui_read_only=true");
  try {
    const eve = await Chatter.enter(browser, other.url, "Eve", "lobby");
    const reader = await logged_in(other);
    await reader.looks_at("Sockets");
    await reader.opens("127.0.0.1");
    await reader.card("Rooms").getByText("chat:lobby").waitFor();
    assert.equal(await reader.card("Details").getByRole("button").count(), 0);
    await eve.page.close();
  } finally {
    await stop_node(other);
  }
});

test("any of two nodes shows both", patience, async () => {
  const start_member = (name, ...settings) => start_node(
    "kafka.embedded=false", `kafka.brokers=${node.bootstrap}`,
    "cluster.name=pair", "cluster.listen=127.0.0.1:0", `cluster.node=${name}`,
    ...settings);
  const members = [await start_member("a")];
  try {
    const [a] = members;
    members.push(await start_member("b", `cluster.seeds=${a.cluster_address}`));
    const guests = await Promise.all(members.map(
      (x) => Chatter.enter(browser, x.url, "Eve", "lobby")));
    const reader = await logged_in(members[1]);
    await reader.card("Clients").locator("h2", { hasText: /^2$/ }).waitFor();
    await reader.looks_at("Sockets");
    await reader.row("127.0.0.1").nth(1).waitFor();
    await reader.looks_at("Servers");
    for (const x of members)
      await reader.row(String(x.process.pid)).waitFor();
    for (const x of guests) await x.page.close();
  } finally {
    for (const x of members.reverse()) await stop_node(x);
  }
});

test("above the bound there are counts alone", patience, async () => {
  const other = await start_node("admin.ui_sockets=0");
  try {
    const eve = await Chatter.enter(browser, other.url, "Eve", "lobby");
    const reader = await logged_in(other);
    await reader.card("Clients").locator("h2", { hasText: /^1$/ }).waitFor();
    assert.deepEqual(await reader.views(), ["Dashboard", "Servers"]);
    await eve.page.close();
  } finally {
    await stop_node(other);
  }
});

/// The page from elsewhere, as https://admin.socket.io has it.
async function serve_page() {
  const types = { ".html": "text/html", ".js": "text/javascript",
                  ".css": "text/css", ".svg": "image/svg+xml" };
  const server = createServer((request, response) => {
    const name = request.url === "/" ? "/index.html" : request.url;
    try {
      const bytes = readFileSync(join(page_folder, name));
      response.writeHead(200, { "Content-Type": types[extname(name)] ?? "" });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${server.address().port}`];
}

test("the page may come from an origin that is named", patience, async () => {
  const [server, origin] = await serve_page();
  const other = await start_node(`admin.ui_origins=${origin}`);
  try {
    await logged_in(other, origin);
    const stranger = await AdminUiUser.comes(browser, origin);
    await stranger.page.evaluate(() => localStorage.clear());
    await stranger.page.reload();
    await stranger.logs_in(server_of(node), "admin", "changeit");
    await stranger.dialog.getByText("Error").waitFor();
  } finally {
    server.closeAllConnections();
    server.close();
    await stop_node(other);
  }
});
