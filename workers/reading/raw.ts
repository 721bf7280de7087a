/** Files that are not compressed. */
import { RawBytes } from './bytes';
import { openFileStream } from './file-stream';
import type { CaptureInflow } from './inflow';

/** Opens such a file. */
export function openRaw(file: File): CaptureInflow {
  const stream = openFileStream(file);
  return {
    bytes: new RawBytes(file),
    takeDamages: () => [],
    next: () => stream.next(),
    get consumed() {
      return stream.consumed;
    },
    close: () => stream.close(),
  };
}
