/** The workers as the page uses them, in a real browser: what Node would hide (transfer, traps, files) is tested here. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { test as base, expect, type Page } from '@playwright/test';
import { createServer } from 'vite';
import type { CaptureSummary, ListPosition, RelNs } from '../workers/protocol';
import type { Harness } from './harness/harness';

declare const harness: Harness;

const sample = readFileSync('public/samples/fastcgi-epipe-kmod-0.29.3.scap.gz');
const raw = gunzipSync(sample);
const printedEvents = 17_796;
const blocks = 18_270;

/** A dev server in test mode: only there can a file make the engine fail. One for each worker of the runner. */
const test = base.extend<{ files: (named: Readonly<Record<string, Uint8Array>>) => Promise<string[]> }, { address: string }>({
  address: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the parameter's shape
    async ({}, use, worker) => {
      const server = await createServer({
        mode: 'test',
        logLevel: 'error',
        cacheDir: join(tmpdir(), `scapscope-e2e-vite-${worker.parallelIndex}`),
        optimizeDeps: { include: ['comlink'], noDiscovery: true },
        server: { host: '127.0.0.1', port: 0, strictPort: false, hmr: false, watch: null },
      });
      await server.listen();
      const [address = ''] = server.resolvedUrls?.local ?? [];
      await use(`${address}e2e/harness/index.html`);
      await server.close();
    },
    { scope: 'worker' },
  ],
  /** Writes files and chooses them in the page, in this order; gives their paths. */
  files: async ({ page, address }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'scapscope-e2e-'));
    await page.goto(address);
    await page.waitForFunction(() => 'harness' in globalThis);
    await use(async (named) => {
      const paths = Object.entries(named).map(([name, bytes]) => {
        const path = join(folder, name);
        writeFileSync(path, bytes);
        return path;
      });
      await page.getByLabel('Files').setInputFiles(paths);
      return paths;
    });
    rmSync(folder, { recursive: true });
  },
});

/** Opens the chosen files in a capture that is closed again. */
function open(page: Page, skipOffset?: number) {
  return page.evaluate(async (offset) => {
    const capture = harness.createCapture();
    const files = harness.files();
    const answer = await capture.call('open', offset === undefined ? { files } : { files, skipOffset: offset });
    capture.close();
    return answer;
  }, skipOffset);
}

async function summaryOf(page: Page): Promise<CaptureSummary> {
  const answer = await open(page);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}

/** A capture long enough to be asked while it is indexed: the sample's recording several times over. */
const long = Buffer.concat(Array.from({ length: 24 }, () => raw));

test('a raw and a gzipped copy give the same capture, rows and bytes', async ({ page, files }) => {
  const read = () =>
    page.evaluate(async () => {
      const capture = harness.createCapture();
      const opened = await capture.call('open', { files: harness.files() });
      const texts = await capture.call('text', { list: { unit: 'events' }, first: 0 as ListPosition, count: 20_000 });
      const failed = await capture.call('seekError', { list: { unit: 'calls' }, from: 9000 as ListPosition, step: 1 });
      const window = await capture.call('window', {
        list: { unit: 'calls' },
        first: failed.ok ? failed.value! : (0 as ListPosition),
        count: 5,
      });
      const row = window.ok ? window.value.row[0] : undefined;
      const detail = await capture.call('call', { row: row as never });
      const buffer = await capture.call('bytes', { row: row as never, param: 0 });
      capture.close();
      return {
        summary: opened.ok ? { ...opened.value, names: [], files: opened.value.files.map((file) => ({ ...file, name: '' })) } : opened.error,
        lines: texts.ok ? texts.value.split('\n') : texts.error,
        info: window.ok ? window.value.info : window.error,
        detail,
        bytes: buffer.ok ? [...buffer.value] : buffer.error,
      };
    });
  await files({ 'one.scap': raw });
  const fromRaw = await read();
  await files({ 'one.scap.gz': sample });
  const fromGzip = await read();
  expect(fromGzip).toEqual(fromRaw);
  expect(fromRaw.summary).toMatchObject({ events: printedEvents, blocks });
  expect(fromRaw.lines).toHaveLength(printedEvents + 1);
  expect(fromRaw.detail.ok).toBe(true);
});

test('the format is told by the content, not by the name', async ({ page, files }) => {
  await files({ 'raw-named.scap.gz': raw });
  expect((await summaryOf(page)).events).toBe(printedEvents);
  await files({ 'gzip-named.scap': sample });
  expect((await summaryOf(page)).events).toBe(printedEvents);
});

test('requests are answered while indexing runs, and progress grows', async ({ page, files }) => {
  await files({ 'long.scap': long });
  const seen = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const order: string[] = [];
    const events: number[] = [];
    let rows = 0;
    let asked: Promise<void> | undefined;
    capture.onProgress((progress) => {
      events.push(progress.events);
      // The first notice may come before the first event.
      if (progress.events < 40) return;
      asked ??= capture.call('window', { list: { unit: 'events' }, first: 0 as ListPosition, count: 40 }).then((answer) => {
        order.push('window');
        rows = answer.ok ? answer.value.length : -1;
      });
    });
    const opened = await capture.call('open', { files: harness.files() });
    order.push('open');
    await asked;
    capture.close();
    return { order, rows, events, blocks: opened.ok ? opened.value.blocks : opened.error };
  });
  expect(seen.order).toEqual(['window', 'open']);
  expect(seen.rows).toBe(40);
  expect(seen.events).toEqual([...seen.events].sort((a, b) => a - b));
  expect(seen.events.at(-1)).toBe(seen.blocks);
  expect(seen.blocks).toBe(24 * blocks);
});

test('stop ends indexing; what was indexed stays', async ({ page, files }) => {
  await files({ 'long.scap': long });
  const { summary, rows } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const first = new Promise<void>((resolve) => {
      capture.onProgress(({ events }) => {
        if (events > 0) resolve();
      });
    });
    const opening = capture.call('open', { files: harness.files() });
    await first;
    await capture.call('stop', {});
    const opened = await opening;
    const count = await capture.call('count', { list: { unit: 'events' } });
    capture.close();
    return { summary: opened.ok ? opened.value : undefined, rows: count.ok ? count.value.rows : -1 };
  });
  expect(summary?.stopped).toEqual({ kind: 'cancelled' });
  expect(summary?.blocks).toBeGreaterThan(0);
  expect(summary?.blocks).toBeLessThan(24 * blocks);
  expect(rows).toBe(summary?.events);
});

test('an aborted request settles at once, and its late answer disturbs nothing', async ({ page, files }) => {
  await files({ 'long.scap.gz': gzipSync(long, { level: 1 }) });
  const { aborted, first, second } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    await capture.call('open', { files: harness.files() });
    const abort = new AbortController();
    const list = { unit: 'events' } as const;
    const search = (text: string, signal?: AbortSignal) =>
      capture.call('findText', { list, text, from: 0 as ListPosition, step: 1 }, signal);
    const searching = search('nobody wrote this', abort.signal);
    await capture.call('count', { list });
    const counting = capture.call('count', { list });
    abort.abort();
    const earlier = await Promise.race([searching.then(() => 'the aborted'), counting.then(() => 'the one before it')]);
    const answer = await searching;
    const found = await search('unavailable modifier requested');
    capture.close();
    return { aborted: answer, first: earlier, second: found };
  });
  expect(aborted).toEqual({ ok: false, error: { kind: 'cancelled' } });
  expect(first).toBe('the aborted');
  expect(second).toMatchObject({ ok: true });
  expect(second.ok && second.value).toBeGreaterThan(0);
});

test('what a worker gives away is gone there: transferred, not copied', async ({ page, files }) => {
  await files({});
  const [given, left] = await page.evaluate(async () => {
    const worker = harness.detaching();
    const bytes = await worker.bytes({ row: 0 as never, param: 0 }, 1);
    const held = await worker.count({ list: { unit: 'events' } }, 2);
    return [bytes.ok ? bytes.value.length : -1, held.ok ? held.value.rows : -1];
  });
  expect(given).toBe(1 << 20);
  expect(left).toBe(0);
});

test('columns of a window are owned by the page', async ({ page, files }) => {
  await files({ 'one.scap': raw });
  const whole = await page.evaluate(async () => {
    const capture = harness.createCapture();
    await capture.call('open', { files: harness.files() });
    const answer = await capture.call('window', { list: { unit: 'calls' }, first: 10 as ListPosition, count: 30 });
    capture.close();
    if (!answer.ok) return [];
    const { row, num, exitNum, ns, latencyNs, cpu, tid, fd, requested, returned, flags } = answer.value;
    // None is a view into something larger.
    return [row, num, exitNum, ns, latencyNs, cpu, tid, fd, requested, returned, flags].map(
      (column) => column.length === 30 && column.buffer.byteLength === column.byteLength,
    );
  });
  expect(whole).toEqual(Array.from({ length: 11 }, () => true));
});

test('a trap settles every call with a typed error, spares other captures, and can be stepped over', async ({ page, files }) => {
  await files({ 'one.scap': raw });
  await page.evaluate(async () => {
    const other = harness.createCapture();
    await other.call('open', { files: harness.files() });
    Object.assign(globalThis, { other });
  });
  await files({ 'long.force-trap.scap': long });
  const { answers, crash, after, others } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const crashed = new Promise((resolve) => capture.onCrash(resolve));
    const settled = await Promise.all([
      capture.call('open', { files: harness.files() }),
      capture.call('findText', { list: { unit: 'events' }, text: 'x', from: 0 as ListPosition, step: 1 }),
    ]);
    const error = await crashed;
    const late = await capture.call('count', { list: { unit: 'events' } });
    capture.close();
    const { other } = globalThis as unknown as { other: ReturnType<Harness['createCapture']> };
    return {
      answers: settled,
      crash: error,
      after: late,
      others: await other.call('count', { list: { unit: 'events' } }),
    };
  });
  expect(answers[0]).toMatchObject({ ok: false, error: { kind: 'bug' } });
  expect(crash).toMatchObject({ kind: 'bug' });
  expect(after).toEqual({ ok: false, error: crash });
  expect(others).toMatchObject({ ok: true, value: { total: printedEvents } });
  const offset = (crash as { offset?: number }).offset ?? 0;
  expect(offset).toBeGreaterThan(0);
  const again = await open(page, offset);
  expect(again).toMatchObject({ ok: true, value: { blocks: 24 * blocks - 1, damageCount: 1 } });
  expect(again.ok && again.value.damage[0]).toMatchObject({ offset, block: 'event' });
});

test('a full memory is a limit, not a bug', async ({ page, files }) => {
  await files({ 'one.force-memory.scap': raw });
  const answer = await open(page);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'limit', what: 'memory' } });
});

test('indexing stops before memory is full; what was indexed stays queryable', async ({ page, files }) => {
  await files({ 'long.force-limit.scap': long });
  const { summary, rows } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const opened = await capture.call('open', { files: harness.files() });
    const window = await capture.call('window', { list: { unit: 'events' }, first: 100 as ListPosition, count: 20 });
    capture.close();
    return { summary: opened.ok ? opened.value : undefined, rows: window.ok ? window.value.info.length : window.error };
  });
  expect(summary?.stopped).toMatchObject({ kind: 'limit', what: 'memory' });
  expect(summary?.blocks).toBeGreaterThan(0);
  expect(summary?.blocks).toBeLessThan(24 * blocks);
  expect(rows).toBe(20);
});

/** Rows that pass a filter, run to its end as the page runs it, and how it ticked. */
function filtered(page: Page, names: readonly string[], text: string) {
  return page.evaluate(
    async ([wanted, filter]) => {
      const capture = harness.createCapture();
      await capture.call('open', { files: harness.files().filter(({ name }) => wanted.includes(name)) });
      const list = { unit: 'events', filter } as const;
      const looked: number[] = [];
      for (;;) {
        const answer = await capture.call('runFilter', { text: filter });
        if (!answer.ok) throw new Error(JSON.stringify(answer.error));
        looked.push(answer.value.looked);
        if (answer.value.looked === answer.value.total) break;
      }
      const window = await capture.call('window', { list, first: 0 as ListPosition, count: 1_000_000 });
      capture.close();
      return { rows: window.ok ? [...window.value.row] : [], looked };
    },
    [names, text] as const,
  );
}

/** Ask about data in the end, each in another way. */
const dataFilters = [
  'evt.buffer contains FastCGI',
  'proc.name = uwsgi and evt.buffer contains a',
  'evt.type != switch and not evt.buffer contains e and evt.rawarg.res > 0',
];

for (const [form, pack] of [
  ['raw', (bytes: Buffer) => bytes],
  ['gzipped', (bytes: Buffer) => gzipSync(bytes, { level: 1 })],
] as const) {
  test(`what search workers find in a ${form} capture is what is found without them`, async ({ page, files }) => {
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
    await files({ 'one.scap': raw, 'long.scap': pack(long), 'long.force-search-trap.scap': pack(long) });
    for (const text of dataFilters) {
      // A single copy is too short to be searched by others.
      const one = await filtered(page, ['one.scap'], text);
      expect(one.rows.length).toBeGreaterThan(3);
      const expected = Array.from({ length: 24 }, (_, copy) => one.rows.map((row) => copy * blocks + row)).flat();
      expect(scripts.some((path) => path.includes('search.worker')), text).toBe(text !== dataFilters[0]);
      const { rows, looked } = await filtered(page, ['long.scap'], text);
      expect(rows, text).toEqual(expected);
      expect(looked, text).toEqual(looked.toSorted((a, b) => a - b));
      await expect.poll(() => scripts.some((path) => path.includes('search.worker'))).toBe(true);
      // Workers that die take nothing with them.
      expect((await filtered(page, ['long.force-search-trap.scap'], text)).rows, text).toEqual(expected);
    }
  });
}

test('a filter that is overtaken gives its workers back, and goes on where it was', async ({ page, files }) => {
  await files({ 'long.scap': long });
  const { answers, first, second } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    await capture.call('open', { files: harness.files() });
    const run = async (text: string, signal?: AbortSignal) => {
      for (;;) {
        const answer = await capture.call('runFilter', { text }, signal);
        if (!answer.ok) return answer.error.kind;
        if (answer.value.looked === answer.value.total) return answer.value.events;
      }
    };
    const ended = [];
    // Each is overtaken a little later than the one before.
    for (let turn = 0; turn < 12; turn++) {
      const abort = new AbortController();
      const overtaken = run('evt.buffer contains FastCGI', abort.signal);
      await new Promise((resolve) => setTimeout(resolve, turn));
      abort.abort();
      ended.push(await overtaken, await run(`proc.name = uwsgi and evt.num > ${turn}`));
    }
    const found = await run('evt.buffer contains FastCGI');
    const other = harness.createCapture();
    await other.call('open', { files: harness.files() });
    const answer = await other.call('runFilter', { text: 'proc.name = uwsgi' });
    capture.close();
    other.close();
    return { answers: ended, first: found, second: answer.ok ? answer.value.events : 0 };
  });
  const one = 'evt.buffer contains FastCGI';
  await files({ 'one.scap': raw });
  expect(first).toBe(24 * (await filtered(page, ['one.scap'], one)).rows.length);
  expect(second).toBe(24 * (await filtered(page, ['one.scap'], 'proc.name = uwsgi')).rows.length);
  for (const [at, answer] of answers.entries()) {
    if (at % 2 === 0) expect(['cancelled', first]).toContain(answer);
    else expect(answer).toBeGreaterThan(0);
  }
});

test('files that are no captures are named', async ({ page, files }) => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
  const cases: readonly [string, Uint8Array, object][] = [
    ['picture.scap', png, { kind: 'not-a-capture', looksLike: 'PNG image' }],
    ['notes.scap', Buffer.from('1 17:35:48 some notes\n'.repeat(50)), { kind: 'not-a-capture', looksLike: 'text' }],
    ['notes.scap.gz', gzipSync(Buffer.from('some notes\n'.repeat(50))), { kind: 'not-a-capture', looksLike: 'text' }],
    ['empty.scap', new Uint8Array(0), { kind: 'empty', name: 'empty.scap' }],
    // The section header and the machine's block, and then the end.
    ['silent.scap', raw.subarray(0, raw.readUInt32LE(4)), { kind: 'no-events', name: 'silent.scap' }],
  ];
  for (const [name, bytes, error] of cases) {
    await files({ [name]: bytes });
    expect(await open(page), name).toMatchObject({ ok: false, error });
  }
});

test('a cut capture shows what could be read, and says where it ends', async ({ page, files }) => {
  await files({ 'cut.scap': raw.subarray(0, raw.length >> 1) });
  const cut = await summaryOf(page);
  expect(cut.blocks).toBeGreaterThan(blocks / 4);
  expect(cut.damage).toMatchObject([{ kind: 'truncated' }]);
  await files({ 'cut.scap.gz': sample.subarray(0, sample.length >> 1) });
  const cutGzip = await summaryOf(page);
  expect(cutGzip.blocks).toBeGreaterThan(blocks / 4);
  expect(cutGzip.damage.some((damage) => damage.kind === 'truncated' && damage.block === 'gzip member')).toBe(true);
});

test('a file that changed before it is read is told', async ({ page, files }) => {
  const [path = ''] = await files({ 'growing.scap': raw });
  appendFileSync(path, 'more');
  const answer = await open(page);
  expect(answer.ok).toBe(false);
  expect(answer.ok ? '' : answer.error.kind).toMatch(/^(changed|unreadable)$/);
});

for (const [what, ruin] of [
  ['changes', (path: string) => appendFileSync(path, 'more')],
  ['vanishes', (path: string) => rmSync(path)],
] as const) {
  test(`a file that ${what} while it is open leaves what is indexed`, async ({ page, files }) => {
    const [path = ''] = await files({ 'one.scap': raw });
    const before = await page.evaluate(async () => {
      const [capture, other] = [harness.createCapture(), harness.createCapture()];
      await capture.call('open', { files: harness.files() });
      await other.call('open', { files: harness.files() });
      Object.assign(globalThis, { capture });
      // Another reads it, for what was read lately need not be read again.
      const answer = await other.call('window', { list: { unit: 'events' }, first: 9000 as ListPosition, count: 3 });
      other.close();
      return answer.ok ? { num: [...answer.value.num], type: answer.value.type } : undefined;
    });
    ruin(path);
    const { window, count, detail } = await page.evaluate(async () => {
      const { capture } = globalThis as unknown as { capture: ReturnType<Harness['createCapture']> };
      const answer = await capture.call('window', { list: { unit: 'events' }, first: 9000 as ListPosition, count: 3 });
      const row = answer.ok ? answer.value.row[0] : undefined;
      return {
        window: answer.ok ? { num: [...answer.value.num], unread: answer.value.unread, type: answer.value.type } : undefined,
        count: await capture.call('count', { list: { unit: 'events' } }),
        detail: await capture.call('call', { row: row as never }),
      };
    });
    expect(window?.unread).toMatchObject({ kind: 'changed', name: 'one.scap' });
    expect(window).toMatchObject(before ?? {});
    expect(window?.type).toHaveLength(3);
    expect(count).toMatchObject({ ok: true, value: { rows: printedEvents } });
    expect(detail).toMatchObject({ ok: false, error: { kind: 'changed', name: 'one.scap' } });
  });
}

test('rolled files open as one capture, in order of time', async ({ page, files }) => {
  // The second file is the recording again, a day later.
  const later = shifted(raw, 86_400n * 1_000_000_000n);
  await files({ 'web.scap10': later, 'web.scap9': raw, 'other.png': Buffer.from('not a capture at all') });
  const plan = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const answer = await capture.call('plan', { files: harness.files() });
    capture.close();
    return answer;
  });
  expect(plan).toEqual({ ok: true, value: [[1, 0], [2]] });
  await files({ 'web.scap10': later, 'web.scap9': sample });
  const { summary, lines, located } = await page.evaluate(async () => {
    const capture = harness.createCapture();
    const opened = await capture.call('open', { files: harness.files() });
    const count = opened.ok ? opened.value.events : 0;
    const text = await capture.call('text', { list: { unit: 'events' }, first: (count - 3) as ListPosition, count: 3 });
    const located = await capture.call('locate', { list: { unit: 'events' }, at: { ns: 86_400e9 as RelNs } });
    capture.close();
    return { summary: opened.ok ? opened.value : undefined, lines: text.ok ? text.value.split('\n') : [text.error.kind], located };
  });
  expect(located).toMatchObject({ ok: true, value: { position: printedEvents } });
  expect(summary).toMatchObject({ names: ['web.scap9', 'web.scap10'], events: 2 * printedEvents, blocks: 2 * blocks });
  // Numbers begin anew in each file.
  expect(lines[0]).toMatch(/^18268 /);
});

/** The raw capture with every event's time moved. */
function shifted(capture: Buffer, by: bigint): Buffer {
  const moved = Buffer.from(capture);
  for (let at = 0; at + 12 <= moved.length; at += moved.readUInt32LE(at + 4)) {
    const kind = moved.readUInt32LE(at);
    // Event blocks: v1, v2, v2 large, and those with flags. All carry cpu (u16) first, some flags (u32) behind it.
    const time = { 0x204: 10, 0x216: 10, 0x221: 10, 0x208: 14, 0x217: 14, 0x222: 14 }[kind];
    if (time !== undefined) moved.writeBigUInt64LE(moved.readBigUInt64LE(at + time) + by, at + time);
  }
  return moved;
}
