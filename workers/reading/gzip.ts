/** Reads gzip files: inflates them as they stream in, and keeps restart points for reading any of their bytes again. */
import type { DamageReport } from '../protocol';
import type { InflatedBytes } from './bytes';
import { openFileStream } from './file-stream';
import type { CaptureInflow, Inflow } from './inflow';

/** The engine's inflater, fed in pieces. */
export interface Inflater {
  /** Takes the next bytes of the file. */
  push(packed: Uint8Array<ArrayBuffer>): void;
  /** Fills `into`, or less when what was pushed gives no more; with `isEnd`, what was pushed is all there is. */
  pull(into: Uint8Array<ArrayBuffer>, isEnd: boolean): number;
  /** Restart points passed since it was last asked. */
  takePoints(): Uint8Array<ArrayBuffer>;
  /** What was wrong with the packing since it was last asked. */
  takeDamages(): readonly DamageReport[];
  free(): void;
}

/** A stretch of inflated bytes, and what was noted on the way. */
export interface InflatedPiece {
  /** The buffer that was given, filled up to `length`. */
  readonly buffer: ArrayBuffer;
  /** 0 at the end of the file. */
  readonly length: number;
  /** Bytes of the file that were read for it so far. */
  readonly consumed: number;
  readonly points: Uint8Array<ArrayBuffer>;
  readonly damages: readonly DamageReport[];
}

/** Fills buffers with the inflated bytes of one file, in order. */
export interface Inflating {
  /** Takes a buffer over and gives it back filled. Calls may overlap; they are answered in order. */
  fill(buffer: ArrayBuffer): Promise<InflatedPiece>;
  close(): void;
}

/** Inflates on the thread it is called on. */
export class LocalInflating implements Inflating {
  readonly #stream: Inflow;
  readonly #inflater: Inflater;
  #queue: Promise<unknown> = Promise.resolve();
  #hasEnded = false;
  #isClosed = false;

  constructor(file: File, inflater: Inflater) {
    // Compressed bytes come far slower than they are inflated: small pieces let the first rows show sooner.
    this.#stream = openFileStream(file, { bufferBytes: 1 << 20 });
    this.#inflater = inflater;
  }

  fill(buffer: ArrayBuffer): Promise<InflatedPiece> {
    const filled = this.#queue.then(() => this.#fillNow(buffer));
    this.#queue = filled.catch(() => undefined);
    return filled;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream.close();
    this.#inflater.free();
  }

  async #fillNow(buffer: ArrayBuffer): Promise<InflatedPiece> {
    const into = new Uint8Array(buffer);
    const inflater = this.#inflater;
    const isClosed = (): boolean => this.#isClosed;
    let length = isClosed() ? 0 : inflater.pull(into, this.#hasEnded);
    while (length < into.length && !this.#hasEnded && !isClosed()) {
      const packed = await this.#stream.next();
      if (isClosed()) break;
      if (packed === undefined) this.#hasEnded = true;
      else inflater.push(packed);
      length += inflater.pull(into.subarray(length), this.#hasEnded);
    }
    const { consumed } = this.#stream;
    if (isClosed()) return { buffer, length: 0, consumed, points: new Uint8Array(0), damages: [] };
    return { buffer, length, consumed, points: inflater.takePoints(), damages: inflater.takeDamages() };
  }
}

/**
 * Buffers grow from the first, small for early rows, to the last, large for speed. There are enough of them that neither
 * side waits for the other while a busy machine runs something else.
 */
const bufferSizes = [256 << 10, 1 << 20, 2 << 20, 2 << 20, 2 << 20, 2 << 20] as const;

/** Keeps an inflater busy ahead of the engine: as many buffers as it may fill are its credit. */
export class InflatedInflow implements CaptureInflow {
  readonly bytes: InflatedBytes;
  readonly #inflating: Inflating;
  readonly #ahead: Promise<InflatedPiece>[] = [];
  #lent: ArrayBuffer | undefined;
  #consumed = 0;
  #damages: DamageReport[] = [];
  #isClosed = false;

  constructor(bytes: InflatedBytes, inflating: Inflating) {
    this.bytes = bytes;
    this.#inflating = inflating;
    for (const size of bufferSizes) this.#request(new ArrayBuffer(size));
  }

  get consumed(): number {
    return this.#consumed;
  }

  takeDamages(): readonly DamageReport[] {
    const damages = this.#damages;
    this.#damages = [];
    return damages;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#lent !== undefined) {
      const largest = bufferSizes.at(-1) ?? 0;
      this.#request(this.#lent.byteLength < largest ? new ArrayBuffer(largest) : this.#lent);
      this.#lent = undefined;
    }
    const piece = await this.#ahead.shift();
    if (piece === undefined || this.#isClosed) return undefined;
    this.#consumed = piece.consumed;
    this.#damages.push(...piece.damages);
    this.bytes.addPoints(piece.points);
    if (piece.length === 0) return undefined;
    this.#lent = piece.buffer;
    return new Uint8Array(piece.buffer, 0, piece.length);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ahead.length = 0;
    this.#inflating.close();
  }

  #request(buffer: ArrayBuffer): void {
    const piece = this.#inflating.fill(buffer);
    piece.catch(() => undefined); // told to whoever awaits it in `next`
    this.#ahead.push(piece);
  }
}
