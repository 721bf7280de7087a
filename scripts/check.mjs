/**
 * `npm run check`: what tells whether a change is sound; `npm test` is the whole gate. Ends with more made-up filters than
 * that has: within a minute or two without them.
 */
import * as checks from './checks.mjs';
import { buildCommand } from './engine.mjs';
import { prepareForDevelopment } from './prepare.mjs';
import { randomFilters } from './random-filters.mjs';
import { alone, main } from './steps.mjs';

await main(async () => {
  await prepareForDevelopment();
  for (const [title, work] of /** @type {const} */ ([
    ['Lint', checks.lint],
    ['Types', checks.types],
    ['Unit tests', checks.unitTests],
    ['Rust lint', checks.clippy],
    ['Rust tests', checks.rustTests],
    ['Made-up filters beside sysdig', async () => randomFilters(await alone(buildCommand), 2000)],
  ])) {
    const { failed } = await checks.report(title, work);
    if (failed > 0) process.exitCode = 1;
  }
});
