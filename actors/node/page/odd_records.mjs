// Records that back ends should not have written like that. They hold nothing up,
// and are told of for some minutes once they were seen.

import { count_of, time } from "./dom.mjs";
import { counted } from "./sample.mjs";

const told_for = 600_000;
const kinds = {
  weir_records_skipped_total: (records, ago) =>
    `skipped ${records} that no client can read, the last ${ago} ago.`,
  weir_keys_misplaced_total: (records, ago) =>
    `read ${records} in another partition than their key's, the last ${ago} ago: `
    + "a back end has another partitioner.",
};

export class OddRecords {
  #seen = []; // {node, name, count, at}

  /// Between two samples.
  look_for(before, now) {
    this.#seen = this.#seen.filter((x) => x.at > now.at - told_for);
    for (const node of now.node_names)
      for (const name of Object.keys(kinds)) {
        const count = counted(before, now, node, name);
        if (count > 0) this.#seen.push({ node, name, count, at: now.at });
      }
  }

  /// A sentence for each kind of them, and node.
  sentences(at) {
    const sums = new Map();
    for (const x of this.#seen) {
      const key = `${x.node} ${x.name}`;
      sums.set(key, { ...x, count: x.count + (sums.get(key)?.count ?? 0) });
    }
    return [...sums.values()].map((x) => `Node ${x.node} has `
      + kinds[x.name](count_of(x.count, "record"), time(at - x.at)));
  }
}
