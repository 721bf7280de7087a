import { expect, test } from '@playwright/test';
import { captures, goTo, grid, idle, inspector, open, selectedNumber, start, status } from './page';

test('the start page tells what to do and that nothing is uploaded, before anything is fetched late', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('Drop a sysdig capture anywhere')).toBeVisible();
  await expect(page.getByText('nothing is uploaded')).toBeVisible();
  await expect(page.getByLabel('Open capture')).toBeAttached();
});

test('Open capture opens the dialog of the browser', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  const dialog = page.waitForEvent('filechooser');
  await page.getByText('Open capture…').click();
  await (await dialog).setFiles(captures.small);
  await expect(status(page)).toContainText('Indexed in');
});

test('a founding story is one click away and says what to look for', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('look at #14107')).toBeVisible();
  await page.getByRole('button', { name: /EPIPE over a unix socket/ }).click();
  await expect(status(page)).toContainText('of 17,796 events');
  await expect(page).toHaveURL(/src=samples\/fastcgi-epipe/);
});

test('the other story opens too, with the datagram it tells of', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: /The lost container/ }).click();
  await expect(status(page)).toContainText('of 153,968 events');
  await idle(page);
  await goTo(page, '2937');
  await page.keyboard.press('s');
  await expect(inspector(page)).toContainText('docker-9d2fac3416fe');
});

test('captures opened before are offered again and lead to where one was', async ({ page }) => {
  await start(page, captures.variant);
  await goTo(page, '500');
  const selected = await selectedNumber(page);
  await idle(page);
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await idle(page);
  await page.reload();
  const recent = page.getByRole('button', { name: /variant-kmod-0.29.3-default.scap.gz.*8,865 events/ });
  await recent.click();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await selectedNumber(page)).toBe(selected);
});

test('copies can be switched off, cleared and forgotten', async ({ page }) => {
  await start(page, captures.small);
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await page.getByRole('button', { name: 'Clear 29.0 kB' }).click();
  await expect(page.getByRole('button', { name: /n2000.*events/ })).toHaveCount(0);
  await page.getByLabel('Open capture').setInputFiles(captures.small);
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await page.getByRole('checkbox', { name: /Keep copies/ }).uncheck();
  await page.getByRole('button', { name: 'Forget variant-kmod-0.29.3-n2000.scap.gz' }).click();
  await open(page, captures.small);
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await idle(page);
  await expect(page.getByRole('button', { name: /n2000.*events/ })).toHaveCount(0);
});

test('rows are there while the rest is still being read', async ({ page }) => {
  await page.goto('/');
  await idle(page);
  await page.getByLabel('Open capture').setInputFiles(captures.statsd);
  await expect(grid(page).locator('[aria-rowindex="2"] [data-column="num"]')).not.toBeEmpty();
  await expect(grid(page)).toBeVisible();
  await expect(status(page)).toContainText('Indexed in');
});
