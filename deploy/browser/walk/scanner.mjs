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
  await page.goto(link);
  const count = await page.locator(pressable).count();
  holds(count >= 4, `the page has what to press: ${count}`);
  for (let i = 0; i < count; i++) {
    await page.goto(link);
    await Promise.all([
      page.waitForLoadState(),
      page.evaluate(({ what, at }) => document.querySelectorAll(what)[at].click(), { what: pressable, at: i }),
    ]);
    await page.waitForLoadState("networkidle");
    await asks(page);
  }
}

async function submits(program, link) {
  const { page } = program;
  const ways = [
    (form) => form.submit(),
    (form) => form.requestSubmit(),
    (form) => { for (const one of form.querySelectorAll("button")) { form.requestSubmit(one); } },
    (form) => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, form.querySelector("button"))) }),
  ];
  await page.goto(link);
  const count = await page.locator("main form").count();
  holds(count >= 2, "a yes and the other answers are forms");
  for (let i = 0; i < count; i++) {
    for (const way of ways) {
      await page.goto(link);
      await page.evaluate(({ at, act }) => {
        // The page's policy forbids eval; a browser's own tools do not ask it.
        return Function("form", `return (${act})(form)`)(document.querySelectorAll("main form")[at]);
      }, { at: i, act: way.toString() }).catch(() => {});
      await page.waitForLoadState("networkidle");
    }
  }
  program.faults.length = 0; // what the policy refused to the program is told on the console
}

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
  equal(await assigned.getByText(s.words("assignment.PENDING_CONSENT")).count(), 1, "the assignment waits");
}
