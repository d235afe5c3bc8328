// A Weir node of its own for a test: config/demo.toml with the broker in the
// process, on free ports.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms_per_socket = 3; // so that a test can ask for one too many
const start_timeout = 120_000; // the sanitizers are slow
const stop_timeout = 120_000;

export class WeirNode {
  /// `settings`: further ones, such as "limits.outbox=1MiB".
  static async start(program, listen = "127.0.0.1:0", settings = []) {
    const node = new WeirNode(program, listen, settings);
    await node.ready();
    return node;
  }

  constructor(program, listen, settings) {
    this.log = "";
    this.headers = {}; // of what its admin endpoint is asked
    // A session of its own: a terminal's Ctrl-C is for the program that has
    // started it, which it does not outlive.
    this.process = spawn("setpriv", [
      "--pdeathsig", "TERM", program, `${root}config/demo.toml`,
      "--set", `server.listen=${listen}`,
      "--set", "admin.listen=127.0.0.1:0",
      "--set", `limits.rooms_per_socket=${rooms_per_socket}`,
      ...settings.flatMap((x) => ["--set", x]),
    ], { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.process.on("error", (e) => { this.log += `${e.message}\n`; });
    this.process.stderr.setEncoding("utf8");
    this.process.stderr.on("data", (text) => { this.log += text; });
    this.exited = once(this.process, "exit");
    this.exited.catch(() => {});
  }

  /// The value of `key=` in the log.
  told(key) {
    return this.log.match(new RegExp(`\\b${key}=(\\S+)`))?.[1];
  }

  async ready() {
    const end = Date.now() + start_timeout;
    while (Date.now() < end && this.process.exitCode === null) {
      if (this.told("admin") && await this.is_ready()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.process.kill("SIGKILL");
    throw new Error(`the node did not become ready; its log:\n${this.log}`);
  }

  async is_ready() {
    const answer = await fetch(`${this.told("admin")}/readyz`,
                               { headers: this.headers });
    await answer.text();
    return answer.ok;
  }

  /// Stops the process in its tracks, and has it continue.
  freeze() { this.process.kill("SIGSTOP"); }
  thaw() { this.process.kill("SIGCONT"); }

  get admin() { return `${this.told("admin")}/`; }
  get cluster_address() { return this.told("cluster"); }
  get url() { return `${this.told("client")}/`; }
  get bootstrap() { return this.told("bootstrap"); }
  get address() { return new URL(this.url).host; }

  /// Ends it as an operator would; the exit status.
  async stop() {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), stop_timeout);
    this.process.kill("SIGTERM");
    const [status, signal] = await this.exited;
    clearTimeout(timer);
    return status ?? signal;
  }
}
