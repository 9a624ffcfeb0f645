// Every form of the pages into which something is typed, with what nobody should
// send. A row is a form of gateway/internal/pages/templates; a test of this
// folder compares the rows with the forms that the templates have.
import { readdirSync, readFileSync } from "node:fs";
import { equal, holds } from "./assert.mjs";
import { looksFor, refuses, rulesOf, watchForms } from "./forms.mjs";
import { letterLink } from "./mail.mjs";
import { codeOf } from "./totp.mjs";

export async function pageForms(s, cast) {
  const scene = { s, cast, says: rulesOf(s.manner.lang), words: wordsOf(s.manner.lang) };
  for (const [name, key] of Object.entries({ admin: cast.admin, owner: cast.owner, support: cast.support, guest: cast.owner })) {
    scene[name] = await s.person(key);
    watchForms(scene[name]);
  }
  await s.step("somebody is invited, and somebody is to be let in", () => prepares(scene));
  for (const one of [...guests(scene), ...partners(scene), ...companies(scene), ...persons(scene)]) {
    await s.step(`what nobody should send, in ${one.form}`, () => tries(scene, one));
  }
}

// call asks the API as the person who is signed in.
async function call(person, method, path, data) {
  const answer = await person.page.request.fetch(person.scenario.order.url + path, { method, data });
  holds(answer.ok(), `${answer.status()} from ${path}`);
  return answer.json();
}

// prepares asks a client for an access, and invites a collaborator.
async function prepares(scene) {
  const { s, cast, admin, owner, support, guest } = scene;
  await guest.goto("/sign-in");
  await guest.speak();
  for (const person of [admin, owner, support]) {
    await person.signIn();
  }
  const partner = `/v1/partners/${s.company("lumen").id}`;
  const client = s.company(cast.client);
  const { dossiers: [dossier] } = await call(admin, "GET", `${partner}/dossiers?search=${encodeURIComponent(client.name)}`);
  const { collaborators } = await call(admin, "GET", `${partner}/collaborators?search=${encodeURIComponent(support.account.email)}`);
  const { members } = await call(owner, "GET", `/v1/organizations/${client.id}/members`);
  const { partners: links } = await call(owner, "GET", `/v1/clients/${client.id}/partners`);
  await call(admin, "POST", `${partner}/assignments:batchCreate`, { collaboratorId: collaborators[0].id, dossierIds: [dossier.id], reason: "Clôture", proposedDuration: "604800s" });
  const { assignments: [assignment] } = await call(admin, "GET", `${partner}/assignments?dossierId=${dossier.id}`);
  await call(admin, "POST", `${partner}/collaborators`, { givenName: "Noé", familyName: "Roche", email: cast.newcomer, partnerRole: "PARTNER_ROLE_TECHNICAL_SUPPORT" });
  Object.assign(scene, {
    dossier: dossier.id, collaborator: collaborators[0].id, member: members[0].id, link: links[0].dossierId, assignment: assignment.id,
    consent: new URL(await letterLink(s, { to: owner.account.email, subject: "", path: "/c/", holding: support.account.given_name })).pathname,
    invitation: new URL(await letterLink(s, { to: cast.newcomer, subject: s.company("lumen").name, path: "/i/", holding: "Noé" })).pathname,
  });
}

// wordsOf gives a function to all words of the pages.
function wordsOf(lang) {
  const folder = new URL("../../../gateway/internal/pages/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.startsWith("texts") && name.endsWith(`_${lang}.json`));
  const all = Object.assign({}, ...files.map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8"))));
  return (key, field) => all[key].replace("{field}", field);
}

// said gives the words of a rule: the registry's, or those that name a field
// left empty.
const said = ({ says, words }, rule, field) => (rule === "typed" ? words("form.required", words(`field.${field}`)) : says(rule) ?? words(rule));

// tries opens a form, puts in what is wrong, and goes on from there as the next
// rows need it.
async function tries(scene, one) {
  const person = scene[one.by];
  const open = async () => {
    if (one.at) {
      await person.goto(one.at);
    }
    await one.open?.(person, scene);
    await person.speak();
    await one.fill?.(person);
  };
  await open();
  const form = person.page.locator(`main form:has([name="${one.fields[0][0]}"]:not([type=hidden]))`).first();
  const words = (rules = {}, field = "") => Object.fromEntries(Object.entries(rules).map(([kind, rule]) => [kind, said(scene, rule, field)]));
  const fields = one.fields.map(([field, sort, rules]) => ({ input: form.locator(`[name="${field}"]`), sort, says: words(rules, field) }));
  const button = form.locator("button").first();
  const press = async () => {
    await button.click();
    await person.page.waitForLoadState();
  };
  await (one.finds ? looksFor(person, { fields, press, open }) : refuses(person, { fields, whole: words(one.whole), button, press }));
  await one.then?.(person, scene);
}

const tooLong = { long: "string.max_len" };
const typed = { ...tooLong, empty: "typed" };
const text = { ...tooLong, wrong: "text.control" };
const address = { ...typed, wrong: "email", hostile: "email" };
const reason = [["reason", "text", text]];
const word = [["confirm", "text", { ...typed, wrong: "confirmation", hostile: "string.max_len" }]];

// guests have no session: by a link, a number, or none of it.
function guests() {
  const refusedCode = { empty: "CONSENT_CODE_REFUSED" };
  const password = { ...typed, wrong: "password.min_len" };
  const form = { long: "string.pattern", wrong: "string.pattern", hostile: "string.pattern" };
  return [
    { form: "page_sign_in.html", by: "guest", at: "/sign-in", fields: [["email", "email", typed], ["password", "text", typed]] },
    { form: "page_task.html", by: "guest", at: "/forgot-password", fields: [["email", "email", address]] },
    { form: "page_number.html", by: "guest", at: "/n", fields: [["number", "code", { ...form, empty: "typed" }], ["email", "email", typed]] },
    { form: "page_number_code.html", by: "guest", at: "/n/code?number=12345678", fields: [["code", "code", refusedCode]] },
    { form: "page_invitation.html", by: "guest", open: (person, { invitation }) => person.goto(invitation), fields: [["password", "text", password]] },
    {
      form: "page_consent.html", by: "guest", open: (person, { consent }) => person.goto(consent),
      fill: (person) => person.page.locator('input[value="DURATION_CHOICE_DATE"]').check(), fields: [["end_date", "day", {}]],
    },
    {
      form: "page_code.html", by: "guest", open: async (person, { consent }) => {
        await person.goto(consent);
        await person.page.locator('input[value="DURATION_CHOICE_1_WEEK"]').check();
        await person.page.locator('main form button[value="yes"]').click();
      },
      fields: [["code", "code", refusedCode]],
    },
  ];
}

// first chooses the first of a list.
const first = (name) => (person) => person.page.locator(`main select[name=${name}]`).selectOption({ index: 1 });

function partners({ dossier, collaborator, assignment }) {
  const dossiers = "/partner/dossiers";
  const staff = "/partner/collaborators";
  return [
    {
      form: "page_collaborator_new.html", by: "admin", at: `${staff}/new`, fill: first("partner_role"),
      fields: [["given_name", "text", { ...typed, wrong: "text.control" }], ["family_name", "text", typed], ["email", "email", { ...typed, hostile: "email" }]],
    },
    { form: "page_collaborators.html", by: "admin", at: staff, finds: true, fields: [["q", "text"]] },
    { form: "page_collaborator.html", by: "admin", at: `${staff}/${collaborator}`, finds: true, fields: [["until_time", "day"]] },
    { form: "page_collaborator_remove.html", by: "admin", at: `${staff}/${collaborator}/remove`, fields: word },
    { form: "page_handover.html", by: "admin", at: `${staff}/${collaborator}/handover?assignment=${assignment}`, fill: first("successor_id"), fields: reason },
    { form: "page_dossiers.html", by: "admin", at: dossiers, finds: true, fields: [["q", "text"]] },
    { form: "page_dossier_new.html", by: "admin", at: `${dossiers}/new`, fields: [["client", "text", { ...typed, wrong: "CLIENT_UNKNOWN", hostile: "CLIENT_UNKNOWN" }]] },
    {
      form: "page_dossier_new.html#2", by: "admin", at: `${dossiers}/new`, fields: [
        ["legal_name", "text", typed], ["registration_number", "text", tooLong], ["postal_address", "text", tooLong],
        ["owner_given_name", "text", tooLong], ["owner_family_name", "text", tooLong], ["owner_email", "email", { ...typed, hostile: "email" }],
      ],
    },
    { form: "page_dossier_end.html", by: "admin", at: `${dossiers}/${dossier}/end`, fields: word },
    { form: "page_assign.html", by: "admin", at: `${dossiers}/assign?dossier=${dossier}`, fill: first("collaborator_id"), fields: reason },
    { form: "page_detach.html", by: "admin", at: `${dossiers}/${dossier}/detach/${assignment}`, fields: word },
    { form: "page_detach_many.html", by: "admin", at: `${dossiers}/detach?dossier=${dossier}`, fields: word },
    {
      form: "page_contacts.html", by: "admin", at: "/partner/contacts", fill: (person) => person.page.locator("main [name=dossier]").first().check(),
      fields: [["given_name", "text", typed], ["family_name", "text", typed], ["email", "email", { ...typed, hostile: "email" }]],
    },
    { form: "page_brand.html", by: "admin", at: "/partner/brand", fields: [["name", "text", tooLong], ["color", "text", { long: "string.pattern", wrong: "string.pattern", hostile: "string.pattern" }]] },
    { form: "page_credits.html", by: "admin", at: "/partner/credits", finds: true, fields: [["month", "month"]] },
    { form: "page_dossiers.html#2", by: "support", at: dossiers, finds: true, fields: [["q", "text"]] },
    { form: "page_enter.html", by: "support", at: `${dossiers}/${dossier}/enter`, fields: [["reason", "text", { ...text, empty: "typed" }]] },
  ];
}

function companies({ member, link, support }) {
  const give = `/assistance/partners/${link}/give`;
  const names = (given, family) => [["given_name", "text", given], ["family_name", "text", family]];
  return [
    { form: "page_member_new.html", by: "owner", at: "/members/new", fields: [...names({ ...typed, wrong: "text.control" }, typed), ["email", "email", { ...typed, hostile: "email" }], ["until", "day"]] },
    { form: "page_import.html", by: "owner", at: "/members/import", fields: [["pasted", "text"]], whole: { empty: "csv.empty", long: "csv.no_email_column", wrong: "csv.no_email_column" } },
    { form: "page_diagnose.html", by: "owner", at: "/members/diagnose", fields: [["email", "email", address]] },
    { form: "page_member.html", by: "owner", at: `/members/${member}`, fields: [...names(tooLong, tooLong), ["phone", "text", tooLong], ["end_date", "day", { hostile: "timestamp.gt_now" }]] },
    { form: "page_member.html#2", by: "owner", at: `/members/${member}`, fields: [["new_email", "email", address]] },
    { form: "page_policy.html", by: "owner", at: "/assistance/policy", fields: [["inactivity_days", "number", { empty: "typed", wrong: "inactivity_days" }], ["reconfirm_days", "number", { wrong: "reconfirm_days" }]] },
    { form: "page_offer.html", by: "owner", at: give, finds: true, fields: [["name", "text"]] },
    { form: "page_offer.html#2", by: "owner", at: `${give}?name=${support.account.family_name}`, fill: (person) => person.page.locator("main [name=helper]").first().check(), fields: reason },
    { form: "page_history.html", by: "owner", at: "/history", finds: true, fields: [["from", "day"], ["to", "day"]] },
  ];
}

function persons() {
  let secret = "";
  return [
    { form: "page_prove.html", by: "admin", at: "/account/confirm", fields: [["password", "text", { ...typed, wrong: "password.wrong" }]] },
    { form: "page_passkey.html", by: "owner", at: "/account/factors", open: (person) => person.button("factors.add.passkey").click(), finds: true, fields: [["name", "text"]] },
    {
      form: "page_totp.html", by: "owner", at: "/account/factors", open: async (person) => {
        await person.button("factors.add.totp").click();
        secret = await person.page.locator("main code").first().textContent();
      },
      fields: [["code", "code", { ...typed, wrong: "FACTOR_REFUSED", hostile: "FACTOR_REFUSED" }], ["name", "text", tooLong]],
      then: async (person, { s }) => {
        await person.page.locator("main [name=code]").fill(codeOf(secret));
        await person.page.locator("main form:has([name=code]) button").first().click();
        equal(await person.page.locator("main code").count(), 10, "recovery codes");
        await person.link(s.words("codes.kept")).click();
      },
    },
    { form: "page_factors.html", by: "owner", at: "/account/factors", finds: true, fields: [["name", "text"]] },
    { form: "page_prove.html#2", by: "owner", at: "/account/confirm", fields: [["code", "code", { empty: "typed", wrong: "FACTOR_REFUSED" }]] },
    {
      form: "page_prove.html#3", by: "owner", at: "/account/confirm", fill: (person) => person.page.locator("main summary").click(), fields: [["recovery_code", "text", { ...typed, wrong: "FACTOR_REFUSED" }]],
      then: async (person, { s }) => {
        await person.goto("/account/confirm?next=/account/factors");
        await person.page.locator("main [name=code]").fill(codeOf(secret, 1));
        await person.page.locator("main form:has([name=code]) button").first().click();
        await person.page.getByRole("button", { name: s.words("factors.remove.label", { what: s.words("factor.FACTOR_KIND_TOTP") }) }).click();
        await person.text(s.words("factors.none"));
      },
    },
  ];
}
