// Every form of the console, with what nobody should send: it says what is
// wrong, in the person's language, keeps what was typed, and runs nothing.
import { equal, holds } from "./assert.mjs";

const wrong = {
  empty: "",
  blank: "   ",
  "too long": "x".repeat(5000),
  "no address": "personne",
  markup: `<img src=x onerror=alert(1)>"'`,
  formula: `=HYPERLINK("https://evil.test")`,
  "two lines": "a@b.example\r\nBcc: c@d.example",
  "written backwards": "\u202Emoc.live@evil",
};

const common = {
  fr: /\b(le|la|les|de|des|du|un|une|pas|est|au|ce|cette|doit|vous|votre|trop|ou|en)\b/i,
  en: /\b(the|of|a|an|not|is|to|this|must|you|your|too|or|in|at)\b/i,
};

// tries fills the form's fields with each of them; form finds it anew. What one
// may well send, such as an odd name, may pass: the form is then gone or empty.
export async function tries(person, { form, lang, submit, mayPass = [] }) {
  for (const [what, value] of Object.entries(wrong)) {
    const place = await form();
    const fields = place.locator("input:not([type=checkbox]):not([type=radio]):not([type=file]):not([type=date]):not([readonly]), textarea");
    const typed = [];
    for (const field of await fields.all()) {
      if (await field.isVisible()) {
        await field.fill(value);
        typed.push({ field, held: await field.inputValue() });
      }
    }
    await place.getByRole("button", { name: submit, exact: true }).click();
    if (mayPass.includes(what)) {
      await person.page.waitForLoadState();
      continue;
    }
    const told = place.locator("[role=alert], .mantine-InputWrapper-error").first();
    await told.waitFor();
    const text = await told.textContent();
    holds(common[lang].test(text), `${what}: said in ${lang}: ${text}`);
    for (const { field, held } of typed) {
      equal(await field.inputValue(), held, `${what}: what was typed`);
    }
  }
}
