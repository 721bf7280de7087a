/** What the page's main thread does while one scrolls, out of Chromium's own trace. */
import { category, tasksOf } from './tasks.mjs';

/** A frame at 60 Hz: a longer task is a dropped one. */
const frameMs = 16;

/** @typedef {import('@playwright/test').Page} Page */

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
