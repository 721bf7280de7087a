import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesUnder, hashOf, unlessDone } from './stamps.mjs';
import { root } from './steps.mjs';

/** A folder of the project, named from its root. */
let folder = '';

beforeEach(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  folder = relative(root, mkdtempSync(join(root, '.cache', 'stamps-')));
});

afterEach(() => rmSync(join(root, folder), { recursive: true }));

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  mkdirSync(join(root, folder, name, '..'), { recursive: true });
  writeFileSync(join(root, folder, name), text);
}

test('the hash changes with content, with a name and with a file, and not otherwise', () => {
  write('a.ts', 'one');
  const first = hashOf([folder]);
  write('a.ts', 'one');
  expect(hashOf([folder])).toBe(first);
  write('a.ts', 'two');
  const changed = hashOf([folder]);
  write('a.ts', '');
  write('b.ts', 'two');
  const moved = hashOf([folder]);
  expect(new Set([first, changed, moved]).size).toBe(3);
});

test('tests and results of builds are no inputs', () => {
  write('a.ts', 'one');
  const before = hashOf([folder]);
  write('a.test.ts', 'test');
  write('target/debug', 'result');
  expect(hashOf([folder])).toBe(before);
  expect(filesUnder(folder)).not.toContain(join(folder, 'target/debug'));
});

test('work is done once, and again when an input changes, a product vanishes or it failed', async () => {
  let done = 0;
  let fails = false;
  const job = {
    stamp: join(folder, 'out/stamp'),
    hash: () => hashOf([join(folder, 'in')]),
    products: [join(folder, 'out/product')],
    work: () => {
      done++;
      if (fails) return Promise.reject(new Error('it fails'));
      write('out/product', 'made');
      return Promise.resolve();
    },
  };
  write('in/a', '1');
  await unlessDone(job);
  await unlessDone(job);
  expect(done).toBe(1);
  write('in/a', '2');
  await unlessDone(job);
  expect(done).toBe(2);
  rmSync(join(root, folder, 'out/product'));
  await unlessDone(job);
  expect(done).toBe(3);
  write('in/a', '3');
  fails = true;
  await expect(unlessDone(job)).rejects.toThrow('it fails');
  fails = false;
  write('in/a', '2');
  await unlessDone(job);
  expect(done, 'what failed has not been done, whatever stands there').toBe(5);
});
