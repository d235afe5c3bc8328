// Where in the page one is: `#/view?parameters`.

export function link_to(view, parameters = {}) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, x]) => x !== undefined && x !== ""));
  return `#/${view}${query.size ? `?${query}` : ""}`;
}

/// {view, parameters}
export function place_of(hash) {
  const [view, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { view: view || "nodes",
           parameters: Object.fromEntries(new URLSearchParams(query)) };
}
