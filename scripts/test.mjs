/** `npm test`: the whole gate, from a fresh clone. Ends with one line of counts. */
import { existsSync } from 'node:fs';
import { checkBudgets } from './budgets.mjs';
import * as checks from './checks.mjs';
import { conformance } from './conformance.mjs';
import { damaged } from './damaged.mjs';
import { checkConversations } from './conversation-truth.mjs';
import { canInstall, install } from './debian.mjs';
import { buildCommand } from './engine.mjs';
import { checkModule } from './module.mjs';
import { prepare } from './prepare.mjs';
import { randomFilters } from './random-filters.mjs';
import { alone, Failure, main } from './steps.mjs';

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

/** What the tests use and the product does not. A variable says where else it is. */
const peers = [
  { name: 'sysdig', program: '/usr/bin/sysdig' },
  { name: 'chromium', program: '/usr/bin/chromium', variable: 'CHROMIUM_PATH' },
  { name: 'firefox-esr', program: '/usr/bin/firefox-esr', variable: 'FIREFOX_PATH' },
];

async function installPeers() {
  const wanted = peers.flatMap(({ name, program, variable }) => {
    const elsewhere = variable === undefined ? undefined : process.env[variable];
    if (elsewhere !== undefined && !existsSync(elsewhere)) throw new Failure(`${variable} is ${elsewhere}, and there is no such file.`);
    return elsewhere === undefined && !existsSync(program) ? [name] : [];
  });
  // Where nothing can be installed, the checks that need them say what is missing.
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
  await check('Damaged copies beside sysdig', () => damaged(60, 1));
  await check('Made-up filters beside sysdig', async () => randomFilters(await alone(buildCommand), 200));
  await check('Conversations by arithmetic', async () => checkConversations(await alone(buildCommand)));
  await check('The module beside the command', checkModule);
  await check('Journeys in browsers', checks.journeys);
  await check('Budgets', checkBudgets);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
});
