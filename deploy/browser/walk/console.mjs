// The console, as people of a partner and of a client use it. Its words are the
// console's own catalogue, with the labels that the requirements fix.
import { readFileSync } from "node:fs";
import { equal, holds } from "./assert.mjs";
import { changes } from "./changes.mjs";
import { companies, sheets } from "./company.mjs";
import { Contract } from "./contract.mjs";
import { fixed } from "./words.mjs";

export async function consoles(s, cast) {
  const t = consoleWords(s.manner.lang);
  const admin = await s.person(cast.admin);
  const name = cast.support;
  await s.step("R20: Dossiers, found by name; the address keeps what is searched for", () => finds(s, admin, { t, client: s.company(cast.client) }));
  await s.step("R20 R22: all that match, Affecter un support, with a result per row", () => assigns(admin, { t, name, client: s.company(cast.client) }));
  await s.step("a dossier beside the list, and everything by ⌘K", () => looksCloser(admin, { t, name, client: s.company(cast.client) }));
  await s.step("R11 R12: + Ajouter un collaborateur; nothing typed is lost without a network, and nothing is done twice", () => adds(s, admin, { t, newcomer: cast.newcomer }));
  await s.step("R73: a tag", () => tags(admin, { t, newcomer: cast.newcomer }));
  await s.step("R34 R81: removed by the typed word, with a receipt", () => removes(admin, { t, newcomer: cast.newcomer }));
  await s.step("R115 R117: Gérer les membres, a right by feature", () => grants(admin, { t, name }));
  await s.step("R78 R82: Crédit, Conflits, Visites en cours, Mon profil", () => looksAround(admin, { t }));
  const owner = await s.person(cast.owner);
  await s.step("R25 R129: Accès d'assistance, where nothing is chosen beforehand", () => answers(s, owner, { t, name }));
  await changes(s, { admin, owner }, { t, name, client: s.company(cast.client) });
  await s.step("R41: one press ends the access", () => stops(owner, { t, name }));
  await s.step("R110: Plus > Historique, by subject and time", () => readsHistory(owner, { t, name }));
  await companies(s, owner, { t, name, partner: s.company("lumen").name });
  await s.step("R52 R112 R113: the sheet of a member", () => sheets(admin, { t, name }));
  await s.step("a session that is over leads to the sign-in, and back", () => comesBack(s, owner, { t }));
}

// consoleWords are the catalogue of the console.
export function consoleWords(lang) {
  const path = new URL(`../../../gateway/console/src/words/${lang}.json`, import.meta.url);
  const catalogue = { ...JSON.parse(readFileSync(path, "utf8")), ...(lang === "fr" ? fixed : {}) };
  return (key, values = {}) => {
    holds(key in catalogue, `the console has words for ${key}`);
    return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), catalogue[key]);
  };
}

// arrives signs in and opens the console, in the story's language.
export async function arrives(s, person, heading) {
  (await Contract.read(s.order.url)).watch(person.context, (wrong) => person.faults.push(`against the contract: ${wrong}`));
  await person.signIn();
  await person.goto("/console/");
  await person.page.getByRole("heading", { level: 1 }).waitFor();
  if ((await person.page.locator("html").getAttribute("lang")) !== s.manner.lang) {
    await person.page.getByRole("button", { name: s.manner.lang === "en" ? "EN, English" : "FR, Français" }).click();
    await person.page.locator(`html[lang="${s.manner.lang}"]`).waitFor();
  }
  await person.heading(heading);
}

export const dialog = (person) => person.page.getByRole("dialog");
export const row = (person, text) => person.page.locator("main .row").filter({ hasText: text });
export const press = (place, name) => place.getByRole("button", { name, exact: true }).click();

export async function go(person, { t }, key) {
  const menu = person.page.getByRole("button", { name: t("site.nav"), exact: true });
  if (await menu.isVisible()) {
    await menu.click();
  }
  await person.page.getByRole("navigation", { name: t("site.nav") }).getByRole("link", { name: t(key), exact: true }).click();
  await person.heading(t(key));
}

export async function choose(place, label, option) {
  await place.getByRole("combobox", { name: label }).or(place.getByLabel(label)).first().click();
  await place.getByRole("option", { name: option }).first().click();
}

async function finds(s, admin, { t, client }) {
  await arrives(s, admin, t("menu.dossiers"));
  await row(admin, client.name).waitFor();
  await admin.look("console-dossiers");
  await admin.page.getByLabel(t("dossiers.search.hint")).fill(client.name);
  await admin.page.waitForURL((url) => url.searchParams.get("q") === client.name);
  await onlyRow(admin, client);
  await admin.page.reload();
  await onlyRow(admin, client);
  equal(await admin.page.getByLabel(t("dossiers.search.hint")).inputValue(), client.name, "what was searched for, after a reload");
}

async function onlyRow(admin, client) {
  await row(admin, client.name).waitFor();
  await admin.page.locator("main .rows > li").nth(1).waitFor({ state: "detached" });
}

async function assigns(admin, { t, name, client }) {
  await admin.page.getByLabel(t("dossiers.select.all")).check();
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await choose(dialog(admin), t("field.support"), new RegExp(name));
  await dialog(admin).getByLabel(t("field.reason")).fill("Écart de TVA");
  await press(dialog(admin), t("action.curl"));
  await dialog(admin).locator(".curl").getByText("assignments:batchCreate").waitFor();
  await admin.page.keyboard.press("Escape");
  await dialog(admin).locator(".curl").waitFor({ state: "hidden" });
  await admin.look("console-assign");
  await press(dialog(admin), t("site.submit"));
  await dialog(admin).getByText(t("assign.done", { good: 1, all: 1 })).waitFor();
  await dialog(admin).locator(".results li").filter({ hasText: client.name }).getByText(t("assign.good")).waitFor();
  await admin.look("console-assigned");
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await row(admin, client.name).locator(".people > span").filter({ hasText: name }).getByText(t("assignment.PENDING_CONSENT")).first().waitFor();
}

async function looksCloser(admin, { t, name, client }) {
  await press(row(admin, client.name), client.name);
  await dialog(admin).getByText(t("dossier.history")).waitFor();
  await dialog(admin).getByText(name).first().waitFor();
  await admin.look("console-dossier");
  await admin.page.keyboard.press("Escape");
  await dialog(admin).waitFor({ state: "hidden" });
  await admin.page.keyboard.press("Control+k");
  await dialog(admin).getByRole("searchbox").fill(name.split(" ")[1]);
  await dialog(admin).getByRole("button", { name }).waitFor();
  await admin.look("console-finder");
  await press(dialog(admin), new RegExp(name));
  await admin.heading(t("menu.collaborators"));
  await dialog(admin).getByRole("button", { name: t("collaborator.remove"), exact: true }).waitFor();
  await admin.look("console-collaborator");
  await admin.page.keyboard.press("Escape");
}

async function adds(s, admin, { t, newcomer }) {
  await go(admin, { t }, "menu.dossiers");
  await go(admin, { t }, "menu.collaborators");
  await press(admin.page, "+ " + t("collaborator.add"));
  const form = dialog(admin);
  await form.getByLabel(t("field.given_name"), { exact: false }).first().fill(newcomer.given);
  await form.getByLabel(new RegExp(`^${t("field.family_name")}`)).fill(newcomer.family);
  await form.getByLabel(new RegExp(`^${t("field.email")}`)).fill(newcomer.email);
  await choose(form, new RegExp(`^${t("field.partner_role")}`), t("partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT"));
  await admin.look("console-add");
  await admin.context.setOffline(true);
  await press(form, t("site.submit"));
  await form.getByRole("alert").waitFor();
  await admin.look("console-offline");
  equal(await form.getByLabel(new RegExp(`^${t("field.email")}`)).inputValue(), newcomer.email, "what was typed, without a network");
  admin.faults.splice(0); // Chromium notes that the network was away
  await admin.context.setOffline(false);
  await form.getByRole("button", { name: t("site.submit"), exact: true }).dblclick();
  await row(admin, newcomer.email).getByText(t("collaborator.INVITED")).waitFor();
  equal(await row(admin, newcomer.email).count(), 1, "collaborators after a double click");
  await admin.look("console-collaborators");
}

async function tags(admin, { t, newcomer }) {
  await press(row(admin, newcomer.email), `${newcomer.given} ${newcomer.family}`);
  await choose(dialog(admin), t("tag.title"), t("tag.TAG_KIND_FREELANCER"));
  await row(admin, newcomer.email).getByText(t("tag.TAG_KIND_FREELANCER")).waitFor();
}

async function removes(admin, { t }) {
  await press(dialog(admin), t("collaborator.remove"));
  const confirm = dialog(admin).last();
  await confirm.getByLabel(t("confirm.word")).fill("remove");
  holds(await confirm.getByRole("button", { name: t("collaborator.remove.short"), exact: true }).isDisabled(), "another word removes nobody");
  await confirm.getByLabel(t("confirm.word")).fill("REMOVE");
  await admin.look("console-remove");
  await press(confirm, t("collaborator.remove.short"));
  await admin.page.getByText(t("collaborator.removed")).waitFor();
  await admin.look("console-removed");
}

async function grants(admin, { t, name }) {
  await admin.page.keyboard.press("Escape");
  await go(admin, { t }, "menu.members");
  const right = admin.page.locator(`.grid select[aria-label^="${name}, "]`).first();
  await right.selectOption({ label: t("level.LEVEL_GUEST") });
  await admin.page.locator(".grid select:disabled").first().waitFor({ state: "detached" });
  await admin.page.reload();
  await right.locator("option:checked").filter({ hasText: t("level.LEVEL_GUEST") }).waitFor({ state: "attached" });
  await admin.look("console-members");
}

async function answers(s, owner, { t, name }) {
  await arrives(s, owner, t("menu.assistance"));
  await press(row(owner, name).first(), t("assistance.answer"));
  const form = dialog(owner);
  await form.getByText(t("consent.duration")).waitFor();
  equal(await form.locator("input:checked").count(), 0, "choices made beforehand");
  await press(form, t("consent.yes"));
  await form.getByText(t("consent.duration.required")).waitFor();
  await owner.look("console-answer");
  await form.getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true }).check();
  await press(form, t("consent.yes"));
  await owner.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
  await row(owner, name).getByRole("button", { name: t("stop.button"), exact: true }).waitFor();
  await owner.look("console-given");
}

async function stops(owner, { t, name }) {
  await press(row(owner, name).first(), t("stop.button"));
  await dialog(owner).getByRole("button", { name: t("stop.keep"), exact: true }).waitFor();
  await owner.look("console-stop");
  await dialog(owner).getByRole("button", { name: t("stop.button"), exact: true }).dblclick();
  await owner.page.getByRole("status").getByText(t("stop.done", { who: name, visits: t("stop.no_visit") })).waitFor();
  await row(owner, name).getByText(t("timeline.WITHDRAWN")).first().waitFor();
  await owner.look("console-stopped");
}

async function looksAround(admin, { t }) {
  for (const [key, text] of [["menu.credits", "credit.lead"], ["menu.conflicts", "release.hint"], ["menu.visits", "visits.lead"], ["account.title", "account.sessions.current"]]) {
    await go(admin, { t }, key);
    await admin.page.getByText(t(text)).first().waitFor();
    await admin.look("console-" + key.replace(".", "-"));
  }
}

async function readsHistory(owner, { t, name }) {
  await go(owner, { t }, "menu.history");
  await row(owner, name).first().waitFor();
  await owner.page.getByLabel(t("history.subject")).selectOption({ label: t("history.ASSISTANCE") });
  await owner.page.waitForURL((url) => url.searchParams.get("kind") === "ASSISTANCE");
  await row(owner, name).first().waitFor();
  await owner.look("console-history");
  await owner.page.getByLabel(t("history.from"), { exact: true }).fill("2000-01-01");
  await owner.page.getByLabel(t("history.to"), { exact: true }).fill("2000-01-31");
  await owner.page.getByText(t("history.none.filtered")).waitFor();
}

async function comesBack(s, owner, { t }) {
  await owner.context.clearCookies();
  await owner.goto("/console/assistance");
  await owner.page.waitForURL((url) => url.pathname === "/sign-in");
  await owner.speak();
  await owner.field("email").fill(owner.account.email);
  await owner.field("password").fill(owner.account.password);
  await owner.button("signin.submit").click();
  await owner.page.waitForURL((url) => url.pathname === "/console/assistance");
  await owner.heading(t("menu.assistance"));
}
