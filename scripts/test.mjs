/** `npm test`: the whole gate, from a fresh clone. Ends with one line of counts. */
import { existsSync } from 'node:fs';
import { checkBudgets } from './budgets.mjs';
import * as checks from './checks.mjs';
import { conformance } from './conformance.mjs';
import { canInstall, install } from './debian.mjs';
import { buildCommand } from './engine.mjs';
import { prepare } from './prepare.mjs';
import { alone, attempt, Failure, main } from './steps.mjs';

/** @type {checks.Counts} */
const total = { passed: 0, failed: 0 };

/**
 * @param {string} title
 * @param {() => Promise<checks.Counts & { output?: string }>} work
 */
async function check(title, work) {
  const { passed, failed } = await checks.report(title, work);
  total.passed += passed;
  total.failed += failed;
}

/** What the tests use and the product does not. */
async function installPeers() {
  const wanted = [];
  if ((await attempt(['sysdig', '--version'])).status !== 0) wanted.push('sysdig');
  const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(chromium)) {
    if (process.env['CHROMIUM_PATH'] !== undefined) throw new Failure(`CHROMIUM_PATH is ${chromium}, and there is no such file.`);
    wanted.push('chromium');
  }
  // Elsewhere the checks that need them say what is missing; Playwright may have a browser of its own.
  if (wanted.length > 0 && (await canInstall())) await install(wanted);
}

await main(async () => {
  await check('Setting up', async () => {
    await Promise.all([installPeers(), prepare()]);
    return { passed: 0, failed: 0 };
  });
  // Compilers on one lane, Node on the other: the two cores stay busy and the output of each check stays together.
  await Promise.all([
    (async () => {
      await check('Command', async () => {
        await alone(buildCommand);
        return { passed: 0, failed: 0 };
      });
      await check('Rust lint', checks.clippy);
      await check('Rust tests', checks.rustTests);
    })(),
    (async () => {
      await check('Lint', checks.lint);
      await check('Types', checks.types);
      await check('Unit tests', checks.unitTests);
    })(),
  ]);
  await check('Conformance with sysdig', () => conformance());
  await check('Journeys in Chromium', checks.journeys);
  await check('Budgets', checkBudgets);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
});
