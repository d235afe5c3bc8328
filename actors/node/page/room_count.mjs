// How many rooms there are. One that has members on several nodes is known to
// each of them, and is one room all the same.

import { count_of, number } from "./dom.mjs";

const rooms_at_most = 1000;

const rooms_on = (sample, node) => sample.sum(node, "weir_actors", "weir.room");

/// {least, most} of all nodes.
function bounds(sample) {
  const each = Object.keys(sample.metrics).map((x) => rooms_on(sample, x));
  return { least: Math.max(0, ...each), most: each.reduce((sum, x) => sum + x, 0) };
}

/// Asks for their names where counting them costs little; null: it does not, or
/// no question is open. `list` asks the endpoint.
export async function load_room_count(list, sample, signal) {
  const { least, most } = bounds(sample);
  if (least === most || most > rooms_at_most) return null;
  const { rooms, next } = await list("v1/rooms", { limit: rooms_at_most }, signal);
  return next ? null : rooms.length;
}

/// What there is to say of a node's, or of all (null).
export function say_of_rooms(sample, node) {
  if (node !== null) return count_of(rooms_on(sample, node), "room");
  const { least, most } = bounds(sample);
  // Those that have come or gone since are not far from it.
  if (sample.rooms !== null)
    return count_of(Math.min(Math.max(sample.rooms, least), most), "room");
  return least === most ? count_of(most, "room")
    : `${number(least)} to ${number(most)} rooms`;
}
