/**
 * Cuts, changes and splices copies of classic captures and holds what `scapscope sysdig` prints for them against sysdig:
 * there may be more here, never less.
 *
 *   node scripts/damaged.mjs [ROUNDS] [SEED] [CAPTURE…]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { printedBy } from './conformance.mjs';
import { buildCommand } from './engine.mjs';
import { alone, main, root } from './steps.mjs';

/** Most events that are kept of a capture: what is behind the damage shows in a few thousand too. */
const longest = 400_000;

/** Numbers below a limit, the same for one seed. @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  /** @param {number} end */
  return (end) => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * Math.max(end, 1));
  };
}

/** Start and end of each block. @param {Buffer} stream @returns {(readonly [number, number])[]} */
export function blocksOf(stream) {
  /** @type {(readonly [number, number])[]} */
  const blocks = [];
  for (let at = 0; at + 12 <= stream.length; ) {
    const total = stream.readUInt32LE(at + 4);
    if (total < 12 || at + total > stream.length) break;
    blocks.push([at, at + total]);
    at += total;
  }
  return blocks;
}

/**
 * One damaged copy, and what was done to it in a word.
 * @param {Buffer} whole
 * @param {(end: number) => number} random
 * @returns {{ how: string, bytes: Buffer }}
 */
export function damage(whole, random) {
  const blocks = blocksOf(whole);
  const end = (blocks.findLast(([, last]) => last <= longest) ?? [0, whole.length])[1];
  const stream = Buffer.from(whole.subarray(0, end));
  const own = blocks.filter(([, last]) => last <= end);
  const [start, last] = own[random(own.length)] ?? [0, end];
  const block = stream.subarray(start, last);
  const before = stream.subarray(0, start);
  const behind = stream.subarray(last);
  const at = random(stream.length);
  const [otherStart, otherLast] = own[random(own.length)] ?? [0, end];
  const kinds = /** @type {const} */ ([
    'cut', 'byte', 'bytes', 'bit', 'header byte', 'removed', 'doubled', 'swapped', 'blanked', 'zeros', 'hole', 'noise', 'spliced', 'cut gzip', 'changed gzip',
  ]);
  const how = kinds[random(kinds.length)] ?? 'cut';
  switch (how) {
    case 'cut':
      return { how, bytes: stream.subarray(0, at) };
    case 'byte':
      stream[at] = random(256);
      return { how, bytes: stream };
    case 'bytes':
      for (let left = 2 + random(30); left > 0; left--) stream[random(stream.length)] = random(256);
      return { how, bytes: stream };
    case 'bit':
      stream[at] = (stream[at] ?? 0) ^ (1 << random(8));
      return { how, bytes: stream };
    case 'header byte':
      stream[start + random(Math.min(40, block.length))] = random(256);
      return { how, bytes: stream };
    case 'removed':
      return { how, bytes: Buffer.concat([before, behind]) };
    case 'doubled':
      return { how, bytes: Buffer.concat([before, block, block, behind]) };
    case 'swapped': {
      if (start === otherStart) return { how, bytes: stream };
      const [a, b, c, d] = start < otherStart ? [start, last, otherStart, otherLast] : [otherStart, otherLast, start, last];
      return { how, bytes: Buffer.concat([stream.subarray(0, a), stream.subarray(c, d), stream.subarray(b, c), stream.subarray(a, b), stream.subarray(d)]) };
    }
    case 'spliced':
      return { how, bytes: Buffer.concat([stream.subarray(0, at), whole.subarray(random(whole.length))]) };
    case 'zeros':
      return { how, bytes: stream.fill(0, at, Math.min(stream.length, at + 4 + random(5_000))) };
    case 'blanked':
      block.fill(0);
      return { how, bytes: stream };
    case 'hole':
      return { how, bytes: Buffer.concat([stream.subarray(0, at), stream.subarray(Math.min(stream.length, at + random(3_000)))]) };
    case 'noise':
      return { how, bytes: Buffer.concat([stream.subarray(0, at), Buffer.from(Array.from({ length: random(500) }, () => random(256))), stream.subarray(at)]) };
    case 'cut gzip': {
      const packed = gzipSync(stream);
      return { how, bytes: packed.subarray(0, 20 + random(packed.length)) };
    }
    case 'changed gzip': {
      const packed = gzipSync(stream);
      packed[20 + random(packed.length - 20)] = random(256);
      return { how, bytes: packed };
    }
  }
}

/**
 * What names an event of a line whatever its number: time, CPU, thread and direction. Not the type: where lengths of
 * parameters lie, sysdig takes the name of a call from bytes that need not be it.
 * @param {string} line
 */
const eventOf = (line) => /^\d+ (\S+ \d+) .*? (\(-?\d+\) [<>]) /.exec(line)?.slice(1).join(' ');

/**
 * Events that are printed there and not here.
 * @param {readonly string[]} theirs
 * @param {readonly string[]} ours
 */
export function missing(theirs, ours) {
  /** @type {Map<string, number>} */
  const left = new Map();
  for (const line of ours) {
    const event = eventOf(line);
    if (event !== undefined) left.set(event, (left.get(event) ?? 0) + 1);
  }
  return theirs.filter((line) => {
    const event = eventOf(line);
    if (event === undefined) return false;
    const count = left.get(event) ?? 0;
    left.set(event, count - 1);
    return count <= 0;
  });
}

/**
 * @param {number} rounds
 * @param {number} seed
 * @param {readonly string[]} [paths]
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function damaged(rounds, seed, paths) {
  const command = await alone(buildCommand);
  const shipped = ['public/samples', 'wasm/captures'].flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(root, folder, file)));
  const classic = (paths ?? shipped).filter((file) => /-kmod-.*\.scap(\d|\.gz\d?)?$/.test(file));
  const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
  let passed = 0;
  let failed = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const random = randomOf(seed + round);
      const capture = classic[random(classic.length)] ?? '';
      const file = readFileSync(capture);
      const whole = file[0] === 0x1f ? gunzipSync(file) : file;
      const { how, bytes } = damage(whole, random);
      const copy = join(folder, `damaged.scap${bytes[0] === 0x1f ? '.gz' : ''}`);
      writeFileSync(copy, bytes);
      const [theirs, ours] = await Promise.all([printedBy(['sysdig', '-r', copy]), printedBy([command, 'sysdig', '-r', copy])]);
      // A line that sysdig had not finished when it ended is no event.
      const printed = theirs.isCut ? theirs.lines.slice(0, -1) : theirs.lines;
      const lost = missing(printed, ours.lines);
      const crashed = ours.status > 1 || ours.errors.includes('panicked');
      const fewer = printed.length - ours.lines.length;
      if (lost.length === 0 && fewer <= 0 && !crashed) passed++;
      else {
        failed++;
        const fault = crashed
          ? `ended with ${ours.status}: ${ours.errors.split('\n').at(-1) ?? ''}`
          : `${lost.length} of ${printed.length} events are missing, ${ours.lines.length} are printed`;
        console.log(`✗ seed ${seed + round}, ${basename(capture)}, ${how}: ${fault}`);
        for (const line of lost.slice(0, 3)) console.log(`    sysdig ${line}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const [rounds = '200', seed = '1', ...paths] = process.argv.slice(2);
    const { passed, failed } = await damaged(Number(rounds), Number(seed), paths.length === 0 ? undefined : paths);
    console.log(`${passed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  });
}
