/**
 * The pictures of the README. Each run takes them and looks that what they show is there; they replace those in the project
 * only when asked to: PICTURES=yes npx playwright test pictures
 */
import { resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { captures, currentCall, findings, goTo, idle, row, showEvents, start } from './page';

test.use({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1, contextOptions: { reducedMotion: 'reduce' } });

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await idle(page);
    const folder = process.env['PICTURES'] === 'yes' ? resolve(import.meta.dirname, '../docs/pictures') : test.info().outputDir;
    await page.screenshot({ path: resolve(folder, `${name}-${colorScheme}.png`) });
  }
}

test('the start page', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('Open capture').first()).toBeVisible();
  await picture(page, 'start');
});

test('a refused write in the grid, with its call beside it', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14140');
  await expect(row(page, 14140)).toContainText('EPIPE');
  await picture(page, 'events');
});

test('the conversation of the refused write, with its cause', async ({ page }) => {
  await start(page, captures.epipe);
  await page.getByRole('button', { name: /findings/ }).click();
  await findings(page).getByRole('button', { name: 'show' }).first().click();
  await expect(currentCall(page)).toContainText('EPIPE');
  await picture(page, 'conversation');
});

test('what is worth a look', async ({ page }) => {
  await start(page, captures.epipe);
  await page.getByRole('button', { name: /findings/ }).click();
  await expect(findings(page)).toContainText('84.8 µs after uwsgi closed');
  await picture(page, 'findings');
});
