// The proxy of tools/run --nodes, in front of servers that say who they are.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, test } from "node:test";

import { Proxy } from "../../tools/cluster/proxy.mjs";

const host = "127.0.0.1";
let proxy, port, nodes, lines;

/// Greets with its name, then says everything back.
class Node {
  static async start(name) {
    const node = new Node(name);
    node.server.listen(0, host);
    await once(node.server, "listening");
    node.target = { name, host, port: node.server.address().port };
    return node;
  }

  constructor(name) {
    this.sockets = new Set();
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.write(name);
      socket.pipe(socket);
    });
  }

  /// Whoever comes now is refused.
  stop() {
    this.server.close();
    for (const x of this.sockets) x.destroy();
  }
}

function open() {
  const socket = connect(port, host);
  socket.setEncoding("utf8");
  return socket;
}

async function next_text(socket) {
  return (await once(socket, "data"))[0];
}

/// Which node a new connection comes to; "" if to none.
async function visit() {
  const socket = open();
  const name = await Promise.race([
    next_text(socket), once(socket, "close").then(() => "")]);
  socket.destroy();
  return name;
}

async function visits(n) {
  const result = [];
  for (let i = 0; i < n; ++i) result.push(await visit());
  return result.join("");
}

beforeEach(async () => {
  nodes = await Promise.all([..."abc"].map((x) => Node.start(x)));
  lines = [];
  proxy = new Proxy(() => nodes.map((x) => x.target), (x) => lines.push(x));
  port = (await proxy.listen(host, 0)).port;
});

afterEach(() => {
  proxy.close();
  for (const x of nodes) x.stop();
});

test("each connection goes to the next node, and the log says so", async () => {
  assert.equal(await visits(5), "abcab");
  assert.deepEqual(lines.slice(0, 2), ["connection 1 goes to node a",
                                       "connection 2 goes to node b"]);
});

test("a node that does not take a connection is passed over", async () => {
  nodes[1].stop();
  assert.equal(await visits(4), "acca");
  assert.match(lines[1], /^connection 2: node b does not take it \(/);
});

test("a node that is not named any more is not tried", async () => {
  nodes.pop().stop();
  assert.equal(await visits(4), "abab");
  assert.equal(lines.filter((x) => x.includes("does not take")).length, 0);
});

test("without a node that takes it a connection is closed", async () => {
  for (const x of nodes) x.stop();
  assert.equal(await visit(), "");
  assert.equal(lines.at(-1), "connection 1 is closed: no node takes it");
});

test("bytes go both ways, also after one side has ended", async () => {
  const socket = open();
  assert.equal(await next_text(socket), "a");
  const text = "x".repeat(1_000_000);
  socket.end(text);
  let back = "";
  for await (const x of socket) back += x;
  assert.equal(back, text);
});

test("a connection breaks with its node", { timeout: 120_000 }, async () => {
  const socket = open();
  assert.equal(await next_text(socket), "a");
  nodes[0].stop();
  await once(socket, "close");
});

test("a node learns that its client is gone", { timeout: 120_000 }, async () => {
  const socket = open();
  assert.equal(await next_text(socket), "a");
  const [at_node] = nodes[0].sockets;
  socket.resetAndDestroy();
  await once(at_node, "close");
});

test("it refuses new connections and keeps the old ones", async () => {
  const socket = open();
  assert.equal(await next_text(socket), "a");
  proxy.refuse();
  await assert.rejects(once(open(), "connect"), { code: "ECONNREFUSED" });
  socket.write("still here");
  assert.equal(await next_text(socket), "still here");
  socket.destroy();
});
