/** npm packages as the lock file names them. */
import { existsSync } from 'node:fs';
import { hashOf, unlessDone } from './stamps.mjs';
import { run, step } from './steps.mjs';

/** @returns {Promise<void>} */
export function installPackages() {
  return unlessDone({
    // Inside the folder it speaks of: both go together.
    stamp: 'node_modules/.scapscope',
    hash: () => hashOf(['package-lock.json', '.npmrc'], [process.platform, process.arch]),
    products: ['node_modules/vite'],
    work: () =>
      step('Installing npm packages', async () => {
        const npm = process.env['npm_execpath'];
        const command = npm !== undefined && existsSync(npm) ? [process.execPath, npm] : ['npm'];
        // No package here needs an install script.
        await run([...command, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
      }),
  });
}
