// How the console behaves when things go otherwise than wished: changes by
// others, a session that ends, a network that is lost, values that are wrong;
// and on any screen, on paper, by keyboard.
import { equal, holds } from "./assert.mjs";
import { arrives, choose, dialog, go, press, row, consoleWords } from "./console.mjs";

export async function manners(s, cast) {
  const t = consoleWords(s.manner.lang);
  const admin = await s.person(cast.admin);
  const owner = await s.person(cast.owner);
  const scene = { t, name: cast.support, client: s.company(cast.client) };
  await s.step("what others do appears by itself", () => appears(s, { admin, owner, ...scene }));
  await s.step("a session that ends in the middle of the yes keeps what was chosen and gives nothing by itself", () => endsInTheMiddle(s, owner, scene));
  await s.step("a network that is lost is said, and found again", () => losesTheNetwork(owner, scene));
  await s.step("a session that ends in the middle of typing keeps what was typed, and adds once", () => endsWhileTyping(s, admin, { ...scene, newcomer: cast.newcomer }));
  await s.step("from 360 to 2560 pixels nothing is wider than the screen", () => fitsEverywhere(admin, scene));
  await s.step("R35: detached by the typed word", () => detaches(admin, scene));
  await s.step("by keyboard alone: a company found, ticked and assigned", () => byKeyboard(admin, scene));
  await s.step("and detached again, before an answer", () => detaches(admin, scene));
  await s.step("on paper there is the list and no tool", () => prints(admin));
}

async function appears(s, { admin, owner, t, name, client }) {
  await arrives(s, owner, t("menu.assistance"));
  equal(await row(owner, name).getByRole("button", { name: t("assistance.answer") }).count(), 0, "requests before");
  await arrives(s, admin, t("menu.dossiers"));
  await admin.page.getByLabel(t("dossiers.tick", { client: client.name }), { exact: true }).check();
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await choose(dialog(admin), t("field.support"), new RegExp(name));
  await press(dialog(admin), t("site.submit"));
  await dialog(admin).getByText(t("assign.done", { good: 1, all: 1 })).waitFor();
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
  await row(owner, name).getByRole("button", { name: t("assistance.answer"), exact: true }).first().waitFor();
}

// signsInAgain does in another tab what the dialog asks for, and comes back.
async function signsInAgain(s, person, t) {
  const over = person.page.getByRole("dialog", { name: t("session.over.title") });
  await over.waitFor();
  await person.look("console-session-over");
  const first = person.page;
  person.page = await person.context.newPage();
  await person.signIn();
  await person.page.close();
  person.page = first;
  await over.getByRole("button", { name: t("session.back"), exact: true }).click();
  await over.waitFor({ state: "hidden" });
}

async function endsInTheMiddle(s, owner, { t, name }) {
  owner.refusals = true;
  await press(row(owner, name).first(), t("assistance.answer"));
  const week = dialog(owner).getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true });
  await week.check();
  await owner.context.clearCookies();
  await press(dialog(owner), t("consent.yes"));
  await signsInAgain(s, owner, t);
  holds(await week.isChecked(), "the choice is kept");
  equal(await row(owner, name).getByRole("button", { name: t("stop.button"), exact: true }).count(), 0, "accesses given without the person");
}

async function losesTheNetwork(owner, { t, name }) {
  await owner.context.setOffline(true);
  await owner.page.getByText(t("away.text")).waitFor();
  await press(dialog(owner), t("consent.yes"));
  await dialog(owner).getByRole("alert").getByText(t("failure.network")).first().waitFor();
  await owner.look("console-away");
  owner.faults.splice(0); // Chromium notes that the network was away
  await owner.context.setOffline(false);
  await owner.page.getByText(t("away.text")).waitFor({ state: "hidden" });
  await press(dialog(owner), t("consent.yes"));
  await owner.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
  await row(owner, name).getByRole("button", { name: t("stop.button"), exact: true }).first().waitFor();
}

async function endsWhileTyping(s, admin, { t, newcomer }) {
  admin.refusals = true;
  await go(admin, { t }, "menu.collaborators");
  const form = await opensAdd(admin, t);
  const email = form.getByLabel(new RegExp(`^${t("field.email")}`));
  await form.getByLabel(t("field.given_name")).first().fill(newcomer.given);
  await form.getByLabel(new RegExp(`^${t("field.family_name")}`)).fill(newcomer.family);
  await email.fill(newcomer.email);
  await admin.context.clearCookies();
  await press(form, t("site.submit"));
  await signsInAgain(s, admin, t);
  equal(await email.inputValue(), newcomer.email, "what was typed");
  await press(form, t("site.submit"));
  await row(admin, newcomer.email).waitFor();
  equal(await row(admin, newcomer.email).count(), 1, "collaborators with this address");
}

async function opensAdd(admin, t) {
  if ((await dialog(admin).count()) === 0) {
    await press(admin.page, "+ " + t("collaborator.add"));
    await choose(dialog(admin), new RegExp(`^${t("field.partner_role")}`), t("partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT"));
  }
  return dialog(admin);
}

async function fitsEverywhere(admin, { t }) {
  const was = admin.page.viewportSize();
  for (const key of ["menu.dossiers", "menu.collaborators", "menu.credits", "menu.visits", "menu.members", "account.title"]) {
    await go(admin, { t }, key);
    for (const width of [360, 768, 1280, 2560]) {
      await admin.page.setViewportSize({ width, height: 900 });
      const over = await admin.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      holds(over <= 0, `${key} at ${width} px is ${over} px wider than the screen`);
    }
    await admin.page.setViewportSize(was);
  }
}

// tabTo presses Tab until the element has the focus.
async function tabTo(person, element) {
  await element.waitFor();
  for (let stop = 0; stop < 80; stop++) {
    if (await element.evaluate((one) => one === document.activeElement)) {
      return;
    }
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not come to ${element}`);
}

async function detaches(admin, { t, name, client }) {
  await go(admin, { t }, "menu.dossiers");
  await admin.page.getByLabel(t("dossiers.search.hint")).fill("");
  await press(row(admin, client.name), client.name);
  const held = dialog(admin).locator(".row").filter({ hasText: name }).getByRole("button", { name: t("detach.short"), exact: true }).first();
  await held.click();
  const confirm = dialog(admin).last();
  await confirm.getByLabel(t("confirm.word")).fill("REMOVE");
  await press(confirm, t("detach.short"));
  await admin.page.getByRole("dialog", { name: t("detach.title") }).getByText(t("receipt.complete", { at: "" })).first().waitFor();
  await admin.page.reload(); // what stands in the address is open again
  await dialog(admin).waitFor();
  await admin.page.keyboard.press("Escape");
  await dialog(admin).waitFor({ state: "hidden" });
}

async function byKeyboard(admin, { t, name, client }) {
  const { page } = admin;
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox", { name: t("finder.title") }).waitFor();
  await page.keyboard.type(t("menu.dossiers"));
  await page.keyboard.press("Enter");
  await admin.heading(t("menu.dossiers"));
  await tabTo(admin, page.getByLabel(t("dossiers.search.hint")));
  await page.keyboard.type(client.name);
  await page.locator("main .rows > li").nth(1).waitFor({ state: "detached" });
  await tabTo(admin, page.getByLabel(t("dossiers.tick", { client: client.name }), { exact: true }));
  await page.keyboard.press("Space");
  await tabTo(admin, page.locator(".bulk").getByRole("button", { name: t("assign.title"), exact: true }));
  await page.keyboard.press("Enter");
  const support = dialog(admin).getByRole("combobox", { name: t("field.support") });
  await tabTo(admin, support);
  await page.keyboard.type(name);
  await dialog(admin).getByRole("option", { name: new RegExp(name) }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await tabTo(admin, dialog(admin).getByRole("button", { name: t("site.submit"), exact: true }));
  await page.keyboard.press("Enter");
  await dialog(admin).locator(".results li").first().waitFor();
  await page.keyboard.press("Escape");
  await dialog(admin).waitFor({ state: "hidden" });
}

async function prints(admin) {
  await admin.page.emulateMedia({ media: "print" });
  await admin.page.locator("main .row").first().waitFor(); // the list is printed
  for (const tool of ["header", "nav", ".tools", ".bulk"]) {
    holds(!(await admin.page.locator(tool).first().isVisible()), `${tool} is not printed`);
  }
  await admin.page.emulateMedia({ media: null });
}
