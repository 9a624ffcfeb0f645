// Two presses in the console are one act: a double click, two tabs, the way
// back. The list is right afterwards.
import { equal } from "./assert.mjs";
import { arrives, choose, dialog, press, row, consoleWords } from "./console.mjs";

export async function pressesInTheConsole(s, cast) {
  const t = consoleWords(s.manner.lang);
  const support = s.account(cast.support);
  const all = { t, client: s.company(cast.client).name, name: `${support.given_name} ${support.family_name}` };
  const admin = await s.person(cast.admin);
  await s.step("a double click on Valider assigns once", () => doubleClick(s, admin, all));
  await s.step("the form that stood open in another tab says that it is done already, and does nothing", () => otherTab(admin, all));
  await s.step("the way back shows the list as it is, and asks nobody again", () => wayBack(admin, all));
  await s.step("detached in one tab, the other tab's press ends nothing twice", () => detaches(admin, all));
}

const list = (client) => "/console/dossiers?q=" + encodeURIComponent(client);

const assigned = (page, { client, name }) => page.locator("main .row").filter({ hasText: client }).locator(".people > span").filter({ hasText: name });

async function fillsIn(admin, { t, client, name }) {
  await admin.goto(list(client));
  await admin.page.getByLabel(t("dossiers.tick", { client }), { exact: true }).check();
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await choose(dialog(admin), t("field.support"), new RegExp(name));
}

async function doubleClick(s, admin, all) {
  const { t } = all;
  await arrives(s, admin, t("menu.dossiers"));
  admin.first = admin.page;
  admin.other = await admin.context.newPage();
  admin.page = admin.other;
  await fillsIn(admin, all);
  admin.page = admin.first;
  await fillsIn(admin, all);
  await dialog(admin).getByRole("button", { name: t("site.submit"), exact: true }).dblclick();
  await dialog(admin).getByText(t("assign.done", { good: 1, all: 1 })).waitFor();
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await assigned(admin.page, all).waitFor();
  equal(await assigned(admin.page, all).count(), 1, "assignments after a double click");
}

async function otherTab(admin, all) {
  const { t } = all;
  admin.page = admin.other;
  await press(dialog(admin), t("site.submit"));
  await dialog(admin).locator(".results .bad").waitFor();
  await dialog(admin).getByText(t("assign.done", { good: 0, all: 1 })).waitFor();
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await assigned(admin.page, all).waitFor();
  equal(await assigned(admin.page, all).count(), 1, "assignments after another tab's press");
}

async function wayBack(admin, all) {
  admin.page = admin.first;
  await press(row(admin, all.client), all.client);
  await admin.page.waitForURL((url) => url.searchParams.has("open"));
  await admin.page.goBack();
  await dialog(admin).waitFor({ state: "detached" });
  equal(await assigned(admin.page, all).count(), 1, "assignments after the way back");
  await admin.page.goForward();
  await dialog(admin).getByText(all.t("dossier.people")).waitFor();
}

async function detaches(admin, all) {
  const { t } = all;
  for (const page of [admin.other, admin.first]) {
    admin.page = page;
    if (page === admin.other) {
      await press(row(admin, all.client), all.client);
    }
    await press(dialog(admin).locator(".row").filter({ hasText: all.name }), t("detach.short"));
    await dialog(admin).last().getByLabel(t("confirm.word")).fill("REMOVE");
  }
  await dialog(admin).last().getByRole("button", { name: t("detach.short"), exact: true }).dblclick();
  await dialog(admin).last().getByText(t("receipt.requests.one", { n: 1 })).waitFor();
  admin.page = admin.other;
  await dialog(admin).last().getByRole("button", { name: t("detach.short"), exact: true }).click();
  await dialog(admin).first().getByText(t("dossier.people.none")).waitFor();
  const over = dialog(admin).last();
  await over.getByText(t("receipt.requests.one", { n: 0 })).or(over.getByRole("alert")).first().waitFor(); // nothing is left to end
  admin.faults.splice(0);
  await admin.goto(list(all.client));
  await row(admin, all.client).waitFor();
  equal(await assigned(admin.page, all).count(), 0, "assignments after both");
}
