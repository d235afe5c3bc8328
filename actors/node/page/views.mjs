// What is below the picture: nodes, or a closer look at rooms, connections and
// partitions; load_views.mjs has two more. Each view is {load, show}: `load` asks the endpoint
// (undefined: what the picture has is enough), `show` makes the content of it.
// `live`: it is asked again and again. Lists of rooms and connections are not:
// of 100,000 connections, a page costs every loop a look at all of them.

import { bytes, count_of, element, number, rate, time } from "./dom.mjs";
import { list } from "./endpoint.mjs";
import { brokers } from "./broker_view.mjs";
import { actors, hot } from "./load_views.mjs";
import { state_words } from "./picture.mjs";
import { badge, chooser, facts, gauge, link, pager, table } from "./tables.mjs";

const rows_of_page = 50;
const title = (...text) => element("h2", {}, ...text);

// -- nodes --------------------------------------------------------------------

const severity = { held: 0, raised: 1, flows: 2, still: 3 };

/// What is wrong with a node as such; "": nothing.
function trouble_of(name, status, sample) {
  if (status?.state === "down") return "down";
  if (sample.silent.includes(name)) return "does not answer";
  return status?.state === "suspect" ? "suspect" : "";
}

function node_card(name, sample, flow) {
  const status = sample.nodes.find((x) => x.name === name);
  const { stages, verdict } = flow.nodes.get(name);
  const trouble = trouble_of(name, status, sample);
  const state = trouble ? "held" : verdict.state;
  const levels = ["read", "router", "producer", "brokers", "log", "partition",
                  "outbound", "room", "write"].map((id) => {
    const bar = element("i", { "data-state": stages[id].state });
    bar.style.height = `${Math.round(4 + 96 * stages[id].level)}%`;
    return element("span", { title: `${id}: ${state_words[stages[id].state]}` }, bar);
  });
  return element("li", { class: "node", "data-node": name, "data-state": state },
    element("h3", {}, link(name, "nodes", { node: name }), " ",
            badge(trouble || state_words[state], state)),
    element("span", { class: "levels", "aria-hidden": "true" }, ...levels),
    element("p", {}, `${count_of(status?.connections ?? 0, "client")}, `
      + `${count_of(status?.partitions ?? 0, "partition")}`),
    element("p", { class: "faint" }, trouble ? "What it has is missing above."
      : status?.link ? `heard of ${status.link.silent_ms} ms ago`
        : name === sample.here ? "the one that is asked"
          : status?.state === "left" ? "it has left" : "no link to it"));
}

const nodes = {
  live: true,
  show({ sample, flow, parameters }) {
    const is_bad = (x) => (trouble_of(x, sample.nodes.find((y) => y.name === x), sample)
      ? -1 : severity[flow.nodes.get(x).verdict.state]);
    const names = sample.node_names.sort((x, y) => is_bad(x) - is_bad(y));
    const shown = names.slice(0, rows_of_page);
    const owned = sample.nodes.find((x) => x.name === parameters.node)?.owned ?? [];
    return [title(count_of(names.length, "node")),
      element("ul", { class: "nodes" }, ...shown.map((x) => node_card(x, sample, flow))),
      names.length > shown.length && element("p", { class: "faint" },
        `and ${number(names.length - shown.length)} others, which are no worse`),
      owned.length > 0 && element("p", {}, `${parameters.node} reads `,
        link(count_of(owned.length, "partition"), "partitions", parameters))];
  },
};

// -- rooms --------------------------------------------------------------------

const behind_of = (n) => (n > 0 ? badge(`${number(n)} behind`, "held") : "0");

/// Records that were no events.
const skipped_of = (x) => x.nodes.reduce((n, y) => n + Number(y.skipped_records), 0);

const rooms = {
  load: ({ node, namespace, prefix, topic, after }, signal) => list("v1/rooms",
    { node, namespace, prefix, topic, after, limit: rows_of_page }, signal),
  show: ({ answer, parameters }) => [title("Rooms"),
    chooser("rooms", parameters, [["prefix", "Name begins with", "text"],
                                  ["namespace", "Namespace", "text"],
                                  ["topic", "Topic", "text"]]),
    table([
      ["Room", (x) => link(x.name, "room", { name: x.name, namespace: x.namespace })],
      ["Namespace", (x) => x.namespace],
      ["Topic", (x) => link(x.topic, "partitions", { topic: x.topic })],
      ["Members", (x) => number(x.members), true],
      ["Behind", (x) => behind_of(x.members_lagging), true],
      ["Skipped", (x) => number(skipped_of(x)), true],
      ["Nodes", (x) => x.nodes.map((y) => y.node).join(", ")],
    ], answer.rooms, "No room is like that."),
    pager("rooms", parameters, answer.next)],
};

/// What a room has not had yet of a partition, if somebody knows its end.
function left_of(x, topic, sample) {
  const found = sample.partitions.find(
    (y) => y.topic === topic && y.partition === x.partition);
  return found && Number(x.next) >= 0
    ? number(Math.max(found.log_end - Number(x.next), 0)) : "?";
}

/// How many records a member of a room has yet to get, of all partitions together;
/// null: nobody knows.
function lag_of(x) {
  const known = x.positions.map((y) => y.lag).filter((y) => y !== undefined);
  return known.length ? known.reduce((sum, y) => sum + Number(y), 0) : null;
}

const lag_text = (x) => (lag_of(x) === null ? "?" : number(lag_of(x)));
const farthest_first = (x, y) => (lag_of(y) ?? -1) - (lag_of(x) ?? -1);

const positions_of = (x) => x.positions.map((y) => `${y.partition}: ${y.next}`).join(", ");

function room_on_node(x, room, sample) {
  return element("section", { class: "part" },
    element("h3", {}, `On node ${x.node}`),
    x.problem && element("p", { class: "problem" }, x.problem),
    facts([["Members", number(x.members)], ["Behind", behind_of(x.members_lagging)],
           ["Joins that wait", number(x.waiting_joins)],
           ["Records that were no events", number(Number(x.skipped_records))]]),
    x.partitions.length > 0 && table([
      ["Partition", (y) => link(`${room.topic}/${y.partition}`, "partition",
                                { topic: room.topic, partition: y.partition })],
      ["Next offset", (y) => y.next, true],
      ["To the end of the log", (y) => left_of(y, room.topic, sample), true],
      ["Catching up", (y) => (y.replays ? badge("replay", "raised") : "no")],
    ], x.partitions),
    x.lagging.length > 0 && table([
      ["Member that is behind", (y) => link(y.socket, "connection", { id: y.socket })],
      ["User", (y) => y.user],
      ["Records behind", lag_text, true],
      ["Wants next (partition: offset)", positions_of],
    ], x.lagging.toSorted(farthest_first)),
    x.members_lagging > x.lagging.length && x.lagging.length > 0
      && element("p", { class: "faint" },
        `and ${number(x.members_lagging - x.lagging.length)} others that are behind`));
}

/// Of the members that are listed.
function farthest(room) {
  const all = room.nodes.flatMap((x) => x.lagging).map(lag_of).filter((x) => x !== null);
  return all.length ? ["The farthest behind", count_of(Math.max(...all), "record")] : null;
}

/// Where a room's records are in several partitions, there is no order between
/// these.
function scattered(room) {
  const all = new Set(room.nodes.flatMap((x) => x.partitions.map((y) => y.partition)));
  return all.size > 1 && element("p", { class: "problem" },
    `Its records lie in ${all.size} partitions: a back end has another partitioner, `
    + "or partitions were added.");
}

const room = {
  live: true,
  load: ({ name, namespace, node }, signal) => list(
    `v1/rooms/${encodeURIComponent(name)}`, { namespace, node }, signal),
  show({ answer, parameters, sample }) {
    const [found] = answer.rooms;
    if (!found)
      return [title(parameters.name), element("p", {}, "Nobody is in this room.")];
    return [title(found.name),
      facts([["Namespace", found.namespace], ["Key", found.key],
             ["Topic", link(found.topic, "partitions", { topic: found.topic })],
             ["Members", link(count_of(found.members, "member"), "connections",
                              { room: found.name, namespace: found.namespace })],
             ["Behind", behind_of(found.members_lagging)], farthest(found)]),
      scattered(found),
      ...found.nodes.map((x) => room_on_node(x, found, sample))];
  },
};

// -- connections --------------------------------------------------------------

const badges_of = (x) => element("span", {},
  x.paused && badge("not read", "raised"), x.behind && badge("behind", "held"),
  !x.paused && !x.behind && "");

const users_of = (x) => [...new Set(x.sockets.map((y) => y.user))]
  .filter((y) => y).join(", ");

const outbox_of = (x) => gauge(Number(x.outbox_bytes), Number(x.outbox_limit),
                               bytes(Number(x.outbox_bytes)));

const connections = {
  load: ({ node, user, room, namespace, address, transport, behind, paused, after },
         signal) => list("v1/connections",
    { node, user, room, namespace, address, transport, behind, paused, after,
      limit: rows_of_page }, signal),
  show: ({ answer, parameters }) => [title("Connections"),
    chooser("connections", parameters, [
      ["user", "User", "text"], ["room", "Room", "text"],
      ["namespace", "Namespace", "text"], ["address", "Address", "text"],
      ["transport", "Transport", ["", "websocket", "polling"]],
      ["behind", "behind in a room", "checkbox"], ["paused", "not read", "checkbox"]]),
    table([
      ["Connection", (x) => link(x.id, "connection", { id: x.id })],
      ["State", badges_of],
      ["User", users_of],
      ["Waits for it", outbox_of],
      ["Open requests", (x) => number(x.open_requests), true],
      ["Address", (x) => x.address],
      ["Transport", (x) => x.transport],
      ["For", (x) => time(Number(x.connected_ms)), true],
      ["Node", (x) => x.node],
    ], answer.connections, "No connection is like that."),
    pager("connections", parameters, answer.next)],
};

function socket_of(x) {
  return element("section", { class: "part" },
    element("h3", {}, `Socket ${x.id}`),
    facts([["Namespace", x.namespace], ["User", x.user || "nobody knows"],
           ["Rooms", number(x.room_count)]]),
    x.rooms.length > 0 && table([
      ["Room", (y) => link(y.room, "room", { name: y.room, namespace: x.namespace })],
      ["State", (y) => (y.joining ? badge("joining", "raised")
        : y.behind ? badge("behind", "held") : "follows")],
      ["Records behind", lag_text, true],
      ["Wants next (partition: offset)", positions_of],
    ], x.rooms.toSorted(farthest_first).slice(0, rows_of_page)),
    x.rooms.length > rows_of_page && element("p", { class: "faint" },
      `and ${number(x.rooms.length - rows_of_page)} others`));
}

const connection = {
  live: true,
  load: ({ id, node }, signal) => list(
    `v1/connections/${encodeURIComponent(id)}`, { node }, signal),
  show({ answer, parameters }) {
    const [x] = answer.connections;
    if (!x)
      return [title(parameters.id), element("p", {}, "There is no such connection.")];
    return [title(`Connection ${x.id}`), element("p", {}, badges_of(x)),
      facts([["Node", x.node], ["Address", x.address], ["Transport", x.transport],
             ["Connected for", time(Number(x.connected_ms))],
             ["Waits for it", outbox_of(x), ` of ${bytes(Number(x.outbox_limit))}`],
             ["Open requests", `${number(x.open_requests)} `
               + `(${bytes(Number(x.open_bytes))})`]]),
      ...x.sockets.slice(0, rows_of_page).map(socket_of)];
  },
};

// -- partitions ---------------------------------------------------------------

const partition_columns = (flow, credit) => [
  ["Partition", (x) => link(x.name, "partition",
                            { topic: x.topic, partition: x.partition })],
  ["Records/s", (x) => rate(flow.partition_rate(x.name)), true],
  ["Not read yet", (x) => number(x.lag), true],
  ["Credit left", (x) => (x.subscribers ? gauge(x.credit, x.subscribers * credit,
                                                bytes(x.credit)) : "nobody asks")],
  ["Kept in memory", (x) => bytes(x.cached_bytes), true],
  ["Node", (x) => element("span", {}, `${x.node} `,
                          x.interim && badge("in place of another", "raised"))],
];

const credit_of = (sample) => sample.of_node(sample.here, "weir_limit", "limits.credit");

const partitions = {
  live: true,
  show({ sample, flow, parameters }) {
    const { topic = "", node, after = "0" } = parameters;
    const all = sample.partitions
      .filter((x) => (!topic || x.topic === topic) && (!node || x.node === node))
      .sort((x, y) => y.lag - x.lag || x.topic.localeCompare(y.topic)
        || x.partition - y.partition);
    const end = Number(after) + rows_of_page;
    return [title(count_of(all.length, "partition")),
      element("p", { class: "faint" }, "Those with most that is not read come first."),
      chooser("partitions", parameters, [["topic", "Topic", "text"]]),
      table(partition_columns(flow, credit_of(sample)), all.slice(Number(after), end),
            "No partition is like that."),
      pager("partitions", parameters, end < all.length ? String(end) : "")];
  },
};

const partition = {
  live: true,
  show({ sample, flow, parameters }) {
    const found = sample.partitions.filter((x) => x.topic === parameters.topic
      && x.partition === Number(parameters.partition));
    if (!found.length)
      return [title(`${parameters.topic}/${parameters.partition}`),
              element("p", {}, "No node that has answered reads it.")];
    return found.flatMap((x) => [title(x.name),
      facts([["Read by", link(x.node, "nodes", { node: x.node }),
              x.interim && " in place of a node that is gone"],
             ["Records in a second", rate(flow.partition_rate(x.name))],
             ["Position", String(x.position)],
             ["End of the log", x.log_end < 0 ? "not known yet" : String(x.log_end)],
             ["Not read yet", number(x.lag)],
             ["Committed", x.committed < 0 ? "nothing" : String(x.committed)],
             ["Nodes that get its records", number(x.subscribers)],
             ["Credit left", gauge(x.credit, x.subscribers * credit_of(sample),
                                   bytes(x.credit))],
             ["Kept in memory", bytes(x.cached_bytes)],
             ["Rooms", link("rooms of this topic", "rooms", { topic: x.topic })]])]);
  },
};

export const views = { nodes, rooms, room, connections, connection, partitions,
                       partition, brokers, hot, actors };
/// Those that there are links to at the top.
export const main_views = ["nodes", "rooms", "connections", "partitions", "brokers",
                           "hot", "actors"];
