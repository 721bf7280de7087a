import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { captures, cell, goTo, grid, idle, inspector, made, open, row, selectedNumber, showEvents, start, status, tab } from './page';

test('a second capture opens beside the first, each with its own engine and place', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await open(page, captures.small);
  await expect(page.getByRole('tab', { name: /n2000/ })).toHaveAttribute('aria-selected', 'true');
  await goTo(page, '100');
  const second = await selectedNumber(page);
  await page.getByRole('tab', { name: /fastcgi/ }).click();
  await idle(page);
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  expect(await selectedNumber(page)).toBe(14121);
  await expect(row(page, 14121)).toBeInViewport();
  await page.getByRole('tab', { name: /fastcgi/ }).press('ArrowRight');
  await idle(page);
  expect(await selectedNumber(page)).toBe(second);
  await page.getByRole('button', { name: /^Close variant/ }).click();
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
});

test('two captures dropped together open as two tabs', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Open capture').setInputFiles([captures.epipe, captures.small]);
  await expect(page.getByRole('tablist', { name: 'Captures' }).getByRole('tab')).toHaveCount(2);
  await expect(status(page)).toContainText('Indexed in');
});

test('the files of a rolled capture open as one, in the order of time, whatever order they come in', async ({ page }) => {
  const [first, second, third] = captures.rolled;
  await start(page, [third, first, second]);
  await expect(page.getByRole('tablist', { name: 'Captures' }).getByRole('tab')).toHaveCount(1);
  // 5,859 + 5,928 + 6,000 events, as sysdig counts them file by file.
  await expect(status(page)).toContainText('17,787 of 17,787 events');
  await showEvents(page);
  await page.getByRole('combobox', { name: 'Time' }).selectOption('relative');
  await grid(page).focus();
  await page.keyboard.press('Home');
  await idle(page);
  expect(await grid(page).locator('.current [data-column="time"]').textContent()).toBe('0.000000000');
  await page.keyboard.press('End');
  await idle(page);
  expect(Number(await grid(page).locator('.current [data-column="time"]').textContent())).toBeGreaterThan(1);
  // Numbers start again in every file: the section stands in front.
  await expect(page).toHaveURL(/sel=3\.6000(&|$)/);
  await expect(page.getByRole('button', { name: /gap/ })).toHaveCount(0);
  const url = page.url();
  await page.reload();
  await expect(status(page)).toContainText('17,787 of 17,787 events');
  await idle(page);
  expect(page.url()).toBe(url);
});

test('a number and its section name one event of a rolled capture: in the list, the address, the inspector, after a reload', async ({ page }) => {
  await start(page, [...captures.rolled]);
  await showEvents(page);
  await goTo(page, '2.1234');
  await expect(grid(page).locator('.current')).toHaveAttribute('data-evt-num', '2.1234');
  await expect(cell(page, '2.1234', 'num')).toHaveText('2.1234');
  await expect(page).toHaveURL(/sel=2\.1234(&|$)/);
  await expect(inspector(page)).toContainText('#2.1234');
  const second = await cell(page, '2.1234', 'time').textContent();
  await goTo(page, '3.1234');
  await expect(page).toHaveURL(/sel=3\.1234(&|$)/);
  expect(await cell(page, '3.1234', 'time').textContent()).not.toBe(second);
  // Without a section the first file is meant.
  await goTo(page, '1234');
  await expect(page).toHaveURL(/sel=1\.1234(&|$)/);
  await goTo(page, '2.1234');
  await page.getByRole('button', { name: 'Calls' }).click();
  await idle(page);
  await expect(grid(page).locator('.current')).toHaveAttribute('data-evt-num', /^2\.123[0-4]$/);
  await showEvents(page);
  const url = page.url();
  await page.reload();
  await expect(status(page)).toContainText('17,787 of 17,787 events');
  await idle(page);
  expect(page.url()).toBe(url);
  await expect(grid(page).locator('.current')).toHaveAttribute('data-evt-num', /^2\./);
  // Nothing of another file is taken for a number that the second does not have.
  await goTo(page, '2.6001');
  await expect(page.getByText('This list has no event 2.6,001.')).toBeVisible();
  await expect(page).toHaveURL(/sel=2\.1234(&|$)/);
});

test('a file that is missing in a roll is told, with the way to the place', async ({ page }) => {
  const [first, , third] = captures.rolled;
  await start(page, [first, third]);
  await expect(status(page)).toContainText('11,859 of 11,859 events');
  await page.getByRole('button', { name: '1 gap' }).click();
  const told = page.getByRole('list', { name: 'Gaps' });
  await expect(told).toContainText('332.02 ms without events between “variant-kmod-0.29.3-seq.scap.gz0” and “variant-kmod-0.29.3-seq.scap.gz2”: 1 file of the recording is not here.');
  await expect(told).toBeInViewport({ ratio: 1 });
  await told.getByRole('button', { name: 'Go there' }).click();
  await idle(page);
  await expect(grid(page).locator('.current')).toHaveAttribute('data-evt-num', /^2\.\d$/);
});

test('what is named like a roll and is none opens as tabs', async ({ page }) => {
  await page.goto('/');
  const bytes = captures.rolled.map((path) => gunzipSync(readFileSync(path)));
  // The second begins while the first is still being recorded: its own file, and after it the events of the first.
  const overlapping = Buffer.concat([bytes[0]!.subarray(0, bytes[0]!.length), bytes[2]!]);
  await page.getByLabel('Open capture').setInputFiles([made('web.scap0', overlapping), made('web.scap1', bytes[1]!)]);
  await expect(page.getByRole('alert').filter({ hasText: '“web.scap1” was recorded at the same time as “web.scap0”' })).toBeVisible();
  const tabs = page.getByRole('tablist', { name: 'Captures' }).getByRole('tab');
  await expect(tabs).toHaveText(['web.scap0', 'web.scap1']);
  await expect(status(page)).toContainText('11,859 of 11,859 events');
  await tabs.nth(1).click();
  await expect(status(page)).toContainText('5,928 of 5,928 events');
  // Other machines, other processes: the names alone do not make a roll.
  await page.getByLabel('Open capture').setInputFiles([
    made('mix.scap0', readFileSync(captures.variant)),
    made('mix.scap1', readFileSync(captures.modern)),
  ]);
  await expect(tabs).toHaveCount(4);
});

test('an engine that traps says so, leaves the other tabs alone, and can be reopened', async ({ page }) => {
  await start(page, captures.small);
  const bytes = readFileSync(captures.variant);
  await page.getByLabel('Open capture').setInputFiles(made('sick.force-trap.scap.gz', bytes));
  const trouble = page.getByRole('alert').filter({ hasText: 'fault of ours' });
  await expect(trouble).toBeVisible();
  await expect(trouble.getByRole('button', { name: 'Reopen' })).toBeVisible();
  await page.getByRole('tab', { name: /n2000/ }).click();
  await expect(trouble).toBeHidden();
  await goTo(page, '100');
  await page.keyboard.press('b');
  await expect(tab(page, 'Bytes')).toHaveAttribute('aria-selected', 'true');
  await expect(grid(page).locator('.current')).toBeVisible();
});

test('after the engine died, Reopen brings the capture back to the same row', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14121');
  const engine = page.workers().find((worker) => worker.url().includes('engine'));
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error('pulled the plug');
    });
  });
  const trouble = page.getByRole('alert').filter({ hasText: 'fault of ours' });
  await expect(trouble).toBeVisible();
  // What was fetched stays on the page.
  await expect(row(page, 14121)).toBeInViewport();
  await trouble.getByRole('button', { name: 'Reopen' }).click();
  await expect(trouble).toBeHidden();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
  await expect(row(page, 14121)).toBeInViewport();
  await page.keyboard.press('ArrowDown');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14122);
});

/** The capture with the last block before its events so often that the first piece of it that is read has no event. */
function withLongMetadata(capture: Buffer): Buffer {
  const events = [0x216, 0x217];
  let at = 0;
  let last = 0;
  while (!events.includes(capture.readUInt32LE(at))) {
    last = at;
    at += capture.readUInt32LE(at + 4);
  }
  const block = capture.subarray(last, at);
  const copies = Array.from({ length: Math.ceil((24 << 20) / block.length) }, () => block);
  return Buffer.concat([capture.subarray(0, at), ...copies, capture.subarray(at)]);
}

test('an engine that dies before the first event is reopened without the block that did it', async ({ page }) => {
  await start(page, captures.small);
  const bytes = gzipSync(withLongMetadata(gunzipSync(readFileSync(captures.variant))));
  await page.getByLabel('Open capture').setInputFiles(made('early.force-trap.scap.gz', bytes));
  const trouble = page.getByRole('alert').filter({ hasText: 'fault of ours' });
  await expect(trouble).toContainText(/at 0x[0-9a-f]+ of the decompressed capture: reopen skips that block/);
  // Nothing was indexed yet.
  await expect(grid(page).locator('[data-evt-num]')).toHaveCount(0);
  await trouble.getByRole('button', { name: 'Reopen' }).click();
  await expect(trouble).toBeHidden();
  await expect(status(page)).toContainText('8,865 of 8,865 events');
  await page.getByRole('button', { name: '1 damaged place' }).click();
  const told = page.getByRole('dialog', { name: 'Damage' });
  await expect(told).toContainText(/ skipped/);
  await expect(told).not.toContainText('the event block');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /n2000/ }).click();
  await expect(status(page)).toContainText('of 1,8');
});

test('an engine out of memory says so and the page lives on', async ({ page }) => {
  await page.goto('/');
  const bytes = readFileSync(captures.variant);
  await page.getByLabel('Open capture').setInputFiles(made('huge.force-memory.scap.gz', bytes));
  await expect(page.getByRole('alert').filter({ hasText: /fault of ours|limit for/ })).toBeVisible();
  await open(page, captures.small);
  await expect(status(page)).toContainText('of 1,8');
});
