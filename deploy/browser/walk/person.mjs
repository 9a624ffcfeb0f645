// A person at a browser of their own. Everything that goes wrong on any of
// their pages is noted, and told by the step in which it happened.
import { patience } from "./assert.mjs";
import { check } from "./check.mjs";

const desk = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };

export class Person {
  static async arrive(scenario, key) {
    const { lang, phone: onPhone } = scenario.manner;
    const context = await scenario.browser.newContext({
      viewport: onPhone ? phone : desk, hasTouch: Boolean(onPhone), isMobile: Boolean(onPhone),
      locale: lang === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: "light", reducedMotion: "reduce",
    });
    context.setDefaultTimeout(patience);
    const one = new Person();
    Object.assign(one, { scenario, key, context, account: scenario.account(key), words: scenario.words, faults: [] });
    one.watch();
    one.page = await context.newPage();
    return one;
  }

  watch() {
    this.context.on("request", (request) => {
      if (!ours(request.url())) {
        this.faults.push(`a request to a foreign origin: ${request.url()}`);
      }
    });
    this.context.on("console", (message) => {
      if (message.type() === "error" && !isRefusedPage(message) && !(this.refusals && isRefusal(message))) {
        this.faults.push(`on the console of ${message.page()?.url()}: ${message.text()}`);
      }
    });
    this.context.on("weberror", (error) => this.faults.push(`a script failed: ${error.error()}`));
  }

  complain() {
    if (this.faults.length > 0) {
      throw new Error(`${this.key}: ${this.faults.splice(0).join("; ")}`);
    }
  }

  async leave() {
    await this.context.close();
  }

  // look checks the page at which the person is, and keeps its picture.
  async look(name, page = this.page) {
    await check(this, page, name);
  }

  async goto(path) {
    await this.page.goto(this.scenario.order.url + path);
  }

  // speak takes the story's language where the page came in the other.
  async speak() {
    const { lang } = this.scenario.manner;
    if ((await this.page.locator("html").getAttribute("lang")) !== lang) {
      await this.page.locator(`footer a[hreflang="${lang}"]`).click();
      await this.page.locator(`html[lang="${lang}"]`).waitFor();
    }
  }

  async signIn() {
    await this.goto("/");
    await this.speak();
    await this.field("email").fill(this.account.email);
    await this.field("password").fill(this.account.password);
    await this.button("signin.submit").click();
    await this.page.locator("details.switch").waitFor();
    await this.speak();
  }

  // menu follows an entry of the menu, and waits for its page.
  async menu(key) {
    const nav = this.page.getByRole("navigation", { name: this.words("site.nav"), exact: true });
    await nav.getByRole("link", { name: this.words(key), exact: true }).click();
    await this.heading(this.words(key));
  }

  async heading(text) {
    await this.page.getByRole("heading", { level: 1, name: text, exact: true }).waitFor();
  }

  async text(text) {
    await this.page.locator("main").getByText(text).first().waitFor();
  }

  field(name) {
    return this.page.getByLabel(this.words(`field.${name}`), { exact: true });
  }

  button(key, values) {
    return this.page.locator("main").getByRole("button", { name: this.words(key, values), exact: true });
  }

  link(name) {
    return this.page.locator("main").getByRole("link", { name });
  }

  row(text) {
    return this.page.locator("main tbody tr, main .rows li").filter({ hasText: text });
  }

  // lookAtMails looks at the list of mails, which reloads when one comes.
  async lookAtMails() {
    await this.page.goto(this.scenario.order.mail);
    for (let tries = 3; ; tries--) {
      try {
        return await this.look("mailbox");
      } catch (problem) {
        if (tries === 0 || !/context was destroyed/.test(problem)) {
          throw problem;
        }
      }
    }
  }

  // openMail finds the newest mail in the mailbox's page, opens it, and follows
  // the button with these words into a new tab, where the person then is.
  async openMail({ subject, to = this.account.email, button, album }) {
    const box = this.page;
    await box.goto(this.scenario.order.mail);
    const mail = box.getByRole("link").filter({ hasText: to }).filter({ hasText: subject }).first();
    await mail.waitFor();
    await mail.click();
    await box.getByRole("heading", { level: 1 }).waitFor();
    const letter = box.frameLocator("iframe").getByRole("link", { name: button, exact: true });
    await letter.waitFor();
    await this.look(album);
    const [opened] = await Promise.all([this.context.waitForEvent("page"), letter.click()]);
    this.page = opened;
    await opened.waitForLoadState();
    await this.speak();
  }
}

function ours(address) {
  const { protocol, hostname } = new URL(address);
  return ["data:", "blob:", "about:"].includes(protocol) || hostname === "localhost" || hostname.endsWith(".localhost");
}

// Who is to be refused (refusals) lets Chromium note the API's answers.
function isRefusal(message) {
  return /status of 4\d\d/.test(message.text()) && new URL(message.location().url).pathname.startsWith("/v1/");
}

// A page may answer that something is refused (4xx); Chromium notes that of
// the page itself. Of anything that a page loads it is a fault.
function isRefusedPage(message) {
  return /status of 4\d\d/.test(message.text()) && message.location().url === message.page()?.url();
}
