import { expect, test } from '@playwright/test';
import { captures, grid, status } from './page';

/** What `npm start` serves, as it is. */
test('the page that npm start serves opens a capture under its own policy', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const foreign: string[] = [];
  const own = process.env['PRODUCTION_URL'] ?? '';
  page.on('request', (request) => {
    if (!request.url().startsWith(own) && !request.url().startsWith('blob:')) foreign.push(request.url());
  });
  const response = await page.goto(own);
  expect(response?.headers()['content-security-policy']).toContain("default-src 'none'");
  await page.getByLabel('Open capture').setInputFiles(captures.epipe);
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await expect(grid(page).locator('[aria-rowindex="2"] [data-column="num"]')).toHaveText('1');
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
  expect(await page.evaluate(() => 'whenIdle' in globalThis)).toBe(false);
});
