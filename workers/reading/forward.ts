/** Reads a file that is searched from its beginning to its end, or in long stretches. */
import type { ByteSource, Origin, RawBytes } from './bytes';
import { openFileStream } from './file-stream';
import type { FileStream } from './file-stream';

/** Holds at least twice what is wanted in one go. */
const bufferBytes = 4 << 20;
/** What stands further on is not read past: another stream is opened there. */
const longestGap = 1 << 20;
/** For less than this a stream is not opened: to read it at once takes less. */
const shortestStretch = 128 << 10;

/**
 * A file that is not compressed, with a stream that brings what is wanted next: reading at once takes four times the processor time
 * (0.8 against 2.2–3.5 s for 536 MB in Chromium 156). What the stream has not brought is read at once.
 */
export class ForwardBytes implements ByteSource {
  readonly #raw: RawBytes;
  #stream: FileStream | undefined;
  /** Where `#bytes` begin in the file. */
  #from = 0;
  #bytes = new Uint8Array(0);
  /** The stream has failed: why, reading at once says. */
  #hasFailed = false;

  constructor(raw: RawBytes) {
    this.#raw = raw;
  }

  get origin(): Origin {
    return this.#raw.origin;
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const at = offset - this.#from;
    return at >= 0 && at + length <= this.#bytes.length ? this.#bytes.subarray(at, at + length) : this.#raw.read(offset, length);
  }

  /** Brings bytes in that are read next, where a stream is worth it. */
  async want(from: number, end: number): Promise<void> {
    if (this.#hasFailed || (from >= this.#from && end <= this.#end) || end - from > bufferBytes / 2) return;
    const gap = from - this.#end;
    if (this.#stream === undefined || from < this.#from || gap > longestGap) {
      this.close();
      if (end - from < shortestStretch) return;
      this.#stream = openFileStream(this.#raw.origin.file, { bufferBytes, from });
      this.#from = from;
    }
    try {
      while (this.#end < end) {
        const kept = Math.max(0, this.#end - from);
        const begun = this.#end - kept;
        const piece = await this.#stream.next(kept);
        if (piece === undefined) break;
        this.#from = begun;
        this.#bytes = piece;
      }
    } catch {
      this.#hasFailed = true;
      this.close();
    }
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#bytes = new Uint8Array(0);
  }

  get #end(): number {
    return this.#from + this.#bytes.length;
  }
}
