// A running access made less by the company, asked to be more by the partner,
// and answered.
import { choose, dialog, go, press, row } from "./console.mjs";

export async function changes(s, { admin, owner }, { t, name, client }) {
  await s.step("an access is narrowed at once", () => narrows(owner, { t, name }));
  await s.step("an extension is asked for; what runs goes on", () => extendsIt(admin, { t, name, client }));
  await s.step("R40: the extension is given by a new yes", () => agrees(owner, { t, name }));
}

async function narrows(owner, { t, name }) {
  await owner.page.locator("main").getByRole("link", { name, exact: true }).first().click();
  await press(dialog(owner), t("narrow.title"));
  const form = dialog(owner).last();
  await form.getByText(t("narrow.lead", { who: name })).waitFor();
  const right = form.getByRole("combobox").first();
  await right.click();
  await form.getByRole("option", { name: t("level.LEVEL_GUEST"), exact: true }).first().click();
  await owner.look("console-narrow");
  await press(form, t("narrow.button"));
  await dialog(owner).getByText(t("timeline.narrowed")).waitFor();
  await owner.look("console-narrowed");
}

async function extendsIt(admin, { t, name, client }) {
  await go(admin, { t }, "menu.dossiers");
  await admin.page.getByLabel(t("dossiers.search.hint")).fill(client.name);
  await press(row(admin, client.name).first(), client.name);
  await press(dialog(admin).locator(".row").filter({ hasText: name }), t("extend.title"));
  const form = dialog(admin).last();
  await form.getByLabel(t("field.reason")).fill("Clôture de l'exercice");
  await choose(form, t("field.proposed_duration"), t("duration.YEAR"));
  await admin.look("console-extend");
  await press(form, t("extend.ask"));
  await form.getByText(t("extend.done", { client: client.name })).waitFor();
  await form.getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await dialog(admin).getByText(t("extend.waiting")).waitFor();
  await admin.look("console-extending");
  await admin.page.keyboard.press("Escape");
  await dialog(admin).waitFor({ state: "detached" });
}

async function agrees(owner, { t, name }) {
  await owner.goto("/console/assistance");
  await row(owner, name).first().getByRole("button", { name: t("assistance.answer"), exact: true }).click();
  await dialog(owner).getByText("Clôture de l'exercice").waitFor();
  await owner.look("console-more");
  await dialog(owner).getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true }).check();
  await press(dialog(owner), t("consent.yes"));
  await owner.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
  await row(owner, name).getByRole("button", { name: t("stop.button"), exact: true }).waitFor();
}
