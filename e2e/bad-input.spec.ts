import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { captures, drop, goTo, grid, idle, inspector, made, open, showEvents, start, status } from './page';

const raw = gunzipSync(readFileSync(captures.variant));

/** Opens a file that cannot be shown and waits for what is said about it. */
async function refused(page: Page, file: Parameters<typeof open>[1], text: string | RegExp): Promise<void> {
  await page.getByLabel('Open capture').setInputFiles(file);
  await expect(page.getByRole('alert').filter({ hasText: text })).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
}

test('what is no capture gets one clear sentence each, and the page goes on', async ({ page }) => {
  await page.goto('/');
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(2000, 7)]);
  await refused(page, made('holiday.png', png), '“holiday.png” is not a sysdig capture: it looks like');
  await refused(page, made('notes.txt', Buffer.from('dear diary\n'.repeat(100))), '“notes.txt” is not a sysdig capture');
  await refused(page, made('nothing.scap', Buffer.alloc(0)), '“nothing.scap” is empty');
  await refused(page, made('zip.scap.gz', gzipSync(Buffer.from('not a capture at all, only text'))), '“zip.scap.gz” is not a sysdig capture');
  await open(page, captures.small);
  await expect(grid(page)).toBeVisible();
});

test('what was refused is no news any more once another capture is open', async ({ page }) => {
  await page.goto('/');
  const alert = page.getByRole('alert');
  await page.getByLabel('Open capture').setInputFiles(made('notes.txt', Buffer.from('dear diary\n'.repeat(100))));
  await expect(alert).toContainText('“notes.txt” is not a sysdig capture');
  // Another refusal is none the less one.
  await page.getByLabel('Open capture').setInputFiles(made('nothing.scap', Buffer.alloc(0)));
  await expect(alert).toContainText('“nothing.scap” is empty');
  await expect(alert).toContainText('“notes.txt”');
  await open(page, captures.small);
  await expect(status(page)).toContainText('1,860 of 1,860 events');
  await expect(alert).toBeEmpty();
  // Of files that are opened together each is told.
  await page.getByLabel('Open capture').setInputFiles([made('other.scap', raw), made('more.txt', Buffer.from('dear diary\n'.repeat(100)))]);
  await expect(status(page)).toContainText('8,865 of 8,865 events');
  await idle(page);
  await expect(alert).toContainText('“more.txt” is not a sysdig capture');
});

test('a capture without events says so', async ({ page }) => {
  await page.goto('/');
  // Section header and machine block only: blocks carry their length twice.
  let at = 0;
  for (let blocks = 0; blocks < 2; blocks += 1) at += raw.readUInt32LE(at + 4);
  await refused(page, made('quiet.scap', raw.subarray(0, at)), '“quiet.scap” is a capture without events');
});

test('a folder is named as one', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  const folder = mkdtempSync(join(tmpdir(), 'a folder '));
  await drop(page, [folder]);
  await expect(page.getByRole('alert').filter({ hasText: 'is a folder: drop the capture files that are in it' })).toBeVisible();
  rmSync(folder, { recursive: true });
});

test('a raw capture renamed to .gz opens all the same', async ({ page }) => {
  await start(page, made('renamed.scap.gz', raw));
  await expect(status(page)).toContainText('8,865 of 8,865 events');
});

test('a cut gzip shows what could be read and tells where it ends', async ({ page }) => {
  const zipped = readFileSync(captures.variant);
  await start(page, made('cut.scap.gz', zipped.subarray(0, Math.floor(zipped.length * 0.6))));
  const count = Number(/([\d,]+) of/.exec((await status(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  expect(count).toBeGreaterThan(2000);
  await page.getByRole('button', { name: 'Cut short' }).click();
  await expect(page.getByRole('dialog', { name: 'Damage' })).toContainText(/0x[0-9a-f]+/);
});

test('a block that lies about its length is skipped and listed', async ({ page }) => {
  const hurt = Buffer.from(raw);
  hurt.fill(0xff, 400_000, 400_016);
  await start(page, made('hurt.scap', hurt));
  const badge = page.getByRole('button', { name: /damaged place/ });
  await badge.click();
  await expect(page.getByRole('dialog', { name: 'Damage' })).toContainText(/at 0x61[0-9a-f]+/);
});

test('a file that is cut away while it is open keeps its rows and says what no longer works', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'scapscope-'));
  const path = join(folder, 'vanishing.scap');
  writeFileSync(path, raw);
  await start(page, path);
  await goTo(page, '500');
  rmSync(path);
  await page.keyboard.press('End');
  await goTo(page, '8000');
  await page.keyboard.press('b');
  await expect(page.getByRole('alert').filter({ hasText: 'was changed or removed after it was opened' })).toBeVisible();
  await expect(status(page)).toContainText('8,865 of 8,865 events');
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await open(page, captures.small);
  rmSync(folder, { recursive: true });
});

test('names with control and bidi characters are shown for what they are', async ({ page }) => {
  await start(page, made('evil\u202egz.exe\u0007.scap', raw));
  const name = page.getByRole('tablist', { name: 'Captures' }).getByRole('tab');
  await expect(name).toHaveText('evil⟨U+202E⟩gz.exe⟨U+0007⟩.scap');
  expect(await page.title()).toBe('evil⟨U+202E⟩gz.exe⟨U+0007⟩.scap · Scapscope');
});

test('hostile text inside a capture stays text: tags, bidi marks and long names', async ({ page }) => {
  const alerts: string[] = [];
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  const hostile = Buffer.from(raw);
  // Every "nginx" of the capture becomes a tag of the same length, every "curl" holds a mark that turns the line.
  for (let at = hostile.indexOf('nginx'); at >= 0; at = hostile.indexOf('nginx', at + 5)) hostile.write('<img>', at, 'latin1');
  for (let at = hostile.indexOf('curl'); at >= 0; at = hostile.indexOf('curl', at + 4)) hostile.write('c\u202e', at, 'utf8');
  await start(page, made('hostile.scap', hostile));
  await showEvents(page);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('<img>');
  await page.keyboard.press('Enter');
  await idle(page);
  await expect(grid(page).locator('.current')).toContainText('<img>');
  expect(await grid(page).locator('img').count()).toBe(0);
  await expect(inspector(page).locator('img')).toHaveCount(0);
  expect(alerts).toEqual([]);
});

/** The same capture with 60,000 characters for the name of every program that is started in it. */
function withLongNames(capture: Buffer): Buffer {
  const eventBlock = 0x216;
  const execveExit = 293;
  const comm = 13;
  const header = 8 + 2;
  const parts: Buffer[] = [];
  for (let at = 0; at < capture.length; ) {
    const length = capture.readUInt32LE(at + 4);
    const block = capture.subarray(at, at + length);
    at += length;
    if (block.readUInt32LE(0) !== eventBlock || block.readUInt16LE(header + 20) !== execveExit) {
      parts.push(block);
      continue;
    }
    const count = block.readUInt32LE(header + 22);
    const lengths = Array.from({ length: count }, (_, i) => block.readUInt16LE(header + 26 + 2 * i));
    const values: Buffer[] = [];
    let from = header + 26 + 2 * count;
    for (const [i, size] of lengths.entries()) {
      values.push(i === comm ? Buffer.from(`${'long'.repeat(15_000)}\0`) : block.subarray(from, from + size));
      from += size;
    }
    const sizes = Buffer.alloc(2 * count);
    values.forEach((value, i) => sizes.writeUInt16LE(value.length, 2 * i));
    const event = Buffer.concat([block.subarray(0, header + 26), sizes, ...values]);
    event.writeUInt32LE(event.length - header, header + 16);
    const padded = Buffer.concat([event, Buffer.alloc((4 - (event.length % 4)) % 4), Buffer.alloc(4)]);
    padded.writeUInt32LE(padded.length, 4);
    padded.writeUInt32LE(padded.length, padded.length - 4);
    parts.push(padded);
  }
  return Buffer.concat(parts);
}

test('a process name of 60,000 characters is cut in its cell, and shown in full in the inspector', async ({ page }) => {
  await start(page, made('long-names.scap', withLongNames(raw)));
  await showEvents(page);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('longlonglong');
  await page.keyboard.press('Enter');
  await idle(page);
  const current = grid(page).locator('.current [data-column="process"]');
  await expect(current).toContainText('longlong');
  expect((await current.textContent())?.length).toBeLessThan(25_000);
  expect((await current.boundingBox())!.height).toBeLessThan(30);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await expect(inspector(page)).toContainText('long'.repeat(15_000));
  expect((await page.getByRole('grid').boundingBox())!.width).toBeGreaterThan(300);
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowDown');
  await idle(page);
  await expect(grid(page).locator('.current')).toBeInViewport();
});
