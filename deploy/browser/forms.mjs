// Walks every form of the console and of the pages with what nobody should send, in
// one language, in a stack of its own; told and judged as walk.mjs is.
import { consoleForms } from "./walk/console_forms.mjs";
import { launch } from "./walk/launch.mjs";
import { pageForms } from "./walk/page_forms.mjs";

const { order, browser, run } = await launch();
const { lang } = order;
await run("in the console", { lang }, consoleForms, {
  admin: "claire", support: "karim", client: "menuiserie", owner: "paul", stranger: "lea",
});
await run("on the pages", { lang }, pageForms, {
  admin: "claire", support: "karim", client: "boulangerie", owner: "marie", newcomer: "noe@lumen.example",
});
await browser.close();
