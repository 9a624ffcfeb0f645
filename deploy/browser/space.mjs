// Walks a partner's space in the console, in a stack of its own; told and judged
// as walk.mjs is.
import { pressesInTheConsole } from "./walk/console_presses.mjs";
import { interruptions } from "./walk/interruptions.mjs";
import { consoleForms } from "./walk/console_forms.mjs";
import { launch } from "./walk/launch.mjs";
import { pageForms } from "./walk/page_forms.mjs";
import { partnersConsole } from "./walk/partner_console.mjs";

const { browser, run } = await launch();
await run("a partner's console in French on a desk", { lang: "fr", album: "fr-desk" }, partnersConsole, {
  admin: "claire", support: "karim", client: "boulangerie", owner: "marie",
});
await run("a partner's console in English on a phone", { lang: "en", album: "en-phone", phone: true }, partnersConsole, {
  admin: "claire", support: "karim", client: "fleuriste", owner: "lea",
});
await run("two presses in the console are one act", { lang: "fr" }, pressesInTheConsole, {
  admin: "claire", support: "karim", client: "menuiserie", owner: "paul",
});
await run("each main action is interrupted, and done once", { lang: "fr" }, interruptions, {
  admin: "claire", support: "karim", client: "menuiserie", owner: "paul",
  newcomer: { given: "Jade", family: "Perrin", email: "jade@lumen.example" }, guest: { given: "Lila", family: "Roux", email: "lila@lumen.example" },
});
for (const [lang, newcomer] of [["fr", "noe@lumen.example"], ["en", "noah@lumen.example"]]) {
  const cast = { admin: "claire", support: "karim", client: "menuiserie", owner: "paul", newcomer, stranger: lang === "fr" ? "marie" : "lea" };
  await run(`what nobody should send, in the console, ${lang}`, { lang }, consoleForms, cast);
  await run(`what nobody should send, on the pages, ${lang}`, { lang }, pageForms, cast);
}
await browser.close();
