/** The checks of `npm test` and `npm run check`. Each runs to its end and answers with counts and what there is to read. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from './page.mjs';
import { nativeToolchain } from './rust.mjs';
import { attempt, Failure, root, seconds } from './steps.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */
/** @typedef {Counts & { output: string }} Result */

const workspace = join(root, 'wasm');
const node = process.execPath;
/** What they print goes to files and logs too. */
const uncoloured = { FORCE_COLOR: undefined, NO_COLOR: '1', CARGO_TERM_COLOR: 'never' };

/**
 * A check without tests of its own: nothing when it passes, one failure when it does not.
 * @param {readonly string[]} command
 * @param {import('./steps.mjs').RunOptions} [options]
 * @returns {Promise<Result>}
 */
async function plain(command, options) {
  const { status, output } = await attempt(command, { ...options, env: { ...uncoloured, ...options?.env } });
  return { passed: 0, failed: status === 0 ? 0 : 1, output: status === 0 ? '' : output };
}

export const lint = () => plain([node, bin('eslint'), '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint/', '.']);

export const types = () => plain([node, bin('typescript', 'tsc'), '--build']);

export async function clippy() {
  const { cargo, env } = await nativeToolchain();
  return plain([cargo, 'clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings'], { cwd: workspace, env });
}

/** @returns {Promise<Result>} */
export async function rustTests() {
  const { cargo, env } = await nativeToolchain();
  const command = [cargo, 'test', '--locked', '--workspace', '--exclude', 'xtask', '--no-fail-fast', '--', '--quiet'];
  const { status, output } = await attempt(command, { cwd: workspace, env: { ...uncoloured, ...env } });
  let passed = 0;
  let failed = 0;
  for (const [, good, bad] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
    passed += Number(good);
    failed += Number(bad);
  }
  return { passed, failed: settled(status, passed, failed), output: status === 0 ? '' : output };
}

/** @returns {Promise<Result>} */
export async function unitTests() {
  const report = freshReport('vitest.json');
  const { status, output } = await attempt([node, bin('vitest'), 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], { env: uncoloured });
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } =
    /** @type {{ numPassedTests?: number, numFailedTests?: number }} */ (readReport(report));
  return { passed, failed: settled(status, passed, failed), output: status === 0 ? '' : output };
}

/** @returns {Promise<Result>} */
export async function journeys() {
  const report = freshReport('playwright.json');
  // Shown while they run: they take the longest.
  const { status } = await attempt([node, bin('@playwright/test', 'playwright'), 'test', '--reporter=list,json'], {
    env: { ...uncoloured, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    show: true,
  });
  const { stats = {} } = /** @type {{ stats?: { expected?: number, unexpected?: number, flaky?: number } }} */ (readReport(report));
  const passed = stats.expected ?? 0;
  const failed = (stats.unexpected ?? 0) + (stats.flaky ?? 0);
  return { passed, failed: settled(status, passed, failed), output: '' };
}

/**
 * A runner that failed without a failed test, or found no test at all, has failed once.
 * @param {number} status
 * @param {number} passed
 * @param {number} failed
 */
function settled(status, passed, failed) {
  return failed === 0 && (status !== 0 || passed === 0) ? 1 : failed;
}

/** @param {string} name */
function freshReport(name) {
  const folder = join(root, '.cache', 'reports');
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, name), { force: true });
  return join(folder, name);
}

/**
 * A runner that died wrote none.
 * @param {string} file
 * @returns {unknown}
 */
function readReport(file) {
  try {
    return /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * Runs one check, prints what it found and answers with its counts. What it throws is one failure: the others still run.
 * @param {string} title
 * @param {() => Promise<Counts & { output?: string }>} work
 * @returns {Promise<Counts>}
 */
export async function report(title, work) {
  const since = performance.now();
  console.log(`· ${title} …`);
  try {
    const { passed, failed, output = '' } = await work();
    if (output !== '') console.log(output.trimEnd());
    console.log(`${failed === 0 ? '✓' : '✗'} ${title}: ${passed + failed === 0 ? '' : `${passed} passed, ${failed} failed, `}${seconds(since)}`);
    return { passed, failed };
  } catch (error) {
    console.log(error instanceof Failure ? error.message : error);
    console.log(`✗ ${title}: could not be run, ${seconds(since)}`);
    return { passed: 0, failed: 1 };
  }
}
