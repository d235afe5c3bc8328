// Socket.IO's own server, for ../test_reference_server.py: prints its port.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http);
for (const nsp of ["/", "/custom"]) {
  io.of(nsp).on("connection", (socket) => socket.onAny((...args) => {
    const last = args.at(-1);
    if (typeof last === "function") {
      last("taken");
    }
  }));
}
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
