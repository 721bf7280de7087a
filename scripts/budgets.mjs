/** Sizes that must not be exceeded, read from the built page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './steps.mjs';

/** Bytes after gzip. */
const limits = { script: 150_000, engine: 600_000 };

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

/** @returns {{ passed: number, failed: number }} */
export function checkBudgets() {
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
  return { passed, failed };
}
