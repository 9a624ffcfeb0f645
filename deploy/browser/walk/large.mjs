// The lists at 100,000 dossiers: what is drawn is what is in sight, what is
// looked for is found by the server.
import { equal, holds } from "./assert.mjs";
import { arrives, choose, dialog, press, row, consoleWords } from "./console.mjs";
import { longTasks, scrollDown } from "./tasks.mjs";

export async function large(s, cast) {
  const t = consoleWords(s.manner.lang);
  const admin = await s.person(cast.admin);
  await s.step("thousands of rows are scrolled past without a long task", () => scrolls(s, admin, { t }));
  await s.step("R20: search and filters are the server's, and stand in the address", () => finds(admin, { t }));
  await s.step("R22: all that match are assigned in one gesture, with progress and a result for each", () => assignsAll(admin, { t }));
  await s.step("R75: collaborators by how things stand with them; the filter stands in the address", () => staff(admin, { t }));
  await s.step("the grid of coverage draws what is in sight, both ways", () => grid(admin, { t }));
}

const rowsInSight = 60;

// stutter is what everybody sees, in ms of processor time, on whatever machine;
// the measure counts what is over 50.
const stutter = 200;

async function scrolls(s, admin, { t }) {
  await arrives(s, admin, t("menu.dossiers"));
  await row(admin, "Boulangerie").waitFor();
  const long = await longTasks(admin.page, stutter, () => scrollDown(admin.page, 250_000));
  equal(long, [], `tasks over ${stutter} ms of processor time, while scrolling`);
  const seen = await admin.page.evaluate(() => scrollY);
  holds(seen >= 250_000, `the list scrolls on and on: ${seen} px`);
  const drawn = await admin.page.locator("main .rows > li").count();
  holds(drawn > 0 && drawn < rowsInSight, `rows that are drawn: ${drawn}`);
}

async function finds(admin, { t }) {
  await admin.page.evaluate(() => scrollTo(0, 0));
  await admin.page.getByLabel(t("dossiers.search.hint")).fill("client 054321");
  await row(admin, "Client 054321").waitFor();
  await admin.page.locator("main .rows > li").nth(1).waitFor({ state: "detached" });
  await admin.page.getByLabel(t("dossiers.search.hint")).fill("client 0543");
  await admin.page.waitForURL((url) => url.searchParams.get("q") === "client 0543");
  await admin.page.getByRole("button", { name: new RegExp(`^${t("dossiers.filter.UNASSIGNED")}`) }).click();
  await admin.page.waitForURL((url) => url.searchParams.get("filter") === "UNASSIGNED");
  await row(admin, "Client 054300").waitFor();
  await admin.page.reload();
  await row(admin, "Client 054300").waitFor();
  equal(await admin.page.locator("main .rows > li").count(), 1, "dossiers without anybody, of a hundred, after a reload");
  await admin.page.goBack();
  await row(admin, "Client 054301").waitFor();
}

// A thousand are more than one call takes.
async function assignsAll(admin, { t }) {
  await admin.goto("/console/dossiers?q=client+054");
  await row(admin, "Client 054000").waitFor();
  await admin.page.getByLabel(t("dossiers.select.all")).check();
  await press(admin.page.locator(".bulk"), t("assign.title"));
  await choose(dialog(admin), t("field.support"), /Karim Renaud/);
  await dialog(admin).getByRole("button", { name: t("site.submit"), exact: true }).dblclick();
  await dialog(admin).getByRole("progressbar").waitFor();
  await dialog(admin).getByText(t("assign.done", { good: 1000, all: 1000 })).waitFor();
  equal(await dialog(admin).locator(".results li").count(), 1000, "results");
  await dialog(admin).getByRole("button", { name: t("site.close"), exact: true }).last().click();
}

// Thirty people, at least, have dossiers and never came.
async function staff(admin, { t }) {
  await admin.goto("/console/collaborators");
  const never = admin.page.getByRole("button", { name: new RegExp(`^${t("dossiers.filter.NEVER_USED")} \\(\\d+\\)$`) });
  const counted = Number((await never.textContent()).match(/\d+/)[0]);
  holds(counted >= 30, `${counted} who never came, of thirty and more`);
  await never.click();
  await admin.page.waitForURL((url) => url.searchParams.get("filter") === "NEVER_USED");
  const found = admin.page.locator('main .rows > li').filter({ hasText: "Camille Martin" });
  await found.first().waitFor();
  equal(await found.first().getAttribute("aria-setsize"), String(counted), "rows, as counted");
  await admin.page.reload();
  await never.and(admin.page.locator('[aria-pressed="true"]')).waitFor();
  await found.first().waitFor();
  await admin.look("console-staff");
  await press(admin.page, t("tag.TAG_KIND_FREELANCER"));
  await admin.page.getByText(t("collaborators.none.filter")).waitFor();
}

async function grid(admin, { t }) {
  await admin.goto("/console/coverage");
  const cells = admin.page.locator(".matrix-cell");
  await cells.first().waitFor();
  const long = await longTasks(admin.page, stutter, async () => {
    for (let row = 1; row <= 40; row++) {
      await admin.page.locator(".matrix").evaluate((frame, top) => { frame.scrollTop = top; }, row * 400);
      await cells.first().waitFor();
    }
  });
  equal(long, [], `tasks over ${stutter} ms of processor time, while scrolling the grid`);
  const drawn = await cells.count();
  holds(drawn > 0 && drawn < 1500, `cells that are drawn: ${drawn}`);
}
