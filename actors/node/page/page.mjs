// The page at the root of the admin endpoint: asks it every two seconds while
// somebody looks, and shows what flows and what waits.

import { by_id, element, set_attribute, set_text, show_in, time } from "./dom.mjs";
import { ask, list, Refused, token } from "./endpoint.mjs";
import { Flow } from "./flow.mjs";
import { load_hottest_key } from "./hot_key.mjs";
import { draw } from "./picture.mjs";
import { link_to, place_of } from "./place.mjs";
import { load_room_count } from "./room_count.mjs";
import { limit_name, metric_names, Sample } from "./sample.mjs";
import { main_views, views } from "./views.mjs";

const pause = 2000;
/// A round that takes long is followed by a pause that is as many times longer,
/// up to this, which is for nodes that have much to do, and not for those that
/// do not answer at all.
const times_longer = 10;
const longest_pause = 6000;

const limits_every = 15;
const rooms_every = 5;

const flow = new Flow();
let rounds = 0;
let limits = [];
let room_count = null; // see room_count.mjs
let timer;
let abort = new AbortController();
let last_answer = null; // when
/// What the view has loaded: {hash, answer}.
let loaded = null;

// -- asking -------------------------------------------------------------------

/// With the limits of the nodes that have answered.
async function take_metrics(signal) {
  const wants_limits = rounds % limits_every === 0;
  const names = wants_limits ? [...metric_names, limit_name] : metric_names;
  const answer = await list("v1/metrics", { names: names.join() }, signal);
  ++rounds;
  if (wants_limits) limits = answer.metrics.filter((x) => x.name === limit_name);
  else {
    const nodes = new Set(answer.metrics.map((x) => x.node));
    answer.metrics.push(...limits.filter((x) => nodes.has(x.node)));
  }
  return answer;
}

/// Rooms are asked for only where somebody is behind.
async function take_hottest(metrics, signal) {
  const is_behind = metrics.metrics.some(
    (x) => x.name === "weir_members_lagging" && x.value > 0);
  return is_behind ? load_hottest_key(list, signal) : null;
}

async function take_sample(signal) {
  const [metrics, partitions, nodes, ready] = await Promise.all([
    take_metrics(signal),
    list("v1/partitions", {}, signal), list("v1/nodes", {}, signal),
    ask("readyz", {}, signal)]);
  const hottest = await take_hottest(metrics, signal);
  const result = new Sample({
    at: performance.now(), metrics, partitions, nodes, hottest,
    ready: ready.body.reasons ? ready.body : { ready: false, reasons: [ready.body] } });
  if (rounds % rooms_every === 1)
    room_count = await load_room_count(list, result, signal);
  result.rooms = room_count;
  return result;
}

async function load_view(signal) {
  const { hash } = location;
  const { view, parameters } = place_of(hash);
  const { load, live } = views[view] ?? views.nodes;
  if (!load) loaded = { hash };
  else if (live || loaded?.hash !== hash)
    loaded = { hash, answer: await load(parameters, signal) };
}

/// One round; again and again, but not while nobody looks.
async function look() {
  clearTimeout(timer);
  abort.abort(new Error("overtaken"));
  const { signal } = abort = new AbortController();
  if (document.hidden || !by_id("door").hidden) return;
  const begin = performance.now();
  try {
    flow.add(await take_sample(signal));
    await load_view(signal);
    last_answer = performance.now();
    show();
    tell("answers", "the node answers");
  } catch (error) {
    if (signal.aborted) return; // another round is under way
    on_error(error);
  }
  if (signal.aborted) return;
  const took = performance.now() - begin;
  timer = setTimeout(look, Math.min(Math.max(pause, times_longer * took),
                                    longest_pause));
}

function on_error(error) {
  if (error instanceof Refused && error.status === 401) return open_door(error);
  const since = last_answer === null ? ""
    : `; what is shown is ${time(performance.now() - last_answer)} old`;
  tell("silent", `the node does not answer (${error.message})${since}`);
}

function tell(state, text) {
  set_attribute(by_id("link"), "data-state", state);
  set_text(by_id("link"), text);
  set_attribute(document.body, "data-link", state);
}

// -- the token ----------------------------------------------------------------

function open_door(error) {
  by_id("main").hidden = true;
  by_id("door").hidden = false;
  set_text(by_id("door-why"), token.get() ? "That was not the token." : "");
  token.forget();
  tell("door", error.message);
  by_id("token").focus();
}

by_id("door").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set(by_id("token").value);
  by_id("token").value = "";
  by_id("door").hidden = true;
  look();
});

// -- showing ------------------------------------------------------------------

/// What is wrong besides what is held up, a sentence each.
function problems_of({ now: sample, odd }) {
  const silent = new Set(sample.silent);
  const said_of = (x) => (["down", "joining"].includes(sample.state_of(x))
    ? `is ${sample.state_of(x)}.` : "does not answer.");
  return [
    ...sample.silent.map((x) => `Node ${x} ${said_of(x)} What it has is missing here.`),
    ...sample.nodes.filter((x) => !["up", "left"].includes(x.state)
                                  && !silent.has(x.name))
      .map((x) => `Node ${x.name} is ${x.state}.`),
    ...sample.node_names.flatMap((node) => sample.reasons_of(node)
      .map((x) => `Node ${node} is not ready: ${x}.`)),
    ...odd.sentences(sample.at),
  ].slice(0, 20);
}

function show_place(parameters) {
  const { node } = parameters;
  show_in(by_id("place"), node ? `only node ${node} ` : "",
          node ? element("a", { href: "#/" }, "all nodes") : "");
}

function show_views(view, parameters) {
  const { node } = parameters;
  show_in(by_id("views"), ...main_views.map((x) =>
    element("a", { href: link_to(x, { node }),
                   "aria-current": x === view || x === `${view}s` ? "page" : null },
            x[0].toUpperCase() + x.slice(1))));
}

function show_view(sample, parameters, view) {
  const to = by_id("view");
  const silent = loaded.answer?.silent_nodes ?? [];
  // Who is about to enter something is not disturbed.
  if (to.dataset.hash === loaded.hash
      && to.querySelector("form")?.contains(document.activeElement)) return;
  to.dataset.hash = loaded.hash;
  show_in(to, silent.length > 0 && element("p", { class: "problem" },
    `This is not all: ${silent.join(", ")} did not answer.`),
    ...view.show({ sample, flow, parameters, answer: loaded.answer }));
}

function show() {
  const sample = flow.now;
  const { view, parameters } = place_of(location.hash);
  by_id("main").hidden = false;
  draw(flow.nodes.get(parameters.node) ?? flow.all, parameters.node);
  show_in(by_id("problems"), ...problems_of(flow).map((x) => element("li", {}, x)));
  show_place(parameters);
  show_views(view, parameters);
  if (loaded?.hash === location.hash)
    show_view(sample, parameters, views[view] ?? views.nodes);
}

// -- the beginning ------------------------------------------------------------

addEventListener("hashchange", () => {
  by_id("view").focus({ preventScroll: false });
  look();
});
document.addEventListener("visibilitychange", look);
// Also of the same as before: what is there now.
by_id("view").addEventListener("submit", () => {
  loaded = null;
  look();
});
look();
