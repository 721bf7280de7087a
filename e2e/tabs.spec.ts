import { expect, test } from '@playwright/test';
import { captures, goTo, grid, idle, made, open, row, selectedNumber, showEvents, start, status, tab } from './page';
import { readFileSync } from 'node:fs';

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
  // Numbers start again in every file, so the address names the row.
  await expect(page).toHaveURL(/sel=r\d+/);
  const url = page.url();
  await page.reload();
  await expect(status(page)).toContainText('17,787 of 17,787 events');
  await idle(page);
  expect(page.url()).toBe(url);
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

test('an engine out of memory says so and the page lives on', async ({ page }) => {
  await page.goto('/');
  const bytes = readFileSync(captures.variant);
  await page.getByLabel('Open capture').setInputFiles(made('huge.force-memory.scap.gz', bytes));
  await expect(page.getByRole('alert').filter({ hasText: /fault of ours|limit for/ })).toBeVisible();
  await open(page, captures.small);
  await expect(status(page)).toContainText('of 1,8');
});
