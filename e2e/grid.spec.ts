import { expect, test } from '@playwright/test';
import { captures, cell, goTo, grid, idle, inspector, row, selectedNumber, selectedRow, showEvents, start } from './page';

test('go to an event by number and to a moment by three ways of writing it', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  expect(await selectedNumber(page)).toBe(14107);
  await goTo(page, '6.555 s');
  const bySpan = await selectedNumber(page);
  await goTo(page, '20:59:22.536627226');
  expect(await selectedNumber(page)).toBe(bySpan);
  await goTo(page, '2026-11-21 20:59:22.536627226Z');
  expect(await selectedNumber(page)).toBe(bySpan);
  await goTo(page, '99999999');
  await expect(page.getByText('This list has no event 99,999,999')).toBeVisible();
});

test('the time column counts in five ways', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14113');
  const time = page.getByRole('combobox', { name: 'Time' });
  const text = async (num: number): Promise<string> => (await cell(page, num, 'time').textContent()) ?? '';
  expect(await text(14113)).toMatch(/^20:59:22\.\d{9}$/);
  await time.selectOption('utc');
  expect(await text(14113)).toMatch(/^20:59:22\.\d{9}$/);
  await time.selectOption('relative');
  const [a, b] = [Number(await text(14113)), Number(await text(14121))];
  expect(a).toBeGreaterThan(6.5);
  await time.selectOption('delta');
  expect(Number(await text(14113))).toBeLessThan(0.001);
  await time.selectOption('since');
  expect(await text(14113)).toBe('0.000000000');
  // The story's own figure: the refused write begins 84.8 µs after the close has ended.
  expect(Number(await text(14121))).toBeCloseTo(b - a, 9);
  expect(await text(14121)).toBe('+0.000084800');
});

test('local time is that of the browser', async ({ browser }) => {
  const page = await browser.newPage({ timezoneId: 'Asia/Tokyo' });
  await start(page, captures.small);
  const local = await cell(page, 1, 'time').textContent();
  await page.getByRole('combobox', { name: 'Time' }).selectOption('utc');
  const utc = await cell(page, 1, 'time').textContent();
  expect((Number(local?.slice(0, 2)) + 24 - Number(utc?.slice(0, 2))) % 24).toBe(9);
  await page.close();
});

test('the time between two selected rows stands in the status bar', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14113');
  await row(page, 14121).click({ modifiers: ['Shift'] });
  await expect(page.getByText('Δ 84.8 µs between two selected')).toBeVisible();
  await expect(selectedRow(page)).toHaveCount(9);
});

test('the selection moves by j, k, arrows, pages and ends, one exact row at a time', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await grid(page).focus();
  const at = async (): Promise<number> => Number(await selectedRow(page).getAttribute('aria-rowindex')) - 2;
  await page.keyboard.press('j');
  expect(await at()).toBe(0);
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('k');
  expect(await at()).toBe(1);
  await page.keyboard.press('PageDown');
  const page1 = await at();
  expect(page1).toBeGreaterThan(15);
  await page.keyboard.press('PageUp');
  expect(await at()).toBe(1);
  await page.keyboard.press('End');
  expect(await at()).toBe(17795);
  await page.keyboard.press('ArrowUp');
  expect(await at()).toBe(17794);
  await page.keyboard.press('Home');
  expect(await at()).toBe(0);
});

test('e and E walk the errors, which stand out', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14100');
  await page.keyboard.press('e');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
  await expect(cell(page, 14121, 'returned')).toHaveText('✗ EPIPE');
  await expect(row(page, 14121)).toHaveClass(/failed/);
  await page.keyboard.press('e');
  await idle(page);
  expect(await selectedNumber(page)).toBeGreaterThan(14121);
  await page.keyboard.press('E');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
});

test('columns are hidden, moved and resized by menu and by mouse', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 800 });
  await start(page, captures.small);
  const heads = async (): Promise<string[]> => grid(page).getByRole('columnheader').allTextContents();
  expect(await heads()).toEqual(['#', 'Time', 'Process', 'Call', 'FD', 'What', 'Returned', 'Asked', 'Took (µs)']);
  await page.getByRole('button', { name: 'Columns' }).click();
  const menu = page.getByRole('dialog', { name: 'Columns' });
  await menu.getByRole('checkbox', { name: 'File descriptor', exact: true }).uncheck();
  await menu.getByRole('checkbox', { name: 'CPU' }).check();
  await menu.getByRole('button', { name: 'Earlier: System call or event type' }).click();
  await page.keyboard.press('Escape');
  expect(await heads()).toEqual(['#', 'Time', 'CPU', 'Call', 'Process', 'What', 'Returned', 'Asked', 'Took (µs)']);

  const head = (name: string) => grid(page).getByRole('columnheader', { name, exact: true });
  const before = await head('Process').boundingBox();
  const grip = await grid(page).locator('[data-grip="process"]').boundingBox();
  if (before === null || grip === null) throw new Error('no column to drag');
  await page.mouse.move(grip.x + grip.width / 2, grip.y + 8);
  await page.mouse.down();
  await page.mouse.move(grip.x + grip.width / 2 + 60, grip.y + 8, { steps: 4 });
  await page.mouse.up();
  expect((await head('Process').boundingBox())?.width).toBeCloseTo(before.width + 60, 0);

  const [from, to] = [await head('Process').boundingBox(), await head('Time').boundingBox()];
  if (from === null || to === null) throw new Error('no column to drag');
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 10, to.y + 10, { steps: 6 });
  await page.mouse.up();
  expect((await heads()).slice(0, 3)).toEqual(['#', 'Process', 'Time']);
  await idle(page);
  await expect(page).toHaveURL(/calls=num,exit|calls=num,/);
});

test('rows are copied as the text sysdig prints', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14139');
  await page.keyboard.press('Shift+ArrowDown');
  await idle(page);
  await page.keyboard.press('Control+c');
  await expect(page.getByText('Copied 2 rows as text')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^14140 20:59:22\.\d{9} 1 apache2 \(1484\) < writev res=-32\(EPIPE\) data=\.{8}/);
});

test('text is found in rows and marked, forwards and backwards, and the box is reached by Ctrl+F', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await grid(page).focus();
  await page.keyboard.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Find text' })).toBeFocused();
  await page.keyboard.type('unavailable modifier');
  await page.keyboard.press('Enter');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14111);
  await expect(cell(page, 14111, 'info').locator('mark')).toHaveText('unavailable modifier');
  await page.keyboard.press('Enter');
  await idle(page);
  const next = await selectedNumber(page);
  expect(next).toBeGreaterThan(14111);
  await page.keyboard.press('Shift+Enter');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14111);
});

test('what happened has room in every usual window, with the inspector open', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await expect(inspector(page)).toContainText('EPIPE');
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    // The bar of a list is as wide as 15 px where it takes room of its own.
    await expect.poll(async () => (await cell(page, 14121, 'what').boundingBox())?.width ?? 0).toBeGreaterThan(334);
    await expect(grid(page).getByRole('columnheader', { name: 'Asked' })).toHaveCount(width < 1440 ? 0 : 1);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(cell(page, 14121, 'what')).toHaveText('/tmp/helloFastCGI.s size=8 data=........');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Size asked for' }).check();
  await page.keyboard.press('Escape');
  await expect(cell(page, 14121, 'asked')).toHaveText('8');
  await expect(cell(page, 14121, 'what')).toHaveText('/tmp/helloFastCGI.s data=........');
  await idle(page);
  await page.reload();
  await expect(cell(page, 14121, 'asked')).toHaveText('8');
});

test('a text that has no room in its cell ends there, whatever the width of the column', async ({ page }) => {
  await start(page, captures.epipe);
  /** Cells whose text is longer than they are, and those of them that let it run into the next one. */
  const long = () =>
    grid(page)
      .locator('[role=gridcell]')
      .evaluateAll((cells) => {
        const cut = cells.filter((one) => one.scrollWidth > one.clientWidth);
        return [cut.length, cut.filter((one) => getComputedStyle(one).overflowX !== 'clip').length] as const;
      });
  const [before, spilt] = await long();
  expect(spilt).toBe(0);
  const grip = await grid(page).locator('[data-grip="time"]').boundingBox();
  if (grip === null) throw new Error('no column to drag');
  await page.mouse.move(grip.x + grip.width / 2, grip.y + 8);
  await page.mouse.down();
  await page.mouse.move(grip.x - 90, grip.y + 8, { steps: 4 });
  await page.mouse.up();
  await idle(page);
  const [after, spiltThen] = await long();
  expect(after).toBeGreaterThan(before);
  expect(spiltThen).toBe(0);
});
