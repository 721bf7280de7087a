/** Running commands and telling what is going on, for everything under `npm start` and `npm test`. Needs nothing installed. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that its message tells in full: shown without a stack. */
export class Failure extends Error {}

/** A command that ended with another status than 0, and what it had printed. */
export class CommandFailure extends Failure {
  /**
   * @param {string} command
   * @param {string} output
   */
  constructor(command, output) {
    super(`This command failed: ${command}\n${output.trimEnd()}`);
    this.output = output;
  }
}

/** Time since a moment of `performance.now()`. @param {number} since */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs `work`; when it is not done at once, says so at the start and at the end.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const since = performance.now();
  const quick = 300;
  const timer = setTimeout(() => console.log(`· ${title} …`), quick);
  /** @param {string} mark */
  const ended = (mark) => {
    clearTimeout(timer);
    if (performance.now() - since >= quick) console.log(`${mark} ${title}: ${seconds(since)}`);
  };
  try {
    const result = await work();
    ended('✓');
    return result;
  } catch (error) {
    ended('✗');
    throw error;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] Added to the environment; undefined removes a variable.
 * @property {boolean} [show] Passes the output on while the command runs.
 */

/**
 * Runs a command and answers with its status and what it printed, both streams together.
 * @param {readonly string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<{ status: number, output: string }>}
 */
export function attempt(command, { cwd = root, env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const [program = '', ...args] = command;
    const merged = Object.fromEntries(Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined));
    const child = spawn(program, args, { cwd, env: merged, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    for (const [from, to] of /** @type {const} */ ([[child.stdout, process.stdout], [child.stderr, process.stderr]])) {
      from.on('data', (/** @type {Buffer} */ chunk) => {
        chunks.push(chunk);
        if (show) to.write(chunk);
      });
    }
    child.on('error', (error) => resolve({ status: 127, output: error.message }));
    child.on('close', (status) => resolve({ status: status ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/**
 * Runs a command that must succeed; answers with what it printed.
 * @param {readonly string[]} command
 * @param {RunOptions} [options]
 * @throws {CommandFailure}
 */
export async function run(command, options) {
  const { status, output } = await attempt(command, options);
  if (status !== 0) throw new CommandFailure(command.join(' '), options?.show ? '' : output.slice(-8000));
  return output;
}

/** @param {number} pid */
function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Keeps two commands from building into the same folders at once: the second one waits.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(work) {
  const folder = join(root, '.cache');
  const lock = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  const take = () => {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  };
  const holder = () => {
    try {
      return Number(readFileSync(lock, 'utf8'));
    } catch {
      return 0;
    }
  };
  if (!take()) {
    await step('Waiting for another build in this folder', async () => {
      let vacant = 0;
      while (!take()) {
        const pid = holder();
        // Seen twice: the file of a process that is just starting is empty for a moment.
        vacant = pid > 0 && lives(pid) ? 0 : vacant + 1;
        if (vacant >= 2) rmSync(lock, { force: true });
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * The whole of a script: runs it, tells a failure in words and sets the exit status.
 * @param {() => Promise<void>} script
 */
export async function main(script) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Scapscope needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exitCode = 1;
    return;
  }
  try {
    await script();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
