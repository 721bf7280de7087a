import { expect, test } from 'vitest';
import { compareLines, share } from './conformance.mjs';

const three = ['1 a', '2 b', '3 c'];

test('identical lines are all the same', () => {
  expect(compareLines(three, three)).toEqual({ same: 3, total: 3, differences: [] });
});

test('a changed line is one difference', () => {
  expect(compareLines(three, ['1 a', '2 x', '3 c'])).toEqual({ same: 2, total: 3, differences: [['2 b', '2 x']] });
});

test('a missing line does not spoil those after it', () => {
  expect(compareLines(three, ['1 a', '3 c'])).toEqual({ same: 2, total: 3, differences: [['2 b', undefined]] });
});

test('an extra line does not spoil those after it, and lowers the share', () => {
  const comparison = compareLines(['1 a', '3 c'], three);
  expect(comparison).toEqual({ same: 2, total: 3, differences: [[undefined, '2 b']] });
  expect(share(comparison)).toBe(66.66);
});

test('nothing printed is nothing right', () => {
  expect(share(compareLines(three, []))).toBe(0);
});

test('a number that goes back, as at a new section, is compared in place', () => {
  expect(compareLines(['1 a', '2 b', '1 c'], ['1 a', '2 b', '1 x']).differences).toEqual([['1 c', '1 x']]);
});

test('one line of a hundred thousand is not rounded away', () => {
  expect(share({ same: 99_999, total: 100_000, differences: [] })).toBeLessThan(100);
});
