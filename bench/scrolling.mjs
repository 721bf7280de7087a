/** What the page's main thread does while one scrolls, out of Chromium's own trace. */
import { Failure } from '../scripts/steps.mjs';

/** A frame at 60 Hz: a longer task is a dropped one. */
const frameMs = 16;
const category = 'disabled-by-default-devtools.timeline';

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, dur?: number, args?: { name?: string } }} TraceEvent
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
      page.getByRole('grid', { name: 'Events' }).evaluate(async (element) => {
        const end = element.scrollHeight - element.clientHeight;
        for (let at = 0; at <= 120; at++) {
          await new Promise((done) => requestAnimationFrame(done));
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
];

/**
 * Milliseconds of every task of the main thread of the page that was traced.
 * @param {Buffer} trace
 */
function tasksOf(trace) {
  const { traceEvents } = /** @type {{ traceEvents: readonly TraceEvent[] }} */ (JSON.parse(trace.toString()));
  const isMain = (/** @type {TraceEvent} */ { name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mains = traceEvents.filter(isMain).map(({ pid, tid }) => {
    const tasks = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask' && event.ph === 'X');
    return tasks.map(({ dur = 0 }) => dur / 1000);
  });
  const sum = (/** @type {readonly number[]} */ tasks) => tasks.reduce((all, ms) => all + ms, 0);
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
      const longest = Math.max(...tasks);
      const late = tasks.filter((ms) => ms > frameMs).length;
      print(`main thread, ${way}`, { longest_ms: Math.round(longest * 10) / 10, over_16_ms: late, tasks: tasks.length });
    }
  } finally {
    await page.close();
  }
}
