// Official JavaScript clients, several in this process, with reconnects and
// recovery of their own. Commands come as lines of JSON on stdin; what happens
// goes out likewise, as entries of journal.py: {at, what, who, room, id, more}.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

// The one that tests/clients installs.
const require = createRequire(new URL("../clients/js/", import.meta.url));
const { Manager } = require("socket.io-client");

const clients = new Map();
let mayForget = false;

// Clock: the machine's monotonic one, as Python's time.monotonic().
function tell(what, who, room = null, id = null, more = {}) {
  const at = Number(process.hrtime.bigint()) / 1e9;
  process.stdout.write(JSON.stringify({ at, what, who, room, id, more }) + "\n");
}

function base64url(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

// Signed as tokens.py does it.
function makeToken(user, { secret, lasts, rooms }) {
  const exp = Math.floor(Date.now() / 1000 + lasts);
  const text = `${base64url({ alg: "HS256", typ: "JWT" })}.`
    + base64url({ sub: user, exp, rooms });
  const mac = createHmac("sha256", secret).update(text).digest("base64url");
  return `${text}.${mac}`;
}

class OfficialClient {
  constructor({ name, urls, rooms, transports, token }) {
    this.name = name;
    this.urls = urls;
    this.rooms = rooms;
    this.joined = new Set();
    this.connections = this.attempts = 0;
    this.hasPid = this.freshOffset = false;
    this.socket = new Manager(urls[0][1], {
      transports, timeout: 5000, reconnectionDelay: 50,
      reconnectionDelayMax: 1000,
    }).socket("/", token && {
      auth: (done) => done({ token: makeToken(name, token) }),
    });
    this.socket.on("weir:token_expiring", () => this.refresh(token));
    this.socket.io.on("open", () => this.onOpen());
    this.socket.io.on("reconnect_attempt", () => this.chooseNext());
    this.socket.on("connect", () => this.onConnect());
    this.socket.on("connect_error", (error) => {
      // Errors of the transport repeat; a refusal by the server is the end, but
      // where nobody could say whether the client may come in (docs/security.md).
      if (this.socket.active) return;
      const known = token && error.data?.code === "unavailable";
      tell(known ? "kept_out" : "wrong", name, null, null,
        { text: `CONNECT_ERROR ${error.message} ${error.data?.code}` });
      if (known) setTimeout(() => this.socket.connect(), 500 + 500 * Math.random());
    });
    this.socket.on("disconnect", (why) => {
      tell("disconnected", name, null, null, { why });
      if (why === "io server disconnect") tell("wrong", name, null, null,
        { text: "DISCONNECT by the server" });
    });
    this.socket.onAny((...args) => this.onEvent(args));
  }

  // Some forget it, are closed, and come back.
  refresh(token) {
    if (mayForget && Math.random() < 0.3) return;
    this.socket.emit("weir:token", makeToken(this.name, token), (answer) => {
      if (answer.status !== "ok") tell("wrong", this.name, null, null,
        { text: `a fresh token is refused: ${JSON.stringify(answer)}` });
    });
  }

  // As applications do that know several addresses.
  chooseNext() {
    this.urls.push(this.urls.shift());
    this.socket.io.uri = this.urls[0][1];
  }

  // What comes before the answer to CONNECT is kept by the client for later.
  onOpen() {
    this.attempts += 1;
    this.socket.io.engine.on("packet", ({ type, data }) => {
      if (type === "message" && !this.socket.connected
          && String(data).startsWith("42")) {
        tell("early", this.name, null, null, { text: data });
      }
    });
  }

  onConnect() {
    const { recovered, id } = this.socket;
    tell("connecting", this.name, null, null,
      { pid: this.hasPid, fresh_offset: this.freshOffset });
    this.hasPid = this.socket._pid !== undefined;
    this.connections += 1;
    if (!recovered) {
      this.freshOffset = false;
      this.joined.clear();
    }
    tell("connected", this.name, null, null,
      { sid: id, recovered: !!recovered, connection: this.connections,
        node: this.urls[0][0], attempts: this.attempts });
    this.attempts = 0;
    for (const room of this.rooms) {
      if (!this.joined.has(room)) this.join(room);
    }
  }

  join(room) {
    const connection = this.connections;
    tell("joining", this.name, room, null, { since: null });
    this.socket.emit("join", room, (answer) => {
      if (answer.status === "ok") {
        tell("joined", this.name, room, null, { offset: answer.offset });
        this.joined.add(room);
        return;
      }
      tell("refused", this.name, room, null,
        { asked: "join", code: answer.code, message: answer.message });
      setTimeout(() => {
        if (this.socket.connected && connection === this.connections) {
          this.join(room);
        }
      }, 500);
    });
  }

  // While it is not connected the client keeps it for later.
  emit(room, id, pad) {
    const connection = this.connections + (this.socket.connected ? 0 : 1);
    const event = { room, id, pad };
    tell("emit", this.name, room, id,
      { connection, size: JSON.stringify(event).length });
    this.socket.emit("event", event, (answer) => {
      const { status, code, message, topic, partition, offset } = answer;
      if (status === "ok") {
        tell("ack", this.name, room, id, { topic, partition, offset });
      } else {
        tell("nack", this.name, room, id, { code, message });
      }
    });
  }

  // Of a room of before, as nobody could say whether it may be there.
  onPutOut({ room, reason }) {
    tell(reason === "unavailable" ? "put_out" : "wrong", this.name, room, null,
      { text: `weir:left ${room} ${reason}` });
    this.joined.delete(room);
    this.join(room);
  }

  onEvent([name, ...args]) {
    if (this.hasPid && typeof args[args.length - 1] === "string") {
      this.freshOffset = true;
    }
    if (name === "event") {
      this.joined.add(args[0].room);
      tell("event", this.name, args[0].room, args[0].id);
    } else if (name === "weir:left") {
      this.onPutOut(args[0]);
    } else if (name === "weir:gap") {
      const { room, partition, from, to } = args[0];
      tell("gap", this.name, room, null, { partition, first: from, end: to });
    }
  }
}

const commands = {
  forget({ allowed }) { mayForget = allowed; },
  start(x) { clients.set(x.name, new OfficialClient(x)); },
  emit({ name, room, id, pad }) { clients.get(name).emit(room, id, pad); },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  commands[command.do](command);
}
process.exit(0);
