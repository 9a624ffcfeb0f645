// Walks the pages of a running Aval in Chromium. Reads its order as JSON from
// standard input, prints one line of JSON a step, ends with 0 even when a step
// failed: the Go test beside it judges.
import { launch } from "./walk/launch.mjs";
import { story } from "./walk/story.mjs";
import { keyboard } from "./walk/keyboard.mjs";
import { scanner } from "./walk/scanner.mjs";
import { presses } from "./walk/presses.mjs";
import { passkeys } from "./walk/passkeys.mjs";
import { rooms } from "./walk/rooms.mjs";
import { consoles } from "./walk/console.mjs";
import { manners } from "./walk/manners.mjs";

const { order, browser, run: walks } = await launch();

async function run(name, manner, walk, cast) {
  if ((walk === consoles || walk === manners) && !order.console) {
    return;
  }
  await walks(name, manner, walk, cast);
}

// Two threads of the story, in different companies, side by side.
async function inFrench() {
  await run("in French on a desk", { lang: "fr", album: "fr-desk" }, story, {
    admin: "claire", clients: ["boulangerie", "menuiserie"], owner: "marie",
    newcomer: { given: "Inès", family: "Vidal", email: "ines@lumen.example" }, duration: "1_WEEK",
  });
  await run("a scanner that runs scripts gives no consent", { lang: "fr" }, scanner, { owner: "paul", client: "menuiserie", admin: "claire" });
  await run("two presses are one act", { lang: "fr" }, presses, { owner: "paul", admin: "claire", support: "karim", client: "boulangerie" });
  await run("every page in French on a desk", { lang: "fr", album: "fr-desk" }, rooms, { owner: "marie", admin: "claire" });
  await run("a passkey", { lang: "fr" }, passkeys, { owner: "marie" });
}

async function inEnglish() {
  await run("in English on a phone", { lang: "en", album: "en-phone", phone: true }, story, {
    admin: "olivier", clients: ["garage", "fleuriste"], owner: "hugo",
    newcomer: { given: "Nora", family: "Blin", email: "nora@octave.example" }, duration: "24_HOURS",
  });
  await run("every page in English on a phone", { lang: "en", album: "en-phone", phone: true }, rooms, { owner: "hugo", admin: "olivier" });
  await run("by keyboard alone", { lang: "fr" }, keyboard, { admin: "claire", support: "karim", client: "fleuriste", owner: "lea" });
}

// One after the other: the console keeps its language with the person.
async function inTheConsole() {
  await run("the console, when things go otherwise", { lang: "fr", album: "fr-desk" }, manners, {
    admin: "claire", support: "Karim Renaud", client: "menuiserie", owner: "paul",
    newcomer: { given: "Alma", family: "Serre", email: "alma@lumen.example" },
  });
  await run("the console in French on a desk", { lang: "fr", album: "fr-desk" }, consoles, {
    admin: "claire", support: "Karim Renaud", client: "menuiserie", owner: "paul",
    newcomer: { given: "Zoé", family: "Carlin", email: "zoe@lumen.example" },
  });
  await run("the console in English on a phone", { lang: "en", album: "en-phone", phone: true }, consoles, {
    admin: "claire", support: "Inès Vidal", client: "fleuriste", owner: "lea",
    newcomer: { given: "Paula", family: "Ferrand", email: "paula@lumen.example" },
  });
}

await Promise.all([inFrench(), inEnglish()]);
await inTheConsole();
await browser.close();
