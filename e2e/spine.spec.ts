import { expect, test } from '@playwright/test';
import { call, captures, cell, conversation, drop, goTo, grid, idle, made, open, row, selectedRow, showEvents, start, status } from './page';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

test('a capture dropped anywhere on the window is indexed and counted', async ({ page }) => {
  await page.goto('/');
  await drop(page, [captures.epipe]);
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await expect(status(page)).toContainText(/Indexed in \d+(\.\d+)? s/);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '10223');
});

test('the window says that it takes what is dragged over it', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [captures.epipe], dragOperationsMask: 1 };
  await client.send('Input.dispatchDragEvent', { type: 'dragEnter', x: 300, y: 300, data });
  await expect(page.getByText('Drop to open')).toBeVisible();
  // The protocol's own cancel reaches no listener.
  await page.evaluate(() => dispatchEvent(new DragEvent('dragleave')));
  await expect(page.getByText('Drop to open')).toBeHidden();
});

test('a capture picked with Open capture shows the cells that sysdig prints', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '17797');
  await goTo(page, '14140');
  // 14140 20:59:22.537105413 1 apache2 (1484) < writev res=-32(EPIPE) data=........
  await expect(cell(page, 14140, 'num')).toHaveText('14140');
  await expect(cell(page, 14140, 'time')).toHaveText(/^20:59:22\.\d{9}$/);
  await expect(cell(page, 14140, 'process')).toHaveText('apache2 (1484)');
  await expect(cell(page, 14140, 'dir')).toHaveText('<');
  await expect(cell(page, 14140, 'type')).toHaveText('writev');
  await expect(cell(page, 14140, 'info')).toHaveText('res=-32(EPIPE) data=........ ');
});

test('the grid scrolls by wheel, keys and scroll bar to its exact ends', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await grid(page).focus();
  await page.keyboard.press('End');
  await idle(page);
  // Hidden events have numbers too: the last one is not that of the count.
  await expect(row(page, 18270)).toBeVisible();
  await expect(selectedRow(page)).toHaveAttribute('aria-rowindex', '17797');
  await page.keyboard.press('Home');
  await idle(page);
  await expect(row(page, 1)).toBeVisible();
  await grid(page).hover();
  await page.mouse.wheel(0, 2200);
  await expect(grid(page).locator('[aria-rowindex="110"]')).toBeInViewport();
  await expect(row(page, 1)).toHaveCount(0);
  await grid(page).evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await expect(row(page, 18270)).toBeInViewport();
});

test('following an accept shows both processes on that socket, and Backspace returns', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await expect(cell(page, 14107, 'type')).toHaveText('accept');
  const before = await grid(page).evaluate((element) => element.scrollTop);
  await grid(page).focus();
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  for (const [num, side, words] of [
    [14094, 0, 'apache2 (1484): writev 16'],
    [14100, 0, 'apache2 (1484): writev 699'],
    [14102, 0, 'apache2 (1484): writev 8'],
    [14106, 1, 'uwsgi (1513): accept'],
    [14108, 1, 'uwsgi (1513): read 723 / 4,100'],
    [14112, 1, 'uwsgi (1513): close'],
    [14121, 0, 'apache2 (1484): ✗ writev 8EPIPE'],
  ] as const) {
    await expect(call(page, num)).toHaveAttribute('data-side', String(side));
    await expect(call(page, num)).toContainText(words);
  }
  await page.keyboard.press('Backspace');
  await expect(conversation(page)).toBeHidden();
  await expect(selectedRow(page)).toHaveAttribute('data-evt-num', '14107');
  expect(await grid(page).evaluate((element) => element.scrollTop)).toBe(before);
});

test('a cut capture shows what could be read and lists what is missing', async ({ page }) => {
  const whole = gunzipSync(readFileSync(captures.epipe));
  await start(page, made('cut.scap', whole.subarray(0, whole.length / 2)));
  const shown = Number(/([\d,]+) of/.exec((await status(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  expect(shown).toBeGreaterThan(3000);
  expect(shown).toBeLessThan(17796);
  const badge = page.getByRole('button', { name: 'Cut short' });
  await badge.click();
  await expect(page.getByRole('dialog', { name: 'Damage' })).toContainText(/ends early at 0x[0-9a-f]+/);
  await page.keyboard.press('Escape');
  await expect(badge).toBeFocused();
});

test('a picture and an empty file get one sentence each, and the page goes on', async ({ page }) => {
  await page.goto('/');
  const input = page.getByLabel('Open capture');
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  await input.setInputFiles(made('holiday.png', png));
  await expect(page.getByText(/“holiday.png” is not a sysdig capture: it looks like/)).toBeVisible();
  await input.setInputFiles(made('nothing.scap', Buffer.alloc(0)));
  await expect(page.getByText('“nothing.scap” is empty')).toBeVisible();
  await open(page, captures.small);
  await expect(status(page)).toContainText('of 1,8');
});
