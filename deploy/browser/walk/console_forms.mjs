// Every form of the console, with what nobody should send. A row is a form of
// gateway/console/src; a test of this folder compares the rows with the forms
// that the sources have.
import { equal } from "./assert.mjs";
import { arrives, choose, consoleWords, dialog, press, row } from "./console.mjs";
import { ownAccount } from "./own_account.mjs";
import { refuses, rulesOf, watchForms } from "./forms.mjs";
import { codeOf } from "./totp.mjs";

export async function consoleForms(s, cast) {
  const t = consoleWords(s.manner.lang);
  const { given_name: given, family_name: family } = s.account(cast.support);
  const scene = {
    s, t, says: rulesOf(s.manner.lang), client: s.company(cast.client).name, name: `${given} ${family}`,
    admin: await s.person(cast.admin), owner: await s.person(cast.owner), support: await s.person(cast.support),
  };
  [scene.admin, scene.owner, scene.support].forEach(watchForms);
  await s.step("signed in, in the console", () => arrive(scene));
  for (const one of [...partners(scene), ...companies(scene), ...persons(), ...ends()]) {
    await s.step(`what nobody should send, in ${one.form}`, () => tries(scene, one));
  }
  await ownAccount(s, await s.person(cast.stranger), t);
}

async function arrive({ s, t, admin, owner, support }) {
  await arrives(s, admin, t("menu.dossiers"));
  await arrives(s, owner, t("menu.assistance"));
  await arrives(s, support, t("menu.dossiers"));
}

// tries opens the place of a form, puts in what is wrong, and goes on from there
// as the next rows need it.
async function tries(scene, one) {
  const { t, says } = scene;
  const person = scene[one.by];
  const words = (rules = {}) => Object.fromEntries(Object.entries(rules).map(([kind, rule]) => [kind, says(rule) ?? t(rule)]));
  await one.open?.(person, scene);
  const place = one.place(person, t);
  await refuses(person, {
    fields: one.fields.map(([label, sort, rules]) => ({ input: place.getByLabel(labelled(t(label))), sort, says: words(rules) })),
    whole: words(one.whole), held: one.held, button: place.getByRole("button", { name: t(one.submit), exact: true }),
    press: (button) => Promise.all([one.local || person.page.waitForResponse((answer) => answer.url().includes("/v1/") && answer.status() >= 400), button.click()]),
  });
  await one.then?.(person, scene);
}

// labelled is a label; what is required has a star.
const labelled = (text) => new RegExp(`^${text.replaceAll(/[.()?]/g, "\\$&")}( \\*)?$`);

const found = (client) => "/console/dossiers?q=" + encodeURIComponent(client);
const region = (title) => (person, t) => person.page.getByRole("region", { name: t(title), exact: true });
const top = (person) => dialog(person).last();
const main = (person) => person.page.locator("main");

// at opens an address.
const at = (path) => (person) => person.goto(path);

const tooLong = { long: "string.max_len" };
const text = { ...tooLong, wrong: "text.control" };
const given = { ...text, empty: "string.min_len" };
const family = { ...tooLong, empty: "string.min_len" };
const address = { ...family, wrong: "email", hostile: "email" };

const always = (rule) => ({ empty: rule, long: rule, wrong: rule, hostile: rule });

const inDays = (days) => new Date(Date.now() + days * 864e5).toISOString().slice(0, 10);

async function opensDossier(person, { t, client }) {
  await person.goto(found(client));
  await press(row(person, client), client);
  await dialog(person).getByText(t("dossier.people")).waitFor();
}

async function untilDay(person, { t }) {
  await choose(top(person), t("field.proposed_duration"), t("duration.DURATION_CHOICE_DATE"));
}

const ofAssignment = (button) => async (person, scene) => {
  await opensDossier(person, scene);
  await press(dialog(person).locator(".row").filter({ hasText: scene.name }), scene.t(button));
};

// ends takes back what the rows before needed.
function ends() {
  return [{
    form: "parts/removal.tsx", by: "admin", open: ofAssignment("detach.short"), place: top, submit: "detach.short", held: ["empty", "long", "wrong", "hostile"],
    fields: [["confirm.word", "text", {}]],
    then: async (person, { t }) => {
      await top(person).getByLabel(t("confirm.word")).fill("REMOVE");
      await press(top(person), t("detach.short"));
      await top(person).getByText(t("receipt.complete", { at: "" })).waitFor();
    },
  }];
}

// partners ask, and go in once the client has said yes.
function partners({ client, name }) {
  const span = "duration.gte_lte";
  const terms = [["field.reason", "text", tooLong], ["field.end_date", "day", { long: span, wrong: span, hostile: span }]];
  return [
    {
      form: "partner/add.tsx", by: "admin", open: async (person, { t }) => {
        await person.goto("/console/collaborators");
        await press(person.page, "+ " + t("collaborator.add"));
        await choose(top(person), new RegExp(`^${t("field.partner_role")}`), t("partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT"));
      },
      place: top, submit: "site.submit",
      fields: [["field.given_name", "text", given], ["field.family_name", "text", family], ["field.email", "email", { ...family, hostile: "email" }]],
    },
    {
      form: "partner/asking.tsx", by: "admin", open: async (person, scene) => {
        await person.goto(found(client));
        await person.page.getByLabel(scene.t("dossiers.tick", { client }), { exact: true }).check();
        await press(person.page.locator(".bulk"), scene.t("assign.title"));
        await choose(top(person), scene.t("field.support"), new RegExp(name));
        await untilDay(person, scene);
      },
      place: top, submit: "site.submit", held: ["empty"], fields: terms,
      then: async (person, { t }) => {
        await top(person).getByLabel(t("field.reason")).fill("Clôture");
        await top(person).getByLabel(t("field.end_date")).fill(inDays(9));
        await press(top(person), t("site.submit"));
        await top(person).getByText(t("assign.done", { good: 1, all: 1 })).waitFor();
      },
    },
    {
      form: "company/answer.tsx", by: "owner", open: async (person, { t }) => {
        await person.goto("/console/assistance");
        await press(row(person, name).first(), t("assistance.answer"));
      },
      place: top, submit: "consent.yes", local: true, fields: [], whole: { empty: "consent.duration.required" },
      then: async (person, { t }) => {
        await top(person).getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true }).check();
        await press(top(person), t("consent.yes"));
        await person.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
      },
    },
    { form: "partner/extend.tsx", by: "admin", open: async (person, scene) => { await ofAssignment("extend.title")(person, scene); await untilDay(person, scene); }, place: top, submit: "extend.ask", held: ["empty"], fields: terms },
    {
      form: "partner/handover.tsx", by: "admin", open: async (person, scene) => {
        await ofAssignment("handover.title")(person, scene);
        await choose(top(person), scene.t("field.successor_id"), /Camille Martin/);
        await untilDay(person, scene);
      },
      place: top, submit: "handover.ask", held: ["empty"], fields: terms,
    },
    { form: "partner/enter.tsx", by: "support", open: opensDossier, place: top, submit: "enter.button", fields: [["field.ticket", "text", {}], ["field.reason", "text", { ...text, empty: "required" }]] },
  ];
}

// companies have members, guests and rules.
function companies({ name, s }) {
  const partner = s.company("lumen").name;
  const nearer = "timestamp.nearer";
  const member = async (person) => {
    await person.goto("/console/members");
    await person.page.locator(".grid").getByRole("link").first().click();
  };
  const part = (title) => (person, t) => top(person).locator("form").filter({ hasText: t(title) });
  return [
    {
      form: "company/narrow.tsx", by: "owner", open: async (person, { t }) => {
        await person.goto("/console/assistance");
        await main(person).getByRole("link", { name, exact: true }).first().click();
        await press(dialog(person), t("narrow.title"));
      },
      place: top, submit: "narrow.button", held: ["empty"], fields: [["narrow.end", "day", { long: nearer, wrong: nearer }]],
    },
    {
      form: "company/invite.tsx", by: "owner", open: at("/console/invitations?open=new"), place: top, submit: "member.send",
      fields: [["field.given_name", "text", text], ["field.family_name", "text", tooLong], ["field.email", "email", { ...family, hostile: "email" }], ["field.until", "day", {}]],
    },
    { form: "company/guests.tsx", by: "owner", open: at("/console/invitations/list"), place: main, submit: "import.submit", held: ["empty"],
      fields: [["field.pasted", "text", { long: "csv.no_email_column", wrong: "csv.no_email_column", hostile: "csv.empty" }]] },
    { form: "company/diagnose.tsx", by: "owner", open: at("/console/diagnosis"), place: main, submit: "diagnose.submit", held: ["empty"], fields: [["field.email", "email", { ...tooLong, wrong: "email", hostile: "email" }]] },
    { form: "company/policy.tsx", by: "owner", open: at("/console/policy"), place: main, submit: "policy.save", fields: [["field.inactivity_days", "number", always("inactivity_days")], ["field.reconfirm_days", "number", always("reconfirm_days")]] },
    {
      form: "company/help.tsx", by: "owner", open: async (person, { t }) => {
        await person.goto("/console/partners");
        await press(row(person, partner), partner);
        await top(person).getByLabel(t("field.helper_name"), { exact: true }).fill(name.split(" ")[1]);
        await top(person).getByRole("radio", { name: new RegExp(name) }).check();
      },
      place: part("partners.help"), submit: "offer.button", fields: [["field.reason", "text", text]],
    },
    {
      form: "company/member_form.tsx", by: "owner", open: member, place: part("sheet.save"), submit: "sheet.save",
      fields: [["field.given_name", "text", tooLong], ["field.family_name", "text", tooLong], ["field.phone", "text", tooLong], ["field.end_date", "day", { hostile: "timestamp.gt_now" }]],
    },
    { form: "company/member_address.tsx", by: "owner", place: part("sheet.email.send"), submit: "sheet.email.send", fields: [["field.new_email", "email", address]] },
  ];
}

// aged answers the next such call as the API does to a session that has not
// proven itself for ten minutes.
const aged = (person, call) => person.page.route(call, (route) => route.fulfill({
  status: 403, contentType: "application/problem+json",
  json: { type: "", title: "", status: 403, detail: "", code: "PERMISSION_DENIED", reason: "STEP_UP_REQUIRED", requestId: "" },
}), { times: 1 });

// persons change what is theirs.
function persons() {
  const factors = region("factors.title");
  let secret = "";
  return [
    { form: "me/address.tsx", by: "owner", open: at("/console/account"), place: region("account.email.title"), submit: "account.email.button", fields: [["field.new_email", "email", address]] },
    {
      form: "me/password.tsx", by: "owner", place: region("account.password.title"), submit: "account.password.button",
      fields: [["field.old_password", "text", { ...family, hostile: "password.wrong" }], ["field.new_password", "text", { ...family, wrong: "password.min_len" }]],
    },
    {
      form: "me/enrol_app.tsx", by: "owner", open: (person, { t }) => press(factors(person, t), t("factors.add.totp")),
      place: (person, t) => person.page.getByRole("dialog", { name: t("totp.title") }), submit: "site.submit",
      fields: [["field.code", "code", family], ["field.name", "text", tooLong]], whole: { wrong: "FACTOR_REFUSED", hostile: "FACTOR_REFUSED" },
      then: async (person, { t }) => {
        secret = await top(person).locator("code").first().textContent();
        await top(person).getByLabel(t("field.code"), { exact: true }).fill(codeOf(secret));
        await top(person).getByLabel(t("field.name"), { exact: true }).fill("Téléphone");
        await press(top(person), t("site.submit"));
        const codes = person.page.getByRole("dialog", { name: t("codes.title") });
        await codes.waitFor();
        equal(await codes.locator("code").count(), 10, "recovery codes");
        await press(codes, t("codes.kept"));
      },
    },
    {
      form: "me/factors.tsx", by: "owner", open: (person, { t }) => press(factors(person, t), t("factors.rename")),
      place: factors, submit: "site.submit", fields: [["field.name", "text", tooLong]],
    },
    {
      form: "me/prove.tsx", by: "owner", open: async (person, { t }) => {
        await aged(person, /:regenerateRecoveryCodes$/);
        await press(factors(person, t), t("codes.again"));
      },
      place: top, submit: "account.prove", fields: [["account.proof", "code", {}]], whole: { wrong: "FACTOR_REFUSED" },
      then: async (person, { t }) => {
        await top(person).getByLabel(t("account.proof"), { exact: true }).fill(codeOf(secret, 1));
        await press(top(person), t("account.prove"));
        await press(person.page.getByRole("dialog", { name: t("codes.title") }), t("codes.kept"));
        await press(factors(person, t), t("factors.remove.label", { what: "Téléphone" }));
        await person.page.getByText(t("factors.none")).waitFor();
      },
    },
  ];
}
