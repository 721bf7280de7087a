/**
 * Serves the page built for tests by the server that `npm start` uses: the same code, with `whenIdle()` and with
 * engines that can be made to fail.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin } from '../scripts/page.mjs';
import { prepare } from '../scripts/prepare.mjs';
import { main, root, run, step } from '../scripts/steps.mjs';

const folder = 'build/page-test';

await main(async () => {
  await prepare();
  await step('Building the page for tests', () =>
    run([process.execPath, bin('vite'), 'build', '--mode', 'test', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
      env: { NODE_ENV: 'production' },
    }),
  );
  /** @type {unknown} */
  const module = await import(pathToFileURL(join(root, 'build', 'server', 'main.js')).href);
  const { serve } = /** @type {{ serve: (options: { host: string, port: number, folder: string }) => Promise<unknown> }} */ (module);
  await serve({ host: 'localhost', port: Number(process.env['PORT']), folder: join(root, folder) });
});
