/** `npm run dev`: the page from source with live reload; a change in the engine's source rebuilds the engine. */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { bin } from './page.mjs';
import { prepareForDevelopment } from './prepare.mjs';
import { Failure, main, root } from './steps.mjs';

await main(async () => {
  await prepareForDevelopment();
  const vite = spawn(process.execPath, [bin('vite'), 'serve'], { cwd: root, stdio: 'inherit' });
  vite.on('close', (status) => process.exit(status ?? 0));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => vite.kill(signal));
  let running = false;
  let again = false;
  const rebuild = async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await prepareForDevelopment().catch((/** @type {unknown} */ error) => console.error(error instanceof Failure ? error.message : error));
    }
    running = false;
  };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  watch(join(root, 'wasm', 'crates'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void rebuild(), 200);
  });
});
