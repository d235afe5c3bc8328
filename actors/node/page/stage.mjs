// A stage of the picture: what state it is in, and how high its water stands. What
// the states mean stands in flow.mjs.

/// For how long nothing must have gone on before it is "held".
export const patience = 3000;

export const portion = (x, most) => (most > 0 ? Math.min(Math.max(x / most, 0), 1) : 0);

/// By its number of digits, so that few are seen, too.
export const height = (x, most) => portion(Math.log10(1 + x), Math.log10(1 + most));

/// By how long it takes until what waits has gone on; where nothing goes on, by
/// how much it is.
export const delay = (waiting, flow, most) => Math.min(height(waiting, most),
  flow > 0 ? height((waiting / flow) * 100, 6000) : 1);

export function stage(id, { held = false, raised = false, flow = 0, level = 0, say }) {
  const state = held ? "held" : raised ? "raised" : flow > 0 ? "flows" : "still";
  const least = held ? 0.55 : raised ? 0.25 : 0;
  return { id, state, flow, say, level: Math.max(level, least) };
}

/// The worst first.
export const states = ["held", "raised", "flows", "still"];
