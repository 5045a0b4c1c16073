// How long the page's thread is busy at once, in time of that thread alone: other programs of a machine do not count.
import type { Page } from "@playwright/test";

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** Time that the thread itself had. */
  tdur?: number;
  args?: { chrome_mojo_event_info?: { mojo_interface_tag?: string } };
}

const MARK = "measured from here";

/** The longest task while `work` goes on, in milliseconds, without those that tests ask of the page. */
export async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const traceConfig = { includedCategories: ["toplevel", "blink.user_timing"] };
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig,
  });
  await page.evaluate((name) => performance.mark(name), MARK);
  await work();
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  return longest(events);
}

/** Of tasks and of the promise reactions that follow a task: whatever is outermost, so that nothing is missed. */
function longest(events: TraceEvent[]): number {
  const mark = events.find(({ name }) => name === MARK);
  const own = events.filter(({ pid, tid, ph }) => pid === mark?.pid && tid === mark.tid && ph === "X");
  const asked = own.filter(({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag?.includes("DevTools"));
  const holds = (task: TraceEvent, { ts }: TraceEvent) => ts >= task.ts && ts <= task.ts + (task.dur ?? 0);
  const forTests = own.filter((task) => asked.some((other) => holds(task, other)));
  const times = own.filter((event) => !forTests.some((task) => holds(task, event))).flatMap(({ tdur }) => tdur ?? []);
  if (times.length === 0) throw new Error("the trace has no task of the page");
  return Math.max(...times) / 1000;
}
