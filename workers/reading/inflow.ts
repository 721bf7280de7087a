/** Bytes that flow in from a file, in order. */
import type { DamageReport } from '../protocol';
import type { ByteSource } from './bytes';

/** Bytes of a file in order. What `next` gives is valid until the next call. */
export interface Inflow {
  /** The next piece; `undefined` at the end. */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Bytes of the file on disk that were read so far. */
  readonly consumed: number;
  /** Ends reading and gives memory back. */
  close(): void;
}

/** Inflated bytes of one file of a capture, which can also be read again. */
export interface CaptureInflow extends Inflow {
  readonly bytes: ByteSource;
  /** What was wrong with the packing of what has flowed in since it was last asked. */
  takeDamages(): readonly DamageReport[];
}
