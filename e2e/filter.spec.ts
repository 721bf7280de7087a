import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { captures, cell, conversations, expectAccessible, filter, goTo, grid, idle, made, row, selectedNumber, showEvents, start, status, tab } from './page';

const find = (page: Page) => page.getByRole('textbox', { name: 'Find text' });
/** What the box says beside the text. */
const answer = (page: Page) => page.locator('.filter-state');
const panel = (page: Page) => page.locator('.filter-panel');

/** Types a filter and applies it. */
async function apply(page: Page, text: string): Promise<void> {
  await grid(page).focus();
  await page.keyboard.press('/');
  await filter(page).fill(text);
  await page.keyboard.press('Enter');
  await expect(grid(page)).toBeFocused();
  await idle(page);
}

test('a filter is typed, counted, applied and cleared by keyboard alone', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await grid(page).focus();
  await page.keyboard.press('/');
  await expect(filter(page)).toBeFocused();
  await page.keyboard.type('proc.name = uwsgi');
  // What is typed is counted, and changes nothing before it is applied.
  await expect(answer(page)).toContainText('✓ 2,974 of 17,796 · Enter applies');
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText('2,974 of 17,796 events');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '2975');
  await expect(grid(page)).toBeFocused();
  await idle(page);
  // Event 14107 passes and stays selected and in view.
  expect(await selectedNumber(page)).toBe(14107);
  await expect(row(page, 14107)).toBeInViewport();
  await page.keyboard.press('j');
  await expect(cell(page, await selectedNumber(page), 'process')).toContainText('uwsgi');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('clear filter');
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText('17,796 of 17,796 events');
});

test('a row that does not pass gives the selection to the nearest that does, and calls pass by either edge', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await apply(page, 'evt.type = writev and evt.rawres < 0');
  expect(await selectedNumber(page)).toBe(14140);
  await page.getByRole('button', { name: 'Calls', exact: true }).click();
  await idle(page);
  // Its enter says nothing of a result: the call is there by its exit.
  expect(await selectedNumber(page)).toBe(14121);
  await expect(cell(page, 14121, 'returned')).toHaveText('✗ EPIPE');
});

test('Escape reverts, ↑ and ↓ walk through the filters before, also after a reload, and × clears', async ({ page }) => {
  await start(page, captures.epipe);
  await apply(page, 'proc.name = uwsgi');
  await apply(page, 'proc.name = apache2');
  await page.keyboard.press('/');
  await page.keyboard.type('fd.num = 7');
  await page.keyboard.press('Escape');
  await expect(filter(page)).toHaveValue('proc.name = apache2');
  await idle(page);
  await page.reload();
  await expect(status(page)).toContainText('Indexed in');
  await expect(filter(page)).toHaveValue('proc.name = apache2');
  await idle(page);
  await page.keyboard.press('/');
  await page.keyboard.type('fd.num = 8');
  await page.keyboard.press('ArrowUp');
  await expect(filter(page)).toHaveValue('proc.name = apache2');
  await page.keyboard.press('ArrowUp');
  await expect(filter(page)).toHaveValue('proc.name = uwsgi');
  await page.keyboard.press('ArrowUp');
  await expect(filter(page)).toHaveValue('proc.name = uwsgi');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(filter(page)).toHaveValue('fd.num = 8');
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(filter(page)).toHaveValue('');
  await expect(status(page)).toContainText('17,796 of 17,796 events');
});

test('a mistake is one sentence about one underlined place, and Tab writes the fix', async ({ page }) => {
  await start(page, captures.epipe);
  await page.keyboard.press('/');
  await page.keyboard.type('proc.name = uwsgi and fd.nme contains helloFastCGI');
  await expect(panel(page)).toContainText('unknown field fd.nme: did you mean fd.name?');
  await expect(page.locator('.filter-wrong')).toHaveText('fd.nme');
  await expect(filter(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Enter');
  await expect(filter(page)).toBeFocused();
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await page.keyboard.press('Tab');
  await expect(filter(page)).toHaveValue('proc.name = uwsgi and fd.name contains helloFastCGI');
  await expect(filter(page)).toHaveAttribute('aria-invalid', 'false');
  await expect(page.locator('.filter-wrong')).toHaveCount(0);
  // The cursor stands behind what was written.
  await page.keyboard.type('info');
  await expect(panel(page)).toContainText('unknown field fd.nameinfo');
  await filter(page).fill('proc.name = a or proc.name = b and fd.num = 1');
  await expect(panel(page)).toContainText('and');
  await expect(filter(page)).toHaveAttribute('aria-invalid', 'false');
});

test('text that is no filter is found in rows instead', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14107');
  await page.keyboard.press('/');
  await page.keyboard.type('unavailable modifier');
  await panel(page).getByRole('button', { name: 'Find “unavailable modifier” as text instead' }).click();
  await expect(find(page)).toBeFocused();
  await expect(find(page)).toHaveValue('unavailable modifier');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14111);
  await expect(cell(page, 14111, 'info').locator('mark')).toHaveText('unavailable modifier');
  await expect(status(page)).toContainText('17,796 of 17,796 events');
});

test('the filter stands in the address: reload, back and forward return to it', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await apply(page, 'proc.name = uwsgi');
  await goTo(page, '14107');
  await expect(page).toHaveURL(/&sel=14107&.*filter=proc\.name%20%3D%20uwsgi/);
  await apply(page, 'proc.name = "apache2"');
  await expect(page).toHaveURL(/&filter=proc\.name%20%3D%20%22apache2%22/);
  await page.goBack();
  await expect(filter(page)).toHaveValue('proc.name = uwsgi');
  await expect(status(page)).toContainText('2,974 of 17,796 events');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14107);
  await page.goForward();
  await expect(filter(page)).toHaveValue('proc.name = "apache2"');
  await idle(page);
  await page.goBack();
  await expect(status(page)).toContainText('2,974 of 17,796 events');
  await idle(page);
  await page.reload();
  await expect(status(page)).toContainText('2,974 of 17,796 events');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14107);
  // Also by the keys of the list.
  await apply(page, 'fd.num = 6');
  await page.keyboard.press('Backspace');
  await expect(status(page)).toContainText('2,974 of 17,796 events');
});

test('a filter from a link is checked before it is run: a wrong one is shown with its mistake, a hidden sign is refused', async ({ page }) => {
  await start(page, captures.epipe);
  await idle(page);
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(`${link}&filter=proc.nme%20%3D%20%3Cb%3Ex%3C%2Fb%3E`);
  await expect(page.getByText('The filter of the link is not applied: unknown field proc.nme')).toBeVisible();
  await expect(filter(page)).toHaveValue('proc.nme = <b>x</b>');
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await page.goto('about:blank');
  await page.goto(`${link}&filter=proc.name%20%3D%20%E2%80%AEuwsgi`);
  await expect(page.getByText('Part of the link was not understood and is left out: filter.')).toBeVisible();
  await expect(filter(page)).toHaveValue('');
});

test('a filter works while the capture is read, and a newer one overtakes it', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Open capture').setInputFiles(captures.epipe);
  await page.keyboard.press('/');
  await filter(page).fill('evt.buffer contains "unavailable modifier"');
  await filter(page).fill('proc.name = uwsgi');
  await page.keyboard.press('Enter');
  await expect(status(page)).toContainText('Indexed in');
  await expect(status(page)).toContainText('2,974 of 17,796 events');
});

test('the applied filter keeps its rows however many others are typed', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await apply(page, 'proc.name = uwsgi');
  await page.keyboard.press('/');
  for (let fd = 0; fd < 12; fd += 1) {
    await filter(page).fill(`fd.num = ${fd}`);
    await expect(answer(page)).toContainText('Enter applies');
    await idle(page);
  }
  await page.keyboard.press('Escape');
  await grid(page).focus();
  await page.keyboard.press('End');
  await idle(page);
  await expect(cell(page, await selectedNumber(page), 'process')).toContainText('uwsgi');
  await expect(status(page)).toContainText('2,974 of 17,796 events');
});

const menu = (page: Page) => page.getByRole('menu', { name: 'Row' });
const entry = (page: Page, name: string | RegExp) => menu(page).getByRole('menuitem', { name });

test('a cell becomes a check, joined by and, or and only this', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14140');
  await cell(page, 14140, 'process').click({ button: 'right' });
  await entry(page, '= this: proc.name = apache2').click();
  await expect(filter(page)).toHaveValue('proc.name = apache2');
  await expect(status(page)).toContainText('5,626 of 17,796 events');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14140);
  await cell(page, 14140, 'type').click({ button: 'right' });
  await entry(page, 'and = this: evt.type = writev').click();
  await expect(filter(page)).toHaveValue('proc.name = apache2 and evt.type = writev');
  await idle(page);
  await cell(page, 14140, 'dir').click({ button: 'right' });
  await entry(page, /^and ≠ this/).click();
  await expect(filter(page)).toHaveValue('proc.name = apache2 and evt.type = writev and evt.dir != "<"');
  await idle(page);
  const num = await selectedNumber(page);
  await cell(page, num, 'cpu').click({ button: 'right' });
  await entry(page, /^or:/).click();
  await expect(filter(page)).toHaveValue(/^\(proc.name = apache2 and evt.type = writev and evt.dir != "<"\) or evt.cpu = \d$/);
  await idle(page);
  await cell(page, num, 'num').click({ button: 'right' });
  await entry(page, /^only this/).click();
  await expect(filter(page)).toHaveValue(`evt.num = ${num}`);
  await expect(status(page)).toContainText('1 of 17,796 events');
});

const askCells = (columns: readonly string[]) => async ({ page }: { readonly page: Page }): Promise<void> => {
  test.slow();
  await page.setViewportSize({ width: 1920, height: 900 });
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await idle(page);
  for (const column of columns) {
    // Without its filter the list may still be moving under the mouse.
    await expect(async () => {
      await page.keyboard.press('Escape');
      await cell(page, 14121, column).click({ button: 'right', timeout: 2000 });
      expect(await selectedNumber(page), column).toBe(14121);
    }).toPass();
    await entry(page, /^[=≥] this/).first().click();
    await expect(filter(page)).not.toHaveValue('');
    await idle(page);
    await expect(row(page, 14121), column).toBeVisible();
    await expect.poll(() => selectedNumber(page), column).toBe(14121);
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect(status(page)).toContainText('17,796 of 17,796 events');
    await idle(page);
  }
};

test('every cell of a row asks for what the row has', askCells(['num', 'process', 'call', 'fd', 'what', 'returned', 'asked']));

// These ask for more than the row: calls before it that return after it come in while it is selected.
test('cells of time and latency ask for what the row has', askCells(['time', 'took']));

test('by keyboard the menu of a row leads to each of its cells', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await grid(page).focus();
  await page.keyboard.press('m');
  await expect(entry(page, 'Follow conversation')).toBeFocused();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
  await expect(entry(page, '= this: proc.name = apache2')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(filter(page)).toHaveValue('proc.name = apache2');
  await idle(page);
  await expect(grid(page)).toBeFocused();
  expect(await selectedNumber(page)).toBe(14121);
});

test('a value of the inspector becomes a check', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  const button = page.getByRole('region', { name: 'Inspector' }).getByRole('button', { name: 'Filter or column: res', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: 'res' }).getByRole('menuitem', { name: '= this: evt.arg.res = EPIPE' }).click();
  await expect(filter(page)).toHaveValue('evt.arg.res = EPIPE');
  await expect(status(page)).toContainText('3 of 17,796 events');
  await page.getByRole('tab', { name: 'State' }).click();
  await page.getByRole('button', { name: 'Filter or column: User' }).click();
  await page.getByRole('menu', { name: 'User' }).getByRole('menuitem', { name: 'only this: user.name = www-data' }).click();
  await expect(filter(page)).toHaveValue('user.name = www-data');
});

test('the sysdig command asks for what the list shows', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page, captures.epipe);
  await apply(page, 'proc.name=uwsgi and fd.name contains "hello FastCGI"');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('sysdig command');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Copied the sysdig command.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `sysdig -r fastcgi-epipe-kmod-0.29.3.scap.gz -d 'proc.name = uwsgi and fd.name contains "hello FastCGI"'`,
  );
});

test('why a call passes or does not: each check with its value, and how the filter is run', async ({ page }) => {
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await apply(page, 'proc.name = apache2 and evt.res = EPIPE and fd.num > 20');
  await page.keyboard.press('y');
  const dialog = page.getByRole('dialog', { name: 'Filter explained' });
  await dialog.getByRole('textbox', { name: 'Event' }).fill('14121');
  await expect(dialog.getByText('The call does not pass: neither of its events does.')).toBeVisible();
  const line = (check: string) => dialog.getByRole('row').filter({ has: page.getByRole('rowheader', { name: check, exact: true }) });
  await expect(dialog.getByRole('columnheader')).toHaveText(['Check', '14121 · enter of writev', '14140 · exit of writev']);
  await expect(line('proc.name = apache2').getByRole('cell')).toHaveText(['✓ holds:apache2', '✓ holds:apache2']);
  await expect(line('evt.res = EPIPE').getByRole('cell')).toHaveText(['✗ does not hold:no value', '✓ holds:EPIPE']);
  await expect(line('fd.num > 20').getByRole('cell')).toHaveText(['✗ does not hold:16', '✗ does not hold:16']);
  await expect(dialog.getByRole('region', { name: 'How it is run' }).getByRole('listitem')).toHaveCount(3);
  await expect(dialog.getByRole('listitem').filter({ hasText: 'proc.name = apache2' })).toContainText('once for each version of a thread');
  await dialog.getByRole('textbox', { name: 'Event' }).fill('99999999');
  await expect(dialog.getByText('This list has no event 99999999')).toBeVisible();
  await page.keyboard.press('Escape');
  // What is typed and not applied is explained, too, of the selected row.
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await grid(page).focus();
  await goTo(page, '14121');
  await page.keyboard.press('/');
  await page.keyboard.type('evt.res = EPIPE');
  await page.getByRole('button', { name: 'Why?' }).click();
  await expect(dialog.getByText('The call passes by its event 14140 · exit of writev.')).toBeVisible();
});

const heads = (page: Page) => grid(page).getByRole('columnheader').allTextContents();

test('any field becomes a column, by name, from the inspector and as a format, and the link keeps it', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 900 });
  await start(page, captures.epipe);
  await showEvents(page);
  await goTo(page, '14140');
  await page.getByRole('button', { name: 'Columns' }).click();
  const columns = page.getByRole('dialog', { name: 'Columns' });
  const field = columns.getByRole('combobox', { name: 'Add a field' });
  await field.fill('user.nme');
  // The names of fields may still be on their way.
  await expect(columns.getByRole('button', { name: 'Add', exact: true })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(columns.getByText('There is no field user.nme.')).toBeVisible();
  await field.fill('evt.arg');
  await page.keyboard.press('Enter');
  await expect(columns.getByText('evt.arg needs an argument')).toBeVisible();
  await field.fill('user.name');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(cell(page, 14140, 'user.name')).toHaveText('www-data');
  await idle(page);
  await page.getByRole('button', { name: 'Filter or column: res', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Show evt.arg.res as a column' }).click();
  await expect(cell(page, 14140, 'evt.arg.res')).toHaveText('EPIPE');
  await idle(page);
  await page.reload();
  await expect(cell(page, 14140, 'evt.arg.res')).toHaveText('EPIPE');
  await expect(cell(page, 14140, 'user.name')).toHaveText('www-data');
  // A cell of a field is asked for like any other.
  await cell(page, 14140, 'user.name').click({ button: 'right' });
  await entry(page, '= this: user.name = www-data').click();
  await expect(filter(page)).toHaveValue('user.name = www-data');
  await idle(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  const format = columns.getByRole('textbox', { name: 'As a format' });
  await expect(format).toHaveValue(
    '*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info %user.name %evt.arg.res',
  );
  await format.fill('%evt.num %proc.name %fd.nme');
  await page.keyboard.press('Enter');
  await expect(columns.getByText('There is no field fd.nme.')).toBeVisible();
  await format.fill('%evt.num %proc.name %proc.aname[1] %fd.name');
  await page.keyboard.press('Enter');
  expect(await heads(page)).toEqual(['#', 'Process', 'proc.aname[1]', 'FD name']);
  await expect(cell(page, 14140, 'proc.aname[1]')).toHaveText('apache2');
  await columns.getByRole('button', { name: 'Containers (-pc)' }).click();
  expect(await heads(page)).toContain('container.name');
  await expect(cell(page, 14140, 'container.name')).toHaveText('host');
  await columns.getByRole('button', { name: 'Remove: container.id' }).click();
  expect(await heads(page)).not.toContain('container.id');
  await columns.getByRole('button', { name: 'Default' }).click();
  expect(await heads(page)).toEqual(['#', 'Time', 'CPU', 'Process', 'Dir', 'Type', 'Info']);
});

test('a call shows of a field what its exit has, else its enter', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 900 });
  await start(page, captures.epipe);
  await goTo(page, '14121');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByRole('textbox', { name: 'As a format' }).fill('%evt.num %evt.res %evt.arg.size %evt.arg.nothing');
  await page.keyboard.press('Enter');
  await expect(page.getByText('There is no field')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(cell(page, 14121, 'evt.res')).toHaveText('EPIPE');
  await expect(cell(page, 14121, 'evt.arg.size')).toHaveText('8');
  await expect(cell(page, 14121, 'evt.arg.nothing')).toHaveText('');
});

/** Saves what is shown, by the download of browsers that have no file to write to. */
async function exported(page: Page, kind: string): Promise<string> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('export');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('radio', { name: kind }).check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save…' }).click();
  const path = await (await download).path();
  await expect(dialog).toBeHidden();
  return readFileSync(path, 'utf8');
}

test('what is shown is exported as text, JSON lines and CSV', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await start(page, captures.epipe);
  await showEvents(page);
  await apply(page, 'proc.name = uwsgi');
  const text = await exported(page, 'Text');
  expect(text.trimEnd().split('\n')).toHaveLength(2974);
  expect(text).toMatch(/^14110 20:59:22\.\d{9} \d uwsgi \(1513\) > writev? /m);
  const json = (await exported(page, 'JSON lines')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(json).toHaveLength(2974);
  expect(json.every((one) => one['proc.name'] === 'uwsgi')).toBe(true);
  expect(json.find((one) => one['evt.num'] === 14110)).toMatchObject({ 'evt.dir': '>', 'thread.tid': 1513 });
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('textbox', { name: 'As a format' }).fill('%evt.num %proc.name %fd.name');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const csv = (await exported(page, 'CSV')).split('\n');
  expect(csv[0]).toBe('evt.num,proc.name,thread.tid,fd.name');
  expect(csv).toHaveLength(2974 + 2);
  // Each passed through a file of the page's own, and not through memory.
  const passed = await page.evaluate(async () => {
    const from = await (await navigator.storage.getDirectory()).getDirectoryHandle('exports');
    const sizes: number[] = [];
    for await (const entry of from.values()) if (entry.kind === 'file') sizes.push((await entry.getFile()).size);
    return sizes.length;
  });
  expect(passed).toBe(3);
});

test('an export is complete also where the browser has no place for files of a page', async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'showSaveFilePicker');
    // As in private windows of some browsers.
    StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'));
  });
  await start(page, captures.epipe);
  await showEvents(page);
  await apply(page, 'proc.name = uwsgi');
  expect((await exported(page, 'Text')).trimEnd().split('\n')).toHaveLength(2974);
});

test('an export that is cancelled keeps nothing, and can be made again', async ({ page }) => {
  // A real file on a slow disk: after the first part it waits until the test lets it go on.
  await page.addInitScript(() => {
    const pick = async ({ suggestedName }: { suggestedName: string }): Promise<unknown> => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle(suggestedName, { create: true });
      return {
        createWritable: async () => {
          const file = await handle.createWritable();
          let parts = 0;
          return {
            async write(bytes: Uint8Array<ArrayBuffer>) {
              parts += 1;
              if (parts > 1) await new Promise((resolve) => document.addEventListener('disk-goes-on', resolve, { once: true }));
              await file.write(bytes);
            },
            close: () => file.close(),
            abort: () => file.abort(),
          };
        },
      };
    };
    Object.assign(window, { showSaveFilePicker: pick });
  });
  await start(page, captures.epipe);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('export');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Save…' }).press('Enter');
  await expect(dialog.getByRole('progressbar', { name: 'Export' })).toHaveAttribute('value', '1000');
  await expect(dialog.getByRole('button', { name: 'Save…' })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  await page.evaluate(() => document.dispatchEvent(new Event('disk-goes-on')));
  await expect(page.getByText('The export was cancelled: nothing was kept.').first()).toBeVisible();
  const size = () =>
    page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      return (await (await root.getFileHandle('fastcgi-epipe-kmod-0.29.3.scap.txt')).getFile()).size;
    });
  expect(await size()).toBe(0);
  await expect(dialog.getByRole('button', { name: 'Save…' })).toBeEnabled();
  await page.evaluate(() => setInterval(() => document.dispatchEvent(new Event('disk-goes-on')), 1));
  await dialog.getByRole('button', { name: 'Save…' }).press('Enter');
  await expect(page.getByText('Exported 10,222 calls.').first()).toBeVisible();
  expect(await size()).toBeGreaterThan(1_000_000);
});

test('an export streams to the file that the browser gives', async ({ page }) => {
  // The picker is a window of the browser's own; the file is a real one.
  await page.addInitScript(() => {
    const pick = async ({ suggestedName }: { suggestedName: string }): Promise<FileSystemFileHandle> => {
      const root = await navigator.storage.getDirectory();
      return root.getFileHandle(suggestedName, { create: true });
    };
    Object.assign(window, { showSaveFilePicker: pick });
  });
  await start(page, captures.epipe);
  const written = () =>
    page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const file = await root.getFileHandle('fastcgi-epipe-kmod-0.29.3.scap.txt').then((handle) => handle.getFile(), () => undefined);
      return (await file?.text())?.split('\n').length;
    });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill('export');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Save…' }).click();
  await expect(page.getByText('Exported 10,222 calls.').first()).toBeVisible();
  // Both events of each call that has an exit, and the end of the last line.
  expect(await written()).toBeGreaterThan(17_000);
});

test('a value that is no text is asked for byte by byte', async ({ page }) => {
  // Two files whose names the page cannot tell apart.
  const bytes = gunzipSync(readFileSync(captures.small)).toString('latin1');
  const renamed = bytes.replaceAll('C.utf8/LC_TIME', 'C.utf8/L\xff\xfeTIME').replaceAll('C.utf8/LC_NAME', 'C.utf8/L\xfe\xffTIME');
  await start(page, made('bytes.scap', Buffer.from(renamed, 'latin1')));
  await page.setViewportSize({ width: 1920, height: 900 });
  await showEvents(page);
  await apply(page, 'fd.name endswith TIME and evt.type = openat and evt.dir = <');
  const counted = async (): Promise<number> => Number(await grid(page).getAttribute('aria-rowcount')) - 1;
  const both = await counted();
  await page.keyboard.press('Home');
  await idle(page);
  const num = await selectedNumber(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByRole('checkbox', { name: 'What the file descriptor stands for' }).check();
  await page.keyboard.press('Escape');
  await cell(page, num, 'fdname').click({ button: 'right' });
  await entry(page, /^only this: fd.name = /).click();
  await expect(filter(page)).toHaveValue(/^fd\.name = "[^"]*L(\\\\xff\\\\xfe|\\\\xfe\\\\xff)TIME"$/);
  await idle(page);
  await apply(page, `${await filter(page).inputValue()} and evt.type = openat and evt.dir = <`);
  const one = await counted();
  expect(one).toBeGreaterThan(0);
  expect(one).toBeLessThan(both);
});

test('filter and order stay in the link while another view is shown', async ({ page }) => {
  await start(page, captures.epipe);
  await showEvents(page);
  await apply(page, 'proc.name = uwsgi');
  await grid(page).getByRole('columnheader', { name: 'Process' }).click();
  await expect(page).toHaveURL(/filter=proc\.name%20%3D%20uwsgi.*by=process|by=process.*filter=proc\.name%20%3D%20uwsgi/);
  await tab(page, 'Conversations').click();
  await idle(page);
  await expect(page).toHaveURL(/view=conversations/);
  await expect(page).toHaveURL(/filter=proc\.name%20%3D%20uwsgi/);
  await expect(page).toHaveURL(/by=process/);
  await page.reload();
  await expect(conversations(page)).toBeVisible();
  await idle(page);
  await expect(page).toHaveURL(/filter=proc\.name%20%3D%20uwsgi/);
  await tab(page, 'Events').click();
  await expect(status(page)).toContainText('2,974 of 17,796 events');
  await expect(filter(page)).toHaveValue('proc.name = uwsgi');
  await expect(grid(page).getByRole('columnheader', { name: 'Process' })).toHaveAttribute('aria-sort', 'ascending');
  // Another filter is another entry: back leads to the view with the filter of then.
  await tab(page, 'Conversations').click();
  await idle(page);
  await tab(page, 'Events').click();
  await apply(page, 'proc.name = apache2');
  await page.goBack();
  await expect(filter(page)).toHaveValue('proc.name = uwsgi');
  await idle(page);
  await page.goBack();
  await expect(conversations(page)).toBeVisible();
  await idle(page);
  await expect(page).toHaveURL(/filter=proc\.name%20%3D%20uwsgi/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('by keyboard alone: filter, check of a cell, why, columns, order, export and the link', async ({ page, context }) => {
      test.slow();
      await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.setViewportSize({ width: 1920, height: 900 });
      await start(page, captures.epipe);
      const keys = page.keyboard;
      const command = async (words: string): Promise<void> => {
        await keys.press('Control+k');
        await keys.type(words);
        await keys.press('Enter');
      };
      /** Presses a key until something has the focus. */
      const walkTo = async (key: string, target: Locator): Promise<void> => {
        await expect(async () => {
          if (!(await target.evaluate((element) => element === document.activeElement))) await keys.press(key);
          await expect(target).toBeFocused({ timeout: 50 });
        }).toPass({ intervals: [20] });
      };
      await command('raw events');
      await idle(page);
      await goTo(page, '14140');
      // 1: a filter, with one before it and a mistake on the way.
      await keys.press('/');
      await keys.type('proc.name = uwsgi');
      await keys.press('Enter');
      await expect(status(page)).toContainText('2,974 of 17,796 events');
      await expect(grid(page)).toBeFocused();
      await idle(page);
      await keys.press('/');
      await keys.type('fd.num = 7');
      await keys.press('ArrowUp');
      await expect(filter(page)).toHaveValue('proc.name = uwsgi');
      await keys.press('ArrowDown');
      await expect(filter(page)).toHaveValue('fd.num = 7');
      await keys.press('Escape');
      await expect(filter(page)).toHaveValue('proc.name = uwsgi');
      await keys.press('Escape');
      await expect(grid(page)).toBeFocused();
      await keys.press('/');
      await keys.type('proc.nme = apache2');
      await expect(panel(page)).toContainText('did you mean proc.name?');
      await keys.press('Tab');
      await expect(filter(page)).toHaveValue('proc.name = apache2');
      await expect(answer(page)).toContainText('5,626 of 17,796');
      await keys.press('Enter');
      await expect(grid(page)).toBeFocused();
      await idle(page);
      // 2: checks of a cell, each way, and the command for sysdig.
      for (const [ask, asked] of [
        [/^only this/, 'evt.type = writev'],
        [/^or:/, 'proc.name = apache2 or evt.type = writev'],
        [/^and ≠ this/, 'proc.name = apache2 and evt.type != writev'],
        [/^and = this/, 'proc.name = apache2 and evt.type = writev'],
      ] as const) {
        await goTo(page, '14140');
        await grid(page).focus();
        await keys.press('m');
        await expect(menu(page)).toBeVisible();
        const wanted = menu(page).getByRole('menuitem', { name: ask }).filter({ hasText: 'evt.type' });
        await expect(async () => {
          if ((await wanted.count()) === 0) await keys.press('ArrowRight');
          await expect(wanted).toBeVisible({ timeout: 50 });
        }).toPass({ intervals: [20] });
        await walkTo('ArrowDown', wanted);
        if (asked.includes(' and evt.type = ')) await expectAccessible(page);
        await keys.press('Enter');
        await expect(filter(page)).toHaveValue(asked);
        await idle(page);
        if (asked.includes(' and evt.type = ')) break;
        await grid(page).focus();
        await keys.press('Backspace');
        await expect(filter(page)).toHaveValue('proc.name = apache2');
        await idle(page);
      }
      await command('sysdig command');
      await expect(page.getByText('Copied the sysdig command.').first()).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`-d 'proc.name = apache2 and evt.type = writev'`);
      // 3: why the event passes.
      await grid(page).focus();
      await keys.press('y');
      await expect(page.getByRole('dialog', { name: 'Filter explained' })).toContainText('evt.type = writev');
      await keys.press('Escape');
      // 4: a set of columns, a format, a field as a column, and the order by it.
      await command('columns');
      const columns = page.getByRole('dialog', { name: 'Columns' });
      await expect(columns).toBeVisible();
      await walkTo('Tab', columns.getByRole('button', { name: 'Containers (-pc)' }));
      await keys.press('Enter');
      await expect(grid(page).getByRole('columnheader', { name: 'container.name' })).toBeVisible();
      await walkTo('Shift+Tab', columns.getByRole('button', { name: 'Default' }));
      await keys.press('Enter');
      await expect(grid(page).getByRole('columnheader', { name: 'container.name' })).toBeHidden();
      const format = columns.getByRole('textbox', { name: 'As a format' });
      await walkTo('Shift+Tab', format);
      await keys.press('Control+a');
      await keys.type('%evt.num %proc.name %evt.type %evt.info');
      await keys.press('Enter');
      await expect.poll(() => heads(page)).toEqual(['#', 'Process', 'Type', 'Info']);
      await expect(format).toBeFocused();
      await walkTo('Shift+Tab', columns.getByRole('combobox', { name: 'Add a field' }));
      await keys.type('evt.rawres');
      await keys.press('Enter');
      await expect(columns.getByRole('checkbox', { name: 'evt.rawres' })).toBeChecked();
      await keys.press('Escape');
      await expect(columns).toBeHidden();
      await grid(page).focus();
      await keys.press('m');
      const sort = entry(page, 'Sort by evt.rawres, least first');
      await expect(async () => {
        if ((await sort.count()) === 0) await keys.press('ArrowLeft');
        await expect(sort).toBeVisible({ timeout: 50 });
      }).toPass({ intervals: [20] });
      await walkTo('ArrowDown', sort);
      await keys.press('Enter');
      await expect(grid(page).getByRole('columnheader', { name: 'evt.rawres' })).toHaveAttribute('aria-sort', 'ascending');
      await idle(page);
      await keys.press('Home');
      await idle(page);
      await expect(cell(page, await selectedNumber(page), 'evt.rawres')).toHaveText('-32');
      await expectAccessible(page);
      // 5: the export.
      await command('export');
      const dialog = page.getByRole('dialog', { name: 'Export' });
      await walkTo('Tab', dialog.getByRole('radio', { name: 'Text' }));
      await keys.press('ArrowDown');
      await expect(dialog.getByRole('radio', { name: 'JSON lines' })).toBeChecked();
      await walkTo('Tab', dialog.getByRole('button', { name: 'Save…' }));
      const download = page.waitForEvent('download');
      await keys.press('Enter');
      const lines = readFileSync(await (await download).path(), 'utf8').trimEnd().split('\n');
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ 'proc.name': 'apache2', 'evt.rawres': -32 });
      // 6: the link.
      await expect(page).toHaveURL(/filter=proc\.name%20%3D%20apache2%20and%20evt\.type%20%3D%20writev/);
      await expect(page).toHaveURL(/by=evt\.rawres/);
      await expect(page).toHaveURL(/events=[^&]*evt\.rawres/);
      const shown = await heads(page);
      await page.reload();
      await expect(grid(page).getByRole('columnheader', { name: 'evt.rawres' })).toHaveAttribute('aria-sort', 'ascending');
      expect(await heads(page)).toEqual(shown);
      await expect(filter(page)).toHaveValue('proc.name = apache2 and evt.type = writev');
      await expectAccessible(page);
    });
  });
}

for (const [form, pack] of [
  ['raw', (bytes: Buffer) => bytes],
  ['gzipped', (bytes: Buffer) => gzipSync(bytes, { level: 1 })],
] as const) {
  test(`data of a long ${form} capture are searched while one types, and the last key overtakes`, async ({ page }) => {
    // The same recording over and over: longer than what the engine searches alone. `scapscope explain` counts 418 and 64 in it.
    const once = gunzipSync(readFileSync(captures.epipe));
    const long = Buffer.concat(Array.from({ length: 12 }, () => once));
    await start(page, made(`long-${form}.scap`, pack(long)));
    await showEvents(page);
    await grid(page).focus();
    await page.keyboard.press('/');
    await filter(page).fill('evt.buffer contains H');
    await page.keyboard.type('TTP');
    await expect(answer(page)).toContainText('✓ 5,016 of 214 k · Enter applies');
    await filter(page).fill('evt.buffer contains FastCGI');
    await expect(answer(page)).toContainText('✓ 768 of 214 k · Enter applies');
    await page.keyboard.press('Enter');
    await expect(status(page)).toContainText('768 of 213,552 events');
    await expect(grid(page)).toHaveAttribute('aria-rowcount', '769');
    await idle(page);
    // What had been found when it was overtaken was not lost, and nothing is counted twice.
    await apply(page, 'evt.buffer contains HTTP');
    await expect(status(page)).toContainText('5,016 of 213,552 events');
    await expect(grid(page)).toHaveAttribute('aria-rowcount', '5017');
  });
}
