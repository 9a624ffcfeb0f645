// A passkey, by a virtual authenticator of the browser: added, signed in with
// in place of a password, and removed after a second look at who asks.
import { equal } from "./assert.mjs";

export async function passkeys(s, { owner }) {
  const person = await s.person(owner);
  await s.step("R108: a passkey is added, and the recovery codes are shown once", () => adds(s, person));
  await s.step("R108: the passkey signs in without the password", () => signsIn(s, person));
  await s.step("R108: the passkey is the second step after the password", () => secondStep(s, person));
  await s.step("R108: it is removed after a second look at who asks", () => removes(s, person));
}

// authenticator holds a passkey as a telephone does, and is always unlocked.
export async function authenticator(person) {
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function adds(s, person) {
  await person.signIn();
  await authenticator(person);
  await person.goto("/account/factors");
  await person.heading(s.words("factors.title"));
  await person.look("factors");
  await person.button("factors.add.passkey").click();
  await person.heading(s.words("passkey.add.title"));
  await person.look("passkey");
  await person.field("name").fill("Portable");
  await person.button("passkey.create").click();
  await person.heading(s.words("codes.title"));
  equal(await person.page.locator("main code").count(), 10, "recovery codes");
  await person.look("codes");
  await person.link(s.words("codes.kept")).click();
  await person.row(s.words("factor.FACTOR_KIND_PASSKEY")).waitFor();
}

async function leaves(person) {
  await person.context.clearCookies();
  await person.goto("/sign-in");
  await person.speak();
}

async function signsIn(s, person) {
  await leaves(person);
  await person.button("signin.passkey").click();
  await person.button("passkey.use").click();
  await person.page.locator("details.switch").waitFor();
}

async function secondStep(s, person) {
  await leaves(person);
  await person.field("email").fill(person.account.email);
  await person.field("password").fill(person.account.password);
  await person.button("signin.submit").click();
  await person.heading(s.words("factor.verify.title"));
  await person.look("second step");
  await touches(person);
  await person.page.locator("details.switch").waitFor();
}

// touches chooses the passkey on a page that asks who is there, and answers.
async function touches(person) {
  await person.button("passkey.use").click();
  await person.page.locator("form[data-passkey]").waitFor();
  await person.button("passkey.use").click();
}

async function removes(s, person) {
  await person.goto("/account/factors");
  await person.page.getByRole("button", { name: s.words("factors.remove.label", { what: s.words("factor.FACTOR_KIND_PASSKEY") }) }).click();
  await person.heading(s.words("confirm.title"));
  await person.look("second look");
  await touches(person);
  await person.heading(s.words("factors.title"));
  await person.page.getByRole("button", { name: s.words("factors.remove.label", { what: s.words("factor.FACTOR_KIND_PASSKEY") }) }).click();
  await person.text(s.words("factors.none"));
}
