import { describe, expect, it } from 'vitest';
import { openFileStream } from './file-stream';
import type { Inflow } from './inflow';

const content = Uint8Array.from({ length: 1_000_003 }, (_, at) => (at * 7 + (at >> 9)) & 0xff);

/** Everything that flows in; pieces are copied, for they are only lent. */
async function drain(stream: Inflow): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

/** A file that says what `of` says, except for the stream over its slices. */
function withStream(of: File, stream: (slice: Blob) => ReadableStream<Uint8Array<ArrayBuffer>>): File {
  const slice = of.slice.bind(of);
  const file = new File([], of.name);
  return Object.defineProperties(file, {
    size: { value: of.size },
    slice: {
      value: (from: number, end: number) => {
        const part = slice(from, end);
        return Object.defineProperty(part, 'stream', { value: () => stream(part) });
      },
    },
  });
}

describe('openFileStream', () => {
  const file = new File([content], 'capture.scap');

  it('gives all bytes in order, for any size of buffer', async () => {
    for (const bufferBytes of [1000, 65_536, 4 << 20]) {
      const stream = openFileStream(file, { bufferBytes });
      expect(Buffer.compare(await drain(stream), content)).toBe(0);
      expect(stream.consumed).toBe(content.length);
    }
  });

  it('reads plainly where there are no byte streams', async () => {
    const plain = withStream(file, () => new ReadableStream());
    expect(Buffer.compare(await drain(openFileStream(plain, { bufferBytes: 70_000 })), content)).toBe(0);
  });

  it('gives up a stream that stalls, and goes on where it stood', async () => {
    let given = 0;
    const stalling = withStream(
      file,
      () =>
        new ReadableStream({
          type: 'bytes',
          pull(controller) {
            if (given > 0) return new Promise(() => undefined);
            given = 5000;
            controller.enqueue(content.slice(0, given));
            return undefined;
          },
        }),
    );
    const bytes = await drain(openFileStream(stalling, { bufferBytes: 70_000, stallMs: 30 }));
    expect(given).toBe(5000);
    expect(Buffer.compare(bytes, content)).toBe(0);
  });

  it('says that the file has changed when it ends too early', async () => {
    const short = withStream(file, () => new Blob([content.slice(0, 5000)]).stream());
    await expect(drain(openFileStream(short))).rejects.toMatchObject({ error: { kind: 'changed', name: 'capture.scap' } });
  });

  it('says that a file that could never be read is unreadable', async () => {
    const locked = withStream(file, () =>
      new ReadableStream({
        type: 'bytes',
        pull() {
          throw new DOMException('no permission', 'NotReadableError');
        },
      }),
    );
    await expect(drain(openFileStream(locked))).rejects.toMatchObject({ error: { kind: 'unreadable' } });
  });

  it('begins where it is told, and puts what is kept of the piece before ahead of the next', async () => {
    const plain = withStream(file, () => new ReadableStream());
    for (const of of [file, plain]) {
      const stream = openFileStream(of, { bufferBytes: 50_000, from: 300_007 });
      let end = 300_007;
      for (let kept = 0, piece = await stream.next(); piece !== undefined; piece = await stream.next(kept)) {
        expect(Buffer.compare(piece, content.slice(end - kept, end - kept + piece.length))).toBe(0);
        end += piece.length - kept;
        kept = Math.min(piece.length, 1234);
      }
      expect(end).toBe(content.length);
    }
  });

  it('gives nothing after it was closed', async () => {
    const stream = openFileStream(file, { bufferBytes: 1000 });
    await stream.next();
    stream.close();
    expect(await stream.next()).toBeUndefined();
  });
});
