// Does with the official JavaScript client what it is told on stdin, and tells
// on stdout what comes of it; python/driver.py does the same. Each line is
// JSON; bytes are written {"$bytes": "<base64>"}.
import { createInterface } from "node:readline";
import { Manager } from "socket.io-client";

const managers = new Map(); // by the client's name
const sockets = new Map(); // by "<client> <namespace>"

function tell(line) {
  process.stdout.write(JSON.stringify(line, (_, x) =>
    x?.type === "Buffer" ? { $bytes: Buffer.from(x.data).toString("base64") }
      : x) + "\n");
}

function fromLine(line) {
  return JSON.parse(line, (_, x) =>
    x?.$bytes === undefined ? x : Buffer.from(x.$bytes, "base64"));
}

function managerOf({ client, url, transports }) {
  if (!managers.has(client)) {
    const manager = new Manager(url, {
      transports, reconnectionDelay: 50, reconnectionDelayMax: 200,
      autoConnect: false,
    });
    managers.set(client, manager);
    manager.on("open", () => manager.engine.on("upgrade", (transport) =>
      tell({ client, what: "upgrade", transport: transport.name })));
    manager.on("ping", () => tell({ client, what: "ping" }));
  }
  return managers.get(client);
}

const commands = {
  connect(x) {
    const { client, nsp } = x;
    const manager = managerOf(x);
    const socket = manager.socket(nsp, { auth: x.auth, ...x.options });
    sockets.set(`${client} ${nsp}`, socket);
    const say = (what, more) => tell({ client, nsp, what, ...more });
    socket.on("connect", () => say("connect", {
      id: socket.id, sid: manager.engine.id, recovered: socket.recovered,
      transport: manager.engine.transport.name }));
    socket.on("connect_error", (e) => say("connect_error", { why: e.message }));
    socket.on("disconnect", (why) => say("disconnect", { why }));
    socket.onAny((...args) => say("event", { args }));
    socket.connect();
  },
  emit({ id, client, nsp, args, ack }) {
    const socket = sockets.get(`${client} ${nsp}`);
    if (ack) {
      socket.emit(...args, (...answer) => tell({ re: id, answer }));
    } else {
      socket.emit(...args);
    }
  },
  // As if the network had: the client reconnects by itself.
  cut({ client }) {
    managers.get(client).engine.close();
  },
  disconnect({ client, nsp }) {
    sockets.get(`${client} ${nsp}`).disconnect();
  },
  close({ client }) {
    for (const [name, socket] of sockets) {
      if (name.startsWith(`${client} `)) {
        socket.disconnect();
        sockets.delete(name);
      }
    }
    managers.delete(client);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = fromLine(line);
  commands[command.do](command);
}
process.exit(0);
