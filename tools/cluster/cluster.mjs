// A cluster on this machine: its broker, its nodes a, b, c ..., and a proxy in
// front of them. What `tools/run --nodes N` starts; ends with Ctrl-C.
//
//   node cluster.mjs --program WEIR --nodes N [--kafka] [--listen HOST:PORT]
//                    [--set KEY=VALUE ...]

import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { NodeProcess, Process } from "./process.mjs";
import { Proxy } from "./proxy.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = "abcdefghijklmnopqrstuvwxyz"; // the page knows these
const start_timeout = 120_000;
// A node that dies is missed by Kafka, and its partitions move, after this time.
const session_timeout = "kafka.properties.session.timeout.ms=6000";

const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(`error: ${text}`);
  process.exit(1);
}

function options() {
  const { values } = parseArgs({ options: {
    program: { type: "string" },
    nodes: { type: "string", default: "3" },
    kafka: { type: "boolean", default: false },
    listen: { type: "string", default: "127.0.0.1:3000" },
    set: { type: "string", multiple: true, default: [] },
  } });
  const nodes = Number(values.nodes);
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > names.length)
    throw new Error(`--nodes takes 1 to ${names.length}, not ${values.nodes}`);
  const [, host, port] = values.listen.match(/^(.+):(\d+)$/) ?? [];
  if (!host)
    throw new Error(`--listen takes HOST:PORT, not ${values.listen}`);
  return { ...values, host: host.replace(/^\[(.*)\]$/, "$1"),
           port: Number(port), names: [...names.slice(0, nodes)] };
}

class Cluster {
  constructor(options) {
    this.options = options;
    this.nodes = [];
    this.steps = 0;
    this.stopping = false;
    this.proxy = new Proxy(
      () => this.nodes.filter((x) => x.runs && x.port),
      (text) => say(`proxy | ${text}`));
  }

  // -- start ------------------------------------------------------------------

  async start() {
    const { listen, host, port, kafka, names } = this.options;
    this.total = names.length + 2 + (kafka ? 1 : 0);
    // First, since its port is the only one that may be taken.
    await this.step(`the proxy at ${listen}`, async () => {
      try {
        this.address = await this.proxy.listen(host, port);
      } catch (error) {
        throw new Error(`${error.message}; --listen HOST:PORT chooses another `
                        + "address");
      }
    });
    if (kafka) await this.step("Apache Kafka", () => this.start_kafka());
    for (const x of names)
      await this.step(this.title_of(x), () => this.start_node(x));
    await this.step("the partitions, and links between all nodes",
                    () => this.until_ready());
    this.tell();
  }

  async step(text, what) {
    if (this.stopping) throw new Error("stopped");
    say(`[${++this.steps}/${this.total}] ${text} ...`);
    const begin = Date.now();
    await what();
    say(`  done in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }

  title_of(name) {
    return this.holds_broker(name)
      ? `node ${name}, with the broker in its process` : `node ${name}`;
  }

  holds_broker(name) {
    return !this.options.kafka && name === this.options.names[0];
  }

  async start_kafka() {
    this.kafka = new Process("Kafka", `${root}tools/kafka/kafka`, ["run"],
                             (line) => say(`kafka | ${line}`), "pipe");
    this.bootstrap = (await this.kafka.told(/^bootstrap=(\S+)/))[1];
  }

  async start_node(name) {
    const settings = [...this.options.set, session_timeout];
    if (!this.holds_broker(name))
      settings.push("kafka.embedded=false", `kafka.brokers=${this.bootstrap}`);
    if (this.nodes.length)
      settings.push(`cluster.seeds=${this.nodes[0].cluster}`);
    const node = new NodeProcess(this.options.program,
                                 `${root}config/demo.toml`, name, settings,
                                 (line) => say(`${name} | ${line}`));
    this.nodes.push(node);
    await node.listening();
    if (this.holds_broker(name))
      this.bootstrap = (await node.told(/embedded broker bootstrap=(\S+)/))[1];
    node.exited.then((status) => this.on_exit(node, status));
  }

  async until_ready() {
    const end = Date.now() + start_timeout;
    for (const node of this.nodes)
      while (!await node.is_ready(this.options.names)) {
        if (Date.now() > end)
          throw new Error(`node ${node.name} is not ready after `
                          + `${start_timeout / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }

  tell() {
    const { address, family, port } = this.address;
    const host = family === "IPv6" ? `[${address}]` : address;
    const page = `http://${host}:${port}/`;
    say("");
    say(`Weir is ready: ${this.nodes.length} nodes behind ${page}`);
    say("Open it in some windows; each shows at the left which node it is on. The");
    say("proxy sends a tab's WebSocket to another node than its first request, so");
    say("most tabs continue polling. With WebSocket from the start:");
    say(`  ${page}?transports=websocket`);
    say("");
    for (const x of this.nodes)
      say(`  node ${x.name}: pid ${x.pid}, admin ${x.admin}`);
    say("");
    say(`What flows and what waits, of all nodes: ${this.nodes[0].admin}/`);
    say(`The broker, for kcat: ${this.bootstrap}`);
    const last = this.nodes.at(-1);
    if (this.nodes.length > 1)
      say(`See its tabs move on: kill -9 ${last.pid} (node ${last.name}); what `
          + "it read of Kafka\nis with the others some ten seconds later.");
    say("Ctrl-C ends it all.");
    say("");
  }

  // -- end --------------------------------------------------------------------

  on_exit(node, status) {
    if (this.stopping) return;
    say(`node ${node.name} has ended (${status})`
        + (this.holds_broker(node.name)
           ? ", and the broker with it: the others wait for one" : ""));
    if (!this.nodes.some((x) => x.runs)) this.stop();
  }

  /// The nodes send their clients away; the one that holds the broker goes last,
  /// so that the others find it. For the second time: at once.
  async stop() {
    if (this.stopping) return this.signal_all("SIGTERM");
    this.stopping = true;
    this.proxy.refuse();
    const [first, ...others] = this.nodes;
    const statuses = [];
    for (const group of [others, first ? [first] : []]) {
      const running = group.filter((x) => x.runs);
      if (!running.length) continue;
      say(`stopping ${running.map((x) => `node ${x.name}`).join(", ")} ...`);
      for (const x of running) x.signal("SIGTERM");
      statuses.push(...await Promise.all(running.map((x) => x.exited)));
    }
    this.proxy.close();
    if (this.kafka?.runs) {
      say("stopping Kafka ...");
      this.kafka.child.stdin.end();
      await this.kafka.exited;
    }
    process.exitCode = statuses.every((x) => x === 0) ? 0 : 1;
    say(process.exitCode ? `not all ended as they should: ${statuses}`
                         : "all have ended");
  }

  signal_all(name) {
    for (const x of this.nodes) x.signal(name);
  }
}

let cluster;
try {
  cluster = new Cluster(options());
} catch (error) {
  fail(`${error.message}; see tools/run --help`);
}
for (const x of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(x, () => cluster.stop());
try {
  await cluster.start();
} catch (error) {
  // Whoever stops it while it starts wants no more of it.
  if (!cluster.stopping) {
    say(`error: ${error.message}`);
    await cluster.stop();
    process.exitCode = 1;
  }
}
