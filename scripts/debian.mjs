/** Packages of the system, on Debian and its kin, where this process may install them. */
import { attempt, run, step } from './steps.mjs';

/** Whether `apt-get install` can be tried at all. */
export async function canInstall() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return (await attempt(['apt-get', '--version'])).status === 0;
}

/** @param {readonly string[]} packages */
export async function missing(packages) {
  const states = await Promise.all(
    packages.map((name) => attempt(['dpkg-query', '--show', '--showformat=${db:Status-Status}', name])),
  );
  return packages.filter((_, i) => states[i]?.output !== 'installed');
}

/** @type {Promise<unknown>} */
let lastInstall = Promise.resolve();

/**
 * Installs what is not there yet; one call at a time, as apt itself wants it.
 * @param {readonly string[]} packages
 * @throws {import('./steps.mjs').CommandFailure}
 */
export function install(packages) {
  const mine = lastInstall.then(async () => {
    const wanted = await missing(packages);
    if (wanted.length === 0) return;
    await step(`Installing ${wanted.join(', ')} with apt-get`, async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      await run(['apt-get', 'update', '-qq'], { env });
      await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...wanted], { env });
    });
  });
  lastInstall = mine.catch(() => undefined);
  return mine;
}
