// What the reference's parsers accept, ours accept, or have it refused by an
// error; ours close the connection only where the reference does. What is left
// stands in `stricter`, and in transport/socketio/README.md.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Generator } from "./generator.mjs";

const require = createRequire(
  new URL("../clients/js/package.json", import.meta.url));
const { Decoder } = require("socket.io-parser");
const { decodePayload } = require("engine.io-parser");

const [program, inputs = "60000", seed = "1"] = process.argv.slice(2);
const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

/// Packets that only we close upon, by the text that causes it.
const stricter = {
  "white space for the type digit": (text) => /^\s/.test(text),
  "an attachment count that is not digits": (text) =>
    /^[56](?!\d+-)[^-]*-/.test(text) || /^[56](?!\d+-).*e-/i.test(text),
  "white space beyond ASCII in front of the payload": (text) =>
    /^.(\d+-)?(\/[^,]*,)?[\d\s]*[^\0-\x7f]/su.test(text),
};

const unhex = (word) => Buffer.from(word.slice(1), "hex");

// -- the reference ------------------------------------------------------------

/// What comes of each message, up to the one that closes the connection.
function referenceVerdicts(messages) {
  const decoder = new Decoder();
  const verdicts = [];
  let packet;
  decoder.on("decoded", (x) => { packet = x; });
  const feed = (message) => {
    packet = undefined;
    try {
      assert.notEqual(message, ""); // engine.io makes undefined of it
      decoder.add(message);
      // Its server closes upon what only servers send.
      verdicts.push(packet?.type === 4 ? { closed: true } : { packet });
    } catch (e) {
      verdicts.push({ closed: true });
    }
    return verdicts.at(-1).closed;
  };
  if (messages.some(feed)) {
    return verdicts;
  }
  // Ours may have seen by now what comes of attachments that are still missing.
  while (decoder.reconstructor && !feed(Buffer.alloc(0))) { /* more */ }
  return verdicts;
}

// -- ours ---------------------------------------------------------------------

function verdictOf(words) {
  const [what, ...rest] = words.split(" ");
  if (what !== "packet") {
    return { what, why: rest.length ? unhex(rest.at(-1)).toString() : "" };
  }
  const [type, nsp, id, json, ...attachments] = rest;
  return { what, type: Number(type), nsp: unhex(nsp).toString(),
    id: unhex(id).toString(), json: unhex(json).toString(),
    attachments: attachments.map(unhex) };
}

function withAttachments(data, attachments) {
  if (data?._placeholder === true) {
    return attachments[data.num];
  }
  if (Array.isArray(data)) {
    return data.map((x) => withAttachments(x, attachments));
  }
  if (data !== null && typeof data === "object") {
    const result = {};
    for (const [key, x] of Object.entries(data)) {
      Object.defineProperty(result, key, { value:
        withAttachments(x, attachments), enumerable: true, writable: true,
        configurable: true });
    }
    return result;
  }
  return data;
}

function checkSame(ours, theirs) {
  assert.equal(ours.type > 4 ? ours.type - 3 : ours.type, theirs.type);
  assert.equal(ours.nsp, theirs.nsp.replace(/\?.*/s, ""));
  if (theirs.type === 2) {
    assert.equal(ours.id === "" ? undefined : Number(ours.id), theirs.id);
  }
  const data = ours.json === "" ? undefined : JSON.parse(ours.json);
  assert.deepEqual(ours.attachments.length
    ? withAttachments(data, ours.attachments) : data, theirs.data);
}

// -- compared -----------------------------------------------------------------

const counts = new Map();

function count(what) {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function compareMessages(messages, line) {
  const theirs = referenceVerdicts(messages);
  const closed = theirs.some((x) => x.closed);
  const ours = line.split(";").slice(0, -1).map(verdictOf);
  for (const [i, x] of ours.entries()) {
    count(x.why && x.what !== "pending" ? `${x.what}: ${x.why}` : x.what);
    if (x.what === "closed") {
      if (!closed) {
        const text = messages.slice(0, i + 1)
          .findLast((y) => typeof y === "string");
        const reason = Object.keys(stricter)
          .find((y) => stricter[y](text));
        assert.ok(reason, "only we close");
        count(`only we close: ${reason}`);
      }
      return;
    }
    const reference = theirs[i];
    if (reference.closed) {
      const end = ours.slice(i).find((y) => y.what !== "pending");
      const isLenient = (end ?? x).what !== "packet"
        || /^[56]0+-/.test(messages[i]); // none announced: complete
      assert.ok(isLenient, "only the reference closes");
      count(`only the reference closes: ${x.why ?? "no attachments"}`);
      return;
    }
    if (x.what === "packet") {
      assert.ok(reference.packet, "only we have a packet");
      checkSame(x, reference.packet);
    } else if (x.what === "refused") {
      assert.ok(reference.packet, "only we have a refusal");
    }
  }
}

function compareBody(body, line) {
  const theirs = decodePayload(body, "nodebuffer").map((x) =>
    x.type === "error" ? "error"
      : Buffer.isBuffer(x.data) ? `b x${x.data.toString("hex")}`
        : `${types.indexOf(x.type)} x${Buffer.from(x.data ?? "")
          .toString("hex")}`);
  count(theirs.at(-1) === "error" ? "payload: error" : "payload");
  // Of a character beyond Latin-1 Node's Base64 sees the lower byte.
  const strip = (x) => /[^\0-\xff]/.test(body) ? x.replace(/^b.*/, "b") : x;
  assert.deepEqual(line.split(";").slice(0, -1).map(strip), theirs.map(strip));
}

const hex = (x) => typeof x === "string" ? `t${Buffer.from(x).toString("hex")}`
  : `b${x.toString("hex")}`;

const generator = new Generator(Number(seed));
const ours = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
let failures = 0;
for (let n = 0; n < Number(inputs); ++n) {
  const isBody = n % 4 === 0;
  const input = isBody ? generator.body() : generator.messages();
  ours.stdin.write(isBody ? `p ${Buffer.from(input).toString("hex")}\n`
    : `s ${input.map(hex).join(" ")}\n`);
  const { value: line, done } = await lines.next();
  assert.ok(!done, `decoder_verdicts ended with ${ours.exitCode}`);
  try {
    (isBody ? compareBody : compareMessages)(input, line);
  } catch (e) {
    if (++failures <= 20) {
      console.error(`input ${n} of seed ${seed}:`, input, line, e.message);
    }
  }
}
ours.stdin.end();
for (const [what, n] of [...counts].sort()) {
  console.log(`${String(n).padStart(7)} ${what}`);
}
for (const what of Object.keys(stricter)) {
  assert.ok(counts.has(`only we close: ${what}`), `${what}: not generated`);
}
console.log(`${inputs} inputs from seed ${seed}, ${failures} differences`);
process.exitCode = failures ? 1 : 0;
