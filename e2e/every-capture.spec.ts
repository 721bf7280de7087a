import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { captures, cell, goTo, grid, made, row, showEvents, start, status } from './page';

const root = resolve(import.meta.dirname, '..');
const small = gunzipSync(readFileSync(captures.small));
const own = (name: string): string => resolve(root, 'wasm/captures', name);

/** Where a block stands: the first that begins at or behind `from`. */
function blockAt(capture: Buffer, from: number): { readonly start: number; readonly end: number } {
  let start = 0;
  while (start < from) start += capture.readUInt32LE(start + 4);
  return { start, end: start + capture.readUInt32LE(start + 4) };
}

const hex = (offset: number): string => `0x${offset.toString(16)}`;

/** Opens the badge's list. */
async function damagedPlaces(page: Page, badge: string): Promise<Locator> {
  await page.getByRole('button', { name: badge }).click();
  return page.getByRole('list', { name: 'Damaged places' }).getByRole('listitem');
}

for (const packing of ['zst', 'lz4']) {
  test(`a capture packed as ${packing} shows its rows, the last one too`, async ({ page }) => {
    await start(page, own(`variant-kmod-0.29.3-n2000.scap.${packing}`));
    await expect(status(page)).toContainText('1,860 of 1,860 events');
    await showEvents(page);
    await grid(page).focus();
    await page.keyboard.press('End');
    await expect(row(page, 2000)).toBeVisible();
    await expect(cell(page, 2000, 'info')).not.toBeEmpty();
  });
}

test('a capture of a big-endian machine reads like any other', async ({ page }) => {
  await start(page, resolve(root, 'e2e/captures/big-endian.scap'));
  await expect(status(page)).toContainText('6 of 6 events');
  await showEvents(page);
  await expect(cell(page, 2, 'info')).toContainText('fd=5(<f>/etc/hosts)');
  await expect(cell(page, 3, 'info')).toContainText('fd=4(<4t>10.0.0.1:4000->10.0.0.2:80) size=5');
  await expect(cell(page, 4, 'info')).toContainText('res=5 data=hello');
});

test('two recordings in one file are one list, numbered on', async ({ page }) => {
  await start(page, made('twice.scap', Buffer.concat([small, small])));
  await expect(status(page)).toContainText('3,720 of 3,720 events');
  await showEvents(page);
  await goTo(page, '4000');
  await expect(row(page, '2.4000')).toBeVisible();
});

test('one damaged byte costs nothing but what it hits, and the list says where', async ({ page }) => {
  const damaged = Buffer.from(small);
  // The length of a block in the middle lies.
  const { start: at } = blockAt(small, small.length / 2);
  damaged.writeUInt32LE(0x7fff_fff0, at + 4);
  await start(page, made('damaged.scap', damaged));
  await expect(status(page)).toContainText('1,860 of 1,860 events');
  await expect(await damagedPlaces(page, '1 damaged place')).toContainText([hex(at + 4)]);
});

test('forty recordings in one file, one event blank and the last one cut, are forty sections without two events', async ({ page }) => {
  const recording = gunzipSync(readFileSync(own('variant-kmod-0.29.3-ringe.scap.gz1')));
  const file = Buffer.concat(Array.from({ length: 40 }, () => recording));
  const blank = blockAt(recording, recording.length - 10_000);
  file.fill(0, 19 * recording.length + blank.start, 19 * recording.length + blank.end);
  await start(page, made('forty.scap', file.subarray(0, -10)));
  await expect(status(page)).toContainText('10,118 of 10,118 events');
  const places = await damagedPlaces(page, '2 damaged places');
  await expect(places).toContainText([hex(19 * recording.length + blank.start), 'ends early at 0x']);
  await page.keyboard.press('Escape');
  await showEvents(page);
  // Of each section 253 were numbered, but of the twentieth.
  await goTo(page, '10000');
  await expect(row(page, '40.10000')).toBeVisible();
});

for (const [kind, path, events] of [
  ['modern', captures.modern, 17_160],
  ['newest', captures.exitOnly, 38_259],
] as const) {
  test(`a ${kind} capture with a hole and a cut shows what is before, between and behind`, async ({ page }) => {
    const whole = gunzipSync(readFileSync(path));
    const hole = blockAt(whole, whole.length / 2);
    const { start: behind } = blockAt(whole, hole.start + 3000);
    const cut = blockAt(whole, whole.length * 0.98);
    const damaged = Buffer.from(whole.subarray(0, cut.start + 20)).fill(0, hole.start, behind);
    await start(page, made(`${kind}.scap`, damaged));
    const shown = Number(/([\d,]+) of/.exec((await status(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));
    expect(shown).toBeGreaterThan(events * 0.95);
    expect(shown).toBeLessThan(events);
    const places = await damagedPlaces(page, '2 damaged places');
    await expect(places).toContainText([hex(hole.start), `ends early at ${hex(cut.start)}`]);
    await page.keyboard.press('Escape');
    await showEvents(page);
    await grid(page).focus();
    await page.keyboard.press('End');
    await expect(grid(page).locator('[aria-selected="true"] [data-column="info"]')).not.toBeEmpty();
  });
}

test('a damaged big-endian capture misses the event that is blank', async ({ page }) => {
  const capture = Buffer.from(readFileSync(resolve(root, 'e2e/captures/big-endian.scap')));
  const event = 0x216;
  let at = 0;
  while (capture.readUInt32BE(at) !== event) at += capture.readUInt32BE(at + 4);
  const second = at + capture.readUInt32BE(at + 4);
  capture.fill(0, second, second + capture.readUInt32BE(second + 4));
  await start(page, made('big-endian.scap', capture));
  await expect(status(page)).toContainText('5 of 5 events');
  await expect(await damagedPlaces(page, '1 damaged place')).toContainText([hex(second)]);
});

test('a zstd frame with a wrong bit shows what stands before it, and reading goes on at the next frame', async ({ page }) => {
  const whole = readFileSync(own('variant-kmod-0.29.3-n2000.scap.zst'));
  const damaged = Buffer.from(whole);
  damaged.writeUInt8(damaged.readUInt8(15_000) ^ 4, 15_000);
  await start(page, made('wrong-bit.scap.zst', Buffer.concat([damaged, whole])));
  const shown = Number(/([\d,]+) of/.exec((await status(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  expect(shown).toBeGreaterThan(1860);
  expect(shown).toBeLessThan(3720);
  const places = await damagedPlaces(page, '2 damaged places');
  await expect(places).toContainText(['in the zstd frame: block is bytes that do not unpack', 'in the event block']);
  await page.keyboard.press('Escape');
  await showEvents(page);
  await grid(page).focus();
  await page.keyboard.press('End');
  await expect(grid(page).locator('[aria-selected="true"]')).toHaveAttribute('data-evt-num', /^2\.\d+$/);
  await expect(grid(page).locator('[aria-selected="true"] [data-column="info"]')).not.toBeEmpty();
});

test('the newest recorder writes exits alone: calls are there, latency is said to be missing', async ({ page }) => {
  await start(page, captures.exitOnly);
  await expect(status(page)).toContainText('38,259 of 38,259 events');
  await expect(grid(page).getByText('not recorded').first()).toBeVisible();
});

test('a modern capture opens with all its events', async ({ page }) => {
  await start(page, captures.modern);
  await showEvents(page);
  await grid(page).focus();
  await page.keyboard.press('End');
  await expect(grid(page).locator('[aria-selected="true"]')).toBeVisible();
});
