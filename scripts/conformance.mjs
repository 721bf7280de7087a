/**
 * Compares what `scapscope sysdig` prints with what sysdig prints: live, with the installed one, on classic captures;
 * with recorded text (`wasm/goldens/`) on captures of newer recorders, which the installed one cannot read right.
 * A few copies of classic captures that lost events (see `mutants.mjs`) are among the live ones.
 *
 *   node scripts/conformance.mjs [PART-OF-A-CAPTURE'S-NAME]
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { install, canInstall } from './debian.mjs';
import { buildCommand } from './engine.mjs';
import { compareSeed } from './mutants.mjs';
import { alone, attempt, Failure, main, root } from './steps.mjs';

/** Arguments compared live, and the share of lines, in per cent, that must be the same on every classic capture. */
const liveModes = [
  { name: 'default', args: [], min: 100 },
  { name: 'time -t h', args: ['-t', 'h'], min: 100 },
  { name: 'time -t a', args: ['-t', 'a'], min: 100 },
  { name: 'time -t r', args: ['-t', 'r'], min: 100 },
  { name: 'time -t d', args: ['-t', 'd'], min: 100 },
  { name: 'time -t D', args: ['-t', 'D'], min: 100 },
  { name: 'first 500', args: ['-n', '500'], min: 100 },
  { name: 'raw -x', args: ['-x', '-n', '4000'], min: 100 },
  { name: 'raw -X', args: ['-X', '-n', '4000'], min: 100 },
  { name: 'raw -A', args: ['-A', '-n', '4000'], min: 100 },
  { name: 'raw -b', args: ['-b', '-n', '4000'], min: 100 },
  { name: 'verbose -v', args: ['-v', '-n', '4000'], min: 100 },
  { name: 'stats -S', args: ['-q', '-S', '-n', '4000'], min: 100 },
];

/** The same for recorded text: kind of capture, and the share of its default lines. */
const goldenModes = [
  { name: 'default, as recorded by 0.36.0', captures: /modern-0\.36\.0/, min: 100 },
  { name: 'default, as recorded by libs 0.25.4', captures: /libs0\.25\.4/, min: 99.9 },
];

/** Captures whose copies with lost and repeated events are compared too, and the seeds of those. */
const mutantCaptures = /kmod-0\.29\.3-(default|filter-curl)|fastcgi-epipe-tcp-kmod/;
const mutantSeeds = [1, 2, 3, 4];
const mutantEvents = 4000;

const captureFolders = ['public/samples', 'wasm/captures'];
const shownDifferences = 3;

/** @typedef {{ same: number, total: number, differences: (readonly [string | undefined, string | undefined])[] }} Comparison */

/** @param {string} line */
const numberOf = (line) => Number.parseInt(line, 10);

/**
 * Lines that stand at the same event number and are identical. A missing or an extra line costs itself, not what follows.
 * @param {readonly string[]} want
 * @param {readonly string[]} got
 * @returns {Comparison}
 */
export function compareLines(want, got) {
  let same = 0;
  let i = 0;
  let j = 0;
  /** @type {Comparison['differences']} */
  const differences = [];
  while (i < want.length || j < got.length) {
    const wanted = want[i];
    const found = got[j];
    if (wanted !== undefined && wanted === found) {
      same++;
      i++;
      j++;
      continue;
    }
    const ahead = wanted === undefined || found === undefined ? 0 : numberOf(wanted) - numberOf(found);
    const extra = wanted === undefined || ahead > 0;
    const missing = found === undefined || ahead < 0;
    differences.push([extra ? undefined : wanted, missing ? undefined : found]);
    if (!extra) i++;
    if (!missing) j++;
  }
  return { same, total: Math.max(want.length, got.length), differences };
}

/** Per cent, rounded down: 100 means all. @param {Comparison} comparison */
export function share({ same, total }) {
  return total === 0 ? 100 : Math.floor((same / total) * 10_000) / 100;
}

/**
 * What a command prints; `isCut` says that it ended within the last line.
 * @param {readonly string[]} command
 * @returns {Promise<{ lines: string[], isCut: boolean, status: number, errors: string }>}
 */
export function printedBy([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const out = [];
    /** @type {Buffer[]} */
    const errors = [];
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => out.push(chunk));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const printed = Buffer.concat(out);
      resolve({
        lines: linesOf(printed),
        isCut: printed.length > 0 && printed.at(-1) !== 0x0a,
        status: status ?? 1,
        errors: Buffer.concat(errors).toString('utf8').trim(),
      });
    });
  });
}

/** Bytes, not characters, are compared. @param {Buffer} bytes */
function linesOf(bytes) {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** sysdig itself unpacks gzip alone; a number behind the name is that of a file of a ring. */
const readable = /\.scap(\.gz)?\d*$/;

/** @param {RegExp} [name] */
function captures(name = /./) {
  return captureFolders.flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file))).filter((file) => readable.test(file) && name.test(file));
}

/** @param {string} capture */
const stem = (capture) => basename(capture).replace(/\.scap(\.gz)?(\d*)$/, '$2');

/** @typedef {{ name: string, min: number, comparison: Comparison, complaint: string }} Outcome */

/**
 * @param {string} command Path of `scapscope`.
 * @param {RegExp} [only]
 * @returns {AsyncGenerator<Outcome>}
 */
async function* outcomes(command, only) {
  const classic = captures(only).filter((capture) => capture.includes('-kmod-'));
  for (const { name, args, min } of liveModes) {
    for (const capture of classic) {
      const [theirs, ours] = await Promise.all([
        printedBy(['sysdig', '-r', capture, ...args]),
        printedBy([command, 'sysdig', '-r', capture, ...args]),
      ]);
      if (theirs.status !== 0 || theirs.lines.length === 0) throw new Failure(`sysdig does not read ${capture}: ${theirs.errors}`);
      yield { name: `${name}: ${stem(capture)}`, min, comparison: compareLines(theirs.lines, ours.lines), complaint: complaintOf(ours) };
    }
  }
  for (const capture of classic.filter((file) => mutantCaptures.test(file))) {
    for (const seed of mutantSeeds) {
      const { how, found } = await compareSeed(command, join(root, capture), seed, mutantEvents);
      for (const { mode, total, differences } of found) {
        yield { name: `mutant ${seed} ${mode}: ${stem(capture)}, ${how}`, min: 100, comparison: { same: total - differences.length, total, differences }, complaint: '' };
      }
    }
  }
  for (const { name, captures: which, min } of goldenModes) {
    for (const capture of captures(only).filter((file) => which.test(file))) {
      const golden = join(root, 'wasm', 'goldens', `${stem(capture)}.default.txt.gz`);
      if (!existsSync(golden)) continue;
      const ours = await printedBy([command, 'sysdig', '-r', capture]);
      yield { name: `${name}: ${stem(capture)}`, min, comparison: compareLines(linesOf(gunzipSync(readFileSync(golden))), ours.lines), complaint: complaintOf(ours) };
    }
  }
}

/** @param {{ status: number, errors: string }} result */
const complaintOf = ({ status, errors }) => (status === 0 ? '' : `ended with ${status}: ${errors.split('\n')[0] ?? ''}`);

/**
 * @param {RegExp} [only] Captures by name.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function conformance(only) {
  if ((await attempt(['sysdig', '--version'])).status !== 0) {
    throw new Failure('Conformance needs the sysdig command, and it is not installed; on Debian: apt-get install sysdig');
  }
  const command = await alone(buildCommand);
  let passed = 0;
  let failed = 0;
  for await (const { name, min, comparison, complaint } of outcomes(command, only)) {
    const reached = share(comparison);
    const good = reached >= min && complaint === '';
    if (good) passed++;
    else failed++;
    console.log(`${good ? '✓' : '✗'} ${name}: ${reached.toFixed(2)} % of ${comparison.total} lines (at least ${min} %) ${complaint}`);
    for (const [want, got] of comparison.differences.slice(0, shownDifferences)) {
      console.log(`    sysdig    ${want ?? '(no such line)'}`);
      console.log(`    scapscope ${got ?? '(no such line)'}`);
    }
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    if (await canInstall()) await install(['sysdig']);
    const { passed, failed } = await conformance(process.argv[2] === undefined ? undefined : new RegExp(process.argv[2]));
    console.log(`${passed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  });
}
