// Every form, with what nobody should send: it tells the field and the rule, in
// the person's language, keeps what was typed, and runs nothing.
import { readFileSync } from "node:fs";
import { equal, holds, patience } from "./assert.mjs";

const markup = `<img src=x onerror="alert(1)">'"`;
const long = "x".repeat(5000);

// A sort of field takes these wrong values. An invisible sign turns round what
// stands behind it.
const sorts = {
  text: { empty: "", long, wrong: "\u202Eemac", hostile: markup },
  email: { empty: "", long: `${long}@example.com`, wrong: "personne", hostile: `${markup}@example.com` },
  number: { empty: "", long: "9".repeat(40), wrong: "-1", hostile: markup },
  code: { empty: "", long: "1".repeat(5000), wrong: "000000", hostile: markup },
  month: { empty: "", long: "9999-12", wrong: "0001-01", hostile: "1999-01" },
  day: { empty: "", long: "9999-12-31", wrong: "1999-01-01", hostile: "1999-01-01" },
};

const kinds = ["empty", "long", "wrong", "hostile"];

// rulesOf gives a function from a rule, or a reason, to its words.
export function rulesOf(lang) {
  const path = new URL(`../../../services/kit/fault/texts_${lang}.json`, import.meta.url);
  const { rules, reasons } = JSON.parse(readFileSync(path, "utf8"));
  return (name) => rules[name] ?? reasons[name];
}

// watchForms notes what no wrong value may do.
export function watchForms(person) {
  person.refusals = true;
  person.context.on("dialog", (dialog) => person.faults.push(`a script ran: ${dialog.message()}`));
  person.context.on("response", (answer) => answer.status() >= 500 && person.faults.push(`${answer.status()} from ${answer.url()}`));
}

// refuses puts each kind of wrong value into all fields at once. A field is
// {input, sort, says}: says holds, by kind, what stands beside it then. whole
// holds what is said of the form as a whole; held are the kinds that the form
// does not let through to its button. What no word is said of is accepted, and
// not sent. press sends the form, and comes back once it was answered.
export async function refuses(person, { fields, whole = {}, held = [], button, press }) {
  for (const kind of kinds.filter((one) => whole[one] || held.includes(one) || fields.some((field) => field.says[one]))) {
    for (const field of fields) {
      await field.input.fill(sorts[field.sort][kind]);
      field.typed = await field.input.inputValue();
    }
    if (held.includes(kind)) {
      holds(await button.isDisabled(), `${kind}: the button waits`);
      continue;
    }
    await press(button);
    for (const field of fields) {
      await beside(field, kind);
    }
    if (whole[kind]) {
      await person.page.getByText(whole[kind]).first().waitFor();
    }
  }
  equal(await person.page.locator("img[src=x]").count(), 0, "pictures that a value brought");
}

// looksFor puts each kind into a form that refuses nothing: what is looked for
// may be anything. open brings the form again.
export async function looksFor(person, { fields, press, open }) {
  for (const kind of kinds) {
    for (const { input, sort } of fields) {
      await input.fill(sorts[sort][kind]);
    }
    await press();
    equal(await person.page.locator("img[src=x]").count(), 0, "pictures that a value brought");
    await open();
  }
}

// beside: the words stand where a reader of screens finds them, and what was
// typed is there. A page gives no secret back.
async function beside({ input, says, typed }, kind) {
  const words = says[kind];
  for (const until = Date.now() + patience; words && !(await describedBy(input)).includes(words);) {
    holds(Date.now() < until, `${kind}: beside ${input} stands ${words}, and not ${await describedBy(input)}`);
    await input.page().waitForTimeout(50);
  }
  const secret = (await input.getAttribute("type")) === "password" && !input.page().url().includes("/console/");
  equal(await input.inputValue(), secret ? "" : typed, `${kind}: what was typed into ${input}`);
}

function describedBy(input) {
  return input.evaluate((one) => (one.getAttribute("aria-describedby") ?? "").split(" ").map((id) => (document.getElementById(id)?.textContent ?? "").replaceAll("\u00a0", " ")));
}
