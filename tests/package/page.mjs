// Opens a page as somebody would, and prints each line that it shows:
//
//   node page.mjs URL
import { Browser } from "../browser/browser.mjs";

// The certificate is one of the test's, which somebody would have to accept.
const browser = await Browser.start({ ignoreHTTPSErrors: true });
const page = await browser.tab();
await page.exposeFunction("shown", (text) => console.log(text));
await page.addInitScript(() => new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes)
      if (node.nodeName === "LI") window.shown(node.textContent);
}).observe(document, { childList: true, subtree: true }));
await page.goto(process.argv[2]);
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => browser.stop().then(() => process.exit(0)));
setInterval(() => {}, 1 << 30); // until then
