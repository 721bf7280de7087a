/** Inflates in a worker of its own. */
import { transfer, wrap } from 'comlink';
import { Failure } from '../failure';
import type { InflateApi } from '../inflate.worker';
import type { Answer } from '../protocol';
import type { InflatedPiece, Inflating } from './gzip';

/** Starts an inflate worker for `file`. Its death is told by the next `fill`. */
export function inflateRemotely(module: WebAssembly.Module, file: File): Inflating {
  const worker = new Worker(new URL('../inflate.worker.ts', import.meta.url), {
    type: 'module',
    name: 'scapscope inflate',
  });
  const api = wrap<InflateApi>(worker);
  const death = new Promise<never>((_resolve, reject) => {
    const die = (message: string): void => reject(new Failure({ kind: 'bug', message }));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      die(event.message === '' ? 'the inflate worker could not start' : event.message);
    });
    worker.addEventListener('messageerror', () => die('a message of the inflate worker could not be read'));
  });
  death.catch(() => undefined); // told to whoever waits for a piece
  const opened = api.open(module, file);
  opened.catch(() => undefined);
  return {
    async fill(buffer: ArrayBuffer): Promise<InflatedPiece> {
      await Promise.race([opened, death]);
      const answer: Answer<InflatedPiece> = await Promise.race([api.fill(transfer(buffer, [buffer])), death]);
      if (!answer.ok) throw new Failure(answer.error);
      return answer.value;
    },
    close() {
      worker.terminate();
    },
  };
}
