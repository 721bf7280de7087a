import { expect, test } from '@playwright/test';
import { captures, cell, goTo, grid, idle, row, selectedNumber, showEvents, start, status } from './page';

// Narrower windows leave out columns.
test.use({ viewport: { width: 1440, height: 800 } });

test('a call is one row with what was asked, what came back and how long it took', async ({ page }) => {
  await start(page, captures.epipe);
  await expect(status(page)).toContainText('10,222 calls · 17,796 of 17,796 events');
  await goTo(page, '14100');
  await expect(row(page, 14100)).toHaveAttribute('data-exit-num', '14101');
  await expect(cell(page, 14100, 'call')).toHaveText('writev');
  await expect(cell(page, 14100, 'fd')).toHaveText('fd 16');
  await expect(cell(page, 14100, 'returned')).toHaveText('699');
  await expect(cell(page, 14100, 'asked')).toHaveText('699');
  await expect(cell(page, 14100, 'took')).toHaveText('12.0');
});

test('toggling to events and back keeps the place', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  const above = async (): Promise<number> =>
    (await row(page, 14121).boundingBox())!.y - (await grid(page).boundingBox())!.y;
  const before = await above();
  await page.keyboard.press('v');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
  expect(Math.abs((await above()) - before)).toBeLessThan(2);
  // An exit belongs to the call of its enter.
  await row(page, 14122).click();
  await goTo(page, '14140');
  await page.keyboard.press('v');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
});

test('toggling without a selection keeps the rows in view', async ({ page }) => {
  await start(page, captures.epipe);
  await grid(page).evaluate((element) => {
    element.scrollTop = 100_000;
  });
  await idle(page);
  const first = async (): Promise<number> => {
    const box = (await grid(page).boundingBox())!;
    const rows = await grid(page).locator('[data-position]').all();
    for (const one of rows) {
      if (((await one.boundingBox())?.y ?? 0) >= box.y + 24) return Number(await one.getAttribute('data-evt-num'));
    }
    return Number.NaN;
  };
  const before = await first();
  await showEvents(page);
  expect(Math.abs((await first()) - before)).toBeLessThan(6);
});

test('a capture without enter events works in both and invents no latency', async ({ page }) => {
  await start(page, captures.exitOnly);
  await expect(page.getByText('Enter events were not recorded')).toBeVisible();
  await goTo(page, '33214');
  await expect(cell(page, 33214, 'returned')).toHaveText('✗ EPIPE');
  await expect(cell(page, 33214, 'took')).toHaveText('not recorded');
  await showEvents(page);
  await expect(cell(page, 33214, 'dir')).toHaveText('<');
  expect(await selectedNumber(page)).toBe(33214);
});
