// A TCP proxy that gives each new connection to the next node that takes it. It
// knows nothing of HTTP, so no client sticks to a node: what comes to the wrong
// one is for the nodes to settle.

import { connect, createServer } from "node:net";

const connect_timeout = 2_000;

export class Proxy {
  /// `targets` is asked for each connection: [{name, host, port}] of the nodes
  /// that run. `say` gets a line about whatever happens.
  constructor(targets, say) {
    this.targets = targets;
    this.say = say;
    this.turn = 0;
    this.count = 0;
    this.sockets = new Set();
    // A half-closed connection stays open the other way, as without a proxy.
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true },
                               (client) => this.accept(client));
  }

  /// The address that it listens at.
  async listen(host, port) {
    await new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, resolve);
    });
    return this.server.address();
  }

  /// Takes no more connections; those that there are continue.
  refuse() {
    this.server.close();
  }

  close() {
    this.refuse();
    for (const x of this.sockets) x.destroy();
  }

  // -- connections ------------------------------------------------------------

  async accept(client) {
    const name = `connection ${++this.count}`;
    this.keep(client);
    client.setNoDelay();
    const targets = this.targets();
    const first = this.turn++;
    for (let i = 0; i < targets.length && !client.destroyed; ++i) {
      const target = targets[(first + i) % targets.length];
      try {
        const upstream = await this.reach(target);
        this.say(`${name} goes to node ${target.name}`);
        return this.join(client, upstream);
      } catch (error) {
        this.say(`${name}: node ${target.name} does not take it `
                 + `(${error.message})`);
      }
    }
    if (!client.destroyed) this.say(`${name} is closed: no node takes it`);
    client.destroy();
  }

  reach({ host, port }) {
    return new Promise((resolve, reject) => {
      const result = connect({ host, port, allowHalfOpen: true, noDelay: true });
      this.keep(result);
      const timer = setTimeout(() => result.destroy(new Error("no answer")),
                               connect_timeout);
      result.once("close", () => clearTimeout(timer));
      result.once("error", reject);
      result.once("connect", () => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  }

  join(client, upstream) {
    // Whichever breaks takes the other with it.
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    if (client.destroyed) return upstream.destroy();
    client.pipe(upstream);
    upstream.pipe(client);
  }

  keep(socket) {
    this.sockets.add(socket);
    socket.on("error", () => {}); // "close" follows, and tells enough
    socket.on("close", () => this.sockets.delete(socket));
  }
}
