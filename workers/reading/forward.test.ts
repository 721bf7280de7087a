import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawBytes } from './bytes';
import { ForwardBytes } from './forward';

const size = 9_000_001;
const content = Uint8Array.from({ length: size }, (_, at) => (at * 13 + (at >> 10)) & 0xff);
const file = new File([content], 'capture.scap');

/** Bytes of a file, and how many of them were read at once. */
function forward(of: File): { readonly bytes: ForwardBytes; readonly atOnce: () => number } {
  let read = 0;
  const raw = new RawBytes(of, (_file, from, end) => {
    read += end - from;
    return content.slice(from, end).buffer;
  });
  return { bytes: new ForwardBytes(raw), atOnce: () => read };
}

const isSame = (bytes: Uint8Array, from: number, end: number): boolean => Buffer.compare(bytes, content.slice(from, end)) === 0;

describe('ForwardBytes', () => {
  it('gives any bytes, wanted before or not, forward and back', async () => {
    const stretch = fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 3_000_000 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { maxLength: 6 }), async (stretches) => {
        const { bytes } = forward(file);
        for (const [from, length, isWanted] of stretches) {
          const end = Math.min(size, from + length);
          if (isWanted) await bytes.want(from, end);
          expect(isSame(bytes.read(from, end - from), from, end)).toBe(true);
        }
        bytes.close();
      }),
      { numRuns: 20 },
    );
  });

  it('streams what is wanted one after the other', async () => {
    const { bytes, atOnce } = forward(file);
    for (let from = 0; from < size; from += 200_000) {
      const end = Math.min(size, from + 190_000);
      await bytes.want(from, end);
      expect(isSame(bytes.read(from, end - from), from, end)).toBe(true);
    }
    expect(atOnce()).toBe(0);
    bytes.close();
  });

  it('reads a few bytes far away at once', async () => {
    const { bytes, atOnce } = forward(file);
    await bytes.want(8_000_000, 8_000_100);
    expect(isSame(bytes.read(8_000_000, 100), 8_000_000, 8_000_100)).toBe(true);
    expect(atOnce()).toBeGreaterThan(0);
  });

  it('reads at once when the stream fails', async () => {
    const broken = Object.defineProperty(new File([content], 'capture.scap'), 'slice', {
      value: () => ({
        stream: () =>
          new ReadableStream({
            type: 'bytes',
            pull() {
              throw new DOMException('gone', 'NotReadableError');
            },
          }),
      }),
    });
    const { bytes, atOnce } = forward(broken);
    await bytes.want(0, 1_000_000);
    expect(isSame(bytes.read(0, 1_000_000), 0, 1_000_000)).toBe(true);
    expect(atOnce()).toBeGreaterThan(0);
  });
});
