/** The menu of a row: asked for by mouse or by keyboard, it does what keys do, and the keyboard is back where it was. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { calls, captures, cell, currentCall, goTo, grid, idle, row, selectedNumber, selectedRow, showEvents, start } from './page';

const menu = (page: Page): Locator => page.getByRole('menu', { name: 'Row' });
const entry = (page: Page, name: string): Locator => menu(page).getByRole('menuitem', { name });

test('the right button opens it at the row under the mouse, and a conversation is followed from there', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14112');
  await cell(page, 14121, 'what').click({ button: 'right' });
  await expect(menu(page)).toBeVisible();
  await expect(row(page, 14121)).toHaveAttribute('aria-selected', 'true');
  await entry(page, 'Follow conversation').click();
  await expect(menu(page)).toBeHidden();
  await expect(calls(page)).toBeVisible();
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
});

for (const key of ['Shift+F10', 'ContextMenu', 'm']) {
  test(`${key} opens it at the selected row; arrows and letters walk, Escape gives the keyboard back`, async ({ page }) => {
    await start(page, captures.epipe);
    await goTo(page, '14121');
    await grid(page).focus();
    await page.keyboard.press(key);
    await expect(entry(page, 'Follow conversation')).toBeFocused();
    const box = (await menu(page).boundingBox())!;
    const selected = (await row(page, 14121).boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(selected.y);
    expect(box.y).toBeLessThan(selected.y + 3 * selected.height);
    await page.keyboard.press('ArrowDown');
    await expect(entry(page, 'Copy row')).toBeFocused();
    await page.keyboard.press('End');
    await expect(entry(page, 'Copy as sysdig command')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(entry(page, 'Follow conversation')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(entry(page, 'Copy as sysdig command')).toBeFocused();
    await page.keyboard.press('f');
    await expect(entry(page, 'Follow conversation')).toBeFocused();
    // Keys of the page are not meant.
    await page.keyboard.press('j');
    await page.keyboard.press('Escape');
    await expect(menu(page)).toBeHidden();
    await expect(grid(page)).toBeFocused();
    expect(await selectedNumber(page)).toBe(14121);
    await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
  });
}

test('rows that are selected stay so, and are copied as sysdig prints them', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14139');
  await page.keyboard.press('Shift+ArrowDown');
  await row(page, 14139).click({ button: 'right' });
  await expect(selectedRow(page)).toHaveCount(2);
  await entry(page, 'Copy rows as sysdig prints them').click();
  await expect(page.getByText('Copied 2 rows as text')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text.trimEnd().split('\n')).toHaveLength(2);
  expect(text).toMatch(/^14139 /);
});

test('among raw events it leads from the enter of a call to its exit and back, as % does', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14121');
  await row(page, 14121).click({ button: 'right' });
  await entry(page, 'Go to the other event of the call').click();
  await expect(row(page, 14140)).toHaveAttribute('aria-selected', 'true');
  await grid(page).focus();
  await page.keyboard.press('%');
  await expect(row(page, 14121)).toHaveAttribute('aria-selected', 'true');
});

test('an exit whose enter was not recorded says so', async ({ page }) => {
  await start(page, captures.exitOnly);
  await showEvents(page);
  await grid(page).focus();
  await page.keyboard.press('e');
  await idle(page);
  await page.keyboard.press('%');
  await expect(page.getByText('The enter of this call is not in the capture.')).toBeVisible();
});

test('a click beside it, and the wheel, close it', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  for (const away of [() => page.getByText('Whole capture').click(), () => page.mouse.wheel(0, 200)]) {
    await row(page, 14121).click({ button: 'right' });
    await expect(menu(page)).toBeVisible();
    await page.mouse.move(700, 130);
    await away();
    await expect(menu(page)).toBeHidden();
    await goTo(page, '14121');
  }
});
