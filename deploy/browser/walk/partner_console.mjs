// The partner's space in the console: assigning until a date, going in and out,
// handing over, and the pictures of who helps whom.
import { equal, holds } from "./assert.mjs";
import { arrives, choose, dialog, go, press, row, consoleWords } from "./console.mjs";

export async function partnersConsole(s, cast) {
  const t = consoleWords(s.manner.lang);
  const all = { t, client: s.company(cast.client).name, name: fullName(s.account(cast.support)) };
  const admin = await s.person(cast.admin);
  await s.step("R20: assigned until a date", () => assigns(s, admin, all));
  const support = await s.person(cast.support);
  await s.step("R27 R28: nobody enters before the yes, and what was typed stays", () => waits(s, support, all));
  const owner = await s.person(cast.owner);
  await s.step("R25: the client says yes", () => says(s, owner, all));
  await s.step("R29: enters with a ticket, comes back, says that it is done", () => visits(support, all));
  await s.step("R71: the dossier tells what became of it; Activité lists the visit", () => reads(s, admin, all));
  await s.step("R36: hands over to somebody else, whom the client is asked for", () => handsOver(admin, all));
  await s.step("cells are painted to assign in one batch, by mouse or finger and by keys", () => paints(s, admin, all));
  await s.step("the graph, and the same as a table; from asked to given", () => pictures(admin, all));
}

const fullName = (one) => `${one.given_name} ${one.family_name}`;

async function opens(person, { t, client }) {
  await person.goto("/console/dossiers?q=" + encodeURIComponent(client));
  await press(row(person, client), client);
  await dialog(person).getByText(t("dossier.people")).waitFor();
}

async function assigns(s, admin, { t, client, name }) {
  await arrives(s, admin, t("menu.dossiers"));
  await admin.page.getByLabel(t("dossiers.search.hint")).fill(client);
  await admin.page.waitForURL((url) => url.searchParams.get("q") === client);
  await admin.page.getByLabel(t("dossiers.tick", { client }), { exact: true }).check();
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await choose(dialog(admin), t("field.support"), new RegExp(name));
  await choose(dialog(admin), t("field.proposed_duration"), t("duration.DURATION_CHOICE_DATE"));
  holds(await dialog(admin).getByRole("button", { name: t("site.submit"), exact: true }).isDisabled(), "a day is to be chosen");
  await dialog(admin).getByLabel(t("field.end_date")).fill(await admin.page.evaluate(() => new Date(Date.now() + 864e6).toISOString().slice(0, 10)));
  await admin.look("console-assign-date");
  await press(dialog(admin), t("site.submit"));
  await dialog(admin).getByText(t("assign.done", { good: 1, all: 1 })).waitFor();
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
}

async function waits(s, support, { t, client }) {
  await arrives(s, support, t("menu.dossiers"));
  await opens(support, { t, client });
  await dialog(support).getByLabel(t("field.ticket")).fill("4211");
  await dialog(support).getByLabel(t("field.reason")).fill("Écart de TVA");
  await press(dialog(support), t("enter.button"));
  await dialog(support).getByRole("alert").waitFor();
  equal(await dialog(support).getByLabel(t("field.ticket")).inputValue(), "4211", "what was typed");
  support.faults.splice(0); // Chromium notes every answer that refuses
  await support.look("console-enter-refused");
}

async function says(s, owner, { t, name }) {
  await arrives(s, owner, t("menu.assistance"));
  await press(row(owner, name).first(), t("assistance.answer"));
  await dialog(owner).getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true }).check();
  await press(dialog(owner), t("consent.yes"));
  await owner.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
}

async function visits(support, { t }) {
  await dialog(support).getByRole("button", { name: t("enter.button"), exact: true }).dblclick();
  await support.page.waitForURL((url) => url.hostname === "demo.localhost");
  await support.page.goBack();
  const done = dialog(support).getByRole("button", { name: t("enter.done"), exact: true });
  await done.first().waitFor();
  equal(await done.count(), 1, "visits after a double click");
  await support.look("console-inside");
  await done.click();
  await done.waitFor({ state: "detached" });
  await support.page.keyboard.press("Escape");
}

async function reads(s, admin, { t, client, name }) {
  await opens(admin, { t, client });
  await dialog(admin).locator(".told summary").filter({ hasText: name }).first().click();
  await dialog(admin).getByText("4211 · Écart de TVA").first().waitFor();
  await admin.look("console-story");
  await admin.page.keyboard.press("Escape");
  await dialog(admin).waitFor({ state: "hidden" });
  await go(admin, { t }, "menu.activity");
  await row(admin, client).filter({ hasText: name }).first().waitFor();
  await admin.look("console-activity");
}

async function handsOver(admin, { t, client, name }) {
  await opens(admin, { t, client });
  await press(dialog(admin).locator(".row").filter({ hasText: name }), t("handover.title"));
  const form = dialog(admin).last();
  await choose(form, t("field.successor_id"), /Camille Martin/);
  await form.getByLabel(t("handover.now", { name })).check();
  holds(await form.getByRole("button", { name: t("handover.ask"), exact: true }).isDisabled(), "to detach now, the word is to be typed");
  await form.getByLabel(t("handover.now", { name })).uncheck();
  await admin.look("console-handover");
  await form.getByRole("button", { name: t("handover.ask"), exact: true }).dblclick();
  await form.getByText(t("handover.done.one", { n: 1 })).waitFor();
  await form.getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await dialog(admin).locator(".row").filter({ hasText: "Camille Martin" }).getByText(t("assignment.PENDING_CONSENT")).waitFor();
  equal(await dialog(admin).locator(".row").filter({ hasText: "Camille Martin" }).count(), 1, "successors after a double click");
  await admin.page.keyboard.press("Escape");
}

async function paints(s, admin, { t }) {
  await go(admin, { t }, "menu.coverage");
  const free = admin.page.locator(".matrix-cell button.free");
  await free.nth(3).waitFor();
  await (s.manner.phone ? free.first().tap() : free.first().click());
  await admin.page.keyboard.press("ArrowRight");
  await free.nth(1).focus();
  await admin.page.keyboard.press("Space");
  await admin.page.locator(".bulk").getByText(t("coverage.painted.other", { n: 2 })).waitFor();
  await admin.look("console-coverage");
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await press(dialog(admin), t("site.submit"));
  await dialog(admin).getByText(t("assign.done", { good: 2, all: 2 })).waitFor();
  equal(await dialog(admin).locator(".results li").count(), 2, "results, one for each cell");
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
  // People who are rows and nothing else are not asked for: the cells may be free again at once.
  await admin.page.locator(".matrix-cell button.chosen").first().waitFor({ state: "detached" });
}

async function pictures(admin, { t, client }) {
  await press(admin.page, t("coverage.graph"));
  await admin.page.locator(".graph svg").waitFor();
  await admin.page.getByText(t("graph.table")).click();
  await admin.page.locator(".told td").getByText("Client 000001").waitFor();
  await admin.look("console-graph");
  await press(admin.page, t("coverage.funnel"));
  await admin.page.locator(".funnel tbody tr").nth(3).waitFor();
  await admin.page.getByRole("button", { name: t("funnel.further"), exact: true }).waitFor(); // the newest thousand are counted
  await admin.look("console-funnel");
}
