import { expect, test, type Page } from '@playwright/test';
import { captures, goTo, grid, idle, inspector, showEvents, start, status } from './page';

const head = (page: Page, name: string) => grid(page).getByRole('columnheader', { name });

/** Texts of a column, in the rows that are in view. */
async function column(page: Page, id: string): Promise<string[]> {
  await idle(page);
  return page.locator(`[data-column="${id}"]`).allTextContents();
}

/** A latency as the grid writes it, in microseconds. */
const micros = (text: string): number => Number(text.replaceAll(',', ''));

test('a click on a column sorts by it, another turns it round, a third gives the order of the capture back', async ({ page }) => {
  await start(page, captures.epipe);
  await idle(page);
  await head(page, 'Took').click();
  await expect(head(page, 'Took')).toHaveAttribute('aria-sort', 'descending');
  const longest = (await column(page, 'took')).map(micros);
  expect(longest.length).toBeGreaterThan(10);
  expect(longest).toEqual(longest.toSorted((a, b) => b - a));
  expect(longest[0]).toBeGreaterThan(1e6);
  await expect(page).toHaveURL(/by=-latency/);
  await head(page, 'Took').click();
  await expect(head(page, 'Took')).toHaveAttribute('aria-sort', 'ascending');
  const shortest = (await column(page, 'took')).map(micros);
  expect(shortest).toEqual(shortest.toSorted((a, b) => a - b));
  await head(page, 'Took').click();
  await expect(head(page, 'Took')).not.toHaveAttribute('aria-sort');
  await expect(page).not.toHaveURL(/by=/);
});

test('a sorted list keeps the selection, is filtered and walked, and comes back by link and by the back button', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('sort by process');
  await page.keyboard.press('Enter');
  await expect(head(page, 'Process')).toHaveAttribute('aria-sort', 'ascending');
  await expect(inspector(page)).toContainText('14107');
  await page.keyboard.press('Home');
  const names = (await column(page, 'process')).map((name) => name.replace(/ .*/, ''));
  expect(names).toEqual(names.toSorted());
  await page.keyboard.press('/');
  await page.keyboard.type('evt.rawres < 0');
  await page.keyboard.press('Enter');
  await expect(head(page, 'Process')).toHaveAttribute('aria-sort', 'ascending');
  await idle(page);
  const shown = await status(page).textContent();
  await page.reload();
  await expect(head(page, 'Process')).toHaveAttribute('aria-sort', 'ascending');
  await expect(status(page)).toContainText((shown ?? '').split(' · ')[0]?.split('Indexed')[0] ?? '');
  await page.goBack();
  await expect(page).not.toHaveURL(/filter=/);
  await expect(page).toHaveURL(/by=process/);
});

test('the menu of a cell sorts by its column', async ({ page }) => {
  await start(page, captures.epipe);
  await idle(page);
  await page.locator('[data-column="returned"]').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Sort by result, greatest first' }).click();
  await expect(head(page, 'Returned')).toHaveAttribute('aria-sort', 'descending');
});
