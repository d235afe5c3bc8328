// The flow as a channel: up to Kafka above, down to clients below, each stage a
// basin that ends in a weir. Water stands high where something waits, and the
// weir is a closed gate where nothing gets through.

import { drawn } from "./brokers.mjs";
import { by_id, drawing, element, rate, set_attribute, set_text } from "./dom.mjs";
import { link_to } from "./place.mjs";

/// By id: its name, what its flow is counted in, and where one looks closer.
const stages = {
  clients: ["Clients", "events/s", ["connections", {}]],
  read: ["Connections", "events/s", ["connections", { paused: "true" }]],
  router: ["Routers", "events/s", ["actors", {}]],
  producer: ["Producers", "events/s", ["actors", {}]],
  kafka: ["Kafka", "stored/s", ["partitions", {}]],
  broker: ["", "answers/s", ["brokers", {}]],
  log: ["Logs", "records/s", ["partitions", {}]],
  partition: ["Partitions", "records/s", ["partitions", {}]],
  outbound: ["Routers", "records/s", ["partitions", {}]],
  room: ["Rooms", "records/s", ["rooms", {}]],
  write: ["Outboxes", "records/s", ["connections", { behind: "true" }]],
};

const columns = [
  ["clients-column", null, ["clients"]],
  ["up", "Events: clients to Kafka", ["read", "router", "producer"]],
  ["kafka-column", null, ["kafka"]],
  ["brokers", "Kafka's brokers", []], // as they come and go
  ["log-column", null, ["log"]],
  ["down", "Records: Kafka to clients", ["partition", "outbound", "room", "write"]],
];

export const state_words = {
  still: "still", flows: "flows", raised: "backed up", held: "held up" };

/// A basin of 100 x 48: its water, and the weir at its end.
function basin() {
  return drawing("svg", { viewBox: "0 0 100 48", preserveAspectRatio: "none",
                          "aria-hidden": "true", class: "basin" },
    drawing("path", { class: "bed", d: "M0 48V46H100V48Z" }),
    drawing("g", { class: "water" },
      drawing("path", { class: "surface",
        d: "M-100 2q12.500-4 25 0t25 0 25 0 25 0 25 0 25 0 25 0 25 0 25 0V60H-100Z" })),
    drawing("path", { class: "spill", d: "M96 36Q99 36 100 47H96Z" }),
    drawing("rect", { class: "weir", x: 93, y: 34, width: 3, height: 14 }));
}

function stage_of(id, attributes = { "data-stage": id }) {
  const [name, unit] = stages[id];
  const part = (kind) => element("span", { class: kind });
  return element("li", { class: "stage", ...attributes, "data-state": "still" },
    element("a", { href: "#/" },
      element("span", { class: "name" }, name), part("state"),
      basin(),
      element("span", { class: "flow" }, part("rate"),
              element("span", { class: "unit" }, unit)),
      part("say")));
}

function build(to) {
  to.replaceChildren(...columns.map(([id, title, ids]) =>
    element("div", { class: `column ${id}` },
      title && element("h2", {}, title),
      element("ol", {}, ...ids.map((x) => stage_of(x))))));
}

/// How fast the water seems to move, by its number of digits.
const pace = (flow) => (flow > 0 ? Math.min(3, 1 + Math.floor(Math.log10(1 + flow) / 1.5)) : 0);

/// `kind`: of stages.
function update(item, x, node, kind = x.id) {
  set_attribute(item, "data-state", x.state);
  set_attribute(item, "data-pace", pace(x.flow));
  const part = (kind) => item.querySelector(`.${kind}`);
  set_text(part("state"), state_words[x.state]);
  set_text(part("rate"), rate(x.flow));
  part("flow").hidden = x.id === "clients" && x.flow === null;
  set_text(part("say"), x.say);
  part("water").style.transform = `translateY(${(40 - 36 * x.level).toFixed(1)}px)`;
  set_attribute(part("weir"), "y", x.state === "held" ? 2 : 34);
  set_attribute(part("weir"), "height", x.state === "held" ? 46 : 14);
  const [, , [view, parameters]] = stages[kind];
  set_attribute(item.firstChild, "href", link_to(view, { ...parameters, node }));
}

/// Where there is too little room, it is broken at a "." or ":".
function set_name(to, name) {
  if (to.textContent !== name)
    to.replaceChildren(...name.split(/(?=[.:])/).flatMap((x) => [element("wbr"), x]));
}

/// Each keeps its element for as long as it is there, so that its water moves.
function update_brokers(list, each, node) {
  const items = new Map([...list.children].map((x) => [x.dataset.broker, x]));
  const now = drawn(each).map((x) => {
    const item = items.get(x.id) ?? stage_of("broker", { "data-broker": x.id });
    const name = item.querySelector(".name");
    set_name(name, x.label);
    set_attribute(name, "title", x.name);
    update(item, x, node, "broker");
    return item;
  });
  if (now.length !== list.children.length || now.some((x, i) => x !== list.children[i]))
    list.replaceChildren(...now);
}

/// `picture`: of `Flow`. `node`: whose it is; undefined: all nodes'.
export function draw(picture, node) {
  const to = by_id("picture");
  if (!to.hasChildNodes()) build(to);
  for (const item of to.querySelectorAll("[data-stage]"))
    update(item, picture.stages[item.dataset.stage], node);
  update_brokers(to.querySelector(".brokers ol"), picture.stages.brokers.each, node);
  const verdict = by_id("verdict");
  set_attribute(verdict, "data-state", picture.verdict.state);
  set_text(verdict, picture.verdict.say);
}
