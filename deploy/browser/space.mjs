// Walks a partner's space in the console, in a stack of its own; told and judged
// as walk.mjs is.
import { pressesInTheConsole } from "./walk/console_presses.mjs";
import { interruptions } from "./walk/interruptions.mjs";
import { launch } from "./walk/launch.mjs";
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
await browser.close();
