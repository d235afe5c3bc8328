// Elements, and numbers as people read them. Text is only ever text: nothing
// here takes markup, since names of rooms and users are strangers' input.

const svg_space = "http://www.w3.org/2000/svg";

function add(to, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (value === true) to.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null)
      to.setAttribute(name, value);
  to.append(...children.flat().filter((x) => x !== null && x !== undefined && x !== false));
  return to;
}

export function element(tag, attributes = {}, ...children) {
  return add(document.createElement(tag), attributes, children);
}

export function drawing(tag, attributes = {}, ...children) {
  return add(document.createElementNS(svg_space, tag), attributes, children);
}

export const by_id = (id) => document.getElementById(id);

/// Only where it differs, so that nobody loses what he has selected.
export function set_text(to, text) {
  if (to.textContent !== text) to.textContent = text;
}

export function set_attribute(to, name, value) {
  if (to.getAttribute(name) !== String(value)) to.setAttribute(name, value);
}

/// Shows `content` in `to`, unless it is there already. Who was at a link is at
/// the same link afterwards.
export function show_in(to, ...content) {
  const next = element("div", {}, ...content);
  const now = element("div", {}, ...[...to.childNodes].map((x) => x.cloneNode(true)));
  if (next.isEqualNode(now)) return;
  const focused = to.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  to.replaceChildren(...next.childNodes);
  if (focused !== null)
    [...to.querySelectorAll("a[href]")]
      .find((x) => x.getAttribute("href") === focused)?.focus();
}

const compact = new Intl.NumberFormat("en", {
  notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/// 1,234 or 12.3K.
export const number = (x) => (x < 10_000 ? whole : compact).format(x);

/// 0.4, 12 or 1.2K; "?": not known yet.
export function rate(x) {
  if (x === null || x === undefined) return "?";
  return x > 0 && x < 10 ? x.toFixed(1) : number(x);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(x) {
  let i = 0;
  for (; x >= 1024 && i < units.length - 1; ++i) x /= 1024;
  return `${i && x < 10 ? x.toFixed(1) : whole.format(x)} ${units[i]}`;
}

export function time(ms) {
  const s = ms / 1000;
  if (s < 100) return `${whole.format(s)} s`;
  if (s < 6000) return `${whole.format(s / 60)} min`;
  return s < 360_000 ? `${whole.format(s / 3600)} h`
    : `${whole.format(s / 86_400)} d`;
}

/// "1 client", "7 clients".
export const count_of = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;
