/** Sizes that must not be exceeded: of the built page, and of the index of a capture. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildCommand } from './engine.mjs';
import { alone, root, run } from './steps.mjs';

/** Bytes after gzip. */
const limits = { script: 150_000, engine: 600_000 };
/** Bytes of index for an event, everything included. */
const indexLimit = 24;

const dist = join(root, 'dist');

/** @param {string} file */
const compressed = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/** Scripts that load with the page: the entry and what it imports, not what it imports later. */
function pageScripts() {
  /** @type {unknown} */
  const read = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
  const manifest = /** @type {Record<string, { file: string, isEntry?: boolean, imports?: string[] }>} */ (read);
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} key */
  const visit = (key) => {
    const chunk = manifest[key];
    if (chunk === undefined || seen.has(chunk.file)) return;
    seen.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry === true) visit(key);
  return [...seen].filter((file) => file.endsWith('.js'));
}

function engineModules() {
  return readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.wasm')).map((file) => join('assets', file));
}

/**
 * Index bytes for one event of a capture with over a million: a sample, eight times in a row. In a small capture the tables
 * that every session has would weigh most.
 */
async function indexBytesPerEvent() {
  const sample = readFileSync(join(root, 'public/samples/php-fpm-statsd-kmod-0.29.3.scap.gz'));
  const folder = mkdtempSync(join(tmpdir(), 'scapscope-budget-'));
  const capture = join(folder, 'eight.scap.gz');
  try {
    for (let i = 0; i < 8; i++) appendFileSync(capture, sample);
    /** @type {unknown} */
    const info = JSON.parse(await run([await alone(buildCommand), 'info', '--json', capture]));
    const { blocks, indexBytes } = /** @type {{ blocks: number, indexBytes: number }} */ (info);
    return { bytes: indexBytes / blocks, events: blocks };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {Promise<{ passed: number, failed: number }>} */
export async function checkBudgets() {
  let passed = 0;
  let failed = 0;
  for (const [what, files, limit] of /** @type {const} */ ([
    ['scripts before a capture is opened', pageScripts(), limits.script],
    ['engine module', engineModules(), limits.engine],
  ])) {
    const size = files.map(compressed).reduce((a, b) => a + b, 0);
    // Nothing found is a broken measurement, not a small page.
    const good = files.length > 0 && size <= limit;
    if (good) passed++;
    else failed++;
    console.log(`${good ? '✓' : '✗'} ${what}: ${(size / 1000).toFixed(1)} of ${limit / 1000} kB gzipped (${files.join(', ') || 'no file found'})`);
  }
  const { bytes, events } = await indexBytesPerEvent();
  const good = events > 1_000_000 && bytes > 0 && bytes <= indexLimit;
  if (good) passed++;
  else failed++;
  console.log(`${good ? '✓' : '✗'} index: ${bytes.toFixed(1)} of ${indexLimit} bytes an event, over ${events} events`);
  return { passed, failed };
}
