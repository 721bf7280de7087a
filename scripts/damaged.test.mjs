import { expect, test } from 'vitest';
import { printedBy } from './conformance.mjs';
import { blocksOf, damage, missing, randomOf } from './damaged.mjs';

const line = (/** @type {number} */ number) => `${number} 10:00:00.00000000${number} 0 cat (7) > open `;

test('an event that is printed there and not here is missing, whatever the numbers', () => {
  expect(missing([line(1), line(2)], [line(1), line(2).replace(/^2/, '5')])).toEqual([]);
  expect(missing([line(1), line(2)], [line(2)])).toEqual([line(1)]);
  expect(missing([line(1), line(1)], [line(1)])).toEqual([line(1)]);
  expect(missing([line(1)], [line(1).replace('(7)', '(8)')])).toEqual([line(1)]);
});

test('one seed damages in one way', () => {
  const stream = Buffer.alloc(64);
  for (const at of [0, 32]) {
    stream.writeUInt32LE(0x216, at);
    stream.writeUInt32LE(32, at + 4);
    stream.writeUInt32LE(32, at + 28);
  }
  expect(blocksOf(stream)).toEqual([[0, 32], [32, 64]]);
  const ways = new Set();
  for (let seed = 0; seed < 200; seed++) {
    const one = damage(stream, randomOf(seed));
    expect(damage(stream, randomOf(seed))).toEqual(one);
    ways.add(one.how);
  }
  expect(ways.size).toBe(15);
});

test('a line without an end is told from one with an end', async () => {
  const say = (/** @type {string} */ text) => printedBy([process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)})`]);
  expect(await say('one\ntwo')).toMatchObject({ lines: ['one', 'two'], isCut: true, status: 0 });
  expect(await say('one\ntwo\n')).toMatchObject({ lines: ['one', 'two'], isCut: false });
  expect(await say('')).toMatchObject({ lines: [], isCut: false });
});
