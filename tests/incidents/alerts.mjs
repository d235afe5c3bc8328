// Whether a rule of tools/observe/alerts.yml fires for what nodes have said: their
// metrics, as they were before and are now, become the test of a rule, which
// Prometheus's own promtool runs.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "../browser/weir_node.mjs";

const rules = `${root}tools/observe/alerts.yml`;
const minutes = 20; // that it goes on
/// When the alert is looked for: a counter that grows no more since the first
/// minute is forgotten by then, and what goes on has been so for long enough.
const at = "15m";

/// {series: value}
function series_of(metrics) {
  const named = new Set(readFileSync(rules, "utf8").match(/\bweir_\w+/g));
  return Object.fromEntries(Object.entries(metrics).flatMap(([node, text]) =>
    [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)/gm)]
      .filter(([, name]) => named.has(name))
      .map(([, name, labels, value]) =>
        [`${name}{${labels ? `${labels},` : ""}instance="${node}"}`, Number(value)])));
}

const is_counter = (series) => /^\w+_(total|bucket|sum|count)\{/.test(series);

/// What Prometheus has of one: counters go on growing as much in every minute.
function values(series, before, now) {
  const growth = is_counter(series) ? Math.max(now - (before ?? 0), 0) : 0;
  return `${before ?? "_"} ${now}+${growth}x${minutes}`;
}

/// Fails unless the alert fires (or not) if it goes on as between the two.
export async function expects(alert, fires, before, now) {
  const [old, current] = [series_of(before), series_of(now)];
  const test = {
    rule_files: [rules],
    evaluation_interval: "1m",
    tests: [{
      interval: "1m",
      input_series: Object.entries(current).map(([series, value]) => (
        { series, values: values(series, old[series], value) })),
      promql_expr_test: [{
        expr: `group by (alertname) (ALERTS{alertstate="firing", alertname="${alert}"})`,
        eval_time: at,
        exp_samples: fires ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
      }],
    }],
  };
  const folder = mkdtempSync(join(tmpdir(), "weir-alerts-"));
  try {
    const file = join(folder, "test.yml");
    writeFileSync(file, JSON.stringify(test)); // which is YAML
    await new Promise((resolve, reject) => execFile(
      `${root}tools/observe/run`, ["promtool", "test", "rules", file],
      (error, stdout, stderr) => (error
        ? reject(new Error(`${alert}: ${stdout}${stderr}`)) : resolve())));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
