// What holds on every page: the language is the one asked for, nothing is wider
// than the screen, axe finds nothing serious in light or in dark.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function check(person, page, name) {
  const { manner } = person.scenario;
  if (page.url().startsWith(person.scenario.order.url + "/")) {
    await sameLanguage(page, manner.lang);
  }
  await fits(page);
  const found = await findings(page, {});
  await photograph(person, page, { name, dark: false });
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await findings(page, { runOnly: ["color-contrast"] })).map((one) => `in the dark: ${one}`));
  await photograph(person, page, { name, dark: true });
  await page.emulateMedia({ colorScheme: "light" });
  if (found.length > 0) {
    throw new Error(`axe on ${name}: ${found.join("\n")}`);
  }
}

async function sameLanguage(page, lang) {
  const held = await page.locator("html").getAttribute("lang");
  if (held !== lang) {
    throw new Error(`${page.url()} is in ${held}, not in ${lang}`);
  }
}

async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) {
    throw new Error(`${page.url()} is ${over} px wider than the screen`);
  }
}

// findings are axe's that are serious or critical, a line each. It is loaded and
// run in one go: the page may go on to another.
async function findings(page, options) {
  const asked = JSON.stringify({
    resultTypes: ["violations"], iframes: false, preload: false, rules: { "target-size": { enabled: true } }, ...options,
  });
  const { violations } = await page.evaluate(`${axe}; axe.run(document, ${asked})`);
  return violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ""}`).slice(0, 3).join(" | ")}`);
}

async function photograph(person, page, { name, dark }) {
  if (person.scenario.order.album && person.scenario.manner.album) {
    await page.screenshot({ path: person.scenario.picture(name, dark), fullPage: true });
  }
}
