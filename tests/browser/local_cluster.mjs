// `tools/run --nodes 3`, as somebody at a terminal would use it.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { root } from "./weir_node.mjs";

const start_timeout = 120_000; // the sanitizers are slow
const stop_timeout = 120_000;

export class LocalCluster {
  static async start(program) {
    const cluster = new LocalCluster(program);
    await cluster.ready();
    return cluster;
  }

  constructor(program) {
    this.log = "";
    // What a terminal's end would do to it, this process's own end does.
    this.process = spawn("setpriv", [
      "--pdeathsig", "TERM", `${root}tools/run`, "--program", program,
      "--nodes", "3", "--listen", "127.0.0.1:0",
    ], { stdio: ["ignore", "ignore", "pipe"] });
    this.process.on("error", (e) => { this.log += `${e.message}\n`; });
    this.process.stderr.setEncoding("utf8");
    this.process.stderr.on("data", (text) => { this.log += text; });
    this.exited = once(this.process, "exit");
    this.exited.catch(() => {});
  }

  get runs() {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async ready() {
    await until(() => this.log.includes("Ctrl-C ends it all") || !this.runs,
                start_timeout, () => `the cluster to start:\n${this.log}`);
    if (!this.runs) throw new Error(`tools/run has ended:\n${this.log}`);
    this.url = this.log.match(/nodes behind (\S+)/)[1];
    /// By name: {pid, admin}.
    this.nodes = Object.fromEntries(
      [...this.log.matchAll(/^ *node (\w+): pid (\d+), admin (\S+)$/gm)]
        .map(([, name, pid, admin]) => [name, { pid: Number(pid), admin }]));
  }

  kill(name) {
    process.kill(this.nodes[name].pid, "SIGKILL");
  }

  /// {name: state}, as node `name` sees them.
  async states(name) {
    const answer = await fetch(`${this.nodes[name].admin}/v1/nodes`);
    const { nodes } = await answer.json();
    return Object.fromEntries(nodes.map((x) => [x.name, x.state]));
  }

  /// By Ctrl-C; the exit status.
  async stop() {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), stop_timeout);
    this.process.kill("SIGINT");
    const [status, signal] = await this.exited;
    clearTimeout(timer);
    return status ?? signal;
  }
}

export async function until(is_so, timeout, what) {
  const end = Date.now() + timeout;
  while (!await is_so()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function is_running(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
