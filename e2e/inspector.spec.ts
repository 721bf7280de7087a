import { expect, test } from '@playwright/test';
import { captures, goTo, grid, idle, inspector, selectedNumber, showEvents, start, tab } from './page';

test('Call tells every parameter with its meaning, the result and the fd', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  const call = inspector(page);
  await expect(call).toContainText('writev');
  await expect(call).toContainText('-32 EPIPE Broken pipe');
  await expect(call).toContainText('143.4 µs');
  await expect(call).toContainText('/tmp/helloFastCGI.s');
  await expect(call).toContainText('unix client');
  await call.getByRole('button', { name: 'exit #14140' }).click();
  await idle(page);
  expect(await selectedNumber(page)).toBe(14121);
  await goTo(page, '14106');
  await expect(call).toContainText('accept');
});

test('flags are decoded and errno told in words', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('ENOENT');
  await page.keyboard.press('Enter');
  await idle(page);
  await expect(inspector(page)).toContainText('No such file or directory');
});

test('Bytes shows hex and ascii, what was captured and what there was', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14100');
  await tab(page, 'Bytes').click();
  await expect(inspector(page)).toContainText('80 of 699 bytes captured');
  await expect(page.getByLabel('Bytes of data')).toContainText('0000  01 04 00 01 02 b3 00 00');
  await expect(page.getByLabel('Bytes of data')).toContainText('.]HTTP_C');
  await goTo(page, '14112');
  await expect(inspector(page)).toContainText('carries no buffer');
});

test('State tells the process, its credentials and its open files as of the event', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await tab(page, 'State').click();
  const state = inspector(page);
  await expect(state).toContainText('thread 1484');
  await expect(state).toContainText('apache2 -f /opt/lab/httpd-unix.conf -k start');
  await expect(state).toContainText('systemd (1)');
  await expect(state).toContainText('www-data (33)');
  await expect(state.getByRole('row', { name: /^16 unix/ })).toContainText('/tmp/helloFastCGI.s');
  // After its close the fd is gone.
  await goTo(page, '14385');
  await expect(state).toContainText('as of the selected event');
  await expect(state.getByRole('row', { name: /^16 unix/ })).toHaveCount(0);
});

test('State knows the container of the founding datagram, and how that is known', async ({ page }) => {
  await start(page, captures.statsd);
  await goTo(page, '2937');
  await tab(page, 'State').click();
  const state = inspector(page);
  await expect(state).toContainText('php-fpm8.2');
  await expect(state).toContainText(/Container\s*phpapp 9d2fac3416fe/);
  await expect(state).toContainText(/Known by\s*older than the capture; cgroup .*docker-9d2fac3416fe/);
  // A child made by fork inside the container, which the capture saw being born.
  await goTo(page, '22643');
  await expect(state).toContainText(/Container\s*phpapp 9d2fac3416fe/);
  await expect(state).toContainText(/Known by\s*born by (clone|fork) at #226\d\d from \d+/);
});

test('it follows the selection row by row, and names what it shows', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14094');
  await grid(page).focus();
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('j');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14114);
  await expect(inspector(page)).toContainText('#14114');
});

test('it is hidden and shown by a key, and resized by keyboard', async ({ page }) => {
  await start(page, captures.small);
  await grid(page).focus();
  await page.keyboard.press('i');
  await expect(inspector(page)).toBeHidden();
  await page.keyboard.press('i');
  const before = (await inspector(page).boundingBox())!.width;
  await page.getByRole('slider', { name: 'Size of the inspector' }).focus();
  await page.keyboard.press('ArrowLeft');
  expect((await inspector(page).boundingBox())!.width).toBeGreaterThan(before);
});
