// Two presses are one act: a double click, two tabs, the way back.
import { equal, eventually } from "./assert.mjs";
import { duration } from "./client.mjs";
import { letterLink, letters, newestCode } from "./mail.mjs";
import { mails } from "./words.mjs";

export async function presses(s, cast) {
  const client = await s.person(cast.owner);
  const admin = await s.person(cast.admin);
  const support = s.account(cast.support);
  const name = `${support.given_name} ${support.family_name}`;
  await s.step("a double click on the yes gives one consent", () => doubleClick(s, client));
  await s.step("the other tab, and the way back, show the recorded answer", () => otherTab(s, client));
  await s.step("one consent is in the account, and one mail tells of it", () => oneConsent(s, client));
  await s.step("a double click on Valider assigns once; so does the way back", () => assignsOnce(s, admin, { name, company: s.company(cast.client) }));
}

async function doubleClick(s, client) {
  const link = await letterLink(s, { to: client.account.email, subject: mails.asked, path: "/c/", holding: "Inès" });
  client.other = await client.context.newPage();
  await client.other.goto(link);
  await duration(client.other, "1_YEAR").check();
  await client.page.goto(link);
  await duration(client.page, "1_WEEK").check();
  await client.button("consent.yes").dblclick();
  await client.heading(s.words("code.title"));
  await client.field("code").fill(await newestCode(s, { to: client.account.email }));
  await client.button("code.submit").dblclick();
  await client.heading(s.words("answered.GIVEN.title"));
  client.end = await end(client.page);
}

function end(page) {
  return page.locator("main dl time").last().getAttribute("datetime");
}

async function otherTab(s, client) {
  const first = client.page;
  client.page = client.other;
  await client.button("consent.yes").click();
  await client.heading(s.words("answered.GIVEN.title"));
  equal(await end(client.page), client.end, "the end that was recorded first");
  client.page = first;
  await first.goBack();
  if ((await client.button("consent.yes").count()) > 0) { // kept by the browser as it was
    await client.button("consent.yes").click();
  }
  await client.heading(s.words("answered.GIVEN.title"));
  equal(await end(first), client.end, "the end, after the way back");
}

async function oneConsent(s, client) {
  await client.signIn();
  await client.menu("menu.assistance");
  await client.row("Inès").getByRole("link", { name: s.words("assistance.details") }).click();
  const given = client.page.locator(".timeline li").filter({ hasText: s.words("timeline.GIVEN") });
  await given.first().waitFor();
  equal(await given.count(), 1, "the yeses in the timeline");
  const told = await letters(s, { to: client.account.email, subject: "Votre accord pour l'assistance" });
  equal(told.length, 1, "mails that confirm");
}

async function assignsOnce(s, admin, { name, company }) {
  await admin.signIn();
  await ticks(s, admin, company);
  const option = admin.field("collaborator_id").getByRole("option", { name });
  await eventually(admin.page, async () => (await option.count()) === 1, "the collaborator is ready");
  const label = (await option.textContent()).trim();
  await admin.field("collaborator_id").selectOption({ label });
  await admin.button("site.submit").dblclick();
  await admin.heading(s.words("menu.dossiers"));
  const assigned = admin.row(company.name).locator(".assigned").filter({ hasText: name });
  await assigned.first().waitFor();
  equal(await assigned.count(), 1, "assignments after a double click");
  await admin.page.goBack();
  await admin.field("collaborator_id").selectOption({ label });
  await admin.button("site.submit").click();
  await admin.heading(s.words("menu.dossiers"));
  await assigned.first().waitFor();
  equal(await assigned.count(), 1, "assignments after the way back");
}

async function ticks(s, admin, company) {
  await admin.menu("menu.dossiers");
  await admin.page.getByLabel(s.words("dossiers.tick", { client: company.name }), { exact: true }).check();
  await admin.button("assign.title").click();
}
