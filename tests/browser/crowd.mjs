// Clients of a node: official ones that talk, and one that does not read.

import { createRequire } from "node:module";
import { connect } from "node:net";
import { randomBytes } from "node:crypto";

import { root } from "./weir_node.mjs";

const { io } = createRequire(`${root}tools/demo/`)("socket.io-client");

export class Crowd {
  sockets = [];
  talks = null;

  /// `n` clients, who are in the room of the main namespace.
  static async of(n, url, room) {
    const crowd = new Crowd();
    crowd.room = room;
    crowd.sockets = await Promise.all(Array.from({ length: n }, async () => {
      const socket = io(url, { transports: ["websocket"], forceNew: true });
      await new Promise((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("connect_error", reject);
      });
      const { status } = await socket.emitWithAck("join", room);
      if (status !== "ok") throw new Error(`${room} was not joined: ${status}`);
      return socket;
    }));
    return crowd;
  }

  /// Each emits, and again once it has its ack, until `falls_silent`.
  begins_to_talk() {
    this.talking = true;
    this.talks = Promise.all(this.sockets.map(async (socket) => {
      for (let n = 0; this.talking; ++n)
        await this.says(socket, { n });
    }));
  }

  says(socket, what) {
    return socket.emitWithAck("chat message", { room: this.room, ...what });
  }

  async falls_silent() {
    this.talking = false;
    await this.talks;
  }

  leave() {
    for (const x of this.sockets) x.disconnect();
  }
}

const opcode_text = 0x81, masked = 0x80;

/// A frame as clients send it.
function frame(text) {
  const data = Buffer.from(text);
  const mask = randomBytes(4);
  return Buffer.concat([Buffer.from([opcode_text, masked | data.length]), mask,
                        data.map((x, i) => x ^ mask[i % 4])]);
}

/// Is in a room and reads nothing, until it is told to.
export class SlowClient {
  static async enter(address, room) {
    const client = new SlowClient();
    const { hostname, port } = new URL(address);
    client.stream = connect(Number(port), hostname);
    client.stream.on("error", () => {}); // the node may end before it does
    client.stream.write(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n"
      + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      + `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`);
    await client.hears("0{");
    client.stream.write(frame("40"));
    await client.hears("40{");
    client.stream.write(frame(`421["join",${JSON.stringify(room)}]`));
    await client.hears('"status":"ok"');
    client.stream.pause();
    return client;
  }

  hears(text) {
    return new Promise((resolve, reject) => {
      let heard = "";
      const on_data = (data) => {
        heard += data.toString("latin1");
        if (!heard.includes(text)) return;
        this.stream.off("data", on_data);
        resolve();
      };
      this.stream.on("data", on_data);
      this.stream.once("close", () => reject(new Error(`no ${text} in ${heard}`)));
    });
  }

  /// All that there is, from now on.
  reads() {
    clearTimeout(this.timer);
    this.stream.removeAllListeners("data").on("data", () => {}).resume();
  }

  /// No more than this in a second, as over a narrow network.
  reads_slowly(bytes) {
    this.stream.on("data", (data) => {
      this.stream.pause();
      this.timer = setTimeout(() => this.stream.resume(),
                              (1000 * data.length) / bytes);
    }).resume();
  }

  leave() {
    clearTimeout(this.timer);
    this.stream.destroy();
  }
}
