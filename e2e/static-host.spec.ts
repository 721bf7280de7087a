/** The built page on a host that sends no headers of ours, under a path that is not the root. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { captures, row, status } from './page';

const dist = resolve(import.meta.dirname, '../dist');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };
const base = '/somewhere/else/';

let server: Server;
let address: string;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(dist, pathname.slice(base.length) || 'index.html');
    if (!pathname.startsWith(base) || !file.startsWith(dist) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;
});

test.afterAll(() => {
  server.close();
});

test('the page works from any static host, under any path', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  await page.getByLabel('Open capture').setInputFiles(captures.small);
  await expect(status(page)).toContainText('Indexed in');
  await expect(row(page, 1)).toBeVisible();
  expect(complaints).toEqual([]);
});

test('it is bound by its policy there too', async ({ page }) => {
  await page.goto(address);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.inlineScriptRan = true';
    document.head.append(script);
    return 'inlineScriptRan' in globalThis;
  });
  expect(ran).toBe(false);
  // Without the policy this request would succeed, and only its answer be hidden.
  const reached = await page.evaluate((elsewhere) => fetch(elsewhere, { mode: 'no-cors' }).then(() => true, () => false), address.replace('127.0.0.1', 'localhost'));
  expect(reached).toBe(false);
});
