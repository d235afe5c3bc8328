// What is below the picture: Kafka's brokers. A view as in views.mjs.

import { in_ms } from "./brokers.mjs";
import { count_of, element, number, rate } from "./dom.mjs";
import { state_words } from "./picture.mjs";
import { badge, table } from "./tables.mjs";

const rows_at_most = 200;

/// The picture has all that there is to say of them.
export const brokers = {
  live: true,
  show({ flow, parameters }) {
    const { each } = (flow.nodes.get(parameters.node) ?? flow.all).stages.brokers;
    return [element("h2", {}, count_of(each.length, "broker")),
      element("p", { class: "faint" }, "Those that hold something up come first. Times "
        + "are of answers to those who store: 99 % took no longer, on any node."),
      table([
        ["Broker", (x) => x.name],
        ["State", (x) => element("span", {}, badge(state_words[x.state], x.state),
                                 ["held", "raised"].includes(x.state) && x.say)],
        ["Answers/s", (x) => rate(x.flow), true],
        ["Answers within", (x) => (x.seconds > 0 ? in_ms(x.seconds) : "-"), true],
        ["Unanswered", (x) => number(x.waiting), true],
        ["Throttled in a second", (x) => (x.throttled > 0 ? in_ms(x.throttled) : "-"), true],
      ], each.slice(0, rows_at_most), "No node has told of one.")];
  },
};
