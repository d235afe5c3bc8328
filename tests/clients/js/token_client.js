// The official JavaScript client with an `auth` function: gives one token after
// the other, and tells on stdout what comes of it, a line of JSON each.
//
//   token_client.js URL TRANSPORT TOKEN...
//
// "join" on stdin joins a room, "renew" hands the next token in.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, transport, ...tokens] = process.argv.slice(2);
const next = () => tokens.length > 1 ? tokens.shift() : tokens[0];
const tell = (what, more) => console.log(JSON.stringify({ what, ...more }));

const socket = io(url, {
  transports: [transport], reconnectionDelay: 50, reconnectionDelayMax: 200,
  auth: (done) => done({ token: next() }),
});
socket.on("connect", () =>
  tell("connect", { id: socket.id, recovered: socket.recovered }));
socket.on("connect_error", (e) =>
  tell("connect_error", { message: e.message, data: e.data }));
socket.on("disconnect", (why) => tell("disconnect", { why }));
socket.onAny((name, ...args) => tell(name, { args }));

const commands = {
  join: async () => tell("ack", await socket.emitWithAck("join", "chat:js")),
  renew: async () =>
    tell("ack", await socket.emitWithAck("weir:token", next())),
};
for await (const line of createInterface({ input: process.stdin })) {
  await commands[line]();
}
process.exit(0);
