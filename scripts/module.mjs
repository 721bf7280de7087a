/**
 * The engine's wasm module outside a page: whether it makes the same index as the command of this machine and finds the
 * same rows, and what that takes of memory. Each capture has a process of its own, for a module's memory never shrinks.
 *
 *   node scripts/module.mjs CAPTURE [BYTES_AT_A_TIME [FILTER ...]]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildCommand } from './engine.mjs';
import { alone, attempt, Failure, root, run } from './steps.mjs';

/** Bytes of wasm memory for an event, everything included, beyond those of an engine that has read nothing. */
const memoryLimit = 24;
const fewEvents = 100_000;

/** @typedef {typeof import('../wasm/pkg/web.js')} Module */
/** @typedef {{ readonly buffer: ArrayBuffer }} Memory */

/**
 * An engine with a memory of its own.
 * @param {string} [name] one for each that is wanted at the same time
 * @returns {Promise<{ wasm: Module, memory: Memory }>}
 */
export async function loadModule(name = 'engine') {
  const folder = join(root, 'wasm', 'pkg');
  /** @type {unknown} */
  const loaded = await import(`${pathToFileURL(join(folder, 'web.js')).href}?${name}`);
  const wasm = /** @type {Module} */ (loaded);
  /** @type {unknown} */
  const ready = await wasm.default({ module_or_path: readFileSync(join(folder, 'web_bg.wasm')) });
  return { wasm, memory: /** @type {{ memory: Memory }} */ (ready).memory };
}

/**
 * Inflates and indexes a capture, each in its own engine, so that only the index is measured.
 * @param {string} path
 * @param {number} step bytes of the inflated stream that are pushed at a time
 * @param {readonly string[]} filters counted too: events and calls that pass
 */
async function indexed(path, step, filters) {
  const inflating = await loadModule('inflating');
  const { wasm, memory } = await loadModule('indexing');
  const empty = memory.buffer.byteLength;
  const session = new wasm.Session(undefined);
  session.nextFile(basename(path));
  const inflater = new inflating.wasm.Inflater();
  const piece = new Uint8Array(1 << 20);
  /** @type {Buffer[]} */
  const kept = [];
  const take = (/** @type {boolean} */ isEnd) => {
    for (let filled = inflater.pull(piece, isEnd); filled > 0; filled = inflater.pull(piece, isEnd)) {
      for (let from = 0; from < filled; from += step) session.push(piece.subarray(from, Math.min(filled, from + step)));
      inflater.takePoints();
      if (filters.length > 0) kept.push(Buffer.from(piece.subarray(0, filled)));
    }
  };
  const bytes = readFileSync(path);
  for (let from = 0; from < bytes.length; from += 64 << 10) {
    inflater.push(bytes.subarray(from, from + (64 << 10)));
    take(false);
  }
  take(true);
  session.finish();
  const digest = session.digest().toString(16).padStart(16, '0');
  const told = { digest, events: session.blocks, memory: memory.buffer.byteLength - empty };
  const inflated = Buffer.concat(kept);
  const read = (/** @type {number} */ _file, /** @type {number} */ offset, /** @type {number} */ length) =>
    new Uint8Array(inflated.subarray(offset, offset + length));
  const passed = filters.map((filter) => {
    try {
      for (;;) {
        const [passing, calls, looked, total] = session.runFilter(filter, read);
        if (looked === total) return `${passing} events and ${calls} calls pass`;
      }
    } catch (error) {
      return `refused: ${error instanceof Error ? error.message : 'not an error'}`;
    }
  });
  return { ...told, passed };
}

/**
 * The same in a process of its own.
 * @param {string} path
 * @param {number} step
 * @param {readonly string[]} [filters]
 */
async function inModule(path, step, filters = []) {
  /** @type {unknown} */
  const told = JSON.parse(await run([process.execPath, fileURLToPath(import.meta.url), path, String(step), ...filters]));
  return /** @type {Awaited<ReturnType<typeof indexed>>} */ (told);
}

/** @param {string} folder @returns {string[]} */
const capturesIn = (folder) =>
  readdirSync(join(root, folder)).filter((name) => name.includes('.scap')).map((name) => join(root, folder, name));

/** A check of every field there is, and of some with arguments. */
function everyField() {
  const rows = readFileSync(join(root, 'wasm/crates/filter/data/fields.tsv'), 'utf8').split('\n');
  const fields = rows.filter((row) => row !== '' && !row.startsWith('#')).map((row) => row.split('\t'));
  const plain = fields.filter(([, , , argument]) => argument === 'none').map(([name = '']) => `${name} exists`);
  return [...plain, 'evt.arg[0] exists', 'evt.arg.res < 0', 'evt.rawarg.fd > 3', 'proc.aname[2] exists', 'evt.buffer contains e', 'evt.latency > 10000'];
}

/**
 * The module against the command, over every shipped capture; and what the module takes of memory for the long ones.
 * @returns {Promise<{ passed: number, failed: number, output: string }>}
 */
export async function checkModule() {
  const command = await alone(buildCommand);
  /** @type {string[]} */
  const wrong = [];
  /** @type {string[]} */
  const told = [];
  let passed = 0;
  const note = (/** @type {boolean} */ isGood, /** @type {string} */ line) => {
    if (isGood) passed++;
    else wrong.push(`✗ ${line}`);
  };
  const long = capturesIn('bench/captures');
  const short = ['wasm/captures', 'e2e/captures', 'public/samples'].flatMap(capturesIn);
  if (long.length === 0 || short.length === 0) throw new Failure('No captures were found.');
  for (const path of [...short, ...long]) {
    const { status, output } = await attempt([command, 'info', '--digest', path]);
    const native = output.trim();
    if (status !== 0 || !/^[0-9a-f]{16}$/.test(native)) throw new Failure(`${basename(path)} has no digest: ${output}`);
    // An odd number of bytes cuts blocks wherever they can be cut.
    const { digest, events, memory } = await inModule(path, long.includes(path) ? 1 << 20 : 4093);
    note(digest === native, `${basename(path)}: ${digest} in the module, ${native} by the command`);
    if (!long.includes(path)) continue;
    const each = memory / events;
    const line = `${basename(path)}: ${each.toFixed(1)} of ${memoryLimit} bytes of memory an event, over ${events} events`;
    note(events > fewEvents && each > 0 && each <= memoryLimit, line);
    told.push(line);
  }
  const asked = join(root, 'wasm/captures/variant-kmod-0.29.3-n2000.scap.gz');
  const filters = everyField();
  const { passed: inWasm } = await inModule(asked, 1 << 20, filters);
  for (const [at, filter] of filters.entries()) {
    const { status, output } = await attempt([command, 'explain', asked, filter]);
    const [native = output.trim()] = /\d+ events and \d+ calls pass/.exec(output) ?? [];
    const found = inWasm[at] ?? 'nothing';
    const isRefused = status !== 0 && found.startsWith('refused: ') && native.includes(found.slice('refused: '.length));
    note(native === found || isRefused, `${filter}: ${found} in the module, ${native} by the command`);
  }
  return { passed, failed: wrong.length, output: [...wrong, ...told].join('\n') };
}

const [, script, path, step = '1048576', ...filters] = process.argv;
if (script !== undefined && path !== undefined && import.meta.url === pathToFileURL(script).href) {
  console.log(JSON.stringify(await indexed(path, Number(step), filters)));
}
