/** `npm run check`: what tells within a minute whether a change is sound; `npm test` is the whole gate. */
import * as checks from './checks.mjs';
import { prepareForDevelopment } from './prepare.mjs';
import { main } from './steps.mjs';

await main(async () => {
  await prepareForDevelopment();
  for (const [title, work] of /** @type {const} */ ([
    ['Lint', checks.lint],
    ['Types', checks.types],
    ['Unit tests', checks.unitTests],
    ['Rust lint', checks.clippy],
    ['Rust tests', checks.rustTests],
  ])) {
    const { failed } = await checks.report(title, work);
    if (failed > 0) process.exitCode = 1;
  }
});
