/** What the page's main thread does while one scrolls, out of Chromium's own trace. */
import { Failure } from '../scripts/steps.mjs';

/** A frame at 60 Hz: a longer task is a dropped one. */
const frameMs = 16;
const category = 'disabled-by-default-devtools.timeline';

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, dur?: number, tdur?: number, args?: { name?: string } }} TraceEvent
 * @typedef {import('@playwright/test').Page} Page
 */

/** @type {readonly (readonly [way: string, move: (page: Page) => Promise<void>])[]} */
const ways = [
  [
    'wheel',
    async (page) => {
      await page.getByRole('grid', { name: 'Events' }).hover();
      for (let notch = 0; notch < 120; notch++) await page.mouse.wheel(0, 240);
    },
  ],
  [
    'drag of the bar',
    (page) =>
      page.getByRole('grid', { name: 'Events' }).evaluate(async (found) => {
        /** @type {unknown} */
        const grid = found;
        const element = /** @type {{ readonly scrollHeight: number, readonly clientHeight: number, scrollTop: number }} */ (grid);
        const end = element.scrollHeight - element.clientHeight;
        for (let at = 0; at <= 120; at++) {
          await new Promise((done) => setTimeout(done, 16)); // about a frame
          element.scrollTop = (end * at) / 120;
        }
      }),
  ],
  [
    'paging by keyboard',
    async (page) => {
      await page.getByRole('grid', { name: 'Events' }).focus();
      await page.keyboard.press('Home');
      for (let screen = 0; screen < 120; screen++) await page.keyboard.press('PageDown');
    },
  ],
  [
    'End and Home',
    async (page) => {
      await page.getByRole('grid', { name: 'Events' }).focus();
      for (let turn = 0; turn < 30; turn++) {
        await page.keyboard.press('End');
        await page.keyboard.press('Home');
      }
    },
  ],
];

/**
 * Every task of the main thread of the page that was traced, in milliseconds: by the clock, and of its processor alone,
 * which other programs on the machine do not lengthen.
 * @param {Buffer} trace
 */
function tasksOf(trace) {
  /** @type {unknown} */
  const parsed = JSON.parse(trace.toString());
  const { traceEvents } = /** @type {{ traceEvents: readonly TraceEvent[] }} */ (parsed);
  const isMain = (/** @type {TraceEvent} */ { name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mains = traceEvents.filter(isMain).map(({ pid, tid }) => {
    const tasks = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask' && event.ph === 'X');
    return tasks.map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
  });
  const sum = (/** @type {readonly { ms: number }[]} */ tasks) => tasks.reduce((all, { ms }) => all + ms, 0);
  // A browser keeps a spare renderer, which does nothing.
  const [busiest = []] = mains.sort((a, b) => sum(b) - sum(a));
  if (busiest.length === 0) throw new Failure('The trace has no tasks of the main thread.');
  return busiest;
}

/**
 * Opens the capture and scrolls it in each way; prints the longest task and how many took longer than a frame.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} address
 * @param {string} file
 * @param {(figure: string, values: Record<string, number>) => void} print
 */
export async function measureScrolling(browser, address, file, print) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(address);
    await page.getByLabel('Open capture').setInputFiles(file);
    await page.getByRole('status', { name: 'Capture status' }).getByText(/Indexed in/).waitFor({ timeout: 300_000 });
    for (const [way, move] of ways) {
      await browser.startTracing(page, { categories: [category] });
      await move(page);
      const tasks = tasksOf(await browser.stopTracing());
      const longest = (/** @type {readonly number[]} */ all) => Math.round(Math.max(...all) * 10) / 10;
      const late = (/** @type {readonly number[]} */ all) => all.filter((ms) => ms > frameMs).length;
      const clock = tasks.map(({ ms }) => ms);
      const cpu = tasks.map(({ cpuMs }) => cpuMs);
      print(`main thread, ${way}`, {
        longest_ms: longest(clock),
        over_16_ms: late(clock),
        longest_cpu_ms: longest(cpu),
        over_16_cpu_ms: late(cpu),
        tasks: tasks.length,
      });
    }
  } finally {
    await page.close();
  }
}
