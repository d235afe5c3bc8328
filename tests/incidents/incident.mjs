// See tools/incident.

import { dirname } from "node:path";
import { parseArgs } from "node:util";

import { IncidentCluster } from "./cluster.mjs";
import { incidents } from "./incidents.mjs";
import { incidents_of_the_runbook, with_addresses } from "./runbook.mjs";
import { root } from "../browser/weir_node.mjs";

const say = (text) => console.log(text);

function options() {
  const { values, positionals: [name] } = parseArgs({
    allowPositionals: true,
    options: { for: { type: "string", default: "120" },
               program: { type: "string", default: `${root}build/release/weir` } } });
  return { ...values, seconds: Number(values.for), name };
}

function list() {
  for (const [name, { what }] of Object.entries(incidents))
    say(`  ${name.padEnd(14)} ${what}`);
}

/// Somebody has interrupted it, at whatever time: what was begun is ended in order.
function interruption() {
  return new Promise((resolve) => {
    for (const x of ["SIGINT", "SIGTERM"])
      process.once(x, resolve);
  });
}

const after = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function show({ name, seconds, program }) {
  const incident = incidents[name];
  const interrupted = interruption();
  say("starting Kafka and two nodes ...");
  const cluster = await IncidentCluster.start(program);
  say(`page: ${cluster.a.admin}`);
  say(`page of the other node: ${cluster.b.admin}`);
  say(`all is calm; now ${incident.what} (docs/runbook.md#${name}):\n`);
  say(`  $ export WEIRCTL_URL=${cluster.a.admin}`);
  await incident.stage(cluster);
  for (const [command] of incidents_of_the_runbook()[name])
    say(`  $ ${with_addresses(command, cluster, program)}`);
  say(`\nit heals in ${seconds} s, or by Ctrl-C ...`);
  await Promise.race([interrupted, after(seconds)]);
  await incident.heal(cluster);
  await cluster.is_calm();
  say("all is calm again");
  await cluster.stop();
}

const chosen = options();
if (Object.hasOwn(incidents, chosen.name ?? "")) {
  await show(chosen);
  process.exit(0);
}
say("tools/incident NAME, of these:");
list();
process.exit(chosen.name ? 2 : 0);
