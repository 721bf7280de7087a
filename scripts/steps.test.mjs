import { expect, test } from 'vitest';
import { attempt, CommandFailure, Failure, run } from './steps.mjs';

const node = process.execPath;

test('a command is answered with its status and both its streams', async () => {
  const { status, output } = await attempt([node, '-e', 'console.log("out"); console.error("err"); process.exit(3)']);
  expect(status).toBe(3);
  expect(output).toContain('out');
  expect(output).toContain('err');
});

test('a command that does not exist fails and does not throw', async () => {
  expect((await attempt(['no-such-command-anywhere'])).status).not.toBe(0);
});

test('a command ended by a signal has failed', async () => {
  expect((await attempt([node, '-e', 'process.kill(process.pid)'])).status).not.toBe(0);
});

test('a command that must succeed tells what it printed when it does not', async () => {
  const failure = await run([node, '-e', 'console.error("why"); process.exit(1)']).catch((/** @type {unknown} */ error) => error);
  expect(failure).toBeInstanceOf(CommandFailure);
  expect(failure).toBeInstanceOf(Failure);
  expect(String(failure)).toContain('why');
});

test('a variable can be set and taken away', async () => {
  const script = 'console.log(process.env.ADDED, "HOME" in process.env)';
  expect(await run([node, '-e', script], { env: { ADDED: 'yes', HOME: undefined } })).toBe('yes false\n');
});
