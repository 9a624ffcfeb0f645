// Each main action of the console, interrupted in every way before it goes
// through: no network, a session that another tab ended, an answer that was
// lost on its way back. What was chosen and typed stays, and it is done once.
import { equal } from "./assert.mjs";
import { arrives, choose, consoleWords, dialog, press, row } from "./console.mjs";
import { letters } from "./mail.mjs";

export async function interruptions(s, cast) {
  const t = consoleWords(s.manner.lang);
  const people = { admin: await s.person(cast.admin), owner: await s.person(cast.owner) };
  const { given_name: given, family_name: family } = s.account(cast.support);
  await s.step("signed in, in the console", async () => {
    await arrives(s, people.admin, t("menu.dossiers"));
    await arrives(s, people.owner, t("menu.assistance"));
  });
  const all = { t, s, client: s.company(cast.client).name, name: `${given} ${family}`, newcomer: cast.newcomer, guest: cast.guest };
  for (const one of [...partners(all), ...companies(all), ...ends(all), ...anybodys(all)]) {
    const person = people[one.by];
    person.refusals = true;
    await s.step(`interrupted in every way, and done once: ${one.what}`, () => interrupted(person, { ...one, t }));
  }
}

const word = "REMOVE";
const named = (person, title) => person.page.getByRole("dialog", { name: title, exact: true });
const list = (q) => "/console/dossiers?q=" + encodeURIComponent(q);

// partners ask: for one dossier, and for all that match.
function partners({ t, client, name }) {
  const form = (person) => named(person, t("assign.title"));
  const opens = (q, support) => async (admin) => {
    await admin.goto(list(q));
    await row(admin, q).first().waitFor();
    await admin.page.getByLabel(t("dossiers.select.all")).check();
    await press(admin.page.locator(".bulk"), t("assign.title"));
    await choose(form(admin), t("field.support"), support);
    await form(admin).getByLabel(t("field.reason")).fill("Écart de TVA");
  };
  const done = (n) => async (admin) => {
    await form(admin).getByText(t("assign.done", { good: n, all: n })).waitFor();
    equal(await form(admin).locator(".results li").count(), n, "results");
  };
  const asks = { by: "admin", form, button: t("site.submit"), call: /assignments:batchCreate$/, again: t("action.retry") };
  return [
    { ...asks, what: "a support assigned", opens: opens(client, new RegExp(name)), done: done(1) },
    { ...asks, what: "a support assigned to all that match", opens: opens("Client 00110", new RegExp(name)), done: done(10) },
  ];
}

// companies answer, and stop what they gave.
function companies({ t, name }) {
  const held = (owner, button) => row(owner, name).getByRole("button", { name: t(button), exact: true });
  return [
    {
      by: "owner", what: "a request answered", form: (owner) => named(owner, t("consent.answer")), button: t("consent.yes"), call: /:approve$/,
      opens: async (owner) => {
        await owner.goto("/console/assistance");
        await held(owner, "assistance.answer").first().click();
        await dialog(owner).getByLabel(t("duration.DURATION_CHOICE_1_WEEK"), { exact: true }).check();
      },
      done: async (owner) => {
        await owner.page.getByRole("status").getByText(t("answered.GIVEN.text")).waitFor();
        await held(owner, "stop.button").first().waitFor();
        equal(await held(owner, "stop.button").count(), 1, "accesses given");
      },
    },
    {
      by: "owner", what: "an access stopped", form: (owner) => named(owner, t("stop.button")), button: t("stop.button"), call: /:withdraw$/,
      opens: (owner) => held(owner, "stop.button").click(),
      done: async (owner) => {
        await owner.page.getByRole("status").getByText(t("stop.done", { who: name, visits: t("stop.no_visit") })).waitFor();
        await held(owner, "stop.button").waitFor({ state: "detached" });
      },
    },
  ];
}

// ends are what the typed word confirms, and the adding before it.
function ends({ t, newcomer }) {
  return [
    {
      by: "admin", what: "a support detached", form: (admin) => named(admin, t("detach.title")), button: t("detach.short"), call: /:detach$/,
      opens: async (admin) => {
        await admin.goto(list("Client 001109"));
        await press(row(admin, "Client 001109"), "Client 001109");
        await dialog(admin).locator(".row").filter({ has: admin.page.getByText(t("assignment.PENDING_CONSENT")) }).getByRole("button", { name: t("detach.short"), exact: true }).click();
        await named(admin, t("detach.title")).getByLabel(t("confirm.word")).fill(word);
      },
      done: (admin) => named(admin, t("detach.title")).getByText(t("receipt.requests.one", { n: 1 })).waitFor(),
    },
    {
      by: "admin", what: "a collaborator added", form: (admin) => named(admin, t("collaborator.add")), button: t("site.submit"), call: /collaborators$/,
      opens: async (admin) => {
        await admin.goto("/console/collaborators?q=" + encodeURIComponent(newcomer.email));
        await press(admin.page, "+ " + t("collaborator.add"));
        await choose(dialog(admin), new RegExp(`^${t("field.partner_role")}`), t("partner_role.PARTNER_ROLE_TECHNICAL_SUPPORT"));
        await fills(dialog(admin), t, newcomer);
      },
      done: async (admin) => {
        await row(admin, newcomer.email).waitFor();
        equal(await row(admin, newcomer.email).count(), 1, "collaborators with this address");
      },
    },
    {
      by: "admin", what: "a collaborator removed", form: (admin) => named(admin, t("collaborator.remove")), button: t("collaborator.remove.short"), call: /:remove$/,
      opens: async (admin) => {
        await press(row(admin, newcomer.email), `${newcomer.given} ${newcomer.family}`);
        await press(dialog(admin), t("collaborator.remove"));
        await named(admin, t("collaborator.remove")).getByLabel(t("confirm.word")).fill(word);
      },
      done: (admin) => named(admin, t("collaborator.removed")).getByText(t("receipt.complete", { at: "" })).waitFor(),
    },
  ];
}

async function fills(form, t, { given, family, email }) {
  await form.getByLabel(new RegExp(`^${t("field.given_name")}`)).fill(given);
  await form.getByLabel(new RegExp(`^${t("field.family_name")}`)).fill(family);
  await form.getByLabel(new RegExp(`^${t("field.email")}`)).fill(email);
}

// anybodys are those of every organisation, and of a person.
function anybodys({ t, s, name, guest }) {
  const right = (admin) => named(admin, name).locator("fieldset.lines select").first();
  return [
    {
      by: "admin", what: "a member invited", form: (admin) => named(admin, t("member.add")), button: t("member.send"), call: /invitations$/,
      opens: async (admin) => {
        await admin.goto("/console/invitations?open=new");
        await fills(dialog(admin), t, guest);
      },
      done: async (admin) => {
        await row(admin, guest.email).waitFor();
        equal(await row(admin, guest.email).count(), 1, "invitations to this address");
      },
    },
    {
      by: "admin", what: "a right changed", form: (admin) => named(admin, name), button: t("sheet.save"), call: /members\/[^/]+$/,
      opens: async (admin) => {
        await admin.goto("/console/members");
        await admin.page.locator(".grid").getByRole("link", { name, exact: true }).click();
        await right(admin).selectOption({ label: t("level.LEVEL_GUEST") });
      },
      done: async (admin) => {
        await named(admin, name).getByRole("button", { name: t("sheet.save"), exact: true }).and(admin.page.locator(":disabled")).waitFor();
        await admin.page.reload();
        await right(admin).locator("option:checked").filter({ hasText: t("level.LEVEL_GUEST") }).waitFor({ state: "attached" });
      },
    },
    {
      by: "owner", what: "an address changed", form: (owner) => owner.page.getByRole("region", { name: t("account.email.title"), exact: true }),
      button: t("account.email.button"), call: /me:changeEmail$/, proven: true,
      opens: async (owner) => {
        await owner.goto("/console/account");
        await owner.page.getByLabel(t("field.new_email")).fill(`new-${guest.email}`);
      },
      done: async (owner) => {
        await owner.page.getByRole("status").getByText(t("account.email.sent", { email: `new-${guest.email}` })).waitFor();
        equal((await letters(s, { to: `new-${guest.email}`, subject: "" })).length > 0, true, "a mail came");
      },
    },
  ];
}

// interrupted opens a form, is kept from sending it three times, and sends it.
// again is the button of a form that has made way for how far it has come.
async function interrupted(person, { opens, form, button, again = button, call, done, t, proven }) {
  await opens(person);
  const place = form(person);
  const typed = await held(place);
  const sender = place.getByRole("button", { name: button, exact: true });
  const next = sender.or(place.getByRole("button", { name: again, exact: true }));
  const stays = async (what) => (await sender.count()) === 0 || equal(await held(place), typed, what);
  const fails = () => place.getByText(t("failure.network")).first().waitFor();
  await person.context.setOffline(true);
  await next.click();
  await fails();
  await person.context.setOffline(false);
  await stays("what was typed, without a network");
  const pressed = await next.elementHandle(); // the page may be told at once that the session is over
  await endsSession(person);
  await pressed.evaluate((one) => one.click());
  await comesBack(person, { t, proven });
  await stays("what was typed, after the session ended");
  await losesAnswer(person, call, () => next.click().then(fails));
  await stays("what was typed, after the answer was lost");
  await next.click();
  await done(person);
  person.faults.splice(0); // Chromium notes what was cut off
}

// held are the values of a form's fields.
const held = (place) => place.locator("input, select, textarea").evaluateAll((fields) =>
  fields.map((one) => (["checkbox", "radio"].includes(one.type) ? one.checked : one.value)));

// asks calls the API as another tab of the same browser would.
const asks = (person, calls) => person.page.evaluate(async (list) => {
  for (const [path, body] of list) {
    await fetch(`/v1/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }
}, calls);

const endsSession = (person) => asks(person, [["auth:signOut", {}]]);

async function comesBack(person, { t, proven }) {
  const over = person.page.getByRole("dialog", { name: t("session.over.title") });
  await over.waitFor();
  const { email, password, organization } = person.account;
  await asks(person, [["auth:signIn", { email, password }]]);
  await press(over, t("session.back")); // half-way in, as where a company is still to be chosen
  const elsewhere = person.page.getByRole("dialog", { name: t("session.elsewhere.title") });
  await elsewhere.waitFor();
  await asks(person, [
    ["auth:selectContext", { organizationId: person.scenario.company(organization).id }],
    ...(proven ? [["me:confirmIdentity", { password }]] : []),
  ]);
  await press(elsewhere, t("session.back"));
  await elsewhere.waitFor({ state: "hidden" });
}

// losesAnswer lets the call arrive that is sent, and its answer never come. What
// is read, or only tried beforehand, is let through.
async function losesAnswer(person, call, send) {
  let lost = false;
  const matches = (url) => url.pathname.startsWith("/v1/") && call.test(url.pathname);
  const cut = async (route) => {
    const asked = route.request();
    if (lost || asked.method() === "GET" || /"validateOnly":true/.test(asked.postData() ?? "")) {
      return route.fallback();
    }
    lost = true;
    await route.fetch();
    await route.abort("connectionreset");
  };
  await person.page.route(matches, cut);
  await send();
  await person.page.unroute(matches, cut);
  equal(lost, true, "an answer was lost");
}
