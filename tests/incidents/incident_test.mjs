// Each of the incidents: that the operator's page, weirctl and the metrics show it,
// as docs/runbook.md says, and that all is calm once it has healed.
//
//   node incident_test.mjs WEIR                        run the tests
//   node incident_test.mjs WEIR --screenshots FOLDER   and take the docs' pictures
//
// $WEIR_CHROMIUM and the exit status as in ../browser/page_test.mjs. Wants what
// tools/setup has fetched: Kafka and promtool.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { Browser, require_browser } from "../browser/browser.mjs";
import { until } from "../browser/local_cluster.mjs";
import { Operator } from "../browser/operator.mjs";
import { root } from "../browser/weir_node.mjs";
import { expects } from "./alerts.mjs";
import { IncidentCluster } from "./cluster.mjs";
import { incidents } from "./incidents.mjs";
import { incidents_of_the_runbook, prints } from "./runbook.mjs";

const program = require_browser("node incident_test.mjs WEIR [--screenshots FOLDER]");
const [, flag, folder] = process.argv.slice(2);
const written = incidents_of_the_runbook();
let cluster, browser;

before(async () => {
  browser = await Browser.start();
  cluster = await IncidentCluster.start(program);
}, { timeout: 180_000 });

after(async () => {
  await browser?.stop();
  if (cluster) assert.deepEqual(await cluster.stop(), [0, 0, 0]);
}, { timeout: 180_000 });

async function picture(operator, name) {
  if (flag !== "--screenshots") return;
  await operator.page.mouse.move(0, 0);
  await operator.page.evaluate(() => scrollTo(0, 0));
  await operator.page.screenshot({ path: `${folder}/incident-${name}.png`,
                                   fullPage: true });
}

/// To the nodes, whoever looks at them, and weirctl.
async function all_is_calm(...operators) {
  await cluster.is_calm();
  for (const x of operators) {
    await x.reads(/^Nothing is held up/);
    await x.has_no_problem(/^Node \w+ (is|does not)/);
  }
  await prints("weirctl check", ["nothing is wrong", "..."], cluster, program);
}

async function is_shown(name, { page, page_of_b }, [operator, operator_of_b]) {
  await page(operator);
  await picture(operator, name);
  if (page_of_b) {
    await page_of_b(operator_of_b);
    await picture(operator_of_b, `${name}-itself`);
  }
  for (const [command, shown] of written[name])
    await prints(command, shown, cluster, program);
}

for (const [name, incident] of Object.entries(incidents))
  test(`${name}: ${incident.what}`, async () => {
    const operators = [await Operator.comes(browser, cluster.a.admin),
                       await Operator.comes(browser, cluster.b.admin)];
    await all_is_calm(...operators);
    const calm = await cluster.metrics();
    let ill;
    try {
      await incident.stage(cluster);
      await is_shown(name, incident, operators);
      ill = await cluster.metrics();
    } finally {
      await incident.heal(cluster);
    }
    await all_is_calm(...operators);
    const healed = await cluster.metrics();
    await expects(incident.alert, !incident.is_small, calm, ill);
    await expects(incident.alert, false, healed, await cluster.metrics());
    for (const x of operators) await x.page.close();
  });

test("the runbook has these, and no others", () => {
  assert.deepEqual(Object.keys(written).sort(), Object.keys(incidents).sort());
});

test("an alert does not fire for what is calm", async () => {
  const calm = await cluster.metrics();
  await assert.rejects(expects("WeirEmitsFail", true, calm, calm), /WeirEmitsFail/);
});

test("an operator can see one by tools/incident, which Ctrl-C ends in order", async () => {
  const shell = spawn(`${root}tools/incident`, ["poison", "--program", program],
                      { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let said = "";
  shell.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
    if (text.includes("it heals in")) process.kill(-shell.pid, "SIGINT"); // the group
  });
  const [status] = await once(shell, "close");
  assert.equal(status, 0, said);
  assert.match(said, /^page: http:\/\/127\.0\.0\.1:\d+\/$/m);
  assert.match(said, /^ {2}\$ .*weirctl check$/m);
  assert.match(said, /^all is calm again$/m);
});

test("no tab has complained", () => {
  assert.deepEqual(browser.errors.filter((x) => !/status of 503/.test(x)), []);
});
