/** Skips work whose inputs have not changed: a hash of the inputs is kept beside the result. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './steps.mjs';

/** Folders that hold results, never inputs, unless asked for by name. */
const results = new Set(['node_modules', 'target', 'dist', '.git', '.cache']);
/** What no product is made of. */
const testsOnly = /\.test\.\w+$|^wasm\/crates\/\w+\/(tests|benches)\//;

/**
 * Files under a path of the project, in a fixed order.
 * @param {string} path
 * @returns {string[]}
 */
export function filesUnder(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !results.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
}

/**
 * Hash over names and contents of everything under some paths, and over some words.
 * @param {readonly string[]} paths
 * @param {readonly string[]} [words]
 */
export function hashOf(paths, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of paths.flatMap(filesUnder).filter((name) => !testsOnly.test(name))) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

/**
 * Runs `work` unless it has run before with the same hash and all its products are still there.
 * @param {object} job
 * @param {string} job.stamp File that keeps the hash.
 * @param {() => string} job.hash
 * @param {readonly string[]} job.products
 * @param {() => Promise<void>} job.work
 */
export async function unlessDone({ stamp, hash, products, work }) {
  const file = join(root, stamp);
  const wanted = hash();
  const done = existsSync(file) && readFileSync(file, 'utf8') === wanted;
  if (done && products.every((product) => existsSync(join(root, product)))) return;
  rmSync(file, { force: true });
  await work();
  mkdirSync(dirname(file), { recursive: true });
  // The hash from before: what changed meanwhile counts as changed.
  writeFileSync(file, wanted);
}
