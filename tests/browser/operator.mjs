// Somebody in front of the page at the root of the admin endpoint, and what it
// says.

import { until } from "./local_cluster.mjs";

export const patience = 60_000;

export class Operator {
  static async comes(browser, url) {
    const operator = new Operator(await browser.tab());
    await operator.page.goto(url);
    return operator;
  }

  constructor(page) {
    this.page = page;
    this.verdict = page.locator("#verdict");
    this.problems = page.locator("#problems");
    this.view = page.locator("#view");
  }

  stage(id) {
    return this.page.locator(`[data-stage="${id}"]`);
  }

  /// Waits until a stage is in this state: in its color, and in words.
  async sees(id, state) {
    await this.page.locator(`[data-stage="${id}"][data-state="${state}"]`)
      .waitFor({ timeout: patience });
    const words = { still: "still", flows: "flows", raised: "backed up",
                    held: "held up" };
    await this.stage(id).locator(".state", { hasText: words[state] }).waitFor();
  }

  /// Of one of Kafka's brokers, or of those that are drawn together.
  broker(label) {
    return this.page.locator("[data-broker]", {
      has: this.page.getByText(label, { exact: true }) });
  }

  /// Waits until one of the brokers is in this state, and says something like that.
  async sees_broker(state, pattern) {
    await this.page.locator(`[data-broker][data-state="${state}"]`)
      .filter({ has: this.page.locator(".say", { hasText: pattern }) })
      .first().waitFor({ timeout: patience });
  }

  /// Waits for a sentence like that.
  async reads(pattern) {
    let text = "";
    await until(async () => pattern.test(text = await this.verdict.textContent()),
                patience, () => `${pattern}; the page says: ${text}`);
  }

  /// Waits for a line like that below the sentence.
  async has_problem(pattern, timeout = patience) {
    await this.problems.locator("li", { hasText: pattern }).first()
      .waitFor({ timeout });
  }

  /// Waits until there is none like that.
  async has_no_problem(pattern) {
    let all = [];
    await until(async () => !(all = await this.problems.locator("li").allTextContents())
      .some((x) => pattern.test(x)), patience, () => `none of ${all}`);
  }

  async looks_at(view) {
    await this.page.locator("#views a", { hasText: view }).click();
  }

  /// How many elements the page has.
  elements() {
    return this.page.evaluate(() => document.querySelectorAll("*").length);
  }

  /// How high the water of a stage stands, 0 to 1.
  level(id) {
    return this.stage(id).locator(".water").evaluate((x) =>
      (40 - parseFloat(x.style.transform.match(/-?[\d.]+/)[0])) / 36);
  }
}
