// The admin endpoint, as this page asks it: with the token that somebody has
// entered, if it wants one.

const key = "weir-admin-token";
const patience = 10_000;

/// The endpoint has answered that it does not serve us (401, 403).
export class Refused extends Error {
  constructor(status, why) {
    super(why);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(key) ?? "",
  set: (x) => sessionStorage.setItem(key, x),
  forget: () => sessionStorage.removeItem(key),
};

async function body_of(answer) {
  const is_json = answer.headers.get("Content-Type")?.startsWith("application/json");
  return is_json ? answer.json() : answer.text();
}

/// {status, body}; JSON is read. Throws where there is no answer, and `Refused`.
export async function ask(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, x]) => x !== undefined && x !== ""));
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(
    `no answer within ${patience / 1000} s`)), patience);
  const on_abort = () => abort.abort(signal.reason);
  signal?.addEventListener("abort", on_abort);
  try {
    const answer = await fetch(path + (query.size ? `?${query}` : ""), {
      headers: token.get() ? { Authorization: `Bearer ${token.get()}` } : {},
      cache: "no-store", credentials: "omit", signal: abort.signal });
    const body = await body_of(answer);
    if (answer.status === 401 || answer.status === 403)
      throw new Refused(answer.status, body.error ?? String(body));
    return { status: answer.status, body };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", on_abort);
  }
}

/// What it says, which must be a list; an error says why it is none.
export async function list(path, parameters, signal) {
  const { status, body } = await ask(path, parameters, signal);
  if (typeof body === "object") return body;
  throw new Error(`${path}: ${status} ${body.trim()}`);
}
