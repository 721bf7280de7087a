/**
 * `npm run bench`: speed beside native sysdig, on the same file in the same run. One JSON line per figure: medians of five,
 * ours over theirs, so that below 1 is faster than sysdig. And what scrolling costs the page's main thread, what the index
 * takes of memory, how soon there are rows, and how soon rows and bytes at any depth.
 *
 *   SCAPSCOPE_BENCH_CAPTURE=big.scap SCAPSCOPE_BENCH_COPIES=3 npm run bench
 *
 * Without a capture a shipped sample is repeated, each copy later than the one before. The long capture, for what must not
 * depend on length, is so many copies of the one that is measured.
 */
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, openSync, readSync, closeSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGunzip, createGzip } from 'node:zlib';
import { measureEngine } from './engine.mjs';
import { filterInPage, measureFilters, measureTyping } from './filtering.mjs';
import { repeat } from './repeat.mjs';
import { measureScrolling } from './scrolling.mjs';
import { buildCommand } from '../scripts/engine.mjs';
import { prepare } from '../scripts/prepare.mjs';
import { nativeToolchain } from '../scripts/rust.mjs';
import { alone, attempt, Failure, main, root, step } from '../scripts/steps.mjs';

const runs = 5;
/** Copies of the shipped sample that are a capture worth measuring: three million events. */
const sampleCopies = 20;
/** A pass over everything that prints little: state is kept, the filter looks at every event. */
const peerFilter = 'evt.type=openat and fd.name contains /etc';

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/**
 * Seconds that a command takes; its output is thrown away as it comes.
 * @param {readonly string[]} command
 * @returns {Promise<number>}
 */
function timed([program = '', ...args]) {
  return new Promise((done, fail) => {
    const since = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, TZ: 'UTC' } });
    child.on('error', fail);
    child.on('close', (status) => {
      if (status === 0) done((performance.now() - since) / 1000);
      else fail(new Failure(`${program} ${args.join(' ')} ended with ${status}`));
    });
  });
}

/** Filters of each cost: own fields, arguments, payload. */
const filters = [
  'proc.name=redis-server',
  'fd.name contains /etc',
  'container.id!=host and evt.type=openat',
  'evt.arg.res=-32',
  'evt.rawres<0',
  'evt.buffer contains EPIPE',
];

/** What is looked for in data in the page: some that captures have. */
const pagePayload = 'evt.buffer contains GET';

/** Filters whose first rows are timed in the page, and what each is. */
const pageFilters = /** @type {const} */ ([
  ['own fields', 'fd.name contains /etc'],
  ['arguments', 'evt.rawres<0'],
  ['payload', pagePayload],
]);

/**
 * Seconds that a filter takes over a capture that is indexed, as the command tells.
 * @param {string} command
 * @param {string} file
 * @param {string} filter
 */
async function filtered(command, file, filter) {
  const { output } = await attempt([command, 'explain', file, filter]);
  const [, ms] = /found in ([\d.]+) ms/.exec(output) ?? [];
  if (ms === undefined) throw new Failure(`The command did not tell how long ${filter} took.`);
  return Number(ms) / 1000;
}

/**
 * Medians of alternating runs: what slows the machine for a while slows both.
 * @param {string} figure
 * @param {string} file
 * @param {() => Promise<number>} ours
 * @param {() => Promise<number>} theirs
 */
async function compare(figure, file, ours, theirs) {
  /** @type {number[]} */
  const mine = [];
  /** @type {number[]} */
  const peer = [];
  // Once for the file cache, not counted.
  await theirs();
  for (let i = 0; i < runs; i++) {
    mine.push(await ours());
    peer.push(await theirs());
  }
  const round = (/** @type {number} */ value) => Math.round(value * 1000) / 1000;
  console.log(
    JSON.stringify({
      figure,
      ratio: round(median(mine) / median(peer)),
      seconds: round(median(mine)),
      peer_seconds: round(median(peer)),
      runs,
      capture: basename(file),
      bytes: statSync(file).size,
      cpus: cpus().length,
    }),
  );
}

/**
 * Prints a figure that has no peer.
 * @param {string} figure
 * @param {object} values
 * @param {string} file
 */
function tell(figure, values, file) {
  console.log(JSON.stringify({ figure, ...values, capture: basename(file), bytes: statSync(file).size, cpus: cpus().length }));
}

/** @param {string} file */
function isGzip(file) {
  const head = Buffer.alloc(2);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, 2, 0);
  closeSync(handle);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The capture raw and gzipped, whichever it came as.
 * @param {string} capture
 * @param {string} folder
 */
async function bothForms(capture, folder) {
  const stem = basename(capture).replace(/\.gz$/, '').replace(/\.scap$/, '');
  const other = join(folder, `${stem}.scap${isGzip(capture) ? '' : '.gz'}`);
  await step('Making the other form of the capture', () =>
    pipeline(createReadStream(capture), isGzip(capture) ? createGunzip() : createGzip(), createWriteStream(other)),
  );
  return isGzip(capture) ? { raw: other, gzip: capture } : { raw: capture, gzip: other };
}

/**
 * Opens the capture in a new page and answers with the seconds that the page itself tells.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} address
 * @param {string} file
 */
async function indexedInPage(browser, address, file) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    // The engine is made ready while nobody has chosen a file yet.
    await page.waitForTimeout(2000);
    await page.getByLabel('Open capture').setInputFiles(file);
    // Looking for a role in every frame would take processor time from the page: once in a while by selector is enough.
    const told = await page.waitForFunction(
      () => {
        /** @type {unknown} */
        const window = globalThis;
        const { document } = /** @type {{ document: { querySelector(selector: string): { textContent: string } | null } }} */ (window);
        const text = document.querySelector('[role=status][aria-label="Capture status"]')?.textContent ?? '';
        return text.includes('Indexed in') ? text : undefined;
      },
      undefined,
      { polling: 250, timeout: 300_000 },
    );
    const [, seconds] = /Indexed in ([\d.]+) s/.exec(String(await told.jsonValue())) ?? [];
    if (seconds === undefined) throw new Failure('The page did not tell how long indexing took.');
    return Number(seconds);
  } finally {
    await page.close();
  }
}

/**
 * Milliseconds from choosing the file until its first rows are on the page.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} address
 * @param {string} file
 */
async function firstRowsInPage(browser, address, file) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    // The engine is made ready while nobody has chosen a file yet.
    await page.waitForTimeout(2000);
    const since = performance.now();
    await page.getByLabel('Open capture').setInputFiles(file);
    await page.locator('[role=grid] [data-position]').first().waitFor();
    return performance.now() - since;
  } finally {
    await page.close();
  }
}

/**
 * A sample's events again and again: a capture that says something when none was given.
 * @param {string} sample
 * @param {string} folder
 */
async function longSample(sample, folder) {
  const once = join(folder, 'sample.scap');
  await pipeline(createReadStream(sample), createGunzip(), createWriteStream(once));
  const repeated = join(folder, 'repeated.scap');
  await repeat(once, sampleCopies, repeated);
  return repeated;
}

/**
 * What conversations cost: the example prints its own figures.
 * @param {string} raw
 */
async function conversations(raw) {
  const { cargo, env } = await nativeToolchain();
  const command = [cargo, 'run', '--quiet', '--locked', '--release', '-p', 'engine', '--example', 'conversations', '--', raw];
  const { status, output } = await attempt(command, { cwd: join(root, 'wasm'), env });
  if (status !== 0) throw new Failure(`The figures of conversations could not be had:\n${output}`);
  process.stdout.write(output);
}

await main(async () => {
  if ((await attempt(['sysdig', '--version'])).status !== 0) throw new Failure('The bench needs the sysdig command; on Debian: apt-get install sysdig');
  const given = process.env['SCAPSCOPE_BENCH_CAPTURE'];
  const copies = Number(process.env['SCAPSCOPE_BENCH_COPIES'] ?? 3);
  const sample = join(root, 'public/samples/php-fpm-statsd-kmod-0.29.3.scap.gz');
  if (given !== undefined && !existsSync(given)) throw new Failure(`There is no capture at ${given}.`);
  await prepare();
  const command = await alone(buildCommand);
  const { chromium } = await import('@playwright/test');
  const built = pathToFileURL(join(root, 'build', 'server', 'main.js')).href;
  /** @type {unknown} */
  const module = await import(built);
  const { serve } = /** @type {typeof import('../server/main.ts')} */ (module);

  const folder = mkdtempSync(join(tmpdir(), 'scapscope-bench-'));
  const server = await serve({ host: '127.0.0.1', port: 0, folder: join(root, 'dist') });
  const debian = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    ...(existsSync(debian) ? { executablePath: debian } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const capture = given === undefined ? await longSample(sample, folder) : resolve(given);
    const { raw, gzip } = await bothForms(capture, folder);
    const long = join(folder, 'long.scap');
    await step('Making the long capture', () => repeat(raw, copies, long));
    const pass = (/** @type {string} */ file) => () => timed(['sysdig', '-q', '-r', file, peerFilter]);
    await compare('index in Chromium, raw / sysdig pass', raw, () => indexedInPage(browser, server.address, raw), pass(raw));
    await compare('index in Chromium, gzip / sysdig pass', gzip, () => indexedInPage(browser, server.address, gzip), pass(gzip));
    for (const file of [raw, gzip, long]) {
      const rows = [];
      for (let run = 0; run < runs; run++) rows.push(await firstRowsInPage(browser, server.address, file));
      tell('first rows after choosing the file', { ms: Math.round(median(rows)) }, file);
      tell('the engine alone', await measureEngine(file), file);
    }
    for (const file of [raw, gzip]) {
      await measureFilters(browser, server.address, file, pageFilters, (figure, values) => tell(figure, values, file));
      await compare(
        `payload in the page: ${pagePayload} / sysdig -q`,
        file,
        async () => (await filterInPage(browser, server.address, file, pagePayload)).all / 1000,
        () => timed(['sysdig', '-q', '-r', file, pagePayload]),
      );
      await measureTyping(browser, server.address, file, 'evt.buffer contains redis', (figure, values) => tell(figure, values, file));
    }
    await measureScrolling(browser, server.address, long, (figure, values) => tell(figure, values, long));
    await compare('scapscope info, raw / sysdig pass', raw, () => timed([command, 'info', raw]), pass(raw));
    await compare('scapscope info, gzip / sysdig pass', gzip, () => timed([command, 'info', gzip]), pass(gzip));
    await conversations(raw);
    for (const filter of filters) {
      await compare(`filter ${filter} / sysdig -q`, raw, () => filtered(command, raw, filter), () => timed(['sysdig', '-q', '-r', raw, filter]));
    }
    await compare('print all, raw / sysdig', raw, () => timed([command, 'sysdig', '-r', raw]), () => timed(['sysdig', '-r', raw]));
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
