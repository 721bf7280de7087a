import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureBytes, RawBytes, type ReadFile } from './bytes';

/** A file whose every byte tells its place. */
const size = 700_001;
const content = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
const file = new File([content], 'capture.scap');

/** Node's files can't be read at once, so the bytes come from memory; what is tested is what lies between. */
const fromMemory: ReadFile = (_file, from, end) => content.slice(from, end).buffer;

describe('RawBytes', () => {
  it('gives any stretch in any order, and less only at the end', () => {
    const stretch = fc.tuple(fc.nat(size + 1000), fc.nat(300_000));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 30 }), (stretches) => {
        const bytes = new RawBytes(file, fromMemory);
        for (const [offset, length] of stretches) {
          expect(Buffer.compare(bytes.read(offset, length), content.slice(offset, offset + length))).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('reads neighbours of what was read lately from memory', () => {
    let reads = 0;
    const bytes = new RawBytes(file, (...args) => {
      reads++;
      return fromMemory(...args);
    });
    for (let offset = 1000; offset < 40_000; offset += 100) bytes.read(offset, 60);
    expect(reads).toBe(1);
  });

  it('reads more at a time while reads go forward', () => {
    const lengths: number[] = [];
    const bytes = new RawBytes(file, (of, from, end) => {
      lengths.push(end - from);
      return fromMemory(of, from, end);
    });
    for (let offset = 0; offset < size; offset += 1000) bytes.read(offset, 1000);
    expect(lengths.slice(0, 3)).toEqual([65_536, 131_072, 262_144]);
    expect(lengths.length).toBeLessThan(6);
  });

  it('says that a file has changed when it is shorter than it was', () => {
    const bytes = new RawBytes(file, (of, from, end) => fromMemory(of, from, end - 1));
    expect(() => bytes.read(0, 10)).toThrow(expect.objectContaining({ error: { kind: 'changed', name: 'capture.scap' } }));
  });

  it('takes a refusal to read for a change: the file could be read before', () => {
    const bytes = new RawBytes(file, () => {
      throw new DOMException('the file is not what it was', 'NotReadableError');
    });
    expect(() => bytes.read(0, 10)).toThrow(expect.objectContaining({ error: { kind: 'changed', name: 'capture.scap' } }));
  });
});

describe('CaptureBytes', () => {
  it('answers nothing for a file that can not be read, and says why once', () => {
    const all = new CaptureBytes();
    all.add(new RawBytes(file, fromMemory));
    all.add(
      new RawBytes(file, () => {
        throw new DOMException('gone', 'NotFoundError');
      }),
    );
    expect(all.read(0, 5, 3)).toEqual(content.slice(5, 8));
    expect(all.takeFailure()).toBeUndefined();
    expect(all.read(1, 5, 3)).toBeUndefined();
    expect(all.takeFailure()).toEqual({ kind: 'changed', name: 'capture.scap' });
    expect(all.takeFailure()).toBeUndefined();
  });
});
