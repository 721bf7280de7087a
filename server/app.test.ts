import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve, type RunningServer } from './main.ts';

const script = 'console.log("a page");\n'.repeat(40);
let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scapscope-server-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  mkdirSync(join(folder, 'dist', 'samples'));
  mkdirSync(join(folder, 'dist', '.vite'));
  const write = (name: string, bytes: string | Buffer) => {
    writeFileSync(join(folder, 'dist', name), bytes);
  };
  write('index.html', '<!doctype html><title>page</title>');
  write('assets/page-1a2b3c.js', script);
  write('assets/page-1a2b3c.js.br', brotliCompressSync(script));
  write('assets/page-1a2b3c.js.gz', gzipSync(script));
  write('assets/engine-4d5e6f.wasm', Buffer.from([0, 0x61, 0x73, 0x6d]));
  write('samples/one.scap.gz', gzipSync('a capture'));
  write('.vite/manifest.json', '{}');
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  server = await serve({ host: '127.0.0.1', port: 0, folder: join(folder, 'dist') });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks as written: no path clean-up and no decompression, which `fetch` would do. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  const { hostname, port } = new URL(server.address);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    }).on('error', reject).end();
  });
}

describe('the page', () => {
  test('is served at / and asked for again each time', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['etag']).toBeDefined();
    expect(body.toString()).toContain('<title>page</title>');
  });

  test('that has not changed is not sent again', async () => {
    const first = await get('/');
    const again = await get('/', { 'if-none-match': String(first.headers['etag']) });
    expect(again.status).toBe(304);
    expect(again.body.length).toBe(0);
  });
});

describe('files named by their content', () => {
  test('are kept for ever', async () => {
    const { headers } = await get('/assets/page-1a2b3c.js');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('are sent as %s to those who take it', async (encoding, unpack) => {
    const { headers, body } = await get('/assets/page-1a2b3c.js', { 'accept-encoding': encoding });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(headers['vary']).toBe('accept-encoding');
    expect(unpack(body).toString()).toBe(script);
  });

  test('are sent as they are to all others', async () => {
    const { headers, body } = await get('/assets/page-1a2b3c.js');
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(script);
  });

  test('name wasm as such, so that browsers compile it while it loads', async () => {
    const { headers } = await get('/assets/engine-4d5e6f.wasm');
    expect(headers['content-type']).toBe('application/wasm');
  });
});

test('a gzipped capture arrives gzipped, whatever the browser takes', async () => {
  const { status, headers, body } = await get('/samples/one.scap.gz', { 'accept-encoding': 'gzip, br' });
  expect(status).toBe(200);
  expect(headers['content-encoding']).toBeUndefined();
  expect(gunzipSync(body).toString()).toBe('a capture');
});

test.each(['/', '/assets/page-1a2b3c.js', '/nothing', '/%'])('every answer carries the security headers: %s', async (path) => {
  const { headers } = await get(path);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|http:|\*/);
  // Captures may come from other hosts; nothing that runs or is shown may.
  expect(policy.match(/[\w-]+ [^;]*https:/g)).toEqual(["connect-src 'self' https:"]);
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('DENY');
});

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%5c..%5csecret.txt', '/.vite/manifest.json', '/%00'])(
  'nothing outside the page is reachable: %s',
  async (path) => {
    const { status, body } = await get(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.toString()).not.toMatch(/outside|\{\}/);
    expect(body.toString()).not.toContain(folder);
  },
);

test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
  const { status } = await get('/', {}, method);
  expect(status).toBe(404);
});

test('a port in use is told as such', async () => {
  const port = Number(new URL(server.address).port);
  await expect(serve({ host: '127.0.0.1', port, folder })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
