// The client's side of the story.
import { equal, holds } from "./assert.mjs";
import { letterLink, newestCode } from "./mail.mjs";
import { mails } from "./words.mjs";

// No more than what a phone at 2G loads in a few seconds.
const mostBytes = 40 * 1024;

export async function clientAnswers(s, { client, name, partner, duration }) {
  await s.step("R25 R128: the mail's button opens a page, on which nothing is chosen", () => isAsked(s, client, partner));
  await s.step("R128: the form as it stands is refused, and what was typed stays", () => submitsUntouched(s, client));
  await s.step("R25: the client chooses a duration, OUI, J'AUTORISE L'ACCÈS", () => saysYes(s, client, { name, duration }));
}

async function isAsked(s, client, partner) {
  await client.openMail({ subject: mails.asked, button: mails.yes, album: "mail-request" });
  await client.look("consent");
  await client.text(partner.registration_number);
  await nothingChosen(client.page);
  const html = (await (await client.page.reload()).body()).length;
  holds(html <= mostBytes, `the page is light: ${html} bytes`);
  equal(await client.page.locator("script").count(), 0, "scripts on the page");
}

export async function nothingChosen(page) {
  equal(await page.locator("main input:checked").count(), 0, "choices made beforehand");
  const picked = await page.locator("main select").evaluateAll((all) => all.map((one) => one.value).filter(Boolean));
  equal(picked, [], "lists chosen beforehand");
}

export function duration(page, choice) {
  return page.locator(`input[name="duration"][value="DURATION_CHOICE_${choice}"]`);
}

async function submitsUntouched(s, client) {
  await client.button("consent.yes").click();
  const problems = client.page.getByRole("alert");
  await problems.getByRole("link", { name: s.words("consent.duration.required") }).waitFor();
  holds((await client.page.title()).startsWith(s.words("form.error")), "the title says that something is wrong");
  await nothingChosen(client.page);
  await client.look("consent-refused");

  await duration(client.page, "DATE").check();
  const right = client.page.locator("#rights select").last();
  await right.selectOption("LEVEL_GUEST");
  await client.page.locator('input[name="sensitive"]').first().check();
  await client.button("consent.yes").click();
  await problems.getByRole("link", { name: s.words("consent.date.required") }).waitFor();
  holds(await duration(client.page, "DATE").isChecked(), "the choice of a date stays");
  equal(await right.inputValue(), "LEVEL_GUEST", "the lowered right stays");
  holds(await client.page.locator('input[name="sensitive"]').first().isChecked(), "the tick stays");
  await client.look("consent-date-refused");
  await client.page.locator('input[name="sensitive"]').first().uncheck();
  await right.selectOption("");
}

async function saysYes(s, client, { name, duration: choice }) {
  await duration(client.page, choice).check();
  await client.button("consent.yes").click();
  await client.heading(s.words("code.title"));
  await client.look("consent-code");
  await client.field("code").fill("000 000");
  await client.button("code.submit").click();
  await client.page.getByRole("alert").waitFor();
  await typesCode(s, client);
  await client.heading(s.words("answered.GIVEN.title"));
  await client.text(name);
  await client.look("consent-given");
}

// typesCode types the code that came to the mailbox; the answer given before it
// then counts.
export async function typesCode(s, client) {
  await client.heading(s.words("code.title"));
  await client.field("code").fill(await newestCode(s, { to: client.account.email }));
  await client.button("code.submit").click();
}

export function clientEnds(s, { client, name, company }) {
  return {
    async seesIt() {
      await s.step("R33 R129: the client sees the access on a page of its own, and nobody new among the members", () => seesIt(s, client, { name, company }));
    },
    async stopsIt() {
      await s.step("R41: the client presses Arrêter l'accès", () => stopsIt(s, client, name));
    },
    async readsHistory() {
      await s.step("the client's history tells who came and what was done", () => readsHistory(s, client, name));
    },
  };
}

async function seesIt(s, client, { name }) {
  await client.link(s.words("answered.open")).click();
  await client.page.getByRole("heading", { level: 1, name: s.words("signin.title"), exact: true }).waitFor();
  await client.signIn();
  await client.menu("menu.members");
  await client.text(client.account.email);
  equal(await client.page.locator("main").getByText(name).count(), 0, "the collaborator among the members");
  await client.look("members");
  await client.menu("menu.assistance");
  await client.row(name).getByRole("link", { name: s.words("answered.stop") }).waitFor();
  await client.look("assistance");
  await client.row(name).getByRole("link", { name: s.words("assistance.details") }).click();
  await client.heading(s.words("answered.GIVEN.title"));
  await client.look("access");
  await looksAtLess(s, client, name);
  await client.menu("menu.assistance");
}

// looksAtLess opens the page that leaves less of an access, and the one on which
// the mail of the yes ends it: nothing is chosen on either.
async function looksAtLess(s, client, name) {
  await client.page.locator('main a[href$="/narrow"]').click();
  await client.page.locator('input[name="end_date"]').waitFor();
  await nothingChosen(client.page);
  await client.look("narrow");
  const to = client.account.email;
  await client.page.goto(await letterLink(s, { to, subject: "Votre accord pour l'assistance", path: "/s/", holding: name }));
  await client.speak();
  await client.page.locator('input[name="access"]').first().waitFor();
  await nothingChosen(client.page);
  await client.look("stop-link");
  await client.goto("/assistance");
}

async function stopsIt(s, client, name) {
  await client.row(name).getByRole("link", { name: s.words("answered.stop") }).click();
  await client.heading(s.words("stop.title"));
  await client.look("stop");
  await client.button("stop.button").click();
  const visits = s.words("stop.visits.one", { n: 1 });
  await client.text(s.words("stop.done", { who: name, visits }));
  await client.heading(s.words("answered.WITHDRAWN.title"));
  await client.look("stopped");
}

async function readsHistory(s, client, name) {
  await client.menu("menu.history");
  const told = client.page.locator(".timeline li").filter({ hasText: name });
  await told.filter({ hasText: /Factures|invoices/ }).first().waitFor();
  await told.nth(2).waitFor();
  holds((await told.count()) >= 3, "the history names the collaborator at each step");
  await client.look("history");
}
