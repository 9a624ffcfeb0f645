// longTasks are those of a page's main thread over a limit, in milliseconds,
// while something happens. A task counts by the processor time it took: on a
// machine that is busy with others it may wait for a processor, which is not the
// page's doing.
export async function longTasks(page, limit, act) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel"] } });
  await act();
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const main = new Set(events.filter((one) => one.name === "thread_name" && one.args.name === "CrRendererMain").map(thread));
  const tasks = events.filter((one) => one.name === "ThreadControllerImpl::RunTask" && main.has(thread(one)));
  if (!tasks.some((one) => one.tdur > 0)) {
    throw new Error("the browser tells no processor time of its tasks");
  }
  return tasks.map((one) => (one.tdur ?? 0) / 1000).filter((took) => took > limit);
}

const thread = (event) => `${event.pid} ${event.tid}`;

// scrollDown scrolls through a list, most of a screen in every frame, to the
// height that is given, or until nothing more has come for long.
export async function scrollDown(page, height) {
  await page.evaluate(async (end) => {
    const patience = 1200; // frames
    for (let still = 0; scrollY < end && still < patience;) {
      const before = scrollY;
      scrollBy(0, innerHeight * 0.8);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      still = scrollY === before ? still + 1 : 0;
    }
  }, height);
}
