// Inputs for the decoders: packets as clients write them, packets as nobody
// should write them, and mutations of both. The same seed gives the same.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /// 0 to n - 1 (mulberry32).
  below(n) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % n;
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  times(n, make) {
    return Array.from({ length: this.below(n + 1) }, make);
  }
}

const NAMES = ['"a"', '"chat message"', '""', '"é€😀"', '"\\u00e9"',
  '"\\ud83d"', '"\\ud83d\\ude00"', '"\\udc00x"', '"connect"', '"disconnect"',
  '"c\\u006fnnect"', '"newListener"', '"__proto__"', "0", "-1", "1.5e3", "-0",
  "null", "true", "[]", "{}", '{"_placeholder":true,"num":0}'];
const NUMBERS = ["0", "1", "2", "-0", "0.0", "0.5", "1e0", "-1", "7", "1e999",
  "1e-999", '"0"', "null", "[0]", "{}", "true"];
const SCALARS = ["1", "-2.5e-3", "true", "false", "null", '"x"', '"\\ud83d"',
  '"\\u0000"', '"é😀"', "1e999", '"[{]}\\\\\\""', '"_placeholder"'];
const KEYS = ['"a"', '"num"', '"_placeholder"', '"\\u005fplaceholder"',
  '"__proto__"', '"constructor"', '"\\ud83d"'];
const SPACES = ["", "", "", "", " ", "\n", "\t ", "\r\n"];
const STRANGE_SPACES = ["\v", "\f", "\u00a0", "\u2003", "\ufeff", "\u2028"];
const BYTES = '{}[]",:\\/-?0123456789eE.+ utrfalsnb_\n\t\u001e\u007fé€😀\u00a0';

export class Generator {
  constructor(seed) {
    this.random = new Random(seed);
  }

  space() {
    return this.random.chance(10) ? this.random.pick(SPACES) : "";
  }

  placeholder(attachments) {
    const { random } = this;
    const num = random.chance(80) ? random.below(attachments + 1)
      : random.pick(NUMBERS);
    const members = [`"_placeholder":${random.chance(90) ? "true" : "1"}`,
      `"num":${num}`];
    if (random.chance(10)) {
      members.push(random.pick(members), `"more":${this.value(0, 1)}`);
    }
    if (random.chance(20)) {
      members.reverse();
    }
    return `{${members.join(",")}}`;
  }

  value(attachments, depth = 3) {
    const { random } = this;
    if (attachments > 0 && random.chance(20)) {
      return this.placeholder(attachments);
    }
    if (depth === 0 || random.chance(50)) {
      return random.pick(SCALARS);
    }
    const inner = () => this.space() + this.value(attachments, depth - 1)
      + this.space();
    if (random.chance(50)) {
      return `[${random.times(3, inner).join(",")}]`;
    }
    return `{${random.times(3, () => `${this.space()}${random.pick(KEYS)}`
      + `${this.space()}:${inner()}`).join(",")}}`;
  }

  payload(attachments) {
    const { random } = this;
    if (random.chance(8)) {
      return random.pick(["", "{}", "null", '"x"', "1", "[]", '{"a":1}']);
    }
    const name = random.chance(70) ? random.pick(NAMES.slice(0, 4))
      : random.pick(NAMES);
    // Usually each attachment has its placeholder.
    const args = random.chance(70) ? Array.from({ length: attachments },
      (_, i) => `{"_placeholder":true,"num":${i}}`)
      : random.times(3, () => this.value(attachments));
    if (random.chance(2)) {
      args.push("[".repeat(200) + "]".repeat(200));
    }
    return `[${[name, ...args].map((x) => this.space() + x + this.space())
      .join(",")}]`;
  }

  packet() {
    const { random } = this;
    const type = random.pick(["0", "1", "2", "2", "2", "2", "3", "4", "5", "5",
      "5", "6", "7", " "]);
    const attachments = type === "5" || type === "6" ? random.below(4) : 0;
    let text = type;
    if (type === "5" || type === "6") {
      text += random.chance(90) ? `${attachments}-` : random.pick(["1e0-",
        "01-", " 1-", "0x1-", "1.0-", "+1-", "-1-", "11-", "10-", "1", "-",
        "000002-", "999999999999999999999-"]);
    }
    if (random.chance(30)) {
      text += random.pick(["/", "/chat", "/a b", "/\u001e", "/é", "/a?b=c",
        `/${"n".repeat(300)}`]) + random.pick([",", ",", ",", ""]);
    }
    text += this.space();
    if (random.chance(40)) {
      text += random.pick(["0", "1", "12", "007", "9007199254740993",
        "123456789012345678901234", "1 2"]) + this.space();
    }
    if (random.chance(3)) {
      text += random.pick(STRANGE_SPACES);
    }
    if (type === "0" || type === "1") {
      text += random.pick(["", "", "{}", '{"token":"x"}', "[]", "null", "x"]);
    } else {
      text += this.payload(attachments);
    }
    return { text: text + this.space(), attachments };
  }

  mutated(text) {
    const { random } = this;
    const characters = [...text];
    for (let n = random.below(4); n > 0; --n) {
      const at = random.below(characters.length + 1);
      const other = random.pick([...BYTES]);
      random.pick([
        () => characters.splice(at, 1, other),
        () => characters.splice(at, 0, other),
        () => characters.splice(at, random.below(8)),
        () => characters.splice(at, 0,
          ...characters.slice(at, at + random.below(20))),
      ])();
    }
    return characters.join("");
  }

  bytes() {
    return Buffer.from(Array.from({ length: this.random.below(30) },
      () => this.random.below(256)));
  }

  /// The messages of one connection: strings and buffers.
  messages() {
    const { random } = this;
    const result = [];
    for (let n = 1 + random.below(3); n > 0; --n) {
      const { text, attachments } = this.packet();
      result.push(random.chance(30) ? this.mutated(text) : text);
      const count = random.chance(97) ? attachments : random.below(4);
      for (let i = 0; i < count; ++i) {
        result.push(this.bytes());
      }
    }
    return result;
  }

  base64() {
    const { random } = this;
    let text = this.bytes().toString(random.pick(["base64", "base64url"]));
    if (random.chance(20)) { // as Java's and MIME's encoders do
      text = text.replace(/(.{8})/g, random.pick(["$1\n", "$1\r\n"]));
    }
    return random.chance(40) ? this.mutated(text) : text;
  }

  body() {
    const { random } = this;
    const packets = random.times(4, () => random.chance(40)
      ? `b${this.base64()}` : this.mutated(`${random.pick(
        ["0", "1", "2", "2probe", "3", "4", "4", "5", "6", "7", ""])}x`));
    return random.chance(20) ? this.mutated(packets.join("\u001e"))
      : packets.join("\u001e");
  }
}
