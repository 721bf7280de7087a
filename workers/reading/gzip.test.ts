import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadEngine, type Engine } from '../engine';
import { InflatedBytes, type ReadFile } from './bytes';
import { InflatedInflow, LocalInflating } from './gzip';

const sample = readFileSync('public/samples/php-fpm-statsd-kmod-0.29.3.scap.gz');
const inflated = gunzipSync(sample);

let engine: Engine;

beforeAll(async () => {
  engine = await loadEngine(await WebAssembly.compile(readFileSync('wasm/pkg/web_bg.wasm')));
});

const fileOf = (bytes: Uint8Array<ArrayBuffer>): File => new File([bytes], 'capture.scap.gz');
const readFrom =
  (bytes: Uint8Array): ReadFile =>
  (_file, from, end) =>
    new Uint8Array(bytes.subarray(from, end)).buffer;

/** Everything inflated, with what was noted on the way. */
async function inflate(bytes: Uint8Array<ArrayBuffer>) {
  const file = fileOf(bytes);
  const again = new InflatedBytes(file, engine.createPackedBytes(), { readFile: readFrom(bytes) });
  const inflow = new InflatedInflow(again, new LocalInflating(file, engine.createInflater()));
  const pieces: Uint8Array[] = [];
  for (let piece = await inflow.next(); piece !== undefined; piece = await inflow.next()) pieces.push(piece.slice());
  inflow.close();
  return { stream: Buffer.concat(pieces), again, damages: inflow.takeDamages(), consumed: inflow.consumed };
}

describe('inflating', () => {
  it('gives the bytes that zlib gives', async () => {
    const { stream, damages, consumed } = await inflate(new Uint8Array(sample));
    expect(stream.equals(inflated)).toBe(true);
    expect(damages).toEqual([]);
    expect(consumed).toBe(sample.length);
  });

  it('goes on through several members', async () => {
    const { stream } = await inflate(new Uint8Array(Buffer.concat([sample, gzipSync(Buffer.from('and more'))])));
    expect(stream.length).toBe(inflated.length + 8);
    expect(stream.subarray(-8).toString()).toBe('and more');
  });

  it('keeps what a cut file gave, and says where it ends', async () => {
    const { stream, damages } = await inflate(new Uint8Array(sample.subarray(0, 700_000)));
    expect(stream.length).toBeGreaterThan(1_000_000);
    expect(stream.equals(inflated.subarray(0, stream.length))).toBe(true);
    expect(damages).toMatchObject([{ kind: 'truncated', block: 'gzip member', offset: stream.length }]);
  });

  it('expands what is hardly anything when packed', async () => {
    const zeros = Buffer.alloc(40 << 20);
    const { stream } = await inflate(new Uint8Array(gzipSync(zeros)));
    expect(stream.equals(zeros)).toBe(true);
  });
});

describe('InflatedBytes', () => {
  it('gives any stretch again, in any order', async () => {
    const { again } = await inflate(new Uint8Array(sample));
    const stretch = fc.tuple(fc.nat(inflated.length), fc.nat(100_000));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 8 }), (stretches) => {
        for (const [offset, length] of stretches) {
          const expected = inflated.subarray(offset, offset + length);
          expect(Buffer.compare(again.read(offset, length), expected)).toBe(0);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same to who reads forward', async () => {
    const { stream, again } = await inflate(new Uint8Array(sample));
    const packed = engine.createPackedBytes();
    packed.addPoints(again.origin.points ?? new Uint8Array(0));
    const forward = new InflatedBytes(fileOf(new Uint8Array(sample)), packed, { readFile: readFrom(sample), isForward: true });
    for (let offset = 0; offset < stream.length; offset += 300_000) {
      expect(Buffer.compare(forward.read(offset, 300_100), stream.subarray(offset, offset + 300_100))).toBe(0);
    }
    packed.free();
  });

  it('says that the file has changed when it can not be read again', async () => {
    const { again } = await inflate(new Uint8Array(sample));
    const packed = engine.createPackedBytes();
    const gone = new InflatedBytes(fileOf(new Uint8Array(sample)), packed, {
      readFile: () => {
        throw new DOMException('gone', 'NotFoundError');
      },
    });
    expect(() => gone.read(5_000_000, 10)).toThrow(expect.objectContaining({ error: { kind: 'changed', name: 'capture.scap.gz' } }));
    expect(again.read(5_000_000, 10)).toHaveLength(10);
  });
});
