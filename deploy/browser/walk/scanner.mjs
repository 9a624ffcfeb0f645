// T-10 with a browser: a program that opens the link of a mail, runs whatever
// is on the page, clicks every button and every link, and submits every form as
// it stands. It knows no choice to make, and so gives no consent.
import { equal, holds } from "./assert.mjs";
import { letterLink } from "./mail.mjs";
import { mails } from "./words.mjs";

export async function scanner(s, { owner, client, admin }) {
  const program = await s.person(owner);
  let link;
  await s.step("R128: the link is fetched in every way that uses nothing up", async () => {
    link = await letterLink(s, { to: program.account.email, subject: mails.asked, path: "/c/", holding: "Inès" });
    await fetches(program, link);
  });
  await s.step("R128: every button and link is clicked", () => clicks(program, link));
  await s.step("R128: every form is submitted as it stands, by script", () => submits(program, link));
  await s.step("R128: the request still waits, on the client's page and on the partner's", () => stillWaits(s, program, { link, client, admin }));
}

async function fetches(program, link) {
  for (const method of ["HEAD", "OPTIONS", "GET"]) {
    for (const headers of [{}, { purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }]) {
      await program.context.request.fetch(link, { method, headers });
    }
  }
}

const pressable = "main button, main a, main summary, main input[type=submit]";

async function clicks(program, link) {
  const { page } = program;
  const sent = posts(page);
  await page.goto(link);
  await page.locator(pressable).first().waitFor();
  const count = await page.locator(pressable).count();
  for (let i = 0; i < count; i++) {
    await page.goto(link);
    await page.evaluate(({ what, at }) => document.querySelectorAll(what)[at].click(), { what: pressable, at: i });
    await page.waitForLoadState("networkidle");
    await asks(page);
  }
  holds(sent.length >= 2, `the clicks sent the forms: ${sent.length}`);
}

// posts lists what a page sends from now on.
function posts(page) {
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  return sent;
}

async function submits(program, link) {
  const { page } = program;
  const ways = [
    (at) => document.querySelectorAll("main form")[at].submit(),
    (at) => document.querySelectorAll("main form")[at].requestSubmit(),
    (at) => document.querySelectorAll("main form")[at].requestSubmit(document.querySelectorAll("main form")[at].querySelector("button")),
  ];
  await page.goto(link);
  await page.locator("main form").first().waitFor();
  const count = await page.locator("main form").count();
  const sent = posts(page);
  for (let i = 0; i < count; i++) {
    for (const way of ways) {
      await page.goto(link);
      await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.evaluate(way, i)]);
      await page.waitForLoadState();
      await asks(page);
    }
    await outside(program, link, i);
  }
  equal(sent.length, count * ways.length, "forms sent");
  holds(count >= 2, "a yes and the other answers are forms");
}

// outside sends what the form holds, without the browser.
async function outside(program, link, at) {
  await program.page.goto(link);
  const fields = await program.page.evaluate((i) => {
    const form = document.querySelectorAll("main form")[i];
    return Object.fromEntries(new FormData(form, form.querySelector("button")));
  }, at);
  const answer = await program.context.request.post(link, { form: fields });
  equal(answer.status(), 422, "the answer to a form as it stands");
}

// asks holds while the page behind the link still asks.
async function asks(page) {
  if (page.url().includes("/c/")) {
    await page.locator('input[name="duration"]').first().waitFor();
  }
}

async function stillWaits(s, program, { link, client, admin }) {
  await program.page.goto(link);
  await program.button("consent.yes").waitFor();
  const partner = await s.person(admin);
  await partner.signIn();
  await partner.menu("menu.dossiers");
  const assigned = partner.row(s.company(client).name).locator(".assigned").filter({ hasText: "Inès" });
  await assigned.getByText(s.words("assignment.PENDING_CONSENT")).waitFor();
}
