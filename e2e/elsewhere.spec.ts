/**
 * Captures on another host, which links may name: a second server of the test's own, by https as the policy of the page
 * wants it. Its certificate is signed by itself and good for nothing else.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { captures, drop, goTo, idle, selectedNumber, status } from './page';

test.use({ ignoreHTTPSErrors: true });

const certificate = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, 'elsewhere', name));
const bytes = readFileSync(captures.epipe);

let server: Server;
let host: string;
let asked: string[];
/** An answer that was begun and is held back. */
let held: ServerResponse | undefined;

test.beforeAll(async () => {
  server = createServer({ key: certificate('key.pem'), cert: certificate('certificate.pem') }, (request, response) => {
    const path = request.url ?? '';
    asked.push(`${path} cookie=${request.headers.cookie ?? ''} referer=${request.headers.referer ?? ''}`);
    if (path !== '/closed.scap.gz') response.setHeader('access-control-allow-origin', '*');
    if (path === '/missing.scap.gz') response.writeHead(404).end();
    else if (path === '/notes.txt') response.end('dear diary\n'.repeat(100));
    else if (path === '/slow.scap.gz') {
      response.setHeader('content-length', bytes.length);
      response.write(bytes.subarray(0, 20_000));
      held = response;
    } else response.setHeader('content-length', bytes.length).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  host = `localhost:${(server.address() as AddressInfo).port}`;
});
test.beforeEach(() => {
  asked = [];
  held = undefined;
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const link = (name: string, more = ''): string => `/#v=1${more}&src=https://${host}/${name}`;
const load = (page: Page) => page.getByRole('button', { name: `Load from ${host}` });

test('a link to a capture on another host names the host, asks once, and leads to its place', async ({ page }) => {
  await page.goto(link('web.scap.gz', '&rows=events&sel=14107'));
  await expect(page.getByText(`This link loads a capture from ${host}.`)).toBeVisible();
  await idle(page);
  expect(asked).toEqual([]);
  await load(page).click();
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14107);
  expect(asked).toEqual(['/web.scap.gz cookie= referer=']);
  const url = page.url();
  expect(url).toContain(`&src=https://${host}/web.scap.gz`);
  // From its copy, without asking the host again.
  await page.reload();
  await expect(status(page)).toContainText('Indexed in');
  await idle(page);
  expect(await selectedNumber(page)).toBe(14107);
  expect(page.url()).toBe(url);
  expect(asked).toHaveLength(1);
});

test('what another host does not give is told, and the link stays', async ({ page }) => {
  await page.goto(link('closed.scap.gz', '&sel=14107'));
  await load(page).click();
  await expect(page.getByRole('alert').filter({ hasText: `${host} cannot be read from here: it is not reachable, or does not let other pages read` })).toBeVisible();
  await expect(page).toHaveURL(/closed.scap.gz/);
  await page.goto(link('missing.scap.gz'));
  await load(page).click();
  await expect(page.getByRole('alert').filter({ hasText: `${host} does not give the capture: it answers 404` })).toBeVisible();
  await page.goto(link('notes.txt'));
  await load(page).click();
  await expect(page.getByRole('alert').filter({ hasText: '“notes.txt” is not a sysdig capture' })).toBeVisible();
});

test('loading shows how far it is, can be cancelled, and breaks with a sentence', async ({ page }) => {
  await page.goto(link('slow.scap.gz', '&sel=14107'));
  await load(page).click();
  await expect(page.getByText(/20.0 kB of /)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(load(page)).toBeVisible();
  await expect.poll(() => held?.destroyed).toBe(true);
  await load(page).click();
  await expect(page.getByText(/20.0 kB of /)).toBeVisible();
  held?.destroy();
  await expect(page.getByRole('alert').filter({ hasText: `The connection to ${host} ended after 20.0 kB` })).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(/20.0 kB of /)).toBeVisible();
  held?.end(bytes.subarray(20_000));
  await expect(status(page)).toContainText('17,796 of 17,796 events');
});

test('a link that also says which capture it means takes the file by hand as well', async ({ page }) => {
  await page.goto(link('web.scap.gz', '&capture=595930672659002d2902ccf1ed61727e&name=web.scap.gz&sel=14107'));
  await expect(load(page)).toBeVisible();
  await idle(page);
  await drop(page, [captures.epipe]);
  await expect(status(page)).toContainText('17,796 of 17,796 events');
  await goTo(page, '14100');
  await page.getByRole('button', { name: 'Scapscope, start page' }).click();
  await expect(load(page)).toBeHidden();
  expect(asked).toEqual([]);
});

for (const src of ['http://localhost:1/web.scap', 'https://user:word@localhost/web.scap', 'javascript:alert(1)', '//localhost/web.scap', 'samples/../index.html']) {
  test(`no capture is loaded from ${src}`, async ({ page }) => {
    await page.goto(`/#v=1&src=${encodeURIComponent(src)}`);
    await expect(page.getByText('Part of the link was not understood and is left out: src.')).toBeVisible();
    await expect(page.getByText('Drop a sysdig capture anywhere')).toBeVisible();
  });
}
