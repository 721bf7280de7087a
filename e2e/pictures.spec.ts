import { expect, test } from '@playwright/test';
import { captures, conversation, goTo, grid, idle, start, tab } from './page';

/** The pictures of the README, taken with `PICTURES=1` set: they are part of the project and change only when wanted. */
test.use({ viewport: { width: 1440, height: 900 } });

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('start, events and conversation', async ({ page }) => {
      await page.goto('/');
      await idle(page);
      await page.screenshot({ path: `docs/pictures/start-${colorScheme}.png` });
      await start(page, captures.epipe);
      await goTo(page, '14121');
      await page.screenshot({ path: `docs/pictures/events-${colorScheme}.png` });
      await grid(page).focus();
      await page.keyboard.press('Enter');
      await expect(conversation(page)).toBeVisible();
      await tab(page, 'State').click();
      await idle(page);
      await page.screenshot({ path: `docs/pictures/conversation-${colorScheme}.png` });
    });
  });
}
