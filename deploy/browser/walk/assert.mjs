// Plain comparisons whose message says what was expected of what, and how long
// is waited for what comes by itself.

// patience, in milliseconds: the machine may be busy with other tests.
export const patience = 60000;

export function equal(got, wanted, what) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }
}

export function holds(condition, what) {
  if (!condition) {
    throw new Error(`not so: ${what}`);
  }
}

// eventually reloads until something is so: a fact that travels by event.
export async function eventually(page, ask, what) {
  const until = Date.now() + patience;
  while (!(await ask())) {
    holds(Date.now() < until, what);
    await page.waitForTimeout(200);
    // Where another page is on its way the browser cannot: the next look is at that one.
    await page.reload().catch((error) => holds(Date.now() < until, `${what}: ${error.message}`));
  }
}
