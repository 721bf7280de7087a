/** What the journeys share: captures, the parts of the page by their accessible names, and waiting without sleeping. */
import { resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

const root = resolve(import.meta.dirname, '..');
const own = (name: string): string => resolve(root, 'wasm/captures', name);
/** Part of the story, which sysdig wrote anew with `-e 180`: it is in the fourth of five files. */
const epipeRolled = (part: number): string => resolve(root, `e2e/captures/fastcgi-epipe-rolled.scap.gz${part}`);
const rolled = (part: number): string => resolve(root, `e2e/captures/variant-kmod-0.29.3-seq.scap.gz${part}`);

export const captures = {
  epipe: resolve(root, 'public/samples/fastcgi-epipe-kmod-0.29.3.scap.gz'),
  statsd: resolve(root, 'public/samples/php-fpm-statsd-kmod-0.29.3.scap.gz'),
  small: own('variant-kmod-0.29.3-n2000.scap.gz'),
  variant: own('variant-kmod-0.29.3-default.scap.gz'),
  modern: own('variant-modern-0.36.0-default.scap.gz'),
  tcp: own('fastcgi-epipe-tcp-kmod-0.29.3.scap.gz'),
  nginx: own('fastcgi-nginx-ok-kmod-0.29.3.scap.gz'),
  databases: resolve(root, 'e2e/captures/redis-postgres-kmod-0.29.3.scap.gz'),
  exitOnly: own('fastcgi-epipe-modern-libs0.25.4.scap.gz'),
  rolled: [rolled(0), rolled(1), rolled(2)],
  epipeRolled: [0, 1, 2, 3, 4].map(epipeRolled),
} as const;

/** A file made in the test. */
export interface MadeFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function made(name: string, buffer: Buffer): MadeFile {
  return { name, mimeType: 'application/octet-stream', buffer };
}

/** Waits until the page has nothing under way. */
export async function idle(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as unknown as { whenIdle: () => Promise<void> }).whenIdle());
}

export const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Events' });
export const status = (page: Page): Locator => page.getByRole('status', { name: 'Capture status' });
export const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Inspector' });
export const conversation = (page: Page): Locator => page.getByRole('region', { name: 'Conversation' });
/** Calls of the conversation that is shown. */
export const calls = (page: Page): Locator => conversation(page).getByRole('grid', { name: 'Calls' });
/** A call of the conversation, by the number of its enter, or of its exit where there is no enter. */
export const call = (page: Page, num: number): Locator => calls(page).locator(`[data-evt-num="${num}"]`);
export const currentCall = (page: Page): Locator => calls(page).locator('.current');
export const conversations = (page: Page): Locator => page.getByRole('grid', { name: 'Conversations' });
export const findings = (page: Page): Locator => page.getByRole('grid', { name: 'Findings' });
export const filter = (page: Page): Locator => page.getByRole('textbox', { name: 'Filter' });
export const tab = (page: Page, name: string): Locator => page.getByRole('tab', { name });

/** The row of an event, by its number (a call: by that of its enter); `2.14107` is one of the second section. */
export const row = (page: Page, num: number | string): Locator => grid(page).locator(`[data-evt-num="${num}"]`);
export const cell = (page: Page, num: number | string, column: string): Locator =>
  row(page, num).locator(`[data-column="${column}"]`);
export const selectedRow = (page: Page): Locator => grid(page).locator('[aria-selected="true"]');

/** Drops files and folders on the window, by the browser's own drag and drop. */
export async function drop(page: Page, files: readonly string[]): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}

/** Opens files by the page's file input and waits until they are indexed. */
export async function open(page: Page, files: string | string[] | MadeFile | MadeFile[]): Promise<void> {
  await page.getByLabel('Open capture').setInputFiles(files);
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
}

/** Opens the page and a capture in it. */
export async function start(page: Page, files: Parameters<typeof open>[1]): Promise<void> {
  await page.goto('/');
  await open(page, files);
}

/** Goes to an event by its number. */
export async function goTo(page: Page, where: string): Promise<void> {
  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: 'Go to' });
  await dialog.getByRole('textbox').fill(where);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await idle(page);
}

export async function showEvents(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Raw events' }).click();
  await idle(page);
}

/** Number of the row that is selected. */
export async function selectedNumber(page: Page): Promise<number> {
  return Number(await grid(page).locator('.current').getAttribute('data-evt-num'));
}

/** What is shown breaks no rule of accessibility. It looks at every cell, a second or more each time: such tests are slow. */
export async function expectAccessible(page: Page): Promise<void> {
  await idle(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect(told).toEqual([]);
}
