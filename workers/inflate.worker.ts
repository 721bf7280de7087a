/** Inflates one gzip file beside the engine: the second core pays, though its bytes are copied once more. */
import { expose, transfer } from 'comlink';
import type { InflatedPiece } from './reading/gzip';
import { LocalInflating } from './reading/gzip';
import { loadEngine } from './engine';
import type { Answer } from './protocol';
import { toCaptureError } from './failure';

let inflating: Promise<LocalInflating> | undefined;

/** What the engine worker asks of it. */
export interface InflateApi {
  /** Begins with `file`; `module` is the engine as compiled for all workers. */
  open(module: WebAssembly.Module, file: File): Promise<void>;
  /** Fills and returns a buffer; calls are answered in order. */
  fill(buffer: ArrayBuffer): Promise<Answer<InflatedPiece>>;
}

const api: InflateApi = {
  async open(module, file) {
    inflating = loadEngine(module).then((engine) => new LocalInflating(file, engine.createInflater()));
    await inflating;
  },
  async fill(buffer) {
    try {
      const piece = await (await inflating)?.fill(buffer);
      if (piece === undefined) return { ok: false, error: { kind: 'bug', message: 'no file to inflate' } };
      return transfer({ ok: true, value: piece }, [piece.buffer, piece.points.buffer]);
    } catch (cause) {
      return { ok: false, error: toCaptureError(cause) };
    }
  },
};

expose(api);
