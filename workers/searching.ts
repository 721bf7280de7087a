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

/** Parts that a worker has at least: one that it looks at, and the next. */
const depth = 2;

/** Parts that a worker gets one after the other: they follow each other in the file, which is read fastest forward. */
const runLength = 4;

/** More would take memory for their caches, and a search is bound by reading before. */
const mostWorkers = 16;

/** To hand out takes no longer than about this before others are let in. */
const stepMs = 4;

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
  /** Who gets the next parts, and how many. */
  #turn: { readonly worker: Searcher; left: number } | undefined;

  constructor(session: Pick<EngineSession, 'handOut' | 'handIn'>, start: () => readonly Searcher[]) {
    this.#session = session;
    this.#start = start;
  }

  /**
   * Gives the engine what has come back, and the workers what the engine hands out of this filter. True when there may be
   * more to hand out.
   */
  exchange(text: string): boolean {
    this.#deliver();
    const begun = performance.now();
    do {
      // Before the first part nobody is asked: there may be none.
      if (this.#workers !== undefined && this.#next() === undefined) return false;
      const task = this.#session.handOut(text);
      if (task === undefined) return false;
      this.#workers ??= new Map(this.#start().map((worker) => [worker, new Set()]));
      const turn = this.#next();
      const parts = turn === undefined ? undefined : this.#workers.get(turn.worker);
      const part = { text, ticket: task[0] ?? 0 };
      if (turn === undefined || parts === undefined) {
        this.#session.handIn(text, part.ticket, undefined);
        return false;
      }
      turn.left -= 1;
      this.#give(turn.worker, parts, part, task);
    } while (performance.now() - begun < stepMs);
    return true;
  }

  /** Who gets the next part: whoever is in the middle of a run, else the one with least to do; undefined when all have enough. */
  #next(): { readonly worker: Searcher; left: number } | undefined {
    if (this.#turn !== undefined && this.#turn.left > 0 && this.#workers?.has(this.#turn.worker) === true) return this.#turn;
    const [[worker, parts] = []] = [...(this.#workers ?? [])].sort(([, one], [, other]) => one.size - other.size);
    this.#turn = worker === undefined || parts === undefined || parts.size >= depth ? undefined : { worker, left: runLength };
    return this.#turn;
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

/** Starts a search worker for each core: the engine only hands out and waits while they are at it. */
export function startSearchers(module: WebAssembly.Module, origins: readonly Origin[]): readonly Searcher[] {
  const count = Math.max(1, Math.min(navigator.hardwareConcurrency, mostWorkers));
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
