import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { captures, grid, idle, made, selectedRow, showEvents, start, status } from './page';

/** Three times the largest sample, one after the other: more rows than fit into an element of a browser's liking. */
const long = Buffer.concat([1, 2, 3].map(() => readFileSync(captures.statsd)));

test('a list that is longer than the scroll bar can be keeps every row within reach', async ({ page }) => {
  test.setTimeout(120_000);
  await start(page, made('long.scap.gz', long));
  await expect(status(page)).toContainText(/461,90\d of 461,90\d events/);
  await showEvents(page);
  const box = grid(page);
  const rows = Number(await box.getAttribute('aria-rowcount')) - 1;
  expect(await box.evaluate((element) => element.scrollHeight)).toBeLessThan(rows * 22);
  const firstInView = async (): Promise<number> =>
    box.evaluate((element) => {
      const head = element.getBoundingClientRect().top + 24;
      const row = [...element.querySelectorAll('[data-position]')].find((one) => one.getBoundingClientRect().top >= head - 1);
      return Number(row?.getAttribute('data-position'));
    });

  await box.focus();
  await page.keyboard.press('End');
  await idle(page);
  await expect(selectedRow(page)).toHaveAttribute('aria-rowindex', String(rows + 1));
  await expect(selectedRow(page)).toBeInViewport({ ratio: 0.95 });
  await page.keyboard.press('ArrowUp');
  await expect(selectedRow(page)).toHaveAttribute('aria-rowindex', String(rows));
  await page.keyboard.press('Home');
  await idle(page);
  expect(await firstInView()).toBe(0);

  // The wheel moves rows, not the bar: a hundred notches are exactly a thousand rows, and back.
  await box.hover();
  for (let notch = 0; notch < 100; notch += 1) await page.mouse.wheel(0, 220);
  await idle(page);
  expect(await firstInView()).toBe(1000);
  for (let notch = 0; notch < 100; notch += 1) await page.mouse.wheel(0, -220);
  await idle(page);
  expect(await firstInView()).toBe(0);

  // The bar goes anywhere, to the ends exactly.
  await box.evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await expect(box.locator(`[aria-rowindex="${rows + 1}"]`)).toBeInViewport({ ratio: 0.95 });
  await box.evaluate((element) => {
    element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  });
  await idle(page);
  expect(Math.abs((await firstInView()) - rows / 2)).toBeLessThan(100);
  await box.evaluate((element) => {
    element.scrollTop = 0;
  });
  await idle(page);
  expect(await firstInView()).toBe(0);
});
