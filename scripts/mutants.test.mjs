import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mutant, read, write } from './mutants.mjs';
import { root } from './steps.mjs';

const bytes = gunzipSync(readFileSync(join(root, 'wasm', 'captures', 'variant-kmod-0.29.3-n2000.scap.gz')));

test('a capture that is read and written is the same', () => {
  expect(write(read(bytes)).equals(bytes)).toBe(true);
});

test('a seed makes one mutant, another seed another one, and the original stays', () => {
  const original = read(bytes);
  const [first, again, other] = [7, 7, 8].map((seed) => mutant(original, seed, 1500));
  expect(first?.how).toBe(again?.how);
  expect(write(first?.capture ?? original).equals(write(again?.capture ?? original))).toBe(true);
  expect(first?.how).not.toBe(other?.how);
  expect(write(original).equals(bytes)).toBe(true);
});
