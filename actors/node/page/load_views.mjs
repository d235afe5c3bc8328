// What is below the picture: where there is most, and where messages wait. Views as
// in views.mjs.

import { element, number, rate } from "./dom.mjs";
import { list } from "./endpoint.mjs";
import { link, table } from "./tables.mjs";

const rows_at_most = 200;
const title = (text) => element("h2", {}, text);

// -- what there is most of ----------------------------------------------------

const place_of_hot = (x) => (x.kind === "room"
  ? link(x.room, "room", { name: x.room, namespace: x.namespace })
  : link(`${x.topic}/${x.partition}`, "partition",
         { topic: x.topic, partition: x.partition }));

export const hot = {
  live: true,
  load: ({ node }, signal) => list("v1/hot", { node }, signal),
  show: ({ answer }) => [title("Hot"),
    element("p", { class: "faint" }, "What there was most of in the last 10 s: events "
      + "that a room's members were sent, records that were read of a key or partition."),
    table([["What", (x) => x.kind], ["Where", place_of_hot], ["Key", (x) => x.key],
           ["In a second", (x) => rate((1000 * Number(x.count)) / x.over_ms), true],
           ["Nodes", (x) => x.nodes.join(", ")]],
          answer.hot, "There was nothing.")],
};

// -- actors -------------------------------------------------------------------

export const actors = {
  live: true,
  load: ({ node }, signal) => list("v1/actors", { node }, signal),
  show({ answer }) {
    const rows = answer.actors.sort((x, y) => y.mailbox - x.mailbox || y.count - x.count);
    return [title("Actors"),
      element("p", { class: "faint" }, "Where messages wait comes first."),
      table([["Type", (x) => x.type], ["Node", (x) => x.node],
             ["There are", (x) => number(x.count), true],
             ["Messages waiting", (x) => number(x.mailbox), true],
             ["Handled", (x) => number(Number(x.processed)), true]],
            rows.slice(0, rows_at_most), "Nobody has answered.")];
  },
};
