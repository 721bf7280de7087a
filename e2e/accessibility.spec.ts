import { expect, test, type Page } from '@playwright/test';
import { captures, conversation, conversations, currentCall, expectAccessible, findings, goTo, grid, idle, inspector, made, showEvents, start, status, tab } from './page';

async function check(page: Page): Promise<void> {
  test.slow();
  await expectAccessible(page);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('the start page, also when it asks for a capture and tells of errors, is clean', async ({ page }) => {
      await page.goto('/');
      await check(page);
      await page.getByLabel('Open capture').setInputFiles(made('nothing.scap', Buffer.alloc(0)));
      await expect(page.getByText('is empty')).toBeVisible();
      await check(page);
      await page.goto('/#v=1&capture=00112233445566778899aabbccddeeff&name=lost.scap&sel=12');
      await expect(page.getByText('This link is about')).toBeVisible();
      await check(page);
    });

    test('grid and inspector are clean', async ({ page }) => {
      await start(page, captures.epipe);
      await check(page);
      await goTo(page, '14121');
      for (const pane of ['Call', 'Bytes', 'State']) {
        await tab(page, pane).click();
        await check(page);
      }
      await showEvents(page);
      await check(page);
    });

    test('the filter box is clean, with a mistake, with a count and applied', async ({ page }) => {
      await start(page, captures.epipe);
      await page.keyboard.press('/');
      await page.keyboard.type('fd.nme = x');
      await expect(page.locator('.filter-panel')).toBeVisible();
      await check(page);
      await page.keyboard.press('Tab');
      await check(page);
      await page.keyboard.press('Enter');
      await expect(grid(page)).toBeFocused();
      await page.keyboard.press('y');
      await page.getByRole('textbox', { name: 'Event' }).fill('14121');
      await expect(page.getByRole('table')).toBeVisible();
      await check(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+f');
      await check(page);
    });

    test('the list of conversations, findings, calls in every form and a comparison are clean', async ({ page }) => {
      await start(page, captures.epipe);
      await tab(page, 'Conversations').click();
      await expect(conversations(page)).toBeVisible();
      await check(page);
      await tab(page, 'Findings').click();
      await check(page);
      await findings(page).getByRole('button', { name: 'show' }).first().click();
      await expect(currentCall(page)).toContainText('EPIPE');
      for (const form of ['1', '3']) {
        await page.keyboard.press(form);
        await check(page);
      }
      await page.keyboard.press('x');
      await expect(page.getByRole('dialog', { name: 'Compare' })).toBeVisible();
      await check(page);
      await page.getByRole('option', { name: /life 2/ }).first().click();
      await expect(page.getByRole('grid', { name: 'Comparison' })).toBeVisible();
      await check(page);
    });

    test('dialogs and menus are clean', async ({ page }) => {
      await start(page, captures.small);
      for (const key of ['Control+k', '?', 'g']) {
        await page.keyboard.press(key);
        await expect(page.getByRole('dialog')).toBeVisible();
        await check(page);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
      await page.getByRole('button', { name: 'Columns' }).click();
      const columns = page.getByRole('dialog', { name: 'Columns' });
      await columns.getByRole('combobox', { name: 'Add a field' }).fill('user.nme');
      // The names of fields may still be on their way.
      await expect(columns.getByRole('button', { name: 'Add', exact: true })).toBeEnabled();
      await page.keyboard.press('Enter');
      await expect(columns.getByText('There is no field user.nme.')).toBeVisible();
      await check(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command' }).fill('export');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
      await check(page);
      await page.keyboard.press('Escape');
      await grid(page).locator('[data-column="what"]').first().click({ button: 'right' });
      await expect(page.getByRole('menu')).toBeVisible();
      await check(page);
    });
  });
}

test('a screen reader can walk the grid: rows count from the whole list, and the current one is named', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await grid(page).focus();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '17797');
  await page.keyboard.press('End');
  await idle(page);
  const current = await grid(page).getAttribute('aria-activedescendant');
  const row = page.locator(`#${current ?? 'none'}`);
  await expect(row).toHaveAttribute('role', 'row');
  await expect(row).toHaveAttribute('aria-rowindex', '17797');
  await expect(row).toHaveAttribute('aria-selected', 'true');
});

test('what has the focus is visible on every stop of the Tab key', async ({ page }) => {
  await start(page, captures.small);
  await page.keyboard.press('Home');
  await page.locator('body').press('Tab');
  for (let stop = 0; stop < 14; stop += 1) {
    const outlined = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return 'body';
      const shown = [element, element.closest('label'), element.closest('.filter'), element.querySelector('.current')];
      return shown.some((one) => one !== null && getComputedStyle(one).outlineStyle !== 'none') || element.matches('.split-bar')
        ? 'yes'
        : element.outerHTML.slice(0, 120);
    });
    expect(['yes', 'body']).toContain(outlined);
    await page.keyboard.press('Tab');
  }
});

for (const width of [900, 1280, 1920]) {
  test(`nothing is lost at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await start(page, captures.epipe);
    await goTo(page, '14121');
    await expect(grid(page)).toBeInViewport();
    await expect(inspector(page)).toBeInViewport();
    await expect(inspector(page)).toContainText('EPIPE');
    await expect(status(page)).toBeInViewport();
    for (const name of ['Columns', 'Go to…', 'Raw events', 'Commands']) {
      await expect(page.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect((await grid(page).boundingBox())!.height).toBeGreaterThan(200);
  });
}

for (const width of [900, 1280, 1920]) {
  test(`a conversation loses nothing at a width of ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await start(page, captures.epipe);
    await tab(page, 'Findings').click();
    await findings(page).getByRole('button', { name: 'show' }).first().click();
    await expect(currentCall(page)).toContainText('EPIPE');
    await idle(page);
    await expect(currentCall(page).locator('.bubble')).toBeInViewport({ ratio: 1 });
    await expect(inspector(page)).toContainText('84.8 µs after');
    for (const name of ['Compare…', 'Next life', 'Hex', 'Copy what the right end wrote']) {
      await expect(page.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    // Client left, server right, and read line by line in the order of time.
    const nums = await conversation(page).locator('[data-call]').evaluateAll((rows) => rows.map((one) => Number(one.getAttribute('data-evt-num'))));
    expect(nums).toEqual([...nums].sort((a, b) => a - b));
  });
}

test('who wants less motion gets none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await start(page, captures.small);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration.split(',').some((one) => parseFloat(one) > 0) || animationName !== 'none';
      }).length,
  );
  expect(moving).toBe(0);
});
