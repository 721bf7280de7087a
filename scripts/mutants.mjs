/**
 * Captures as a recorder under load could have left them: real ones from which events, list entries or parameters were
 * lost, repeated or moved. Every one is a valid file. What `scapscope sysdig` prints of it is compared with sysdig.
 *
 *   node scripts/mutants.mjs [--captures PART-OF-A-NAME] [--folder FOLDER] [--seeds FROM-TO] [--events N] [--keep FOLDER] [--bin FILE] [--quick]
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { compareLines, printedBy } from './conformance.mjs';
import { buildCommand } from './engine.mjs';
import { alone, main, root } from './steps.mjs';

/** Numbers that depend on the seed alone (mulberry32). @param {number} seed @returns {(below: number) => number} */
function dice(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const processList = 0x215;
const fdList = 0x218;
const interfaceList = 0x219;
const userList = 0x220;

/** @typedef {{ block: number, body: Buffer }} Block A block other than an event. */
/** @typedef {{ block: number, cpu: number, flags: number, ts: bigint, tid: bigint, type: number, params: Buffer[] }} CaptureEvent */
/** @typedef {{ before: Block[], events: CaptureEvent[] }} Capture */

/** @param {number} block */
const isEvent = (block) => block === 0x216 || block === 0x217 || block === 0x221 || block === 0x222;
/** @param {number} block */
const hasFlags = (block) => block === 0x217 || block === 0x222;
/** @param {number} block */
const isLarge = (block) => block === 0x221 || block === 0x222;

/** Reads a whole, undamaged capture of one section. @param {Buffer} bytes @returns {Capture} */
export function read(bytes) {
  /** @type {Capture} */
  const capture = { before: [], events: [] };
  for (let at = 0; at + 12 <= bytes.length;) {
    const block = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + length - 4);
    if (isEvent(block)) capture.events.push(readEvent(block, body));
    else capture.before.push({ block, body });
    at += length;
  }
  return capture;
}

/** @param {number} block @param {Buffer} body @returns {CaptureEvent} */
function readEvent(block, body) {
  const at = hasFlags(block) ? 6 : 2;
  const width = isLarge(block) ? 4 : 2;
  const count = body.readUInt32LE(at + 22);
  let data = at + 26 + count * width;
  const params = [];
  for (let index = 0; index < count; index++) {
    const place = at + 26 + index * width;
    const length = width === 4 ? body.readUInt32LE(place) : body.readUInt16LE(place);
    params.push(body.subarray(data, data + length));
    data += length;
  }
  return {
    block,
    cpu: body.readUInt16LE(0),
    flags: hasFlags(block) ? body.readUInt32LE(2) : 0,
    ts: body.readBigUInt64LE(at),
    tid: body.readBigInt64LE(at + 8),
    type: body.readUInt16LE(at + 20),
    params,
  };
}

/** @param {Capture} capture @returns {Buffer} */
export function write({ before, events }) {
  const blocks = before.map(({ block, body }) => blockOf(block, [body]));
  for (const event of events) blocks.push(writeEvent(event));
  return Buffer.concat(blocks);
}

/** @param {CaptureEvent} event */
function writeEvent({ block, cpu, flags, ts, tid, type, params }) {
  const at = hasFlags(block) ? 6 : 2;
  const width = isLarge(block) ? 4 : 2;
  const head = Buffer.alloc(at + 26 + params.length * width);
  head.writeUInt16LE(cpu, 0);
  if (hasFlags(block)) head.writeUInt32LE(flags, 2);
  head.writeBigUInt64LE(ts, at);
  head.writeBigInt64LE(tid, at + 8);
  head.writeUInt32LE(26 + params.reduce((sum, param) => sum + width + param.length, 0), at + 16);
  head.writeUInt16LE(type, at + 20);
  head.writeUInt32LE(params.length, at + 22);
  params.forEach((param, index) => {
    if (width === 4) head.writeUInt32LE(param.length, at + 26 + index * 4);
    else head.writeUInt16LE(param.length, at + 26 + index * 2);
  });
  return blockOf(block, [head, ...params]);
}

/** @param {number} block @param {readonly Buffer[]} parts */
function blockOf(block, parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = 12 + Math.ceil(size / 4) * 4;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(block, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(length - 8 - size);
  tail.writeUInt32LE(length, tail.length - 4);
  return Buffer.concat([head, ...parts, tail]);
}

/** Entries of a list block whose entries tell their length. @param {Buffer} body @param {number} from @param {number} own Bytes of the length itself that it counts. */
function entries(body, from, own) {
  const found = [];
  for (let at = from; at + 4 <= body.length;) {
    const length = body.readUInt32LE(at) + 4 - own;
    if (length < 4 || at + length > body.length) break;
    found.push(body.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** @param {Block} list @param {(entry: Buffer) => boolean} keep */
function thin(list, keep) {
  const from = list.block === fdList ? 8 : 0;
  list.body = Buffer.concat([list.body.subarray(0, from), ...entries(list.body, from, list.block === interfaceList ? 0 : 4).filter(keep)]);
}

/** Calls that make, copy, close or change threads and descriptors: what state hangs on. */
const stateful = [
  [2, 3], [4, 5], [14, 15], [18, 19], [20, 21], [22, 23], [26, 27], [30, 31], [32, 33], [34, 35], [38, 39], [44, 45], [48, 49], [52, 53],
  [58, 59], [60, 61], [62, 63], [64, 65], [66, 67], [68, 69], [70, 71], [72, 73], [82, 83], [102, 103], [150, 151], [124, 125], [126, 127],
  [184, 185], [186, 187], [222, 223], [224, 225], [226, 227], [246, 247], [282, 283], [292, 293], [306, 307], [326, 327], [330, 331], [334, 335],
].flat();

/** @typedef {(capture: Capture, roll: (below: number) => number) => string} Mutation Changes a capture and says how. */

/** @type {Mutation[]} */
const mutations = [
  (capture, roll) => {
    const rate = [1000, 200, 50, 10, 3][roll(5)] ?? 50;
    capture.events = capture.events.filter(() => roll(rate) > 0);
    return `one event of ${rate} lost`;
  },
  (capture, roll) => {
    const count = 1 + roll(12);
    for (let burst = 0; burst < count; burst++) capture.events.splice(roll(capture.events.length), 1 + roll(2000));
    return `${count} bursts lost`;
  },
  (capture, roll) => {
    const rate = [100, 20, 5, 2][roll(4)] ?? 5;
    capture.events = capture.events.filter((event) => event.type % 2 === 1 || roll(rate) > 0);
    return `one enter event of ${rate} lost`;
  },
  (capture, roll) => {
    const rate = [100, 20, 5, 2][roll(4)] ?? 5;
    capture.events = capture.events.filter((event) => event.type % 2 === 0 || roll(rate) > 0);
    return `one exit event of ${rate} lost`;
  },
  (capture, roll) => {
    const types = new Set(Array.from({ length: 1 + roll(6) }, () => stateful[roll(stateful.length)]));
    const rate = 1 + roll(3);
    capture.events = capture.events.filter((event) => !types.has(event.type) || roll(rate) > 0);
    return `events of types ${[...types].join(' ')} lost`;
  },
  (capture, roll) => {
    const rate = [50, 10, 3, 1][roll(4)] ?? 3;
    capture.events = capture.events.filter((event) => !stateful.includes(event.type) || roll(rate) > 0 || rate === 1);
    return `one event of ${rate} of those that change state lost`;
  },
  (capture, roll) => {
    const from = roll(Math.floor(capture.events.length / 2));
    capture.events.splice(0, from);
    return `first ${from} events lost`;
  },
  (capture, roll) => {
    const tids = [...new Set(capture.events.map((event) => event.tid))];
    const lost = new Set(tids.filter(() => roll(4) === 0));
    const until = roll(capture.events.length);
    capture.events = capture.events.filter((event, index) => !lost.has(event.tid) || index > until);
    return `events of ${lost.size} threads lost in the first ${until}`;
  },
  (capture, roll) => {
    const rate = 1 + roll(4);
    const lost = new Set();
    for (const list of capture.before) {
      if (list.block !== processList) continue;
      thin(list, (entry) => {
        const keep = roll(rate) > 0;
        if (!keep) lost.add(entry.readBigInt64LE(4));
        return keep;
      });
    }
    // sysdig refuses a file that lists descriptors of nobody.
    capture.before = capture.before.filter((list) => list.block !== fdList || !lost.has(list.body.readBigInt64LE(0)));
    return `one of ${rate} entries of the process list lost`;
  },
  (capture, roll) => {
    const rate = 1 + roll(4);
    for (const list of capture.before) if (list.block === fdList) thin(list, () => roll(rate) > 0);
    return `one of ${rate} entries of the fd lists lost`;
  },
  (capture, roll) => {
    const rate = 1 + roll(3);
    capture.before = capture.before.filter((list) => list.block !== fdList || roll(rate) > 0);
    return `one of ${rate} fd lists lost`;
  },
  (capture, roll) => {
    const rate = 1 + roll(2);
    for (const list of capture.before) if (list.block === interfaceList || list.block === userList) thin(list, () => roll(rate) > 0);
    return `one of ${rate} entries of the user and interface lists lost`;
  },
  (capture, roll) => {
    const count = 1 + roll(2000);
    for (let swap = 0; swap < count; swap++) {
      const at = roll(capture.events.length);
      const [event] = capture.events.splice(at, 1);
      if (event !== undefined) capture.events.splice(Math.max(0, at + roll(9) - 4), 0, event);
    }
    return `${count} events moved a little`;
  },
  (capture, roll) => {
    const count = 1 + roll(200);
    for (let copy = 0; copy < count; copy++) {
      const event = capture.events[roll(capture.events.length)];
      if (event !== undefined) capture.events.splice(roll(capture.events.length), 0, { ...event });
    }
    return `${count} events repeated elsewhere`;
  },
  (capture, roll) => {
    const rate = [100, 20, 5][roll(3)] ?? 20;
    let count = 0;
    for (const event of capture.events) {
      const [result, ...others] = event.params;
      if (event.type % 2 === 0 || result?.length !== 8 || !stateful.includes(event.type) || roll(rate) > 0) continue;
      const failed = Buffer.alloc(8);
      failed.writeBigInt64LE(BigInt([-1, -2, -9, -11, -13, -115, 0, 1, 2, 3, 4, 5, 7, 9][roll(14)] ?? 0));
      event.params = [failed, ...others];
      count++;
    }
    return `${count} calls have another result`;
  },
  (capture, roll) => {
    const rate = [100, 20, 5][roll(3)] ?? 20;
    let count = 0;
    for (const event of capture.events) {
      const [fd, ...others] = event.params;
      if (event.type % 2 === 1 || fd?.length !== 8 || !stateful.includes(event.type) || roll(rate) > 0) continue;
      const other = Buffer.alloc(8);
      other.writeBigInt64LE(BigInt(roll(16) - 1));
      event.params = [other, ...others];
      count++;
    }
    return `${count} calls are about another descriptor`;
  },
  (capture, roll) => {
    const step = BigInt(1 + roll(4)) * 1_000_000_000n;
    const from = roll(capture.events.length);
    capture.events.forEach((event, index) => {
      if (index >= from) event.ts += step;
    });
    return `${step} ns pass at ${from}`;
  },
];

/**
 * A capture that could have been: the same one for the same seed.
 * @param {Capture} original @param {number} seed @param {number} events At most so many are taken.
 * @returns {{ capture: Capture, how: string }}
 */
export function mutant(original, seed, events = Number.MAX_SAFE_INTEGER) {
  const roll = dice(seed);
  const from = original.events.length > events ? roll(original.events.length - events) : 0;
  /** @type {Capture} */
  const capture = {
    before: original.before.map((block) => ({ ...block })),
    events: original.events.slice(from, from + events).map((event) => ({ ...event })),
  };
  const how = from > 0 ? [`${events} events from ${from} on`] : [];
  for (let times = 1 + roll(3); times > 0; times--) {
    const mutation = mutations[roll(mutations.length)];
    if (mutation !== undefined && capture.events.length > 100) how.push(mutation(capture, roll));
  }
  return { capture, how: how.join(', ') };
}

/** Modes that are compared. */
const allModes = [[], ['-v'], ['-x'], ['-A'], ['-t', 'd'], ['-q', '-S']];

/**
 * What sysdig prints, and the lines of it that depend on what its memory held before.
 * @param {readonly string[]} args
 */
async function printedBySysdig(args) {
  const [first, second] = await Promise.all(['85', '170'].map((filler) => printedBy(['env', `MALLOC_PERTURB_=${filler}`, 'sysdig', ...args])));
  if (first === undefined || second === undefined) throw new Error('both have run');
  const unstable = new Set(compareLines(first.lines, second.lines).differences.flat());
  return { ...first, unstable };
}

/**
 * @param {string} command Path of `scapscope`.
 * @param {string} file
 * @param {readonly string[][]} modes Options beside the file.
 * @returns {Promise<{ mode: string, total: number, differences: (readonly [string | undefined, string | undefined])[], stopped: string | undefined }[]>}
 *   `stopped`: the last words of a sysdig that gave up.
 */
export async function compareMutant(command, file, modes = allModes) {
  const found = [];
  for (const mode of modes) {
    const args = ['-r', file, ...mode];
    const [theirs, ours] = await Promise.all([printedBySysdig(args), printedBy([command, 'sysdig', ...args])]);
    // Where sysdig crashed or gave up, what it had printed before counts, but for the last line.
    const stopped = theirs.status !== 0;
    const want = stopped ? theirs.lines.slice(0, -1) : theirs.lines;
    const got = stopped ? ours.lines.slice(0, want.length) : ours.lines;
    const differences = compareLines(want, got).differences.filter(([wanted]) => wanted === undefined || !theirs.unstable.has(wanted));
    found.push({ mode: mode.join(' ') || 'default', total: want.length, differences, stopped: stopped ? theirs.errors.split('\n').at(-1) : undefined });
  }
  return found;
}

/**
 * The mutant of one capture and seed, compared in every mode.
 * @param {string} command Path of `scapscope`.
 * @param {string} original Path of the capture.
 * @param {number} seed @param {number} events At most so many are taken.
 */
export async function compareSeed(command, original, seed, events) {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  try {
    const bytes = readFileSync(original);
    const { capture, how } = mutant(read(bytes.readUInt16BE(0) === 0x1f8b ? gunzipSync(bytes) : bytes), seed, events);
    const file = join(folder, 'mutant.scap');
    writeFileSync(file, write(capture));
    return { how, found: await compareMutant(command, file) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { values } = parseArgs({
      options: {
        captures: { type: 'string', default: 'kmod' },
        folder: { type: 'string', default: 'wasm/captures' },
        seeds: { type: 'string', default: '1-10' },
        events: { type: 'string', default: '20000' },
        keep: { type: 'string' },
        bin: { type: 'string' },
        show: { type: 'string', default: '3' },
        quick: { type: 'boolean', default: false },
      },
    });
    const command = values.bin ?? (await alone(buildCommand));
    const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'mutants-'));
    mkdirSync(folder, { recursive: true });
    const [from = 1, to = from] = values.seeds.split('-').map(Number);
    let [all, bad, lines] = [0, 0, 0];
    const files = readdirSync(resolve(root, values.folder)).filter((name) => new RegExp(values.captures).test(name) && /\.scap(\.gz)?\d*$/.test(name));
    for (const name of files) {
      const bytes = readFileSync(resolve(root, values.folder, name));
      const original = read(bytes.readUInt16BE(0) === 0x1f8b ? gunzipSync(bytes) : bytes);
      for (let seed = from; seed <= to; seed++) {
        const { capture, how } = mutant(original, seed, Number(values.events));
        const file = join(folder, `${basename(name).replace(/\..*$/, '')}-${seed}.scap`);
        writeFileSync(file, write(capture));
        const outcomes = await compareMutant(command, file, values.quick ? [[]] : allModes);
        const wrong = outcomes.filter(({ differences }) => differences.length > 0);
        all++;
        if (wrong.length > 0) bad++;
        for (const { total, stopped } of outcomes) {
          lines += total;
          if (stopped !== undefined) console.log(`  ${name} ${seed}: sysdig stopped after ${total} lines: ${stopped}`);
        }
        for (const { mode, differences } of wrong) {
          console.log(`✗ ${name} ${seed} ${mode}: ${differences.length} lines differ; ${how}`);
          for (const [want, got] of differences.slice(0, Number(values.show))) {
            console.log(`    sysdig    ${want ?? '(no such line)'}`);
            console.log(`    scapscope ${got ?? '(no such line)'}`);
          }
        }
        if (wrong.length === 0) rmSync(file);
      }
    }
    if (values.keep === undefined) rmSync(folder, { recursive: true });
    console.log(`${all} mutants, ${bad} differ, ${lines} lines`);
    if (bad > 0) process.exitCode = 1;
  });
}
