// An endpoint for [auth.webhook] and [tracing] that gives the same answer, its
// argument, to whatever comes, and does nothing else: what Weir pays for asking is
// to be seen, not what an answer costs.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.end(process.argv[2]));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
