import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandAt, barHeight, barOfTop, clampTop, isScaled, maxBarHeight, maxTop, topOfBar, topToCenter, topToReveal, type ScrollScale } from './scroll-map';

const scales = fc.record({
  rows: fc.integer({ min: 1, max: 200_000_000 }),
  rowHeight: fc.constant(22),
  viewport: fc.integer({ min: 1, max: 3000 }),
});
const big: ScrollScale = { rows: 100_000_000, rowHeight: 22, viewport: 600 };

describe('mapping a scroll bar to a list', () => {
  it('never needs an element higher than browsers allow', () => {
    fc.assert(fc.property(scales, (scale) => barHeight(scale) <= maxBarHeight));
  });

  it('meets both ends exactly', () => {
    fc.assert(
      fc.property(scales, (scale) => {
        const end = Math.max(0, barHeight(scale) - scale.viewport);
        expect(topOfBar(0, scale)).toBe(0);
        expect(topOfBar(end, scale)).toBe(maxTop(scale));
        expect(barOfTop(maxTop(scale), scale)).toBe(end);
        expect(barOfTop(0, scale)).toBe(0);
      }),
    );
  });

  it('is the identity while the list fits', () => {
    const small: ScrollScale = { rows: 1000, rowHeight: 22, viewport: 600 };
    expect(isScaled(small)).toBe(false);
    fc.assert(
      fc.property(fc.double({ min: 0, max: maxTop(small), noNaN: true }), (top) => barOfTop(top, small) === top && topOfBar(top, small) === top),
    );
  });

  it('keeps the order of places', () => {
    fc.assert(
      fc.property(scales, fc.nat(maxBarHeight), fc.nat(maxBarHeight), (scale, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(topOfBar(low, scale)).toBeLessThanOrEqual(topOfBar(high, scale));
      }),
    );
  });

  it('finds a place again within one pixel of the bar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxTop(big) }), (top) => {
        const perPixel = maxTop(big) / (barHeight(big) - big.viewport);
        expect(Math.abs(topOfBar(barOfTop(top, big), big) - top)).toBeLessThanOrEqual(3 * perPixel);
      }),
    );
  });

  it('never mistakes a place near an end for the end', () => {
    expect(topOfBar(barOfTop(maxTop(big) - 22, big), big)).toBeLessThan(maxTop(big));
    expect(barOfTop(22, big)).toBeGreaterThan(0);
  });
});

describe('bringing rows into view', () => {
  it('shows all of the row and moves no more than needed', () => {
    fc.assert(
      fc.property(scales, fc.nat(), fc.nat(), (scale, rowSeed, topSeed) => {
        fc.pre(scale.viewport >= scale.rowHeight);
        const row = rowSeed % scale.rows;
        const top = clampTop(topSeed, scale);
        const next = topToReveal(row, top, scale);
        expect(row * 22).toBeGreaterThanOrEqual(next);
        expect((row + 1) * 22).toBeLessThanOrEqual(next + scale.viewport);
        if (row * 22 >= top && (row + 1) * 22 <= top + scale.viewport) expect(next).toBe(top);
      }),
    );
  });

  it('reaches the last of a hundred million rows exactly', () => {
    expect(topToReveal(99_999_999, 0, big)).toBe(maxTop(big));
    expect(maxTop(big)).toBe(100_000_000 * 22 - 600);
  });

  it('centres whole rows', () => {
    expect(topToCenter(1_000_000, 0, big) % 22).toBe(0);
    expect(topToCenter(5, 0, big)).toBe(0);
  });
});

it('a band holds the rows in view with room on both sides, and few enough to list', () => {
  fc.assert(
    fc.property(scales, fc.nat(), (scale, seed) => {
      const top = clampTop(seed * 997, scale);
      const { base, count } = bandAt(top, scale);
      const first = Math.floor(top / 22);
      const last = Math.min(scale.rows - 1, Math.floor((top + scale.viewport) / 22));
      expect(count).toBeLessThanOrEqual(4096);
      expect(base).toBeLessThanOrEqual(first);
      expect(base + count).toBeGreaterThan(last);
    }),
  );
});
