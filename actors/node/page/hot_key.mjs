// A key of which there is more than its room's members can take. Its clients are
// as quick as others: so the one sentence calls the key hot, and not them slow.

import { number, rate } from "./dom.mjs";

const rooms_at_most = 1000;

/// The key of which most is read, and the rooms that have it; null: none is.
/// `list` asks the endpoint.
export async function load_hottest_key(list, signal) {
  const { hot } = await list("v1/hot", { limit: 1 }, signal);
  const key = hot.find((x) => x.kind === "key");
  if (!key) return null;
  const { rooms } = await list(
    "v1/rooms", { topic: key.topic, limit: rooms_at_most }, signal);
  return { ...key, rooms: rooms.filter((x) => x.key === key.key) };
}

function sum_of(rooms, node, field) {
  return rooms.flatMap((x) => x.nodes)
    .filter((x) => node === null || x.node === node)
    .reduce((sum, x) => sum + x[field], 0);
}

/// What there is to say of it where it is what holds up a node, or all (null):
/// several are in its rooms, most of them are behind, and most of those who are
/// behind are these. Otherwise "".
export function hot_key_of(hottest, node, behind) {
  if (!hottest) return "";
  const { rooms, key, topic, partition } = hottest;
  const members = sum_of(rooms, node, "members");
  const late = sum_of(rooms, node, "members_lagging");
  if (members < 2 || 2 * late <= members || 2 * late <= behind) return "";
  const names = rooms.filter((x) => x.members_lagging > 0).map((x) => x.name);
  return `${key} in ${topic}/${partition}, `
    + `${rate((1000 * Number(hottest.count)) / hottest.over_ms)} records a second; `
    + `${number(late)} of ${number(members)} members of ${names.join(", ")} are behind`;
}
