// Two nodes and a Kafka that can be brought into each of the incidents: its broker
// can be made to hang, and the links between the nodes go through cables that can
// be cut.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";

import { Crowd } from "../browser/crowd.mjs";
import { until } from "../browser/local_cluster.mjs";
import { root, WeirNode } from "../browser/weir_node.mjs";
import { Process } from "../../tools/cluster/process.mjs";

export const room = "chat:lobby";
export const topic = "chat.messages";
const patience = 120_000;

/// Nobody else's until this process ends.
async function free_port() {
  const holder = spawn("python3", ["-B", `${root}/tools/kafka/free_ports.py`, "1"],
                       { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(holder.stdout, "data");
  for (const x of [holder, holder.stdin, holder.stdout]) x.unref();
  return Number(port);
}

/// The way of TCP connections to a port.
export class Cable {
  sockets = new Set();
  is_cut = false;

  static async lay() {
    const cable = new Cable(await free_port());
    await once(cable.server, "listening");
    return cable;
  }

  constructor(port) {
    this.port = port;
    this.server = createServer((x) => this.lead(x)).listen(0, "127.0.0.1");
  }

  get address() { return `127.0.0.1:${this.server.address().port}`; }

  lead(one) {
    if (this.is_cut) return one.destroy();
    const other = connect(this.port, "127.0.0.1");
    for (const [x, y] of [[one, other], [other, one]]) {
      this.sockets.add(x);
      x.setNoDelay();
      x.on("error", () => {}); // "close" follows
      x.on("close", () => {
        this.sockets.delete(x);
        y.destroy();
      });
      x.pipe(y);
    }
  }

  cut() {
    this.is_cut = true;
    for (const x of this.sockets) x.destroy();
  }

  join() { this.is_cut = false; }

  remove() {
    this.cut();
    this.server.close();
  }
}

/// A real broker, which ends with this process.
export class Kafka extends Process {
  constructor() {
    super("Kafka", `${root}tools/kafka/kafka`, ["run"], () => {}, "pipe");
  }

  static async start() {
    const kafka = new Kafka();
    kafka.bootstrap = (await kafka.told(/^bootstrap=(.*)$/))[1];
    const create = spawn(`${root}tools/kafka/kafka`, [
      "topics", "create", topic, "--bootstrap", kafka.bootstrap],
      { stdio: "inherit" });
    const [status] = await once(create, "exit");
    if (status !== 0) throw new Error(`no topic ${topic}`);
    return kafka;
  }

  /// It keeps its connections, and does nothing.
  hang() { this.child.stdin.write("pause-broker 1\n"); }
  go_on() { this.child.stdin.write("continue-broker 1\n"); }

  async stop() {
    this.child.stdin.end();
    return this.exited;
  }
}

/// What makes an incident small: it comes sooner, and needs less load.
const settings = [
  "kafka.embedded=false", "kafka.delivery_timeout=3s", "limits.outbox=256KiB",
  // Clients that only listen answer no pings.
  "engineio.ping_timeout=10m",
  // Who is cut off leaves the group when it has been for as long.
  "kafka.properties.session.timeout.ms=6000",
];

export class IncidentCluster {
  nodes = {};
  cables = [];

  static async start(program) {
    const cluster = new IncidentCluster();
    try {
      cluster.kafka = await Kafka.start();
      for (const name of "ab") await cluster.add(program, name);
      await cluster.is_calm();
      cluster.crowd = await Crowd.of(4, cluster.a.url, room);
    } catch (error) {
      await cluster.kill();
      throw error;
    }
    return cluster;
  }

  async add(program, name) {
    const cable = await Cable.lay();
    const seeds = this.cables.map((x) => `cluster.seeds=${x.address}`);
    this.cables.push(cable);
    this.nodes[name] = await WeirNode.start(program, undefined, [
      ...settings, `kafka.brokers=${this.kafka.bootstrap}`,
      `cluster.node=${name}`, `cluster.listen=127.0.0.1:${cable.port}`,
      `cluster.advertise=${cable.address}`, ...seeds]);
  }

  get a() { return this.nodes.a; }
  get b() { return this.nodes.b; }

  cut_links() { for (const x of this.cables) x.cut(); }
  join_links() { for (const x of this.cables) x.join(); }

  /// Both nodes are ready, see each other, and each reads its half.
  async is_calm() {
    const is_so = async (node) => {
      const { nodes } = await this.ask("v1/nodes", node);
      return await node.is_ready() && nodes.length === 2
        && nodes.every((x) => x.state === "up" && x.partitions === 2);
    };
    await until(async () => await is_so(this.a) && await is_so(this.b), patience,
                () => `the nodes to be calm\n${this.a.log}\n${this.b.log}`);
  }

  /// {node: what Prometheus would get}
  async metrics() {
    return Object.fromEntries(await Promise.all(
      Object.entries(this.nodes).map(async ([name, node]) =>
        [name, await (await fetch(`${node.admin}metrics`)).text()])));
  }

  /// What the admin endpoint of a node says.
  async ask(path, node = this.a) {
    return (await fetch(node.admin + path)).json();
  }

  /// In order; the exit statuses.
  async stop() {
    this.crowd?.leave();
    this.kafka.go_on();
    const found = [];
    for (const x of [this.b, this.a, this.kafka]) found.push(await x.stop());
    for (const x of this.cables) x.remove();
    return found;
  }

  /// At once.
  async kill() {
    this.crowd?.leave();
    for (const x of [this.b, this.a]) x?.process.kill("SIGKILL");
    await this.kafka?.stop();
    for (const x of this.cables) x.remove();
  }
}
