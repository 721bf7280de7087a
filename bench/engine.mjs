/**
 * The engine's wasm module in Node, without a page: what it takes of memory, and how soon it answers. A process for each
 * capture, for the module has one memory.
 *
 *   node bench/engine.mjs CAPTURE.scap[.gz]
 */
import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../scripts/steps.mjs';

const pieceBytes = 1 << 20;
const samples = 400;

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** A repeatable place between 0 and `below`. @param {number} step @param {number} below */
const somewhere = (step, below) => Math.floor(((step * 0.618_033_988_749_895) % 1) * below);

/**
 * Indexes a capture and asks for rows and bytes at places all over it. Tells the bytes of the wasm memory that each event
 * takes, and how long 100 rows take, one parameter of an event, and one in the last hundredth of the file.
 * @param {string} path
 */
async function measure(path) {
  const folder = join(root, 'wasm', 'pkg');
  /** @type {unknown} */
  const loaded = await import(pathToFileURL(join(folder, 'web.js')).href);
  const wasm = /** @type {typeof import('../wasm/pkg/web.js')} */ (loaded);
  /** @type {unknown} */
  const ready = await wasm.default({ module_or_path: readFileSync(join(folder, 'web_bg.wasm')) });
  const { memory } = /** @type {{ readonly memory: { readonly buffer: ArrayBuffer } }} */ (ready);
  const empty = memory.buffer.byteLength;

  const handle = openSync(path, 'r');
  const { size } = fstatSync(handle);
  /** @param {number} offset @param {number} length */
  const readFile = (offset, length) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    readSync(handle, bytes, 0, bytes.length, offset);
    return bytes;
  };
  const head = readFile(0, 2);
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  const session = new wasm.Session(undefined);
  const packed = new wasm.PackedBytes();
  session.nextFile(path);
  if (isPacked) {
    const inflater = new wasm.Inflater();
    const piece = new Uint8Array(pieceBytes);
    const take = (/** @type {boolean} */ isEnd) => {
      for (let filled = inflater.pull(piece, isEnd); filled > 0; filled = inflater.pull(piece, isEnd)) {
        session.push(piece.subarray(0, filled));
        packed.addPoints(inflater.takePoints());
      }
    };
    for (let offset = 0; offset < size; offset += 64 << 10) {
      inflater.push(readFile(offset, 64 << 10));
      take(false);
    }
    take(true);
    inflater.free();
  } else {
    for (let offset = 0; offset < size; offset += pieceBytes) session.push(readFile(offset, pieceBytes));
  }
  session.finish();
  const { blocks } = session;
  const bytesPerEvent = (memory.buffer.byteLength - empty) / blocks;

  const read = (/** @type {number} */ _file, /** @type {number} */ offset, /** @type {number} */ length) =>
    isPacked ? packed.read(offset, length, size, readFile) : readFile(offset, length);
  /** @param {(step: number) => void} ask */
  const times = (ask) => {
    /** @type {number[]} */
    const times = [];
    for (let step = 0; step < samples; step++) {
      const since = performance.now();
      ask(step);
      times.push(performance.now() - since);
    }
    const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
    return { p50: round(quantile(times, 0.5)), p95: round(quantile(times, 0.95)) };
  };
  const windowMs = times((step) => void session.window({ unit: 'events' }, somewhere(step, blocks - 100), 100, read));
  const bytesMs = times((step) => void session.bytes(somewhere(step, blocks), 0, read));
  const endBytesMs = times((step) => void session.bytes(blocks - 1 - somewhere(step, blocks / 100), 0, read));
  session.free();
  closeSync(handle);
  return {
    events: blocks,
    bytes_per_event: Math.round(bytesPerEvent * 100) / 100,
    window_ms: windowMs,
    event_bytes_ms: bytesMs,
    event_bytes_at_end_ms: endBytesMs,
  };
}

/**
 * Measures in a process of its own.
 * @param {string} path
 * @returns {Promise<object>}
 */
export async function measureEngine(path) {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), path]);
  /** @type {unknown} */
  const figures = JSON.parse(stdout);
  return /** @type {object} */ (figures);
}

const [, script, path] = process.argv;
if (script !== undefined && path !== undefined && import.meta.url === pathToFileURL(script).href) {
  console.log(JSON.stringify(await measure(path)));
}
