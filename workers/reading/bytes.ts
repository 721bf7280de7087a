/**
 * Reads any bytes of a capture again, at once: what an event carries is not indexed, only where it stands. Offsets
 * count the inflated bytes of one file.
 */
import { Failure, readFailure } from '../failure';
import type { CaptureError } from '../protocol';

/** Reads bytes of one of a capture's files, counted from 0; `undefined` when they can't be had. */
export type ReadBytes = (file: number, offset: number, length: number) => Uint8Array<ArrayBuffer> | undefined;

/** Where a source has its bytes from: what another worker needs to read the same. */
export interface Origin {
  readonly file: File;
  /** Restart points of a packed file. */
  readonly points: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes at an offset; fewer than asked for where the stream ends. */
export interface ByteSource {
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  readonly origin: Origin;
}

const pageBytes = 64 << 10;
const longestSpan = 2 << 20;
const cachedBytes = 8 << 20;

interface Span {
  readonly from: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Spans read lately, newest last; forgets the oldest beyond its budget. */
class Spans {
  readonly #budget: number;
  readonly #spans: Span[] = [];
  #held = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** The span that holds `offset`, made the newest. */
  at(offset: number): Span | undefined {
    for (let index = this.#spans.length - 1; index >= 0; index--) {
      const span = this.#spans[index];
      if (span === undefined || offset < span.from || offset >= span.from + span.bytes.length) continue;
      if (index < this.#spans.length - 1) {
        this.#spans.splice(index, 1);
        this.#spans.push(span);
      }
      return span;
    }
    return undefined;
  }

  keep(span: Span): void {
    this.#spans.push(span);
    this.#held += span.bytes.length;
    while (this.#held > this.#budget && this.#spans.length > 1) this.#held -= this.#spans.shift()?.bytes.length ?? 0;
  }
}

/** Fills a request from the spans that `load` brings. */
function readThrough(
  spans: Spans,
  size: number,
  load: (offset: number, length: number) => Span | undefined,
  offset: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  const end = Math.min(offset + length, size);
  if (end <= offset) return new Uint8Array(0);
  const spanAt = (position: number): Span | undefined => {
    const known = spans.at(position);
    if (known !== undefined) return known;
    const loaded = load(position, end - position);
    if (loaded !== undefined) spans.keep(loaded);
    return loaded;
  };
  const first = spanAt(offset);
  if (first === undefined || offset >= first.from + first.bytes.length) return new Uint8Array(0);
  if (end <= first.from + first.bytes.length) return first.bytes.subarray(offset - first.from, end - first.from);
  const joined = new Uint8Array(end - offset);
  let position = offset;
  while (position < end) {
    const span = spanAt(position);
    if (span === undefined) break;
    const part = span.bytes.subarray(position - span.from, end - span.from);
    if (part.length === 0) break;
    joined.set(part, position - offset);
    position += part.length;
  }
  return joined.subarray(0, position - offset);
}

/** Reads a stretch of a file at once; throws what the browser throws. */
export type ReadFile = (file: File, from: number, end: number) => ArrayBuffer;

/** Workers can wait for a file's bytes; slower than a stream (0.4 to 0.65 GB/s), but there at once. */
function readFileSync(file: File, from: number, end: number): ArrayBuffer {
  return new FileReaderSync().readAsArrayBuffer(file.slice(from, end));
}

/** A file that is not compressed. */
export class RawBytes implements ByteSource {
  readonly #file: File;
  readonly #readFile: ReadFile;
  readonly #spans = new Spans(cachedBytes);
  readonly #firstSpan: number;
  #lastEnd = -1;
  #spanBytes = 0;

  /** `firstSpan`: bytes that are read of a place where nothing was read before, whole pages. */
  constructor(file: File, readFile: ReadFile = readFileSync, firstSpan = pageBytes) {
    this.#file = file;
    this.#readFile = readFile;
    this.#firstSpan = firstSpan;
  }

  get origin(): Origin {
    return { file: this.#file, points: undefined };
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return readThrough(this.#spans, this.#file.size, (at, wanted) => this.#load(at, wanted), offset, length);
  }

  /** Reads whole pages; more of them while reads go forward, for a search should not pay a round trip per page. */
  #load(offset: number, length: number): Span {
    const from = offset - (offset % pageBytes);
    this.#spanBytes = from === this.#lastEnd ? Math.min(this.#spanBytes * 2, longestSpan) : this.#firstSpan;
    const end = Math.min(this.#file.size, from + Math.max(this.#spanBytes, offset - from + length));
    const bytes = this.#readStretch(from, end);
    this.#lastEnd = end;
    return { from, bytes };
  }

  #readStretch(from: number, end: number): Uint8Array<ArrayBuffer> {
    let buffer: ArrayBuffer;
    try {
      buffer = this.#readFile(this.#file, from, end);
    } catch (cause) {
      throw new Failure(readFailure(this.#file, cause, true));
    }
    if (buffer.byteLength < end - from) throw new Failure({ kind: 'changed', name: this.#file.name });
    return new Uint8Array(buffer);
  }
}

/** Inflates stretches of one gzip file again; implemented by the engine. */
export interface PackedBytes {
  /** Adds restart points noted while the file was read first. */
  addPoints(points: Uint8Array<ArrayBuffer>): void;
  /** Inflated bytes at `offset`, fewer at the end; `read` gives bytes of the file. */
  read(
    offset: number,
    length: number,
    size: number,
    read: (offset: number, length: number) => Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> | undefined;
  /** All restart points it has. */
  points(): Uint8Array<ArrayBuffer>;
  free(): void;
}

/** Inflated at a time: what is asked for together tends to stand together. */
const inflatedSpan = 256 << 10;

/** The same for who reads forward, and what is read of the file then: to go back and forth costs more than to read. */
const forwardSpan = 1 << 20;

/** A gzip file: inflates again from the restart point before the bytes wanted. */
export class InflatedBytes implements ByteSource {
  readonly #packed: PackedBytes;
  readonly #raw: RawBytes;
  readonly #file: File;
  readonly #span: number;
  readonly #spans: Spans;

  /** `isForward`: it is read from its beginning to its end, or in long stretches. */
  constructor(file: File, packed: PackedBytes, { readFile = readFileSync, isForward = false }: { readonly readFile?: ReadFile; readonly isForward?: boolean } = {}) {
    this.#span = isForward ? forwardSpan : inflatedSpan;
    this.#spans = new Spans(isForward ? cachedBytes : 4 * cachedBytes);
    this.#packed = packed;
    this.#raw = new RawBytes(file, readFile, isForward ? forwardSpan : pageBytes);
    this.#file = file;
  }

  get origin(): Origin {
    return { file: this.#file, points: this.#packed.points() };
  }

  /** Takes the restart points met while the file was read first, in order. */
  addPoints(points: Uint8Array<ArrayBuffer>): void {
    this.#packed.addPoints(points);
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return readThrough(this.#spans, Infinity, (at) => this.#load(at), offset, length);
  }

  #load(offset: number): Span | undefined {
    const from = offset - (offset % this.#span);
    const failures: Failure[] = [];
    const bytes = this.#packed.read(from, this.#span, this.#file.size, (at, length) => {
      try {
        return this.#raw.read(at, length);
      } catch (cause) {
        // The engine only learns that there are no bytes.
        if (cause instanceof Failure) failures.push(cause);
        throw cause;
      }
    });
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    return bytes === undefined ? undefined : { from, bytes };
  }
}

/**
 * All files of a capture. A file that cannot be read any more answers nothing, so that what does not need its bytes
 * still works; `takeFailure` says so.
 */
export class CaptureBytes {
  readonly #sources: ByteSource[] = [];
  #failure: CaptureError | undefined;

  /** Adds the next file. */
  add(source: ByteSource): void {
    this.#sources.push(source);
  }

  /** Where the bytes of all files come from. */
  get origins(): readonly Origin[] {
    return this.#sources.map(({ origin }) => origin);
  }

  /** Handed to the engine, which calls it for what it needs of events. */
  readonly read: ReadBytes = (file, offset, length) => {
    try {
      return this.#sources[file]?.read(offset, length);
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause;
      this.#failure = cause.error;
      return undefined;
    }
  };

  /** What went wrong with reading since it was last asked. */
  takeFailure(): CaptureError | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }
}
