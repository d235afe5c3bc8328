// Chromium without a window, with a profile of its own that is gone afterwards.

import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "./weir_node.mjs";

const chromium_path = process.env.WEIR_CHROMIUM ?? "/usr/bin/chromium";

function has_chromium() {
  try {
    accessSync(chromium_path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/// Ends the test where it cannot run: skipped without a browser, but not in CI.
/// The program that the command line names.
export function require_browser(usage) {
  const program = process.argv[2];
  if (!program || !existsSync(program)) {
    console.error(`usage: ${usage}`);
    process.exit(2);
  }
  if (!has_chromium()) {
    console.error(`${process.env.CI ? "error" : "skipped"}: no browser at `
      + `${chromium_path}; tools/setup installs it, $WEIR_CHROMIUM names another`);
    process.exit(process.env.CI ? 1 : 77);
  }
  if (!existsSync(`${root}tests/browser/node_modules/playwright-core`)) {
    console.error("error: playwright-core is missing; tools/setup installs it");
    process.exit(1);
  }
  return program;
}

export class Browser {
  /// `options` are Playwright's, besides ours.
  static async start(options = {}) {
    const { chromium } = await import("playwright-core");
    const profile = mkdtempSync(join(tmpdir(), "weir-browser-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromium_path,
      headless: true,
      chromiumSandbox: false,
      viewport: { width: 1120, height: 700 },
      colorScheme: "light",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync",
             // Tabs that are not in front must not be slowed down.
             "--disable-renderer-backgrounding",
             "--disable-background-timer-throttling",
             "--disable-dev-shm-usage"],
      ...options,
    });
    return new Browser(context, profile);
  }

  constructor(context, profile) {
    this.context = context;
    this.profile = profile;
    /// What any tab has complained about.
    this.errors = [];
    context.setDefaultTimeout(20_000);
  }

  async tab() {
    const page = await this.context.newPage();
    page.on("pageerror", (e) => this.errors.push(String(e)));
    page.on("console", (x) => {
      if (x.type() === "error" || x.type() === "warning")
        this.errors.push(x.text());
    });
    return page;
  }

  async stop() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
