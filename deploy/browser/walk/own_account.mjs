// What is a person's own, in the console: a passkey by a virtual authenticator,
// another address, all data as a file.
import { readFileSync } from "node:fs";
import { holds } from "./assert.mjs";
import { arrives, press } from "./console.mjs";
import { authenticator } from "./passkeys.mjs";

export async function ownAccount(s, person, t) {
  const region = (title) => person.page.getByRole("region", { name: t(title), exact: true });
  person.refusals = true; // Chromium notes that the removal is to be confirmed first
  await s.step("R108: a passkey is added in the console, and removed", async () => {
    await arrives(s, person, t("menu.assistance"));
    await person.goto("/console/account");
    await authenticator(person);
    await press(region("factors.title"), t("factors.add.passkey"));
    await press(person.page.getByRole("dialog", { name: t("codes.title") }), t("codes.kept"));
    await person.look("console-passkey");
    await press(region("factors.title").locator(".row"), t("factors.remove.label", { what: t("factor.kind.FACTOR_KIND_PASSKEY") }));
    await press(person.page.getByRole("dialog", { name: t("confirm.title") }), t("passkey.use"));
    await region("factors.title").getByText(t("factors.none")).waitFor();
  });
  await s.step("R52: another address is asked for, and nothing changes before its link", async () => {
    await region("account.email.title").getByLabel(t("field.new_email"), { exact: true }).fill(`new-${person.account.email}`);
    await press(region("account.email.title"), t("account.email.button"));
    await region("account.email.title").getByText(t("account.email.sent", { email: `new-${person.account.email}` })).waitFor();
    await region("account.email.title").getByText(person.account.email, { exact: true }).waitFor();
  });
  await s.step("all data about the person, as a file", async () => {
    const [file] = await Promise.all([person.page.waitForEvent("download"), press(region("account.export.title"), t("account.export.button"))]);
    holds(JSON.stringify(JSON.parse(readFileSync(await file.path(), "utf8"))).includes(person.account.email), "the file holds the person's address");
    await region("account.export.title").getByText(t("account.export.saved")).waitFor();
  });
}
