/** `npm run check`: what tells within a minute whether a change is sound; `npm test` is the whole gate. */
import * as checks from './checks.mjs';
import { prepareForDevelopment } from './prepare.mjs';
import { main, step } from './steps.mjs';

await main(async () => {
  await prepareForDevelopment();
  for (const [title, work] of /** @type {const} */ ([
    ['Lint', checks.lint],
    ['Types', checks.types],
    ['Unit tests', checks.unitTests],
    ['Rust lint', checks.clippy],
    ['Rust tests', checks.rustTests],
  ])) {
    const { passed, failed, output } = await step(title, work);
    if (output !== '') console.log(output.trimEnd());
    console.log(`${failed === 0 ? '✓' : '✗'} ${title}${passed + failed === 0 ? '' : `: ${passed} passed, ${failed} failed`}.`);
    if (failed > 0) process.exitCode = 1;
  }
});
