/**
 * Made-up filters over the fields that sysdig 0.29.3 knows: `scapscope sysdig` and the installed sysdig select the same
 * events. The same seed makes the same filters. What differs is cut down to the smallest filter that still does.
 *
 *   node scripts/random-filters.mjs COUNT [SEED]
 *
 * sysdig runs with `-d`: without it, it drops the effects of events that it rejects.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, canInstall } from './debian.mjs';
import { buildCommand } from './engine.mjs';
import { alone, main, root } from './steps.mjs';

/** Recorded by 0.29.3, which reads them right. */
const captures = [
  'wasm/captures/variant-kmod-0.29.3-default.scap.gz',
  'wasm/captures/fastcgi-nginx-ok-kmod-0.29.3.scap.gz',
  'public/samples/fastcgi-epipe-kmod-0.29.3.scap.gz',
];

/**
 * Not asked: what depends on when it is asked, what sysdig answers from memory that it never wrote, and comparisons that
 * end it (`docs/differences.md` has the reasons).
 */
const left = /^(evt\.(around|deltatime|arg|rawarg|type\.is|time|datetime|outputtime|count|rawtime|plugininfo)|util\.|thread\.(cpu|cgroup)|proc\.(fdusage|apid|args|env)$|container\.(mount|healthcheck|liveness|readiness)|k8s\.|mesos\.|marathon\.|span\.|evtin\.|fdlist\.|jevt\.)/;

/** @typedef {{ name: string, type: string }} Field */
/** @typedef {{ kind: 'check', field: string, operator: string, value: string } | { kind: 'not', part: Tree } | { kind: 'and' | 'or', parts: Tree[] }} Tree */

const numbers = /^(U?INT\d+|PID|FD|ERRNO|RELTIME|ABSTIME|FLAGS\d*|UID|GID)$/;

/** @returns {Field[]} */
function classicFields() {
  const rows = readFileSync(join(root, 'wasm/crates/filter/data/fields.tsv'), 'utf8').split('\n');
  return rows
    .filter((row) => row !== '' && !row.startsWith('#'))
    .map((row) => row.split('\t'))
    .filter(([name = '', , , argument, , , classic = '-']) => classic !== '-' && argument === 'none' && !left.test(name))
    .map(([name = '', , , , , , type = '']) => ({ name, type }));
}

/** Repeatable numbers (mulberry32). @param {number} seed */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** @param {(below: number) => number} random @param {readonly string[]} list */
const pick = (random, list) => list[random(list.length)] ?? '';

/** A value in quotes that every release reads alike. @param {string} text */
function quoted(text) {
  // The text is bytes: a letter each.
  const escaped = text.split('').map((c) => (/[ !#-&(-[\]-~]/.test(c) ? c : `\\x${(c.codePointAt(0) ?? 0).toString(16).padStart(2, '0').slice(-2)}`));
  return `"${escaped.join('')}"`;
}

/**
 * @param {(below: number) => number} random
 * @param {readonly Field[]} fields
 * @param {ReadonlyMap<string, readonly string[]>} values What sysdig prints for each field.
 * @returns {Tree}
 */
function check(random, fields, values) {
  const field = fields[random(fields.length)] ?? { name: 'evt.num', type: 'UINT64' };
  const seen = values.get(field.name) ?? [];
  const value = () => (seen.length > 0 && random(6) > 0 ? pick(random, seen) : '');
  const made = (/** @type {string} */ operator, /** @type {string} */ text) => /** @type {Tree} */ ({ kind: 'check', field: field.name, operator, value: text });
  const isAddress = /^IP|^PORT$/.test(field.type);
  if (random(9) === 0 && !isAddress) return made('exists', '');
  if (field.type === 'BOOL') return made(pick(random, ['=', '!=']), pick(random, ['true', 'false']));
  if (field.type === 'PORT') return made(pick(random, ['=', '!=', '<', '<=', '>', '>=']), String(/^\d+$/.test(value()) ? value() || random(65_536) : random(65_536)));
  if (field.type === 'IPADDR') return made(pick(random, ['=', '!=']), pick(random, ['127.0.0.1', '0.0.0.0', '::1', '10.0.2.2', ...seen.filter((text) => /^[\d.]+$|:/.test(text))]));
  if (field.type === 'IPNET') return made(pick(random, ['=', '!=']), pick(random, ['127.0.0.0/8', '0.0.0.0/0', '10.0.0.0/8', '192.168.0.0/16']));
  if (numbers.test(field.type)) {
    const number = () => (/^-?\d{1,15}$/.test(value()) ? pick(random, seen.filter((text) => /^-?\d{1,15}$/.test(text))) : String(random(2000)));
    if (random(5) === 0) return made('in', `(${Array.from({ length: 1 + random(3) }, number).join(', ')})`);
    return made(pick(random, ['=', '!=', '<', '<=', '>', '>=']), number());
  }
  if (field.type === 'BYTEBUF') return made(pick(random, ['contains', 'startswith', 'endswith', '=']), quoted(pick(random, ['HTTP', 'GET', 'a', '\n'])));
  if (field.name === 'evt.type') {
    const type = () => pick(random, seen.length > 0 ? seen : ['open', 'read']);
    return random(3) === 0 ? made('in', `(${type()}, ${type()})`) : made(pick(random, ['=', '!=', 'contains']), type());
  }
  const text = value();
  const part = text.slice(random(text.length + 1)).slice(0, 1 + random(12));
  switch (random(9)) {
    case 0:
      return made('in', `(${[text, value()].map(quoted).join(', ')})`);
    case 1:
      return made('glob', quoted(`${part.replace(/[[\]\\]/g, '?')}*`));
    case 2:
      return made('pmatch', `(${[text, '/etc', '/usr/lib'].filter((path) => path !== '').map(quoted).join(', ')})`);
    case 3:
      return made(pick(random, ['<', '<=', '>', '>=']), quoted(text));
    case 4:
      return made('startswith', quoted(text.slice(0, 1 + random(8))));
    case 5:
      return made('endswith', quoted(text.slice(-1 - random(8))));
    case 6:
      return made(pick(random, ['contains', 'icontains']), quoted(part));
    default:
      return made(pick(random, ['=', '!=']), quoted(text));
  }
}

/**
 * @param {(below: number) => number} random
 * @param {readonly Field[]} fields
 * @param {ReadonlyMap<string, readonly string[]>} values
 * @param {number} depth
 * @returns {Tree}
 */
function tree(random, fields, values, depth) {
  const shape = depth === 0 ? 0 : random(7);
  if (shape < 3) return check(random, fields, values);
  if (shape === 3) return { kind: 'not', part: tree(random, fields, values, depth - 1) };
  const parts = Array.from({ length: 2 + random(2) }, () => tree(random, fields, values, depth - 1));
  return { kind: shape === 4 ? 'or' : 'and', parts };
}

/** @param {Tree} filter @returns {string} */
function text(filter) {
  switch (filter.kind) {
    case 'check':
      return `${filter.field} ${filter.operator}${filter.value === '' ? '' : ` ${filter.value}`}`;
    case 'not':
      return `not (${text(filter.part)})`;
    default:
      return filter.parts.map((part) => (part.kind === 'check' ? text(part) : `(${text(part)})`)).join(` ${filter.kind} `);
  }
}

/** What is left of a filter when something is taken out of it. @param {Tree} filter @returns {Tree[]} */
function smaller(filter) {
  if (filter.kind === 'check') return [];
  if (filter.kind === 'not') return [filter.part, ...smaller(filter.part).map((part) => /** @type {Tree} */ ({ kind: 'not', part }))];
  const { kind, parts } = filter;
  const without = parts.length > 2 ? parts.map((_, at) => /** @type {Tree} */ ({ kind, parts: parts.filter((__, other) => other !== at) })) : [];
  const inside = parts.flatMap((part, at) => smaller(part).map((less) => /** @type {Tree} */ ({ kind, parts: parts.map((same, other) => (other === at ? less : same)) })));
  return [...parts, ...without, ...inside];
}

/** @typedef {{ status: number, count: number, hash: string, first: string, errors: string }} Selected */

/** Runs a command; what it prints is hashed as it comes. @param {readonly string[]} command @returns {Promise<Selected>} */
function selectedBy([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'pipe'] });
    const hash = createHash('sha256');
    let count = 0;
    let first = '';
    let errors = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      if (first === '') first = chunk.toString('latin1', 0, 20).split('\n')[0] ?? '';
      hash.update(chunk);
      for (const byte of chunk) if (byte === 10) count++;
    });
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (errors += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, count, hash: hash.digest('hex'), first, errors: errors.trim() }));
  });
}

/** Values that sysdig prints for each field, the ones seen in any capture. @param {readonly Field[]} fields */
async function valuesOf(fields) {
  /** @type {Map<string, Set<string>>} */
  const values = new Map();
  const printable = fields.filter(({ type, name }) => !/^IPNET$|^BYTEBUF$/.test(type) && !/^fd\.(ip|port|net|proto)$/.test(name));
  for (const capture of captures) {
    for (let from = 0; from < printable.length; from += 24) {
      const some = printable.slice(from, from + 24);
      const child = spawn('sysdig', ['-r', capture, '-n', '4000', '-p', `*${some.map(({ name }) => `%${name}`).join('\x01')}`], { cwd: root, env: { ...process.env, TZ: 'UTC' } });
      let out = '';
      child.stdout.on('data', (/** @type {Buffer} */ chunk) => (out += chunk.toString('latin1')));
      await new Promise((resolve) => child.on('close', resolve));
      for (const line of out.split('\n')) {
        const parts = line.split('\x01');
        if (parts.length !== some.length) continue;
        for (const [at, { name }] of some.entries()) {
          const value = parts[at] ?? '';
          const known = values.get(name) ?? new Set();
          if (value !== '' && value !== '<NA>' && value.length <= 60 && known.size < 200) values.set(name, known.add(value));
        }
      }
    }
  }
  return new Map([...values].map(([name, known]) => [name, [...known].sort()]));
}

/**
 * @param {string} command Path of `scapscope`.
 * @param {number} count Filters, each asked of one capture after the other in turn.
 * @param {number} seed
 * @returns {Promise<{ passed: number, failed: number, selecting: number }>}
 */
export async function randomFilters(command, count, seed = 1) {
  const fields = classicFields();
  const values = await valuesOf(fields);
  const random = randomFrom(seed);
  let failed = 0;
  let selecting = 0;
  /** @param {string} capture @param {Tree} filter @returns {Promise<string>} What differs, or ''. */
  const difference = async (capture, filter) => {
    const args = ['-r', capture, '-p', '%evt.num', text(filter)];
    const [theirs, ours] = await Promise.all([selectedBy(['sysdig', '-d', ...args]), selectedBy([command, 'sysdig', ...args])]);
    // What ends sysdig is no judge.
    if (theirs.status !== 0) return '';
    selecting += theirs.count > 0 ? 1 : 0;
    if (ours.status === 0 && ours.hash === theirs.hash) return '';
    return `sysdig ${theirs.count} from ${theirs.first}, scapscope ${ours.status === 0 ? `${ours.count} from ${ours.first}` : ours.errors.split('\n')[0]}`;
  };
  const filters = Array.from({ length: count }, () => tree(random, fields, values, 3));
  let next = 0;
  const lane = async () => {
    for (let filter = filters[next++]; filter !== undefined; filter = filters[next++]) {
      for (const capture of captures) {
        let told = await difference(capture, filter);
        if (told === '') continue;
        failed++;
        let smallest = filter;
        for (let goesOn = true; goesOn; ) {
          goesOn = false;
          for (const less of smaller(smallest)) {
            const still = await difference(capture, less);
            if (still === '') continue;
            smallest = less;
            told = still;
            goesOn = true;
            break;
          }
        }
        console.log(`✗ ${capture}: ${text(smallest)}\n    ${told}`);
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return { passed: count - failed, failed, selecting };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    if (await canInstall()) await install(['sysdig']);
    const command = process.env['SCAPSCOPE'] ?? (await alone(buildCommand));
    const { passed, failed, selecting } = await randomFilters(command, Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 1));
    console.log(`${passed} passed, ${failed} failed; ${selecting} answers with events in them`);
    if (failed > 0) process.exitCode = 1;
  });
}
