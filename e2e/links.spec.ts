import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { captures, conversation, currentCall, drop, goTo, grid, idle, made, open, row, selectedNumber, showEvents, start, status, tab } from './page';

const place = async (page: Page): Promise<{ selected: number; top: number }> => ({
  selected: await selectedNumber(page),
  top: await grid(page).evaluate((element) => Math.floor(element.scrollTop / 22)),
});

test('the address holds view, place, selection, columns, time and inspector, and a reload returns there', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await page.getByRole('combobox', { name: 'Time' }).selectOption('relative');
  await tab(page, 'State').click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'CPU' }).uncheck();
  await page.keyboard.press('Escape');
  await idle(page);
  const before = await place(page);
  const url = page.url();
  expect(url).toContain('#v=1&capture=');
  for (const part of ['rows=events', 'sel=14107', 'top=', 'time=relative', 'pane=state', 'events=', '-cpu']) {
    expect(url).toContain(part);
  }
  await page.reload();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await place(page)).toEqual(before);
  expect(page.url()).toBe(url);
  await expect(tab(page, 'State')).toHaveAttribute('aria-selected', 'true');
  await expect(grid(page).getByRole('columnheader', { name: 'CPU' })).toHaveCount(0);
});

test('back and forward walk between unit and conversation', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14106');
  await showEvents(page);
  await goTo(page, '14107');
  await grid(page).focus();
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  await expect(page).toHaveURL(/key=unix:ffff888108ea0800-ffff888108ea1800~1&sel=14106/);
  await page.goBack();
  await expect(conversation(page)).toBeHidden();
  await idle(page);
  expect(await selectedNumber(page)).toBe(14107);
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Calls' })).toHaveAttribute('aria-pressed', 'true');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14106);
  await page.goForward();
  await page.goForward();
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14106');
});

test('a conversation survives a reload', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14107');
  await grid(page).focus();
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  await page.reload();
  await expect(conversation(page)).toBeVisible();
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14106');
  await page.keyboard.press('Backspace');
  await expect(conversation(page)).toBeHidden();
});

test('a link without its capture names it, refuses another one, and goes on with the right one', async ({ page, browser }) => {
  await start(page, captures.epipe);
  await goTo(page, '14107');
  await idle(page);
  const url = page.url();
  const other = await browser.newPage();
  // A colleague has no sample beside the page, only the link.
  await other.goto(url);
  await expect(other.getByText('This link is about “fastcgi-epipe-kmod-0.29.3.scap.gz”')).toBeVisible();
  await expect(other.getByText('at event 14,106')).toBeVisible();
  await other.getByLabel('Open capture').setInputFiles(captures.variant);
  const told = other.getByRole('alert').filter({ hasText: 'is another capture' });
  await expect(told).toContainText(/“variant-kmod-0.29.3-default.scap.gz” is another capture \([0-9a-f]{8}\)/);
  await expect(told).toContainText('the link is about “fastcgi-epipe-kmod-0.29.3.scap.gz” (59593067)');
  // The right one under another name, not even compressed: content is what counts.
  await other.getByLabel('Open capture').setInputFiles(made('renamed.scap', gunzipSync(readFileSync(captures.epipe))));
  await expect(status(other)).toContainText('Indexed in');
  await idle(other);
  expect(await selectedNumber(other)).toBe(14106);
  await other.close();
});

test('the other capture can be shown instead', async ({ page }) => {
  await page.goto('/#v=1&capture=00112233445566778899aabbccddeeff&name=lost.scap&sel=12');
  await page.getByLabel('Open capture').setInputFiles(captures.small);
  await page.getByRole('button', { name: /^Show “variant/ }).click();
  await expect(status(page)).toContainText('Indexed in');
  await expect(grid(page)).toBeVisible();
});

test('damaged fields fall back alone, with a quiet notice', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14107');
  await idle(page);
  const damaged = page.url().replace(/&top=\d+/, '&top=nonsense&time=yesterday&unknown=1');
  await page.goto('about:blank');
  await page.goto(damaged);
  await expect(page.getByText('Part of the link was not understood and is left out: top, time.')).toBeVisible();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14106);
  await expect(page.getByRole('combobox', { name: 'Time' })).toHaveValue('local');
});

test('with copies switched off a reload asks for the file by name and keeps the place', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(() => localStorage.setItem('scapscope.copies', 'off'));
  await open(page, captures.small);
  await goTo(page, '1000');
  await idle(page);
  const selected = await selectedNumber(page);
  await page.reload();
  await expect(page.getByText('This link is about “variant-kmod-0.29.3-n2000.scap.gz”')).toBeVisible();
  await open(page, captures.small);
  expect(await selectedNumber(page)).toBe(selected);
  await expect(row(page, selected)).toBeInViewport();
});

test('a dropped capture comes back by its handle, and no copy is kept', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  await drop(page, [captures.variant]);
  await expect(status(page)).toContainText('Indexed in');
  await goTo(page, '2000');
  await idle(page);
  const before = await place(page);
  await page.reload();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await place(page)).toEqual(before);
  expect(await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0)).toBeLessThan(100_000);
});

test('a reload brings back every open capture, in order and each at its place', async ({ page }) => {
  await start(page, captures.small);
  await goTo(page, '1000');
  const first = await place(page);
  // By its address: a sample.
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await page.getByRole('button', { name: /EPIPE over a unix socket/ }).click();
  await expect(status(page)).toContainText('of 17,796 events');
  await showEvents(page);
  await goTo(page, '14121');
  const second = await place(page);
  // By its handle, and no copy.
  await drop(page, [captures.variant]);
  await expect(status(page)).toContainText('8,865 of 8,865 events');
  await goTo(page, '3000');
  const third = await place(page);
  const tabs = page.getByRole('tablist', { name: 'Captures' }).getByRole('tab');
  await tabs.nth(1).click();
  await idle(page);
  await page.reload();
  await expect(tabs).toHaveText([/n2000/, /fastcgi-epipe/, /default/]);
  await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  for (const [at, before] of [[1, second], [0, first], [2, third], [1, second]] as const) {
    await tabs.nth(at).click();
    await expect(status(page)).toContainText('Indexed in');
    await idle(page);
    expect(await place(page)).toEqual(before);
  }
  // And again, from what was only restored.
  await page.reload();
  await expect(tabs).toHaveCount(3);
  await tabs.nth(2).click();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await place(page)).toEqual(third);
  await page.getByRole('button', { name: /^Close variant-kmod-0.29.3-n2000/ }).click();
  await idle(page);
  await page.reload();
  await expect(tabs).toHaveText([/fastcgi-epipe/, /default/]);
});

test('what cannot be opened again without the user is named', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(() => localStorage.setItem('scapscope.copies', 'off'));
  await open(page, captures.small);
  await page.evaluate(() => localStorage.removeItem('scapscope.copies'));
  await open(page, captures.epipe);
  await page.reload();
  await expect(page.getByRole('alert').filter({ hasText: '“variant-kmod-0.29.3-n2000.scap.gz” was open too and cannot be opened without you' })).toBeVisible();
  await expect(status(page)).toContainText('of 17,796 events');
  await expect(page.getByRole('tablist', { name: 'Captures' }).getByRole('tab')).toHaveCount(1);
});

test('where the browser asks before a file is read again, one click asks it and goes on', async ({ page }) => {
  // A headless browser shows no such question, so its two answers are given here; handle, reading and place are real.
  await page.addInitScript(() => {
    const state = sessionStorage.getItem('permission') ?? 'prompt';
    Object.assign(FileSystemHandle.prototype, {
      queryPermission: () => Promise.resolve(state),
      requestPermission: () => Promise.resolve(navigator.userActivation.isActive ? sessionStorage.getItem('answer') : 'prompt'),
    });
  });
  await page.goto('/');
  await idle(page);
  await drop(page, [captures.variant]);
  await expect(status(page)).toContainText('Indexed in');
  await goTo(page, '2000');
  await idle(page);
  const before = await place(page);
  await page.reload();
  await expect(page.getByText('The browser asks once before it reads the file again.')).toBeVisible();
  const again = page.getByRole('button', { name: /^Reopen “variant-kmod-0.29.3-default.scap.gz”/ });
  await page.evaluate(() => sessionStorage.setItem('answer', 'denied'));
  await again.click();
  await expect(page.getByRole('alert').filter({ hasText: 'was not allowed to read' })).toBeVisible();
  await page.evaluate(() => sessionStorage.setItem('answer', 'granted'));
  await again.click();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await place(page)).toEqual(before);
});

test('a picked file comes back by its handle', async ({ page }) => {
  // Chromium keeps no permission for handles of a test's own storage, but those files are handles like any other.
  await page.goto('/');
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('picked.scap.gz', { create: true });
    const bytes = await (await fetch('samples/fastcgi-epipe-kmod-0.29.3.scap.gz')).blob();
    await bytes.stream().pipeTo(await handle.createWritable());
    Object.assign(globalThis, { showOpenFilePicker: () => Promise.resolve([handle]) });
  });
  await page.getByText('Open capture…').click();
  await expect(status(page)).toContainText('Indexed in');
  await goTo(page, '14107');
  await idle(page);
  await page.reload();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14106);
});
