import { expect, test } from '@playwright/test';
import { captures, conversation, currentCall, goTo, grid, idle, selectedNumber, start } from './page';

test('the palette has every command with its key, and runs what is chosen', async ({ page }) => {
  await start(page, captures.epipe);
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const options = palette.getByRole('option');
  for (const name of ['Find text in rows', 'Go to event or time', 'Next row', 'Next error', 'Calls or raw events', 'Copy selected', 'Usual columns', 'Close capture']) {
    await palette.getByRole('combobox').fill(name);
    // Some need a selection first.
    await expect(name === 'Copy selected' ? palette : options.first()).toContainText(name === 'Copy selected' ? 'No such command' : name);
  }
  await palette.getByRole('combobox').fill('raw');
  await expect(options.first()).toContainText('v');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page.getByRole('button', { name: 'Raw events' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('find text');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Find text' })).toBeFocused();
});

test('the key sheet lists the keys, and single letters can be switched off', async ({ page }) => {
  await start(page, captures.epipe);
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  for (const name of ['Next error', 'Follow conversation', 'All commands']) await expect(sheet).toContainText(name);
  await sheet.getByRole('checkbox', { name: 'Single letters are commands' }).uncheck();
  await page.keyboard.press('Escape');
  await grid(page).focus();
  await page.keyboard.press('v');
  await expect(page.getByRole('button', { name: 'Calls' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowDown');
  await idle(page);
  expect(await selectedNumber(page)).toBe(1);
});

test('the founding story is walked by keyboard alone', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  await page.getByRole('button', { name: /EPIPE over a unix socket/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Indexed in')).toBeVisible();
  await idle(page);
  await goTo(page, '14107');
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeVisible();
  await idle(page);
  await page.keyboard.press('e');
  await idle(page);
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
  await page.keyboard.press('Backspace');
  await expect(conversation(page)).toBeHidden();
  expect(await selectedNumber(page)).toBe(14106);
});
