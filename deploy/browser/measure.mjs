// Measures the console for deploy/bench: reads its order as JSON from standard
// input, prints one JSON object of figures.
import { gzipSync } from "node:zlib";
import { launch } from "./walk/launch.mjs";
import { longTasks, scrollDown } from "./walk/tasks.mjs";

// The profile: a middling phone on 4G.
const slow = { latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8, offline: false };
const slowdown = 4;
const rounds = 5;

const { order, browser } = await launch();
const median = (all) => [...all].sort((x, y) => x - y)[Math.floor(all.length / 2)];

async function signedIn() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "fr-FR", reducedMotion: "reduce" });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(order.url + "/sign-in");
  await page.locator('input[name="email"]').fill(order.email);
  await page.locator('input[name="password"]').fill(order.password);
  await page.locator("main form button").first().click();
  await page.locator("details.switch").waitFor();
  return context;
}

// weigh is what the first screen's scripts weigh, as they would travel.
async function weigh(context) {
  const page = await context.newPage();
  const bodies = [];
  page.on("response", (answer) => answer.request().resourceType() === "script" && bodies.push(answer.body()));
  await page.goto(order.url + "/console/dossiers");
  await page.locator("main .row").first().waitFor();
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  await page.close();
  return bytes / 1000;
}

// load opens a page as if for the first time, on the profile.
async function load(context, path, useful) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Network.emulateNetworkConditions", slow);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  const began = Date.now();
  await page.goto(order.url + path);
  await page.locator(useful).first().waitFor();
  const first = Date.now() - began;
  const lcp = await page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
  }));
  await page.close();
  return { lcp, first };
}

async function scrolls(context) {
  const page = await context.newPage();
  await page.goto(order.url + "/console/dossiers");
  await page.locator("main .row").first().waitFor();
  const long = await longTasks(page, 50, () => scrollDown(page, order.height));
  await page.close();
  return long.length;
}

const context = await signedIn();
const console_ = [];
const empty = [];
for (let round = 0; round < rounds; round++) {
  console_.push(await load(context, "/console/dossiers", "main .row"));
  empty.push(await load(context, "/nowhere", "h1"));
}
process.stdout.write(JSON.stringify({
  js_gz_kb: await weigh(context),
  lcp_ms: median(console_.map((one) => one.lcp)), empty_lcp_ms: median(empty.map((one) => one.lcp)),
  first_useful_ms: median(console_.map((one) => one.first)), long_tasks: await scrolls(context),
}));
await browser.close();
