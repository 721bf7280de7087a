import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { captures, cell, goTo, grid, made, row, showEvents, start, status } from './page';

const root = resolve(import.meta.dirname, '..');
const small = gunzipSync(readFileSync(captures.small));
const own = (name: string): string => resolve(root, 'wasm/captures', name);

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
  let at = 0;
  while (at < damaged.length / 2) at += damaged.readUInt32LE(at + 4);
  damaged.writeUInt32LE(0x7fff_fff0, at + 4);
  await start(page, made('damaged.scap', damaged));
  await expect(status(page)).toContainText('1,860 of 1,860 events');
  await page.getByRole('button', { name: '1 damaged place' }).click();
  await expect(page.getByRole('dialog', { name: 'Damage' })).toContainText(`0x${(at + 4).toString(16)}`);
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
