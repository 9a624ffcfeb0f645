// Assigning, saying yes and taking it back, without a mouse. Tab, Enter and
// Space do everything; a letter picks in a list, as keyboards do.
import { eventually, holds } from "./assert.mjs";
import { letterLink, newestCode } from "./mail.mjs";
import { duration, nothingChosen } from "./client.mjs";
import { mails } from "./words.mjs";

// No page has more stops than this before what is wanted.
const mostStops = 60;

export async function keyboard(s, cast) {
  const admin = await s.person(cast.admin);
  const client = await s.person(cast.owner);
  const support = s.account(cast.support);
  const company = s.company(cast.client);
  const name = `${support.given_name} ${support.family_name}`;
  await s.step("an administrator signs in", () => signsIn(admin, "/partner/dossiers"));
  await s.step("R20: assigns", () => assigns(s, admin, { name, company }));
  await s.step("R25: the client says yes", () => saysYes(s, client));
  await s.step("R41: the client takes it back", () => takesBack(s, client, name));
}

// hidden gives the element that has the focus without showing it. The parts of
// a date are the browser's own, which shows the focus within.
function hidden() {
  const held = document.activeElement;
  const style = getComputedStyle(held);
  const shows = held === document.body || held.type === "date" || (style.outlineStyle !== "none" && style.outlineWidth !== "0px");
  return shows ? "" : held.outerHTML;
}

// tabTo presses Tab until the element has the focus, which shows at each stop.
async function tabTo(person, element) {
  await element.waitFor();
  for (let stop = 0; stop < mostStops; stop++) {
    await person.page.keyboard.press("Tab");
    const outline = await person.page.evaluate(hidden);
    holds(outline === "", `the focus shows on ${outline}`);
    if (await element.evaluate((one) => one === document.activeElement)) {
      return;
    }
  }
  throw new Error(`Tab does not come to ${element}`);
}

async function press(person, element, key) {
  await tabTo(person, element);
  await person.page.keyboard.press(key);
}

async function signsIn(person, path) {
  await person.goto(path);
  await tabTo(person, person.field("email"));
  await person.page.keyboard.type(person.account.email);
  await tabTo(person, person.field("password"));
  await person.page.keyboard.type(person.account.password);
  await person.page.keyboard.press("Enter");
  await person.page.locator("details.switch").waitFor();
}

async function assigns(s, admin, { name, company }) {
  await press(admin, admin.page.getByRole("link", { name: s.words("site.skip") }), "Enter");
  await press(admin, admin.button("assign.title"), "Enter"); // nothing is ticked
  await admin.page.getByRole("alert").waitFor();
  await press(admin, admin.page.getByLabel(s.words("dossiers.tick", { client: company.name }), { exact: true }), "Space");
  // The button stands before the table: back to it, as a person would.
  await backTo(admin, admin.button("assign.title"));
  await admin.page.keyboard.press("Enter");
  const list = admin.field("collaborator_id");
  await list.waitFor();
  await eventually(admin.page, async () => (await list.getByRole("option", { name }).count()) === 1, "the collaborator is ready");
  await tabTo(admin, list);
  await admin.page.keyboard.type(name);
  holds((await list.locator("option:checked").textContent()).includes(name), "the letters pick the person");
  await press(admin, admin.button("site.submit"), "Enter");
  await admin.row(company.name).locator(".assigned").filter({ hasText: name }).getByText(s.words("assignment.PENDING_CONSENT")).waitFor();
}

async function backTo(person, element) {
  for (let stop = 0; stop < mostStops; stop++) {
    await person.page.keyboard.press("Shift+Tab");
    if (await element.evaluate((one) => one === document.activeElement)) {
      return;
    }
  }
  throw new Error(`Shift+Tab does not come to ${element}`);
}

async function saysYes(s, client) {
  await client.page.goto(await letterLink(s, { to: client.account.email, subject: mails.asked, path: "/c/", holding: "Karim" }));
  await nothingChosen(client.page);
  await press(client, client.button("consent.yes"), "Enter");
  await press(client, client.page.getByRole("alert").getByRole("link").first(), "Enter"); // leads to the field
  await press(client, duration(client.page, "24_HOURS"), "Space");
  await press(client, client.button("consent.yes"), "Enter");
  await client.heading(s.words("code.title"));
  await tabTo(client, client.field("code"));
  await client.page.keyboard.type(await newestCode(s, { to: client.account.email }));
  await client.page.keyboard.press("Enter");
  await client.heading(s.words("answered.GIVEN.title"));
}

async function takesBack(s, client, name) {
  await signsIn(client, "/assistance");
  await press(client, client.row(name).getByRole("link", { name: s.words("answered.stop") }), "Enter");
  await client.heading(s.words("stop.title"));
  await press(client, client.button("stop.button"), "Space");
  await client.heading(s.words("answered.WITHDRAWN.title"));
}
