// What docs/runbook.md says of an incident: commands, and what they print. In
// what is printed "..." stands for anything, and in a line of its own for any
// lines.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { until } from "../browser/local_cluster.mjs";
import { root } from "../browser/weir_node.mjs";

const patience = 120_000;

/// {name: [[command, lines that it prints]]}
export function incidents_of_the_runbook() {
  const text = readFileSync(`${root}docs/runbook.md`, "utf8");
  const blocks = text.matchAll(
    /^<!-- incident: (\S+) -->\n```console\n([^]*?)^```$/gm);
  return Object.fromEntries([...blocks].map(([, name, block]) => [name,
    block.split(/^\$ /m).slice(1).map((x) => {
      const [command, ...shown] = x.trimEnd().split("\n");
      return [command, shown];
    })]));
}

/// The same for a cluster that listens elsewhere.
export function with_addresses(command, cluster, program) {
  const at = (node) => new URL(node.admin).host;
  return command.replaceAll("127.0.0.1:9300", at(cluster.a))
    .replaceAll("b:9300", at(cluster.b))
    .replaceAll("localhost:9092", cluster.kafka.bootstrap)
    .replaceAll(/\bweirctl\b/g, join(dirname(program), "weirctl"));
}

const escaped = (text) => text.split("...").map((x) =>
  x.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ {2,}/g, " +")).join(".*");

/// What the lines that are shown stand for.
export const pattern_of = (shown) => new RegExp(`^${shown.map((x) =>
  (x === "..." ? "(?:.*\n)*" : `${escaped(x)} *\n`)).join("")}$`);

function output_of(command, env) {
  return new Promise((resolve) => execFile(
    "bash", ["-uo", "pipefail", "-c", command], { env, timeout: patience },
    (_, stdout, stderr) => resolve([stdout, stderr])));
}

/// Asks again until it is what the runbook shows.
export async function prints(command, shown, cluster, program) {
  const env = { ...process.env, WEIRCTL_URL: cluster.a.admin };
  const real = with_addresses(command, cluster, program);
  const pattern = pattern_of(shown);
  let last;
  await until(async () => pattern.test((last = await output_of(real, env))[0]),
              patience, () => `${command} to print\n${shown.join("\n")}\n`
                + `It prints\n${last.join("\n")}`);
}
