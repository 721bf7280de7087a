/** How soon the page answers filters over a long capture, and what typing one costs its main thread. */
import { category, tasksOf } from './tasks.mjs';

/**
 * @typedef {import('@playwright/test').Browser} Browser
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {(figure: string, values: Record<string, number>) => void} Print
 */

const runs = 5;
const grid = (/** @type {Page} */ page) => page.getByRole('grid', { name: 'Events' });

/** @param {readonly number[]} values */
const median = (values) => Math.round(([...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN) * 10) / 10;

/**
 * Applies a filter at once, as one does with the history: milliseconds from Enter until its first rows are painted, and
 * until all has been looked at.
 * @param {Page} page
 * @param {string} text
 */
async function apply(page, text) {
  await grid(page).focus();
  await page.keyboard.press('/');
  const box = page.getByRole('textbox', { name: 'Filter' });
  const times = page.evaluate(async () => {
    /** @type {unknown} */
    const window = globalThis;
    const { document, requestAnimationFrame, setTimeout } = /** @type {{
      document: { querySelector(selector: string): { getAttribute(name: string): string | null, textContent: string } | null,
        addEventListener(name: 'keydown', listener: (event: { key: string, timeStamp: number }) => void, isCapture: true): void },
      requestAnimationFrame: (then: () => void) => void, setTimeout: (then: () => void, ms: number) => void }} */ (window);
    const rows = () => document.querySelector('[role=grid][aria-label=Events]')?.getAttribute('aria-rowcount');
    const before = rows();
    /** @type {Promise<number>} */
    const entered = new Promise((resolve) => {
      document.addEventListener('keydown', ({ key, timeStamp }) => {
        if (key === 'Enter') resolve(timeStamp);
      }, true);
    });
    const begun = await entered;
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));
    while (rows() === before || document.querySelector('[role=grid][aria-label=Events] [data-position]:not(.pending) [data-column]') === null) await frame();
    const first = performance.now() - begun;
    // No frames are asked for meanwhile: each costs processor time.
    while (document.querySelector('.filter-state')?.textContent.includes('✓') !== true) await new Promise((resolve) => setTimeout(() => resolve(undefined), 5));
    const all = performance.now() - begun;
    return { first, all };
  });
  await box.fill(text);
  await page.keyboard.press('Enter');
  return times;
}

/**
 * Applies a filter in a new page, for results are kept: milliseconds until its first rows, and until all has been looked at.
 * @param {Browser} browser
 * @param {string} address
 * @param {string} file
 * @param {string} text
 */
export async function filterInPage(browser, address, file, text) {
  const page = await openIn(browser, address, file);
  try {
    return await apply(page, text);
  } finally {
    await page.close();
  }
}

/**
 * @param {Browser} browser
 * @param {string} address
 * @param {string} file
 * @param {readonly (readonly [what: string, text: string])[]} filters
 * @param {Print} print
 */
export async function measureFilters(browser, address, file, filters, print) {
  for (const [what, text] of filters) {
    const times = [];
    for (let run = 0; run < runs; run++) times.push(await filterInPage(browser, address, file, text));
    print(`${what} in the page: ${text}`, { first_ms: median(times.map(({ first }) => first)), all_ms: median(times.map(({ all }) => all)) });
  }
}

/**
 * Types a filter key by key, each before the one before has been answered; prints the longest task of the main thread, and
 * what all of them took for each key.
 * @param {Browser} browser
 * @param {string} address
 * @param {string} file
 * @param {string} text
 * @param {Print} print
 */
export async function measureTyping(browser, address, file, text, print) {
  const page = await openIn(browser, address, file);
  await grid(page).focus();
  await page.keyboard.press('/');
  // What the box needs is there after the first key.
  await page.keyboard.type('x');
  await page.keyboard.press('Backspace');
  await page.waitForTimeout(1000);
  await browser.startTracing(page, { categories: [category] });
  await page.keyboard.type(text, { delay: 60 });
  const tasks = tasksOf(await browser.stopTracing());
  await page.close();
  const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  const cpu = tasks.map(({ cpuMs }) => cpuMs);
  print(`main thread, typing ${text}`, {
    longest_cpu_ms: round(Math.max(...cpu)),
    cpu_ms_per_key: round(cpu.reduce((sum, ms) => sum + ms, 0) / text.length),
    keys: text.length,
  });
}

/** @param {Browser} browser @param {string} address @param {string} file */
async function openIn(browser, address, file) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.getByLabel('Open capture').setInputFiles(file);
  await page.getByRole('status', { name: 'Capture status' }).getByText(/Indexed in/).waitFor({ timeout: 300_000 });
  await page.getByRole('tab', { name: 'Events' }).click();
  await grid(page).locator('[data-position]').first().waitFor();
  return page;
}
