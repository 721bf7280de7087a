import { expect, test } from '@playwright/test';
import { captures, conversation, currentCall, findings, idle, start, status, tab } from './page';

test('the header counts the findings, and the tab has a sentence for each, the gravest first', async ({ page }) => {
  await start(page, captures.epipe);
  await page.getByRole('button', { name: '7 findings' }).click();
  await expect(findings(page)).toHaveAttribute('aria-rowcount', '8');
  await expect(tab(page, 'Findings')).toContainText('7');
  await expect(status(page)).toContainText('7 findings');
  const first = findings(page).locator('[data-position="0"]');
  await expect(first).toContainText('error');
  await expect(first).toContainText('apache2 (1484) wrote 8 bytes to uwsgi (1513) 84.8 µs after uwsgi closed');
  await expect(first.locator('[data-column="delta"]')).toHaveText('84.8 µs');
  const severities = await findings(page).locator('.severity').allTextContents();
  const weight = (text: string): number => ['error', 'warning', 'note'].findIndex((word) => text.includes(word));
  const weights = severities.map(weight);
  expect(weights).toEqual([...weights].sort());
});

test('by mouse: show leads to the call that it is about, and back', async ({ page }) => {
  await start(page, captures.epipe);
  await tab(page, 'Findings').click();
  await findings(page).locator('[data-position="2"]').getByRole('button', { name: 'show' }).click();
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '15960');
  await page.getByRole('button', { name: 'Back', exact: false }).first().click();
  await expect(findings(page).locator('[data-position="2"]')).toHaveAttribute('aria-selected', 'true');
});

test('by keyboard: the same', async ({ page }) => {
  await start(page, captures.epipe);
  await page.keyboard.press('F');
  await expect(findings(page)).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '15323');
  await page.keyboard.press('Backspace');
  await expect(findings(page).locator('[data-position="1"]')).toHaveAttribute('aria-selected', 'true');
});

test('where nothing was found, that is a sentence too', async ({ page }) => {
  await start(page, captures.small);
  await expect(page.getByRole('button', { name: 'No findings' })).toBeVisible();
  await tab(page, 'Findings').click();
  await expect(page.getByText(/^Nothing found: no write or read failed/)).toBeVisible();
  await expect(findings(page)).toHaveAttribute('aria-rowcount', '1');
});
