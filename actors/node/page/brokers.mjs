// Kafka's brokers, each as a stage: how much it answers, how long that takes, and
// which of them holds something up.

import { count_of, number, rate, time } from "./dom.mjs";
import { height, portion, stage, states } from "./stage.mjs";

/// Of so many, each is drawn; of more, the worst, and the others together.
const drawn_at_most = 5;
const names_at_most = 3;

const sum = (all) => all.reduce((x, y) => x + y, 0);
const most = (all) => Math.max(0, ...all);
export const in_ms = (seconds) => `${rate(seconds * 1000)} ms`;

function listed(names) {
  const left = names.length - names_at_most;
  return names.slice(0, names_at_most).join(", ")
    + (left > 0 ? ` and ${number(left)} more` : "");
}

/// What there is to say of links that are bad, `all` being those of the broker.
function complaint(bad, all, what) {
  const nodes = (links) => [...new Set(links.map((x) => x.node))].sort();
  const [some, known] = [nodes(bad), nodes(all)];
  return what + (some.length < known.length ? ` (node ${listed(some)})` : "");
}

/// A second has so many seconds of it.
const throttled_of = (links, seconds) => (seconds > 0
  ? most(links.map((x) => x.throttled)) / seconds : 0);

function say_of(links, { away, mute, slow, throttled, seconds, flow }) {
  const longest = (bad, what) => time(most(bad.map((x) => x[what])));
  if (away.length)
    return complaint(away, links, `cannot be reached for ${longest(away, "away")}`);
  if (mute.length)
    return complaint(mute, links, `${count_of(sum(mute.map((x) => x.waiting)), "request")}`
      + `, no answer for ${longest(mute, "mute")}`);
  const said = [throttled > 0 && `throttles, ${in_ms(throttled)} in a second`,
                slow.length > 0 && complaint(slow, links,
                  `answers take ${in_ms(most(slow.map((x) => x.seconds)))}`)]
    .filter((x) => x);
  if (said.length) return said.join("; ");
  return seconds > 0 ? `answers within ${in_ms(seconds)}`
    : flow > 0 ? "answers those who read" : "nothing was asked";
}

/// As stage(), and with `name`, `seconds` (of a round trip, the p99), `waiting` (requests
/// of those who store) and `throttled` (seconds in a second).
function broker_stage(name, links, period) {
  const of = (what) => links.filter((x) => x[what] > 0);
  const [away, mute, slow] = ["away", "mute", "slow"].map(of);
  const producers = links.filter((x) => x.client === "producer");
  const seconds = most(producers.map((x) => x.seconds));
  const known = links.filter((x) => x.answered !== null);
  // What is mute has answered in the beginning of the period at most.
  const flow = known.length && period > 0
    ? sum(known.map((x) => (x.mute > 0 ? 0 : x.answered))) / period : null;
  const throttled = throttled_of(links, period);
  const held = away.length + mute.length > 0;
  return {
    ...stage(`broker ${name}`, {
      held, raised: slow.length > 0 || throttled > 0, flow,
      level: Math.max(height(100 * seconds, 1000), portion(throttled, 1),
                      held ? height(sum(links.map((x) => x.waiting)), 1000) : 0),
      say: say_of(links, { away, mute, slow, throttled, seconds, flow }),
    }),
    name, seconds, throttled, waiting: sum(producers.map((x) => x.waiting)),
  };
}

const badness = (x) => Math.min(states.indexOf(x.state), 2);
const by_name = new Intl.Collator("en", { numeric: true }).compare;

/// Those that hold something up come first, and otherwise they keep their places.
const worst_first = (x, y) => badness(x) - badness(y) || by_name(x.name, y.name);

/// What is wrong with the worst, or how many there are.
function say_of_all(each) {
  const [worst] = each;
  if (!worst) return "no broker is known";
  if (badness(worst) === 2) return count_of(each.length, "broker");
  const like_it = each.filter((x) => x.state === worst.state).length - 1;
  return `${worst.name}: ${worst.say}`
    + (like_it > 0 ? `; and ${number(like_it)} more like it` : "");
}

/// By broker; in other words `Map.groupBy`, which is too new.
function grouped(links) {
  const found = new Map();
  for (const x of links) found.set(x.broker, [...found.get(x.broker) ?? [], x]);
  return found;
}

/// What all names end with from a "." or ":" on, as those of one cluster mostly do.
function common_end(names) {
  const [first] = names;
  const ends = [first.slice(first.search(/[.:]/)), first.slice(first.lastIndexOf(":"))];
  return names.length < 2 ? ""
    : ends.find((end) => names.every((x) => x.endsWith(end))) ?? "";
}

function with_labels(each) {
  const end = each.length ? common_end(each.map((x) => x.name)).length : 0;
  return each.map((x) => ({ ...x, label: x.name.slice(0, x.name.length - end) }));
}

const sum_of_flows = (each) => {
  const known = each.map((x) => x.flow).filter((x) => x !== null);
  return known.length ? sum(known) : null;
};

const together = (id, each, say) => stage(id, {
  held: each.some((x) => x.state === "held"),
  raised: each.some((x) => x.state === "raised"),
  flow: sum_of_flows(each), level: most(each.map((x) => x.level)), say });

/// All brokers as one stage, which has in `each` a stage of each; its `label` is what
/// tells it from the others. `links`: of links_of(), those of the nodes that are looked
/// at, over `period` seconds.
export function stage_of_brokers(links, period) {
  const each = with_labels([...grouped(links)].map(
    ([name, x]) => broker_stage(name, x, period)).sort(worst_first));
  return { ...together("brokers", each, say_of_all(each)), each };
}

/// How those are who are not drawn by name.
function say_of_others(others) {
  const n = (state) => others.filter((x) => x.state === state).length;
  const slowest = others.reduce((x, y) => (y.seconds > x.seconds ? y : x));
  return [n("held") > 0 && `${number(n("held"))} held up`,
          n("raised") > 0 && `${number(n("raised"))} backed up`,
          slowest.seconds > 0 && `the slowest, ${slowest.label}: ${in_ms(slowest.seconds)}`]
    .filter((x) => x).join("; ") || "nothing was asked, or they answer those who read";
}

/// The stages to be drawn: all of few; the worst of many, and one of all others.
export function drawn(each) {
  if (each.length <= drawn_at_most) return each;
  const others = each.slice(drawn_at_most - 1);
  const label = `and ${number(others.length)} more`;
  return [...each.slice(0, drawn_at_most - 1), {
    ...together("other brokers", others, say_of_others(others)), name: label, label }];
}

/// Which do not answer where others do; "": none.
export function say_of_mute(each) {
  const held = each.filter((x) => x.state === "held");
  return held.length > 0 && held.length < each.length
    ? `no answer from ${listed(held.map((x) => x.label))}` : "";
}
