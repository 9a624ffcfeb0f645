// Walks the console of a partner with 100,000 dossiers; told and judged as
// walk.mjs is.
import { large } from "./walk/large.mjs";
import { launch } from "./walk/launch.mjs";

const { browser, run } = await launch();
await run("at 100,000 dossiers", { lang: "fr", album: "fr-desk" }, large, { admin: "claire" });
await browser.close();
