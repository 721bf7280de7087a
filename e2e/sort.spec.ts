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

test('any column sorts, a field too, and the link keeps it', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 900 });
  await start(page, captures.epipe);
  await showEvents(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  const columns = page.getByRole('dialog', { name: 'Columns' });
  for (const name of ['thread.tid', 'evt.rawres', 'proc.exeline']) {
    await columns.getByRole('combobox', { name: 'Add a field' }).fill(name);
    await page.keyboard.press('Enter');
    await expect(columns.getByRole('checkbox', { name })).toBeChecked();
  }
  await page.keyboard.press('Escape');
  // Numbers by size, the least first; what has none comes last.
  await head(page, 'evt.rawres').click();
  await expect(head(page, 'evt.rawres')).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('Home');
  const least = (await column(page, 'evt.rawres')).map(Number);
  expect(least.length).toBeGreaterThan(10);
  expect(least).toEqual(least.toSorted((a, b) => a - b));
  expect(least[0]).toBe(-115);
  await expect(page).toHaveURL(/by=evt\.rawres/);
  await head(page, 'evt.rawres').click();
  await expect(head(page, 'evt.rawres')).toHaveAttribute('aria-sort', 'descending');
  const greatest = (await column(page, 'evt.rawres')).map(Number);
  expect(greatest).toEqual(greatest.toSorted((a, b) => b - a));
  // Past a filter, and after a reload.
  await page.keyboard.press('/');
  await page.keyboard.type('proc.name = uwsgi and evt.rawres exists');
  await page.keyboard.press('Enter');
  await idle(page);
  await page.reload();
  await expect(head(page, 'evt.rawres')).toHaveAttribute('aria-sort', 'descending');
  await expect(page.locator('[data-column="process"]').first()).toContainText('uwsgi');
  const filtered = (await column(page, 'evt.rawres')).map(Number);
  expect(filtered.length).toBeGreaterThan(10);
  expect(filtered).toEqual(filtered.toSorted((a, b) => b - a));
  // Parameters and the direction have an order too, and the menu knows all of them.
  await head(page, 'Info').click();
  await expect(head(page, 'Info')).toHaveAttribute('aria-sort', 'ascending');
  const infos = (await column(page, 'info')).filter((text) => /^[ -~]*$/.test(text));
  expect(infos).toEqual(infos.toSorted());
  await page.locator('[data-column="proc.exeline"]').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Sort by proc.exeline, least first' }).click();
  await expect(page).toHaveURL(/by=proc\.exeline/);
  await head(page, 'Dir').click();
  await expect(head(page, 'Dir')).toHaveAttribute('aria-sort', 'ascending');
  expect(new Set(await column(page, 'dir'))).toEqual(new Set(['<']));
});

test('the order of a field that does not exist is that of the capture', async ({ page }) => {
  await start(page, captures.small);
  await idle(page);
  const usual = await column(page, 'num');
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(`${link}&by=-proc.nme`);
  await expect(status(page)).toContainText('Indexed in');
  expect(await column(page, 'num')).toEqual(usual);
});
