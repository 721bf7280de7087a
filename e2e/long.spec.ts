/** A capture of a million events, made of a sample: what must not depend on how long a capture is. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { repeat } from '../bench/repeat.mjs';
import { captures, conversation, conversations, grid, idle, inspector, made, selectedRow, showEvents, status, tab } from './page';

const copies = 7;
let folder: string;
let long: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scapscope-long-'));
  const once = join(folder, 'once.scap');
  long = join(folder, 'long.scap');
  await pipeline(createReadStream(captures.statsd), createGunzip(), createWriteStream(once));
  await repeat(once, copies, long);
});

test.afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function choose(page: Page, file: string): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Open capture').setInputFiles(file);
}

async function opened(page: Page): Promise<number> {
  await expect(status(page)).toContainText(/of [1-9][\d,]* events.*Indexed in/, { timeout: 60_000 });
  await idle(page);
  const [, events = ''] = /of ([\d,]+) events/.exec((await status(page).textContent()) ?? '') ?? [];
  return Number(events.replaceAll(',', ''));
}

/** Notes every text that the status shows, from now on. */
async function watchStatus(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seenStatus: seen });
    new MutationObserver(() => seen.push(document.querySelector('[role=status]')?.textContent ?? '')).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { seenStatus: string[] }).seenStatus);
}

test('1: rows are there while the rest is read; reading ticks, can be stopped, and the capture opened again', async ({ page }) => {
  test.slow();
  await page.goto('/');
  const seen = await watchStatus(page);
  // At the first rows it is far from read. A hand is too slow for a capture of a second: it is stopped as soon as it can be.
  await page.evaluate(() => {
    const watch = new MutationObserver(() => {
      const stop = document.querySelector<HTMLButtonElement>('[role=status] button');
      if (stop?.textContent !== 'Stop') return;
      watch.disconnect();
      stop.click();
    });
    watch.observe(document.body, { subtree: true, childList: true });
  });
  await page.getByLabel('Open capture').setInputFiles(long);
  await expect(grid(page).locator('[data-position="0"]')).toBeVisible();
  await expect(page.getByRole('alert').getByText('Indexing was stopped')).toBeVisible();
  const part = await opened(page);
  expect((await seen()).some((text) => /Reading [\d.]+ [kMG]?B of/.test(text) && /events\/s|events a second/.test(text))).toBe(true);
  await grid(page).focus();
  await page.keyboard.press('End');
  await expect(selectedRow(page)).toBeInViewport({ ratio: 0.9 });
  await page.getByRole('button', { name: 'Reopen' }).click();
  await expect(page.getByRole('alert').getByText('Indexing was stopped')).toBeHidden();
  const whole = await opened(page);
  expect(whole).toBeGreaterThan(1_000_000);
  expect(part).toBeLessThan(whole);
});

test('2: rows and events stay together from the first row to the last', async ({ page }) => {
  test.slow();
  await choose(page, long);
  const events = await opened(page);
  await showEvents(page);
  await grid(page).focus();
  await page.keyboard.press('End');
  await idle(page);
  const last = Number(await selectedRow(page).getAttribute('data-evt-num'));
  await page.keyboard.press('ArrowUp');
  expect(Number(await selectedRow(page).getAttribute('data-evt-num'))).toBeLessThan(last);
  // The inspector is told of the same event as the row, at any depth.
  for (const share of [0.13, 0.5, 0.871]) {
    const num = Math.floor(last * share);
    await page.keyboard.press('g');
    await page.getByRole('dialog', { name: 'Go to' }).getByRole('textbox').fill(String(num));
    await page.keyboard.press('Enter');
    await idle(page);
    const found = Number(await selectedRow(page).getAttribute('data-evt-num'));
    expect(Math.abs(found - num)).toBeLessThan(50);
    await expect(selectedRow(page)).toBeInViewport({ ratio: 0.9 });
    await expect(inspector(page)).toContainText(String(found));
  }
  await grid(page).focus();
  await page.keyboard.press('Home');
  await idle(page);
  await expect(selectedRow(page)).toHaveAttribute('aria-rowindex', '2');
  expect(events).toBeGreaterThan(1_000_000);
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('3: the slowest calls, the next error, the largest conversation and a filter', async ({ page }) => {
  test.slow();
  await choose(page, long);
  await opened(page);
  await grid(page).getByRole('columnheader', { name: 'Took' }).click();
  await expect(grid(page).getByRole('columnheader', { name: 'Took' })).toHaveAttribute('aria-sort', 'descending');
  await idle(page);
  const took = (await page.locator('[data-column="took"]').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
  expect(took.length).toBeGreaterThan(10);
  expect(took).toEqual(took.toSorted((a, b) => b - a));
  await grid(page).focus();
  await page.keyboard.press('e');
  await idle(page);
  await expect(selectedRow(page)).toHaveClass(/failed/);

  await tab(page, 'Conversations').click();
  await idle(page);
  const bytes = conversations(page).getByRole('columnheader', { name: 'Bytes →' });
  await bytes.click();
  if ((await bytes.getAttribute('aria-sort')) !== 'descending') await bytes.click();
  await expect(bytes).toHaveAttribute('aria-sort', 'descending');
  await idle(page);
  await conversations(page).locator('[data-position="0"]').dblclick();
  await expect(conversation(page)).toBeVisible();
  await idle(page);

  await tab(page, 'Events').click();
  await page.keyboard.press('/');
  await page.keyboard.type('proc.name contains php and fd.port = 8125');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/filter=/);
  await idle(page);
  await expect(status(page)).toContainText(/^[1-9][\d,]* calls · [1-9][\d,]* of/);
});

test('3: sorting tells how far it is and can be stopped; then the list keeps the order it has', async ({ page }) => {
  test.slow();
  await choose(page, long);
  await opened(page);
  const seen = await watchStatus(page);
  const first = page.locator('[data-position="0"]');
  const before = (await first.getAttribute('data-evt-num')) ?? '';
  // The moment it tells how far it is may be too short for a hand.
  await page.evaluate(() => {
    const watch = new MutationObserver(() => {
      const status = document.querySelector('[role=status]');
      if (!/Sorting · \d/.test(status?.textContent ?? '')) return;
      watch.disconnect();
      status?.querySelector('button')?.click();
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  // What stands there is read from the file again, for every row.
  const head = grid(page).getByRole('columnheader', { name: 'What' });
  await head.click();
  await expect.poll(async () => (await seen()).some((text) => /Sorting · \d+ ?%/.test(text))).toBe(true);
  await expect(status(page)).not.toContainText('Sorting');
  await idle(page);
  await expect(head).not.toHaveAttribute('aria-sort');
  await expect(first).toHaveAttribute('data-evt-num', before);
  await head.click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending', { timeout: 120_000 });
});

test('4: where memory ends, what is indexed stays and the page says what is not', async ({ page }) => {
  test.slow();
  await page.goto('/');
  const bytes = await readFile(captures.variant);
  await page.getByLabel('Open capture').setInputFiles(made('long.force-limit.scap', Buffer.concat(Array.from({ length: 24 }, () => bytes))));
  await expect(page.getByRole('alert').getByText(/Reading stopped at the limit for memory/)).toBeVisible();
  const part = await opened(page);
  expect(part).toBeGreaterThan(0);
  expect(part).toBeLessThan(24 * 8_865);
  await page.keyboard.press('/');
  await page.keyboard.type('evt.type = open or evt.type = openat');
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText(/^[1-9][\d,]* calls/);
});
