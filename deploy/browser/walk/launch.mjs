// The browser of a walk, and what it was told to walk.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { Scenario } from "./scenario.mjs";

// launch reads the order from standard input; run walks one scenario.
export async function launch() {
  const order = JSON.parse(readFileSync(0, "utf8"));
  const browser = await chromium.launch({
    executablePath: order.chromium,
    args: [
      "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
      // Whatever is not ours does not even get a name.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost",
    ],
  });
  const run = (name, manner, walk, cast) => new Scenario({ name, manner, browser, order }).run((s) => walk(s, cast));
  return { order, browser, run };
}
