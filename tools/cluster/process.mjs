// A process of the cluster: its log, what it tells in it, and its end.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const patience = 120_000; // for a line of the log that must come

export class Process {
  /// `say` gets each line of its log.
  constructor(title, command, args, say, stdin = "ignore") {
    this.title = title;
    this.lines = [];
    this.waiting = new Set();
    // A session of its own: a terminal's Ctrl-C goes to this program alone,
    // which ends the others in order.
    this.child = spawn(command, args, {
      stdio: [stdin, "pipe", "pipe"], detached: true });
    this.exited = once(this.child, "close").then(
      ([status, signal]) => status ?? signal,
      (error) => { this.hear(error.message, say); return error.message; });
    for (const stream of [this.child.stdout, this.child.stderr])
      createInterface({ input: stream }).on("line", (x) => this.hear(x, say));
    this.exited.then((status) => {
      this.status = status;
      for (const x of this.waiting) x.reject(this.ended());
    });
  }

  get pid() { return this.child.pid; }
  get runs() { return this.status === undefined; }

  hear(line, say) {
    this.lines.push(line);
    if (this.lines.length > 1000) this.lines.shift();
    say(line);
    for (const x of this.waiting) x.look(line);
  }

  ended() {
    return new Error(`${this.title} has ended (${this.status})`);
  }

  /// The match in the first line, past or to come, that has one.
  told(pattern) {
    for (const x of this.lines) {
      const found = x.match(pattern);
      if (found) return Promise.resolve(found);
    }
    if (!this.runs) return Promise.reject(this.ended());
    return new Promise((resolve, reject) => {
      const end = (how, result) => {
        clearTimeout(timer);
        this.waiting.delete(waiting);
        how(result);
      };
      const timer = setTimeout(() => end(reject, new Error(
        `${this.title} has no line of ${pattern} in its log after `
        + `${patience / 1000} s`)), patience);
      const waiting = {
        reject: (error) => end(reject, error),
        look: (line) => {
          const found = line.match(pattern);
          if (found) end(resolve, found);
        },
      };
      this.waiting.add(waiting);
    });
  }

  signal(name) {
    if (this.runs) this.child.kill(name);
  }
}

/// A Weir node: config/demo.toml with `settings`, at free ports.
export class NodeProcess extends Process {
  constructor(program, config, name, settings, say) {
    const all = ["server.listen=127.0.0.1:0", "admin.listen=127.0.0.1:0",
                 "cluster.listen=127.0.0.1:0", `cluster.node=${name}`,
                 ...settings].flatMap((x) => ["--set", x]);
    // It does not outlive this program, whatever becomes of that.
    super(`node ${name}`, "setpriv", ["--pdeathsig", "TERM", program,
                                       config, ...all], say);
    this.name = name;
  }

  async listening() {
    const [, host, port, admin, cluster] = await this.told(
      /listening client=http:\/\/([^ ]*):(\d+) admin=(\S+).* cluster=(\S+)/);
    Object.assign(this, { host, port: Number(port), admin, cluster });
  }

  /// Is it in the consumer group, and does it see all of `names`?
  async is_ready(names) {
    const ready = await fetch(`${this.admin}/readyz`);
    await ready.text();
    if (!ready.ok) return false;
    const { nodes } = await (await fetch(`${this.admin}/v1/nodes`)).json();
    const up = nodes.filter((x) => x.state === "up").map((x) => x.name);
    return names.every((x) => up.includes(x));
  }
}
