/**
 * Search workers of one capture. Parts of a running filter go to whichever has least to do, and what is found comes back to
 * the engine; a part whose worker dies or gives it up is looked at by the engine itself.
 */
import { transfer, wrap } from 'comlink';
import type { EngineSession, SearchTask } from './engine';
import type { SearchApi } from './search.worker';
import type { Origin } from './reading/bytes';

/** A worker that searches. */
export interface Searcher {
  /** Looks at a part; undefined when it was given up. Rejects when the worker cannot go on. */
  search(text: string, task: SearchTask): Promise<Uint32Array | undefined>;
  giveUp(tickets: readonly number[]): void;
  close(): void;
}

/** Parts that a worker has at once: one that it looks at, and the next. */
const depth = 2;

/** More would take memory for their caches, and a search is bound by reading before. */
const mostWorkers = 16;

interface Part {
  readonly text: string;
  readonly ticket: number;
}

/** Keeps search workers busy. */
export class Searching {
  readonly #session: Pick<EngineSession, 'handOut' | 'handIn'>;
  readonly #start: () => readonly Searcher[];
  /** Parts at each worker that lives; undefined before the first is needed. */
  #workers: Map<Searcher, Set<Part>> | undefined;
  #arrived: { readonly part: Part; readonly found: Uint32Array | undefined }[] = [];
  #waiting: (() => void)[] = [];

  constructor(session: Pick<EngineSession, 'handOut' | 'handIn'>, start: () => readonly Searcher[]) {
    this.#session = session;
    this.#start = start;
  }

  /** Gives the engine what has come back, and the workers what the engine hands out of this filter. */
  exchange(text: string): void {
    this.#deliver();
    for (;;) {
      const workers = this.#workers === undefined ? undefined : [...this.#workers].sort(([, one], [, other]) => one.size - other.size);
      if (workers !== undefined && (workers[0] === undefined || workers[0][1].size >= depth)) return;
      const task = this.#session.handOut(text);
      if (task === undefined) return;
      this.#workers ??= new Map(this.#start().map((worker) => [worker, new Set()]));
      const [worker, parts] = workers?.[0] ?? [...this.#workers][0] ?? [];
      const part = { text, ticket: task[0] ?? 0 };
      if (worker === undefined || parts === undefined) {
        this.#session.handIn(text, part.ticket, undefined);
        return;
      }
      this.#give(worker, parts, part, task);
    }
  }

  /** Resolves when something has come back. */
  async change(): Promise<void> {
    if (this.#arrived.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Nobody waits for this filter any more. */
  giveUp(text: string): void {
    for (const [worker, parts] of this.#workers ?? []) {
      const tickets = [...parts].filter((part) => part.text === text).map(({ ticket }) => ticket);
      if (tickets.length > 0) worker.giveUp(tickets);
    }
  }

  #deliver(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const { part, found } of arrived) this.#session.handIn(part.text, part.ticket, found);
  }

  #give(worker: Searcher, parts: Set<Part>, part: Part, task: SearchTask): void {
    parts.add(part);
    worker.search(part.text, task).then(
      (found) => {
        if (parts.delete(part)) this.#arrive(part, found);
      },
      () => this.#lose(worker, parts),
    );
  }

  /** Why it cannot go on is told when the engine looks itself: a file that has changed has changed for it too. */
  #lose(worker: Searcher, parts: Set<Part>): void {
    this.#workers?.delete(worker);
    worker.close();
    for (const part of parts) this.#arrive(part, undefined);
    parts.clear();
  }

  #arrive(part: Part, found: Uint32Array | undefined): void {
    this.#arrived.push({ part, found });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Starts search workers for all cores but the one that the engine has. */
export function startSearchers(module: WebAssembly.Module, origins: readonly Origin[]): readonly Searcher[] {
  const count = Math.max(1, Math.min(navigator.hardwareConcurrency - 1, mostWorkers));
  return Array.from({ length: count }, () => startSearcher(module, origins));
}

function startSearcher(module: WebAssembly.Module, origins: readonly Origin[]): Searcher {
  const worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module', name: 'scapscope search' });
  const api = wrap<SearchApi>(worker);
  const death = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    });
    worker.addEventListener('messageerror', () => reject(new Error('a message of the search worker could not be read')));
  });
  const opened = api.open(module, origins);
  // Told to whoever waits for a part.
  death.catch(() => undefined);
  opened.catch(() => undefined);
  return {
    search: (text, task) => Promise.race([opened.then(() => api.search(text, transfer(task, [task.buffer]))), death]),
    giveUp(tickets) {
      void api.giveUp(tickets);
    },
    close: () => worker.terminate(),
  };
}
