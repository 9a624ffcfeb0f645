// The partner's side of the story.
import { equal, eventually, holds } from "./assert.mjs";
import { mails } from "./words.mjs";

export function partnerSide(s, { admin, name, companies, newcomer, partner }) {
  return {
    async adds() {
      await s.step("an administrator of the partner signs in", () => comesIn(s, admin, partner));
      await s.step("R11 R12: adds a collaborator with the role Support technique", () => adds(s, admin, { ...newcomer, name }));
    },
    async assigns() {
      await s.step("R20: ticks dossiers, Affecter un support, chooses the person, Valider", () => assigns(s, admin, { name, companies }));
    },
    async looksAround() {
      await s.step("every other page of the partner", () => looksAround(s, admin, name));
    },
  };
}

async function comesIn(s, admin, partner) {
  await admin.goto("/");
  await admin.speak();
  await admin.look("sign-in");
  await admin.signIn();
  await switcher(admin, partner);
  equal(await admin.page.locator("nav.menu div p").allTextContents(), ["menu.mine", "menu.settings"].map((key) => s.words(key)), "the menu's headings");
  for (const key of ["menu.collaborators", "menu.dossiers", "menu.organizations", "menu.members"]) { // R133
    await admin.menu(key);
    await admin.look("partner-" + key.split(".")[1]);
  }
}

// R59: the list of companies is at the top left, and opens without a script.
async function switcher(person, company) {
  const list = person.page.locator("details.switch");
  const box = await list.boundingBox();
  holds(box.x < person.page.viewportSize().width / 2 && box.y < 100, "the switcher is at the top left");
  await list.locator("summary").click();
  await list.getByRole("button", { name: company.name }).waitFor();
  await person.look("switcher");
  await list.locator("summary").click();
}

async function adds(s, admin, given) {
  await admin.menu("menu.collaborators");
  equal(await admin.page.locator(".crumbs li").allTextContents(), [s.words("menu.partner"), s.words("menu.mine")], "the way to the page");
  await admin.link("+ " + s.words("collaborator.add")).click();
  await admin.look("collaborator-new");
  await admin.field("given_name").fill(given.given);
  await admin.field("family_name").fill(given.family);
  await admin.field("email").fill(given.email);
  await admin.button("site.submit").click();
  await admin.look("collaborator-new-refused");
  equal(await admin.field("email").inputValue(), given.email, "what was typed stays");
  await admin.field("partner_role").selectOption({ label: s.words("partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT") });
  await admin.button("site.submit").click();
  await admin.text(s.words("collaborator.added", { name: given.name, email: given.email }));
  await admin.row(given.name).getByText(s.words("collaborator.INVITED")).waitFor();
  await admin.look("partner-collaborators-invited");
}

async function assigns(s, admin, { name, companies }) {
  await admin.menu("menu.dossiers");
  await admin.button("assign.title").click();
  await admin.page.getByRole("alert").getByText(s.words("assign.none_ticked")).waitFor();
  await admin.look("partner-dossiers-none-ticked");
  for (const one of companies) {
    await admin.page.getByLabel(s.words("dossiers.tick", { client: one.name }), { exact: true }).check();
  }
  await admin.button("assign.title").click();
  await admin.text(s.words("assign.chosen.other", { n: companies.length }));
  const option = admin.field("collaborator_id").getByRole("option", { name: name });
  await eventually(admin.page, async () => (await option.count()) === 1, "the collaborator is ready");
  await admin.look("assign");
  await admin.field("collaborator_id").selectOption({ label: (await option.textContent()).trim() });
  await admin.field("reason").fill("Écart de TVA sur la facture de mars");
  await admin.button("site.submit").click();
  await admin.text(s.words("assign.done.other", { n: companies.length }));
  for (const one of companies) {
    await admin.row(one.name).locator(".assigned").filter({ hasText: name }).getByText(s.words("assignment.PENDING_CONSENT")).waitFor();
  }
  await admin.look("partner-dossiers-asked");
}

async function looksAround(s, admin, name) {
  await admin.menu("menu.visits");
  await admin.look("visits");
  await admin.menu("menu.collaborators");
  await admin.row(name).getByRole("link", { name: s.words("collaborator.remove.short") }).click();
  await admin.heading(s.words("collaborator.remove"));
  await admin.look("collaborator-remove");
  await admin.menu("menu.dossiers");
  await admin.row(name).first().getByRole("link", { name: s.words("detach.short") }).first().click();
  await admin.heading(s.words("detach.title"));
  await admin.look("detach");
  await admin.menu("menu.members");
  await admin.link(s.words("member.add")).click();
  await admin.look("member-new");
  await admin.goto("/nowhere");
  await admin.look("no-such-page");
  await admin.link(s.words("error.home")).click();
  await admin.page.getByRole("button", { name: s.words("site.sign_out"), exact: true }).click();
  await admin.text(s.words("signin.left"));
  await admin.look("signed-out");
}

export function collaboratorSide(s, { collaborator, name, company, partner }) {
  return {
    async joins() {
      await s.step("R16 R18: the collaborator opens the mail, Définir mon mot de passe", () => joins(s, collaborator, partner));
    },
    async isKeptOut() {
      await s.step("R27 R28: nobody enters before the yes", () => isKeptOut(s, collaborator, company));
    },
    async enters() {
      await s.step("R29: the collaborator enters and lands in the product, under its banner", () => enters(s, { collaborator, name, company, partner }));
    },
    async isLockedOut() {
      await s.step("R41: the collaborator's next click is refused", () => isLockedOut(s, collaborator, company));
    },
  };
}

async function joins(s, person, partner) {
  await person.lookAtMails();
  await person.openMail({ subject: partner.name, button: mails.password, album: "mail-invitation" });
  await person.heading(s.words("invite.title", { org: partner.name }));
  await person.look("invitation");
  await person.page.locator('input[autocomplete="username"]').waitFor(); // R18
  equal(await person.field("password").getAttribute("autocomplete"), "new-password", "the password's autocomplete");
  equal(await person.page.locator('input[autocomplete="username"]').inputValue(), person.account.email, "the name to keep with it");
  await person.field("password").fill("trop court");
  await person.button("invite.set").click();
  await person.page.getByRole("alert").waitFor();
  await person.look("invitation-refused");
  await person.field("password").fill(person.account.password);
  await person.button("invite.set").click();
  await person.page.locator("details.switch").waitFor();
  await person.look("welcome");
}

async function tryToEnter(s, person, company) {
  await person.menu("menu.dossiers");
  await enter(s, person, company);
}

async function enter(s, person, company) {
  const row = person.row(company.name);
  await row.getByLabel(s.words("field.reason"), { exact: true }).fill("Ticket 4211");
  await row.getByRole("button", { name: s.words("enter.label", { client: company.name }), exact: true }).click();
}

async function isKeptOut(s, person, company) {
  await tryToEnter(s, person, company);
  await person.text(s.words("enter.pending"));
  await person.look("enter-pending");
}

async function enters(s, { collaborator: person, name, company, partner }) {
  person.listOfBefore = await person.context.newPage();
  await person.listOfBefore.goto(s.order.url + "/partner/dossiers");
  await tryToEnter(s, person, company);
  await person.page.waitForURL(s.order.demo + "/invoices");
  const banner = await person.page.locator(".banner").textContent();
  for (const words of [company.name, partner.name, name]) {
    holds(banner.includes(words), `the banner names ${words}: ${banner}`);
  }
  holds(!person.page.url().includes("code"), "the one-time code is out of the address");
  await person.look("product");
  await person.page.getByRole("link", { name: "Banque", exact: true }).click(); // sensitive: not ticked
  await person.page.getByText("n'a pas ouvert cette page").waitFor();
  await person.look("product-closed-page");
}

// The list of dossiers stood open in another tab all the while: what it offers
// is refused too.
async function isLockedOut(s, person, company) {
  await person.page.getByRole("link", { name: "Contacts", exact: true }).click();
  await person.page.getByRole("heading", { level: 1, name: "Votre accès est terminé" }).waitFor();
  await person.look("product-over");
  await person.page.getByRole("link", { name: "Retour à l'espace partenaire" }).click();
  await person.heading(s.words("menu.dossiers"));
  equal(await person.row(company.name).count(), 0, "the dossier among the collaborator's own");
  await person.look("dossiers-after");
  person.page = person.listOfBefore;
  await enter(s, person, company);
  await person.text(s.words("enter.refused"));
  await person.look("enter-refused");
}
