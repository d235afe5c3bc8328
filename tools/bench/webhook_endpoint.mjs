// An endpoint for [auth.webhook] that allows whatever it is asked about, and does
// nothing else: what Weir pays for asking is to be seen, not what an answer costs.
import { createServer } from "node:http";

const answer = JSON.stringify({ allow: true });
const server = createServer((question, response) => {
  question.resume();
  question.on("end", () => response.end(answer));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
