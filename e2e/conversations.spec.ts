/** The journey through conversations, line by line: each by keyboard and by mouse. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import {
  call,
  calls,
  captures,
  conversation,
  conversations,
  currentCall,
  filter,
  findings,
  goTo,
  grid,
  idle,
  inspector,
  open,
  row,
  selectedRow,
  start,
  status,
  tab,
} from './page';

const pair = 'unix:ffff888108ea0800-ffff888108ea1800';

async function showList(page: Page): Promise<void> {
  await tab(page, 'Conversations').click();
  await expect(conversations(page)).toBeVisible();
  await idle(page);
}

/** The conversation of the refused write, by its finding. */
async function showRefused(page: Page): Promise<void> {
  await page.getByRole('button', { name: /findings/ }).click();
  await findings(page).getByRole('button', { name: 'show' }).first().click();
  await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
  await idle(page);
}

async function column(page: Page, name: string): Promise<string[]> {
  return conversations(page).locator(`[data-column="${name}"]`).allTextContents();
}

const numbers = (texts: readonly string[]): number[] => texts.map((text) => Number(text.replaceAll(',', '').replace('?', '-1')));

test.describe('1: who talks to whom', () => {
  test('the list has a row for every conversation, with its columns', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    const { rows } = await page.evaluate(() => ({
      rows: Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')),
    }));
    expect(rows).toBeGreaterThan(130);
    await expect(page.locator('.list-count')).toHaveText(`${rows - 1} conversations`);
    await expect(status(page)).toContainText(`${rows - 1} conversations · 17,796 events`);
    const names = await conversations(page).getByRole('columnheader').allTextContents();
    expect(names.map((name) => name.replace(/ [↑↓]$/, ''))).toEqual([
      'Processes', 'Path or port', 'Life', 'Start (s)', 'Duration', 'Calls', 'Bytes →', 'Bytes ←', 'Unread', 'Refused',
      'First error', 'Protocol', 'Kind', 'Key',
    ]);
    await filter(page).fill('ffff888108ea1800');
    await idle(page);
    const first = conversations(page).locator(`[data-key="${pair}"][data-life="1"]`);
    await expect(first).toContainText('apache2 (1473) → uwsgi (1513)');
    await expect(first.locator('[data-column="place"]')).toHaveText('/tmp/helloFastCGI.s');
    await expect(first.locator('[data-column="life"]')).toHaveText('1/12');
    await expect(first.locator('[data-column="there"]')).toHaveText('723');
    await expect(first.locator('[data-column="refused"]')).toHaveText('1');
    await expect(first.locator('[data-column="error"]')).toHaveText('✗ EPIPE');
    await expect(first.locator('[data-column="protocol"]')).toHaveText('fastcgi');
    await expect(first).toHaveClass(/failed/);
    await expect(conversations(page).locator(`[data-key="${pair}"][data-life="2"]`)).not.toHaveClass(/failed/);
  });

  test('by mouse: any column sorts, and again the other way round', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    for (const [title, id] of [['Calls', 'calls'], ['Bytes →', 'there'], ['Refused', 'refused']] as const) {
      const header = conversations(page).getByRole('columnheader', { name: title });
      await header.getByRole('button').click();
      await idle(page);
      const falling = numbers(await column(page, id));
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      expect(falling[0]).toBeGreaterThan(0);
      await expect(header).toHaveAttribute('aria-sort', 'descending');
      await header.getByRole('button').click();
      await idle(page);
      const rising = numbers(await column(page, id));
      expect(rising).toEqual([...rising].sort((a, b) => a - b));
    }
    await conversations(page).getByRole('columnheader', { name: 'Path or port' }).getByRole('button').click();
    await idle(page);
    const places = await column(page, 'place');
    expect(places).toEqual([...places].sort());
  });

  test('by keyboard: sorting, grouping, narrowing and walking', async ({ page }) => {
    await start(page, captures.epipe);
    await page.keyboard.press('C');
    await expect(conversations(page)).toBeVisible();
    await page.getByRole('combobox', { name: 'Sort by' }).focus();
    await page.keyboard.type('Ref');
    await idle(page);
    expect(numbers(await column(page, 'refused')).slice(0, 4)).toEqual([1, 1, 1, 0]);
    await page.getByRole('combobox', { name: 'Group by' }).focus();
    await page.keyboard.type('process');
    await idle(page);
    const starts = (await column(page, 'group')).filter((text) => text !== '');
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.length).toBeGreaterThan(1);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('ungrouped');
    await page.keyboard.press('Enter');
    await conversations(page).focus();
    await page.keyboard.press('/');
    await page.keyboard.type('epipe');
    await idle(page);
    await expect(conversations(page)).toHaveAttribute('aria-rowcount', '4');
    await page.keyboard.press('Enter');
    await expect(conversations(page)).toBeFocused();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('k');
    await idle(page);
    const current = await conversations(page).getAttribute('aria-activedescendant');
    await expect(page.locator(`#${current ?? 'none'}`)).toHaveAttribute('aria-rowindex', '2');
    await page.keyboard.press('Enter');
    await expect(conversation(page)).toBeVisible();
    await page.keyboard.press('Backspace');
    await expect(conversations(page)).toHaveAttribute('aria-rowcount', '4');
    await expect(conversations(page).locator('[aria-selected="true"]')).toHaveAttribute('aria-rowindex', '2');
  });

  test('by path, groups stand together', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    await page.getByRole('combobox', { name: 'Group by' }).selectOption('path');
    await idle(page);
    const places = await column(page, 'place');
    const runs = places.filter((place, at) => place !== places[at - 1]);
    expect(new Set(runs).size).toBe(runs.length);
  });

  for (const [by, name] of [['path', '/tmp/helloFastCGI.s'], ['processes', 'apache2 ⇄ uwsgi']] as const) {
    test(`by ${by}, a group says how many stand together and what they come to`, async ({ page }) => {
      await start(page, captures.epipe);
      await showList(page);
      await page.getByRole('combobox', { name: 'Group by' }).selectOption(by);
      await filter(page).fill('helloFastCGI');
      await idle(page);
      const group = conversations(page).locator('.group');
      await expect(group).toHaveCount(1);
      await expect(group.locator('b')).toHaveText(name);
      // The sums of the JSON of `scapscope conversations` over this path.
      await expect(group.locator(':scope > :last-child')).toHaveText('60 · 723 calls · 42.4 kB → 3.72 kB ← · 3 refused');
      await expect(conversations(page)).toHaveAttribute('aria-rowcount', '61');
    });
  }

  test('text that nothing shows is told', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    await filter(page).fill('no such thing');
    await expect(page.getByText(/^None of \d+ conversations shows this text\.$/)).toBeVisible();
  });
});

test.describe('2: both sides of one conversation', () => {
  test('by keyboard, from an event: client left, server right, what was asked and what came back', async ({ page }) => {
    await start(page, captures.epipe);
    await goTo(page, '14121');
    await grid(page).focus();
    await page.keyboard.press('Enter');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    await idle(page);
    const box = (await calls(page).boundingBox())!;
    const middle = box.x + box.width / 2;
    for (const [num, side, words] of [
      [14094, 0, ['writev 16', 'BEGIN_REQUEST', '22.1 µs']],
      [14100, 0, ['writev 699', 'PARAMS', 'captured 80 of 699']],
      [14106, 1, ['accept', 'waited 149.9 µs in the accept queue']],
      [14108, 1, ['read 723 / 4,100', 'inferred', '15.9 µs']],
      [14112, 1, ['close', 'no reply was written']],
      [14121, 0, ['writev 8', 'EPIPE', 'STDIN', '143.4 µs']],
    ] as const) {
      const bubble = (await call(page, num).locator('.bubble').boundingBox())!;
      expect(bubble.x + bubble.width / 2 < middle).toBe(side === 0);
      for (const word of words) await expect(call(page, num)).toContainText(word);
    }
    const width = async (num: number): Promise<number> => (await call(page, num).locator('.bubble').boundingBox())!.width;
    expect(await width(14100)).toBeGreaterThan(await width(14094));
    expect(await width(14094)).toBeGreaterThan(await width(14102));
    await expect(call(page, 14121).locator('.bubble')).toHaveClass(/refused/);
    // The finding stands behind the call it is about.
    await expect(calls(page).locator('.flow-finding')).toContainText('84.8 µs after uwsgi closed');
    const finding = (await calls(page).locator('.flow-finding').boundingBox())!;
    expect(finding.y).toBeGreaterThan((await call(page, 14121).boundingBox())!.y);
    expect(finding.y).toBeLessThan((await call(page, 14382).boundingBox())!.y);
  });

  test('by mouse, from the list and from the inspector', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    await filter(page).fill(`${pair}~2`);
    await idle(page);
    await conversations(page).locator('[data-life="2"]').dblclick();
    await expect(conversation(page)).toContainText('apache2');
    await expect(page.getByRole('navigation', { name: 'Way back' })).toContainText('apache2 ⇄ uwsgi · life 2 of 12');
    await tab(page, 'Events').click();
    await filter(page).fill('');
    await grid(page).focus();
    await goTo(page, '14121');
    await inspector(page).getByRole('button', { name: 'follow conversation' }).click();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
  });

  test('the command follows too', async ({ page }) => {
    await start(page, captures.epipe);
    await goTo(page, '14112');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox').fill('follow conversation');
    await page.keyboard.press('Enter');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14112');
  });

  test('the status bar tells the time between two calls, chosen by mouse or by keyboard', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await call(page, 14112).click();
    await call(page, 14121).click({ modifiers: ['Shift'] });
    await idle(page);
    await expect(page.locator('.status-delta')).toContainText('Δ 86.8 µs between two selected');
    await calls(page).focus();
    await page.keyboard.press('k');
    await page.keyboard.press('Shift+ArrowDown');
    await idle(page);
    await expect(page.locator('.status-delta')).toContainText('Δ 86.8 µs between two selected');
  });

  test('holders are told with their events', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    const holders = inspector(page).locator('.holders');
    await expect(holders.first()).toContainText('apache2 (1473) fd 16 #14084 – #14384');
    await expect(holders.last()).toContainText('uwsgi (1513) fd 6 #14107 – #14114');
  });

  test('bytes that were never read are hatched and counted', async ({ page }) => {
    await start(page, captures.tcp);
    await showList(page);
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('unread');
    await idle(page);
    expect(numbers(await column(page, 'unread'))[0]).toBeGreaterThan(0);
    await conversations(page).locator('[aria-rowindex="2"]').dblclick();
    await expect(calls(page).locator('.bubble.unread').first()).toBeVisible();
    await expect(calls(page).getByText(/never read/).first()).toBeVisible();
  });

  test('what is neither socket nor pipe has no conversation, and that is said', async ({ page }) => {
    await start(page, captures.epipe);
    await goTo(page, '14110');
    await grid(page).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('write #14110 is not about a socket, pipe or file that can be followed.')).toBeVisible();
    await expect(conversation(page)).toBeHidden();
    await expect(selectedRow(page)).toHaveAttribute('data-evt-num', '14110');
  });
});

test.describe('3: lives', () => {
  const strip = (page: Page) => conversation(page).getByRole('list', { name: /^Lives of/ });

  test('by keyboard: [ and ] step through them, and say where they end', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await expect(strip(page).getByRole('button')).toHaveCount(12);
    await expect(strip(page).locator('.life.failed')).toHaveCount(3);
    await expect(strip(page).locator('[aria-current="true"]')).toHaveAccessibleName(/^1: life 1, .*failed, shown$/);
    await page.keyboard.press(']');
    await expect(strip(page).locator('[aria-current="true"]')).toHaveAccessibleName(/^2: life 2/);
    await expect(call(page, 14554)).toContainText('STDIN 1 end');
    await expect(inspector(page)).toContainText('Nothing failed');
    await page.keyboard.press('[');
    await expect(strip(page).locator('[aria-current="true"]')).toHaveAccessibleName(/^1: life 1/);
    await page.keyboard.press('[');
    await expect(page.getByText('This is the first life of these addresses.')).toBeVisible();
  });

  test('by mouse: a mark of the strip shows its life; a single address has uses of its own', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await strip(page).getByRole('button').nth(3).click();
    await expect(page.getByRole('navigation', { name: 'Way back' })).toContainText('life 4 of 12');
    await page.getByRole('button', { name: 'Next life' }).click();
    await expect(page.getByRole('navigation', { name: 'Way back' })).toContainText('life 5 of 12');
    const uses = conversation(page).getByRole('list', { name: 'Uses of ffff888108ea1800' });
    await expect(uses.getByRole('button')).toHaveCount(13);
    await uses.getByRole('button').first().click();
    await expect(conversation(page)).not.toContainText('12 lives');
    await page.keyboard.press('Backspace');
    await expect(findings(page)).toBeVisible();
  });
});

test.describe('4: bytes', () => {
  test('by keyboard: decoded, ASCII, hex and as they are', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await page.keyboard.press('3');
    await expect(call(page, 14094)).toContainText('01 01 00 01 00 08 00 00');
    await page.keyboard.press('2');
    await expect(call(page, 14100)).toContainText('HTTP_COOKIEsession=ccc');
    await page.keyboard.press('4');
    await expect(call(page, 14094)).toContainText('⟨U+0001⟩⟨U+0001⟩⟨U+0000⟩');
    await page.keyboard.press('1');
    await expect(call(page, 14094)).toContainText('BEGIN_REQUEST 1 responder');
    await expect(call(page, 14094)).not.toContainText('⟨U+0001⟩');
  });

  test('by mouse: the forms, the protocol, and what is not captured', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await page.getByRole('button', { name: 'Hex' }).click();
    await expect(call(page, 14100)).toContainText('captured 80 of 699');
    await page.getByRole('button', { name: 'Decoded' }).click();
    await expect(call(page, 14108).getByText('inferred')).toBeVisible();
    await page.getByRole('combobox', { name: 'Read bytes as' }).selectOption('statsd');
    await idle(page);
    await expect(call(page, 14094)).not.toContainText('BEGIN_REQUEST');
    await page.getByRole('combobox', { name: 'Read bytes as' }).selectOption('');
    await expect(call(page, 14094)).toContainText('BEGIN_REQUEST');
  });

  test('one direction is copied with its gaps told, and saved as it is', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await start(page, captures.epipe);
    await showRefused(page);
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'Copy what the left end wrote' }).click();
    await expect(page.getByText('Copied 104 bytes. 619 bytes of 723 were not captured.')).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('0000  01 01 00 01 00 08 00 00');
    expect(copied).toContain('[619 bytes not captured]');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save what the left end wrote' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('unix-ffff888108ea0800-ffff888108ea1800~1-there.bin');
    const bytes = await readFile(await download.path());
    expect(bytes).toHaveLength(104);
    expect([...bytes.subarray(0, 4)]).toEqual([1, 1, 0, 1]);
  });

  test('an end that wrote nothing has nothing to copy', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await page.getByRole('button', { name: 'Copy what the right end wrote' }).click();
    await expect(page.getByText('This end wrote no bytes that were captured.')).toBeVisible();
  });
});

test.describe('5: the cause', () => {
  const card = (page: Page) => inspector(page).getByRole('group', { name: 'Cause' });

  test('from the open capture to the sentence in two clicks and no typing', async ({ page }) => {
    await start(page, captures.epipe);
    await page.getByRole('button', { name: '7 findings' }).click();
    await findings(page).getByRole('button', { name: 'show' }).first().click();
    await expect(card(page)).toContainText(
      'apache2 (1484) wrote 8 bytes to uwsgi (1513) 84.8 µs after uwsgi closed; 723 of 731 bytes were read',
    );
    await expect(card(page).locator('b')).toHaveText('84.8 µs after');
    await expect(card(page).getByRole('heading')).toHaveText('✗ Write to a peer that had closed (EPIPE)');
    // What the closer did between its last read and its close.
    await expect(card(page).locator('.between')).toContainText('#14110 write 40 /tmp/uwsgi.log');
    await expect(card(page).locator('.between')).toContainText('-- unavailable modifier requested: 1 --');
    await expect(card(page).locator('.between')).toContainText('16.7 µs before');
    const ledger = inspector(page).getByRole('table').getByRole('row');
    await expect(ledger.nth(1)).toHaveText('client → server72372308');
    await expect(ledger.nth(2)).toHaveText('server → client0000');
    await expect(inspector(page)).toContainText('first server, 1513 closed');
  });

  test('by mouse: its events are linked, those of the conversation in place, others among all events', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await card(page).locator('.card-link[data-evt-num="14112"]').click();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14112');
    await card(page).locator('.card-link[data-evt-num="14121"]').click();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    await card(page).locator('.card-link[data-evt-num="14110"]').click();
    await expect(selectedRow(page)).toHaveAttribute('data-evt-num', '14110');
    await grid(page).focus();
    await page.keyboard.press('Backspace');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
  });

  test('by keyboard: the next failed call, and the cause of it', async ({ page }) => {
    await start(page, captures.epipe);
    await page.keyboard.press('C');
    await expect(conversations(page)).toBeFocused();
    await page.keyboard.press('/');
    await page.keyboard.type(`${pair}~7`);
    await idle(page);
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(calls(page)).toBeVisible();
    await idle(page);
    await page.keyboard.press('e');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '15960');
    await page.keyboard.press('p');
    await expect(tab(page, 'State')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('w');
    await expect(card(page)).toContainText('while uwsgi was closing');
  });
});

test.describe('across the files of a roll, each of which counts its events from 1', () => {
  test('calls, causes and links are named by file and number, and lead there', async ({ page }) => {
    const card = inspector(page).getByRole('group', { name: 'Cause' });
    await start(page, [...captures.epipeRolled]);
    await expect(page.getByRole('tablist', { name: 'Captures' }).getByRole('tab')).toHaveCount(1);
    await tab(page, 'Findings').click();
    await expect(findings(page)).toContainText('(#4.49)');
    await findings(page).getByRole('button', { name: 'show' }).first().click();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '4.60');
    await idle(page);
    await expect(calls(page).locator('[data-evt-num="4.24"]')).toContainText('connect');
    await expect(calls(page).locator('[data-evt-num="4.51"]')).toContainText('close');
    await expect(page).toHaveURL(/sel=4\.60(&|$)/);
    const links = card.locator('.card-link');
    expect(await links.allTextContents()).toEqual(['write#4.49', 'close#4.51', 'writev#4.60']);
    await expect(card.locator('.between')).toContainText('#4.49 write 40');
    await card.locator('.card-link[data-evt-num="4.51"]').click();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '4.51');
    await expect(inspector(page).locator('.holders').first()).toContainText('#4.23 –');
    await inspector(page).locator('.holders').last().getByRole('button', { name: '#4.46' }).click();
    await expect(currentCall(page)).toHaveAttribute('data-exit-num', '4.46');
    await idle(page);
    const url = page.url();
    await page.reload();
    await expect(currentCall(page)).toHaveAttribute('data-exit-num', '4.46');
    await idle(page);
    expect(page.url()).toBe(url);
    await card.locator('.card-link[data-evt-num="4.49"]').click();
    await expect(selectedRow(page)).toHaveAttribute('data-evt-num', /^4\.49$/);
  });
});

test.describe('6: from the conversation and back', () => {
  test('by keyboard: process, life of the fd, events around a call, each with its way back', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await calls(page).focus();
    await page.keyboard.press('p');
    await expect(inspector(page)).toContainText('apache2 as of the selected event');
    await page.keyboard.press('d');
    await expect(row(page, 14121)).toHaveAttribute('aria-selected', 'true');
    await expect(status(page)).toContainText('12 calls');
    await page.keyboard.press('Backspace');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    await page.keyboard.press('a');
    await expect(row(page, 14121)).toHaveAttribute('aria-selected', 'true');
    await expect(page.locator('.status-delta')).toContainText('rows selected');
    const ends = await grid(page).locator('[aria-selected="true"]').count();
    expect(ends).toBeGreaterThan(5);
    await page.keyboard.press('Backspace');
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    await page.keyboard.press('Backspace');
    await expect(findings(page)).toBeVisible();
  });

  test('by mouse: the same', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    const back = page.getByRole('button', { name: 'Back', exact: false }).first();
    for (const name of ['events ±1 ms', 'fd’s life']) {
      await conversation(page).getByRole('button', { name }).click();
      await expect(row(page, 14121)).toHaveAttribute('aria-selected', 'true');
      await back.click();
      await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    }
    await conversation(page).getByRole('button', { name: 'process' }).click();
    await expect(inspector(page)).toContainText('apache2 as of the selected event');
  });

  test('the link holds key, life and selection', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await page.keyboard.press('3');
    await call(page, 14112).click();
    await call(page, 14121).click({ modifiers: ['Shift'] });
    await idle(page);
    await expect(page).toHaveURL(/view=conversations/);
    await expect(page).toHaveURL(/key=unix:ffff888108ea0800-ffff888108ea1800~1/);
    await expect(page).toHaveURL(/sel=14121&mark=14112/);
    await page.reload();
    await expect(currentCall(page)).toHaveAttribute('data-evt-num', '14121');
    await idle(page);
    await expect(page.locator('.status-delta')).toContainText('Δ 86.8 µs');
    await expect(call(page, 14094)).toContainText('01 01 00 01 00 08 00 00');
    await calls(page).focus();
    await page.keyboard.press('Backspace');
    await expect(conversations(page)).toBeVisible();
  });

  test('each part of a link falls back alone', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(`${address.replace('key=unix:', 'key=UNIX-')}&bytes=octal&group=path`);
    await expect(conversations(page)).toBeVisible();
    await expect(page.getByText('Part of the link was not understood and is left out: key, bytes.')).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Group by' })).toHaveValue('path');
    await page.goto('about:blank');
    await page.goto(address.replace('~1', '~99'));
    await expect(conversation(page)).toContainText('This capture has no conversation');
  });

  test('what is older than the capture says so', async ({ page }) => {
    await start(page, captures.epipe);
    await showList(page);
    await filter(page).fill('pipe:14884');
    await idle(page);
    await conversations(page).locator('[aria-rowindex="2"]').dblclick();
    await expect(conversation(page).getByRole('note')).toContainText('older than the capture');
    await expect(inspector(page)).toContainText('older than the capture');
  });
});

test.describe('7: comparing', () => {
  const lines = (page: Page) => conversation(page).getByRole('grid', { name: 'Comparison' });

  test('by mouse: a failed life against its working twin', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    await inspector(page).getByRole('button', { name: 'compare' }).click();
    await expect(lines(page)).toBeVisible();
    await expect(conversation(page).getByRole('status')).toContainText('The first 4 calls are alike, then they part: here nothing, there client writev 8.');
    await expect(lines(page).locator('.first-difference')).toHaveAttribute('aria-rowindex', '6');
    await expect(lines(page).locator('.first-difference')).toContainText('first difference');
    const paired = lines(page).locator('[data-match="same"]').filter({ hasText: 'writev 699' });
    await expect(paired.locator('[data-column="here-time"]')).toHaveText('+163.3 µs');
    await expect(paired.locator('[data-column="there-time"]')).toHaveText('+327.0 µs');
    await expect(paired.locator('[data-column="slower"]')).toHaveText('+163.7 µs');
    await expect(lines(page).locator('[data-evt-num="14121"]')).toContainText('EPIPE');
    await idle(page);
    await expect(page).toHaveURL(/with=[0-9a-f]{32}\/unix:/);
    await page.reload();
    await expect(lines(page).locator('.first-difference')).toBeVisible();
    await page.getByRole('button', { name: 'end comparison' }).click();
    await expect(calls(page)).toBeVisible();
  });

  test('by keyboard: against a conversation of another open capture', async ({ page }) => {
    await start(page, captures.epipe);
    await open(page, captures.nginx);
    await page.getByRole('tab', { name: 'fastcgi-epipe' }).click();
    await showRefused(page);
    await calls(page).focus();
    await page.keyboard.press('x');
    const dialog = page.getByRole('dialog', { name: 'Compare' });
    await dialog.getByRole('combobox', { name: 'With a conversation of' }).focus();
    await page.keyboard.type('fastcgi-nginx');
    await dialog.getByRole('combobox', { name: 'Narrow' }).focus();
    await page.keyboard.type('/tmp/helloFastCGI.s');
    await idle(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(lines(page).locator('.first-difference')).toBeVisible();
    await expect(conversation(page)).toContainText('fastcgi-nginx-ok-kmod-0.29.3.scap.gz');
    await expect(conversation(page).getByRole('status')).toContainText('here client writev 16, there client writev 480');
  });

  test('a comparison with a capture that is not open says which one', async ({ page }) => {
    await start(page, captures.epipe);
    await showRefused(page);
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(`${address}&with=00112233445566778899aabbccddeeff/unix:1-2~3`);
    await expect(conversation(page)).toContainText('is of a capture that is not open: drop it here too (00112233).');
  });
});

for (const [what, file, key, words] of [
  ['a socket pair', captures.variant, 'socketpair', ['one end', 'other end']],
  ['a pipe', captures.variant, 'pipe:', ['reads', 'writes']],
  ['UDP', captures.statsd, 'udp:', ['sender', 'receiver', 'statsd']],
  ['TCP', captures.tcp, 'tcp:', ['client', 'server']],
  ['redis', captures.databases, ':6379', ['redis-server', 'server']],
  ['postgres', captures.databases, 'PGSQL', ['postgres', 'server']],
  ['nginx', captures.nginx, 'helloFastCGI', ['nginx', 'uwsgi', 'FastCGI']],
  ['a capture without enters', captures.exitOnly, 'helloFastCGI', ['apache2', 'uwsgi']],
] as const) {
  test(`the conversation of ${what} is shown with both its ends`, async ({ page }) => {
    await start(page, file);
    await showList(page);
    await filter(page).fill(key);
    await idle(page);
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('calls');
    await idle(page);
    await conversations(page).locator('[aria-rowindex="2"]').dblclick();
    await expect(calls(page).locator('[data-call]').first()).toBeVisible();
    for (const word of words) await expect(conversation(page)).toContainText(word);
    await expect(inspector(page)).toContainText('Written');
    for (const form of ['2', '3', '4', '1']) {
      await page.keyboard.press(form);
      await idle(page);
      await expect(calls(page).locator('[data-call]').first()).toBeVisible();
    }
  });
}
