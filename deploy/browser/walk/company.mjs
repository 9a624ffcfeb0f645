// A company's own space in the console: who was invited and does not arrive,
// the sheet of a member, the partners, the rules.
import { equal, holds } from "./assert.mjs";
import { dialog, go, press, row } from "./console.mjs";

export async function companies(s, owner, { t, name, partner }) {
  const guest = { given: "Ada", family: "Morel", email: `ada-${s.manner.lang}@${owner.account.email.split("@")[1]}` };
  await s.step("R49 R51 R53: Ajouter un membre once by two presses, and what became of the mail", () => invites(owner, { t, guest }));
  await s.step("R60 R61 R65: Mon invité n'arrive pas à entrer, with its next step and the text for customer service", () => diagnoses(owner, { t, guest }));
  await s.step("R55 R54: renewed, taken back, and the same address again", () => renews(owner, { t, guest }));
  await s.step("a list of people, tried first, with a result per line", () => lists(owner, { t, guest }));
  await s.step("the rules of the accesses, taken back by one press", () => rules(owner, { t }));
  await s.step("R41 R129: an access over time, and its receipt", () => looksBack(owner, { t, name }));
  await s.step("a partner blocked, and let ask again", () => blocks(owner, { t, partner }));
  await s.step("help asked of a partner, in the company's own words", () => asksForHelp(owner, { t, name, partner }));
  await s.step("R81: the link with a partner ended by the typed word, and taken up again", () => parts(owner, { t, partner }));
}

const field = (place, label) => place.getByLabel(label, { exact: true });
const submitted = (person, { t }, key, values) => person.page.getByRole("status").getByText(t(key, values)).first();

async function invites(owner, { t, guest }) {
  await go(owner, { t }, "menu.members");
  await owner.page.getByText(t("seats.endless")).waitFor();
  await go(owner, { t }, "invitations.title");
  await owner.page.locator("main").getByRole("link", { name: t("member.add"), exact: true }).click();
  await fill(owner, { t, guest });
  await owner.look("console-invite");
  await dialog(owner).getByRole("button", { name: t("member.send"), exact: true }).dblclick();
  await row(owner, guest.email).getByText(t("mail.DELIVERY_STATE_SENT")).waitFor();
  equal(await row(owner, guest.email).count(), 1, "invitations after a double click");
  await owner.look("console-invitations");
}

async function fill(owner, { t, guest }) {
  await field(dialog(owner), t("field.given_name")).fill(guest.given);
  await field(dialog(owner), t("field.family_name")).fill(guest.family);
  await field(dialog(owner), t("field.email")).fill(guest.email);
}

async function diagnoses(owner, { t, guest }) {
  await press(row(owner, guest.email), `${guest.given} ${guest.family}`);
  await dialog(owner).getByText(t("diagnose.context"), { exact: true }).waitFor();
  await dialog(owner).locator(".curl").getByText(guest.email).first().waitFor();
  await owner.look("console-invitation");
  await owner.page.keyboard.press("Escape");
  await go(owner, { t }, "members.diagnose");
  await field(owner.page, t("field.email")).fill(guest.email.replace("ada", "aida"));
  await press(owner.page.locator("main"), t("diagnose.submit"));
  await owner.page.getByRole("link", { name: t("diagnose.meant", { email: guest.email }) }).click();
  await owner.page.waitForURL((url) => url.searchParams.get("email") === guest.email);
  await owner.page.locator("main").getByText(t("diagnose.pass_on"), { exact: true }).waitFor();
  await owner.look("console-diagnosis");
}

async function renews(owner, { t, guest }) {
  await go(owner, { t }, "invitations.title");
  await press(row(owner, guest.email), t("member.for", { action: t("member.renew"), email: guest.email }));
  await submitted(owner, { t }, "member.renewed").waitFor();
  await press(row(owner, guest.email), t("member.for", { action: t("member.cancel"), email: guest.email }));
  await submitted(owner, { t }, "member.cancelled").waitFor();
  await row(owner, guest.email).waitFor({ state: "detached" });
  await press(owner.page.locator("main"), t("links.reopen"));
  equal(await field(dialog(owner), t("field.email")).inputValue(), guest.email, "the address to invite again");
  await owner.page.keyboard.press("Escape");
  await owner.page.getByLabel(t("invitations.state")).selectOption({ label: t("invitations.CANCELLED") });
  await row(owner, guest.email).waitFor();
}

async function lists(owner, { t, guest }) {
  await owner.page.locator("main").getByRole("link", { name: t("members.import"), exact: true }).click();
  await owner.heading(t("import.title"));
  await owner.page.getByLabel(t("field.pasted")).fill(`e-mail;nom\nlist-${guest.email};Morel\npersonne;Seule\n`);
  await press(owner.page.locator("main"), t("import.submit"));
  await owner.page.getByRole("heading", { name: t("import.preview"), exact: true }).waitFor();
  equal(await owner.page.locator(".results .bad").count(), 1, "lines refused");
  await owner.look("console-list");
  await owner.page.getByRole("button", { name: t("import.confirm.one"), exact: true }).dblclick();
  await owner.page.getByRole("heading", { name: t("import.done"), exact: true }).waitFor();
  await owner.look("console-listed");
}

async function rules(owner, { t }) {
  await go(owner, { t }, "policy.title");
  const days = field(owner.page, t("field.inactivity_days"));
  const before = await days.inputValue();
  owner.refusals = true;
  await days.fill("29");
  await press(owner.page.locator("main"), t("policy.save"));
  await owner.page.locator(".mantine-InputWrapper-error").getByText(/30 .* 400/).waitFor(); // the bounds are told
  owner.refusals = false;
  await days.fill("60");
  await press(owner.page.locator("main"), t("policy.save"));
  await submitted(owner, { t }, "policy.saved").waitFor();
  await owner.look("console-policy");
  await press(owner.page.locator(".undone"), t("collaborator.undo"));
  await submitted(owner, { t }, "policy.saved").waitFor({ state: "detached" });
  equal(await days.inputValue(), before, "the days, taken back");
  await owner.page.reload();
  await days.waitFor();
  equal(await days.inputValue(), before, "the days, after a reload");
}

async function looksBack(owner, { t, name }) {
  await owner.goto("/console/assistance");
  await owner.page.locator("main").getByRole("link", { name, exact: true }).first().click();
  await dialog(owner).getByRole("region", { name: t("access.person") }).locator("svg").waitFor();
  await dialog(owner).getByText(t("timeline.WITHDRAWN")).first().waitFor();
  await owner.look("console-access");
  const file = await dialog(owner).getByRole("link", { name: t("proof.file") }).getAttribute("href");
  equal((await owner.page.request.get(owner.scenario.order.url + file)).status(), 200, "the receipt's file");
}

async function opens(owner, { t, partner }) {
  await owner.goto("/console/partners");
  await press(row(owner, partner), partner);
  await dialog(owner).getByText(t("partners.help"), { exact: true }).waitFor();
}

async function blocks(owner, { t, partner }) {
  await opens(owner, { t, partner });
  await dialog(owner).getByRole("region", { name: t("partners.story") }).locator("svg").waitFor();
  await owner.look("console-partner");
  await press(dialog(owner), t("partners.block"));
  await owner.page.locator(".undone").getByRole("button", { name: t("collaborator.undo"), exact: true }).waitFor();
  await owner.page.keyboard.press("Escape");
  await owner.page.getByRole("region", { name: t("links.blocked") }).waitFor();
  await owner.look("console-partners");
  await press(owner.page.locator(".undone"), t("collaborator.undo"));
  await owner.page.getByRole("region", { name: t("links.blocked") }).waitFor({ state: "detached" });
}

async function asksForHelp(owner, { t, name, partner }) {
  await opens(owner, { t, partner });
  await field(dialog(owner), t("field.helper_name")).fill(name.split(" ")[1]);
  await dialog(owner).getByRole("radio", { name: new RegExp(name) }).check();
  await field(dialog(owner), t("field.reason")).fill("Clôture du mois");
  await owner.look("console-help");
  await press(dialog(owner), t("offer.button"));
  await owner.heading(t("menu.assistance"));
  await dialog(owner).getByText(t("consent.duration")).waitFor();
  await press(dialog(owner), t("consent.answer.no"));
  await submitted(owner, { t }, "answered.REFUSED.text").waitFor();
}

async function parts(owner, { t, partner }) {
  await opens(owner, { t, partner });
  await press(dialog(owner), t("links.end"));
  const confirm = dialog(owner).last();
  await confirm.getByLabel(t("confirm.word")).fill("oui");
  holds(await confirm.getByRole("button", { name: t("links.end"), exact: true }).isDisabled(), "another word ends nothing");
  await confirm.getByLabel(t("confirm.word")).fill("REMOVE");
  await owner.look("console-part");
  await press(confirm, t("links.end"));
  await owner.page.getByText(t("links.ended")).waitFor();
  await owner.goto("/console/partners");
  await press(row(owner, partner), t("links.reopen"));
  await submitted(owner, { t }, "links.reopened").waitFor();
  await owner.look("console-reopened");
}

// sheets is a member's, which an administrator fills.
export async function sheets(admin, { t, name }) {
  await go(admin, { t }, "menu.members");
  await admin.page.locator(".grid").getByRole("link", { name, exact: true }).click();
  await field(dialog(admin), t("field.phone")).fill("01 99 00 00 12");
  await field(dialog(admin), t("field.end_date")).fill("2099-12-31");
  await press(dialog(admin), t("sheet.save"));
  await dialog(admin).getByText("2099").first().waitFor();
  await press(dialog(admin), t("sheet.effective"));
  await dialog(admin).locator("table").waitFor();
  await admin.look("console-member");
  await field(dialog(admin), t("field.end_date")).fill("");
  await press(dialog(admin), t("sheet.save"));
  await dialog(admin).getByText("2099").waitFor({ state: "detached" });
  await press(dialog(admin), t("sheet.suspend"));
  await press(admin.page.locator(".undone"), t("collaborator.undo"));
  await dialog(admin).getByRole("button", { name: t("sheet.suspend"), exact: true }).waitFor();
  await press(dialog(admin), t("sheet.remove"));
  const confirm = dialog(admin).last();
  holds(await confirm.getByRole("button", { name: t("sheet.remove"), exact: true }).isDisabled(), "nobody is removed without the word");
  await admin.look("console-member-remove");
  await press(confirm, t("site.cancel"));
}
