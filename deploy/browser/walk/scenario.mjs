// A scenario is a list of steps, told one by one. The first step that fails
// ends it, with a picture of every page that is open.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Person } from "./person.mjs";
import { wordsOf } from "./words.mjs";

export class Scenario {
  // manner: lang, phone, and album, the folder for the pictures of its
  // pages where the order asks for them.
  constructor({ name, manner, browser, order }) {
    Object.assign(this, { name, manner, browser, order, people: [] });
    this.words = wordsOf(manner.lang);
    mkdirSync(order.screenshots, { recursive: true });
  }

  async run(walk) {
    try {
      await walk(this);
    } catch (problem) {
      if (!(problem instanceof Ended)) {
        this.tell("outside a step", 0, problem, []);
      }
    }
    await Promise.all(this.people.map((one) => one.leave()));
  }

  // step does one thing that a person would call one thing.
  async step(what, act) {
    const began = Date.now();
    try {
      await act();
      for (const one of this.people) {
        one.complain();
      }
    } catch (problem) {
      this.tell(what, began, problem, await this.photographAll());
      throw new Ended();
    }
    this.tell(what, began);
  }

  tell(step, began, problem, screenshots = []) {
    const line = { scenario: this.name, step, seconds: began ? (Date.now() - began) / 1000 : 0, error: problem ? plain(problem) : "", screenshots };
    process.stdout.write(JSON.stringify(line) + "\n");
  }

  // person comes with a browser of their own: no cookie is shared.
  async person(key) {
    const one = await Person.arrive(this, key);
    this.people.push(one);
    return one;
  }

  account(key) {
    return this.order.world.accounts.find((one) => one.key === key);
  }

  company(key) {
    return this.order.world.organizations.find((one) => one.key === key);
  }

  // picture is the path of the next picture of a page.
  picture(page, dark) {
    const album = join(this.order.screenshots, this.manner.album + (dark ? "-dark" : ""));
    mkdirSync(album, { recursive: true });
    return join(album, page + ".png");
  }

  async photographAll() {
    const out = [];
    for (const one of this.people) {
      for (const page of one.context.pages()) {
        const path = join(this.order.screenshots, `failed-${this.name.replaceAll(" ", "-")}-${one.key}-${out.length}.png`);
        await page.screenshot({ path, fullPage: true, timeout: 5000 }).then(() => out.push(path), () => {});
      }
    }
    return out;
  }
}

class Ended extends Error {}

// plain takes the colours out of an error's text.
function plain(problem) {
  return String(problem.stack ?? problem).replaceAll(/\u001b\[[0-9;]*m/g, "");
}
