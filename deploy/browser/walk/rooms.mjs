// Every page that a person finds by walking about, for what holds on every
// page. Those within a task are looked at where the task is done.
const open = ["/sign-in", "/forgot-password", "/guide/invitation"];
const own = [
  "/organizations", "/account", "/account/sessions", "/account/factors", "/account/confirm",
  "/account/password",
];
// What the second look opens.
const guarded = ["/account/email", "/account/export", "/account/erase"];
const company = [
  "/assistance", "/assistance/partners", "/assistance/all/stop",
  "/members", "/members/new", "/members/import", "/members/diagnose", "/history",
];
const firm = [
  "/partner/dossiers", "/partner/collaborators", "/partner/collaborators/new", "/partner/contacts", "/partner/sessions",
];

export async function rooms(s, { owner, admin }) {
  const client = await s.person(owner);
  await s.step("the pages that are open to all", () => visit(client, open));
  await s.step("a person's own pages", async () => {
    await client.signIn();
    await visit(client, own);
  });
  await s.step("what the second look opens", async () => {
    await client.goto("/account/confirm");
    await client.field("password").fill(client.account.password);
    await client.page.locator('button[value="password"]').click();
    await client.page.locator("details.switch").waitFor();
    await visit(client, guarded);
  });
  await s.step("a company's pages", () => visit(client, company));
  await s.step("the sheet of a member", () => openFirst(client, "/members", "mbr_"));
  const partner = await s.person(admin);
  await s.step("a partner's pages", async () => {
    await partner.signIn();
    await visit(partner, firm);
  });
  await s.step("the sheet of a collaborator", () => openFirst(partner, "/partner/collaborators", "col_"));
}

async function visit(person, paths) {
  for (const path of paths) {
    await person.goto(path);
    await person.speak();
    await person.look("room" + path.replaceAll("/", "-"));
  }
}

// openFirst follows the first link of a list to one of its things.
async function openFirst(person, list, kind) {
  await person.goto(list);
  await person.page.locator(`main a[href^="${list}/${kind}"]`).first().click();
  await person.page.locator("main h2").first().waitFor();
  await person.look("room" + list.replaceAll("/", "-") + "-one");
}
