import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heights } from './heights';

const measured = fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 20, max: 400 })), { maxLength: 40 }).map((pairs) => new Map(pairs));

it('places lines as if all heights were added up', () => {
  fc.assert(
    fc.property(measured, fc.nat(100), (map, line) => {
      const heights = new Heights(28);
      heights.set(map);
      let expected = 0;
      for (let at = 0; at < line; at += 1) expected += map.get(at) ?? 28;
      expect(heights.startOf(line)).toBe(expected);
    }),
  );
});

it('finds the line at every place, also beyond both ends', () => {
  fc.assert(
    fc.property(measured, fc.integer({ min: -50, max: 50_000 }), (map, place) => {
      const heights = new Heights(28);
      heights.set(map);
      const line = heights.lineAt(place, 100);
      if (line > 0) expect(heights.startOf(line)).toBeLessThanOrEqual(place);
      if (line < 99) expect(heights.startOf(line + 1)).toBeGreaterThan(place);
    }),
  );
});

it('knows what is news, and forgets a height that is the usual one again', () => {
  const heights = new Heights(28);
  expect(heights.set(new Map([[3, 50]]))).toBe(true);
  expect(heights.set(new Map([[3, 50]]))).toBe(false);
  expect(heights.startOf(4)).toBe(134);
  expect(heights.set(new Map([[3, 28]]))).toBe(true);
  expect(heights.startOf(4)).toBe(112);
});
