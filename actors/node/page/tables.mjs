// Tables that phones show as cards, forms that choose rows, and pages of rows.

import { element } from "./dom.mjs";
import { link_to, place_of } from "./place.mjs";

/// `columns`: [title, cell of a row, whether it is a number].
export function table(columns, rows, nothing) {
  if (!rows.length) return element("p", { class: "faint" }, nothing);
  return element("table", {},
    element("thead", {}, element("tr", {}, ...columns.map(([title, , is_number]) =>
      element("th", { scope: "col", class: is_number ? "number" : null }, title)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {},
      ...columns.map(([title, cell, is_number]) =>
        element("td", { "data-label": title, class: is_number ? "number" : null },
                cell(row)))))));
}

/// Names and what they are.
export const facts = (pairs) => element("dl", { class: "facts" },
  ...pairs.filter((x) => x).map(([name, ...value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, ...value))));

export const link = (text, view, parameters) =>
  element("a", { href: link_to(view, parameters) }, text);

export const badge = (text, kind) => element("span", { class: `badge ${kind}` }, text);

/// How much of a bound is used, in words and as a bar.
export function gauge(value, most, text) {
  return element("span", { class: "gauge" },
    element("meter", { min: 0, max: Math.max(most, 1), value: Math.min(value, most),
                       high: most * 0.75, optimum: 0 }), text);
}

/// `fields`: [name, label, kind: "text", "checkbox" or what may be chosen].
/// Leads to the same view with what was entered, from its first page.
export function chooser(view, parameters, fields) {
  const control = ([name, label, kind]) => {
    const now = parameters[name] ?? "";
    const input = kind === "text"
      ? element("input", { name, type: "search", value: now, spellcheck: "false" })
      : kind === "checkbox"
        ? element("input", { name, type: "checkbox", value: "true",
                             checked: now === "true" })
        : element("select", { name }, ...kind.map((x) =>
            element("option", { value: x, selected: x === now }, x || "any")));
    return element("label", { class: kind === "checkbox" ? "check" : null },
                   element("span", {}, label), input);
  };
  const form = element("form", { class: "chooser", role: "search" },
    ...fields.map(control), element("button", {}, "Show"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { node } = place_of(location.hash).parameters;
    location.hash = link_to(view, { node,
                                    ...Object.fromEntries(new FormData(form)) });
  });
  return form;
}

/// Links to the first page and the next one.
export function pager(view, parameters, next) {
  const { after, ...rest } = parameters;
  return element("p", { class: "pager" },
    after !== undefined && link("First page", view, rest),
    next !== "" && link("Next page", view, { ...rest, after: next }));
}
