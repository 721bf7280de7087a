/**
 * The page's side of one capture: one engine worker, its calls, its progress and its death. Every call settles: with
 * its answer, with `cancelled`, or with the reason why the worker died.
 */
import { proxy, wrap } from 'comlink';
import type { Remote } from 'comlink';
import wasmUrl from '../wasm/pkg/web_bg.wasm?url';
import type { Answer, Api, CaptureError, Progress, RequestName, Requests } from './protocol';

/** One capture, opened or to be opened. */
export interface CaptureClient {
  /** Asks the engine. An abort settles at once; the late answer is dropped. */
  call<Name extends RequestName>(
    name: Name,
    params: Requests[Name]['params'],
    signal?: AbortSignal,
  ): Promise<Answer<Requests[Name]['result']>>;
  /** Registers for progress; gives back how to end that. */
  onProgress(listener: (progress: Progress) => void): () => void;
  /** Registers for the worker's death; a client that is dead already says so at once. */
  onCrash(listener: (error: CaptureError) => void): () => void;
  /** Why it is dead; `undefined` while it lives. A `bug` may name the `skipOffset` for another try. */
  readonly crash: CaptureError | undefined;
  /** Ends the worker; what is pending is cancelled. */
  close(): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;
/** A worker that has its engine already, for the next capture. */
let spare: WorkerClient | undefined;

/**
 * Compiles the engine once for all captures and starts a worker with it. Worth calling when the page is idle: otherwise
 * the next open pays for it. Fails when the engine cannot be loaded.
 */
export async function prepareEngine(): Promise<void> {
  await loadModule();
  if (spare?.crash !== undefined) spare = undefined;
  if (spare !== undefined) return;
  spare = startClient();
  await warmUp(spare);
}

/** Runs the engine of the spare worker until the browser has compiled it for speed, or the worker is needed. */
async function warmUp(client: WorkerClient): Promise<void> {
  while (spare === client) {
    const goesOn = await client.call('warmUp', {});
    if (!goesOn.ok || !goesOn.value) return;
  }
}

function loadModule(): Promise<WebAssembly.Module> {
  compiled ??= compileEngine().catch((cause: unknown) => {
    compiled = undefined; // the network may be back at the next try
    throw cause;
  });
  return compiled;
}

async function compileEngine(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const isWasm = response.headers.get('content-type')?.startsWith('application/wasm') === true;
  // Static hosts may serve another type, which the streaming compiler refuses.
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function startClient(): WorkerClient {
  return new WorkerClient(
    new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'scapscope engine' }),
  );
}

/** A worker for one capture. */
export function createCapture(): CaptureClient {
  const ready = spare?.crash === undefined ? spare : undefined;
  spare = undefined;
  return ready ?? startClient();
}

const cancelled: Answer<never> = { ok: false, error: { kind: 'cancelled' } };

class WorkerClient implements CaptureClient {
  readonly #worker: Worker;
  readonly #api: Remote<Api>;
  readonly #ready: Promise<unknown>;
  readonly #pending = new Set<(answer: Answer<never>) => void>();
  readonly #progressListeners = new Set<(progress: Progress) => void>();
  readonly #crashListeners = new Set<(error: CaptureError) => void>();
  #crash: CaptureError | undefined;
  #isClosed = false;
  #nextId = 1;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#api = wrap<Api>(worker);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#die({ kind: 'bug', message: event.message === '' ? 'the engine worker could not start' : event.message });
    });
    worker.addEventListener('messageerror', () => {
      this.#die({ kind: 'bug', message: 'a message of the engine worker could not be read' });
    });
    this.#ready = this.#boot();
  }

  get crash(): CaptureError | undefined {
    return this.#crash;
  }

  call<Name extends RequestName>(
    name: Name,
    params: Requests[Name]['params'],
    signal?: AbortSignal,
  ): Promise<Answer<Requests[Name]['result']>> {
    if (this.#crash !== undefined) return Promise.resolve({ ok: false, error: this.#crash });
    if (this.#isClosed || signal?.aborted === true) return Promise.resolve(cancelled);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const settle = (answer: Answer<Requests[Name]['result']>): void => {
        if (!this.#pending.delete(settle)) return; // late: aborted, closed or dead meanwhile
        signal?.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const onAbort = (): void => {
        this.#api.abort(id).catch(() => undefined);
        settle(cancelled);
      };
      this.#pending.add(settle);
      signal?.addEventListener('abort', onAbort);
      this.#send(name, params, id, signal).then(settle, (cause: unknown) => {
        settle({ ok: false, error: { kind: 'bug', message: describe(cause) } });
      });
    });
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  onCrash(listener: (error: CaptureError) => void): () => void {
    this.#crashListeners.add(listener);
    if (this.#crash !== undefined) listener(this.#crash);
    return () => this.#crashListeners.delete(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#worker.terminate();
    for (const settle of [...this.#pending]) settle(cancelled);
    this.#progressListeners.clear();
    this.#crashListeners.clear();
  }

  async #boot(): Promise<void> {
    try {
      const module = await loadModule();
      await Promise.all([
        this.#api.onProgress(
          proxy((progress) => {
            for (const listener of this.#progressListeners) listener(progress);
          }),
        ),
        this.#api.onCrash(proxy((error) => this.#die(error))),
        this.#api.boot(module),
      ]);
    } catch (cause) {
      this.#die({ kind: 'bug', message: `the engine could not be loaded: ${describe(cause)}` });
    }
  }

  async #send<Name extends RequestName>(
    name: Name,
    params: Requests[Name]['params'],
    id: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer<Requests[Name]['result']>> {
    await this.#ready;
    if (signal?.aborted === true) return cancelled;
    // comlink's mapped types cannot follow a generic name; the shapes are those of `Api` by construction.
    const method = this.#api[name] as unknown as (
      params: Requests[Name]['params'],
      id: number,
    ) => Promise<Answer<Requests[Name]['result']>>;
    const answer = await method(params, id);
    if (import.meta.env.DEV && !isAnswer(answer)) throw new TypeError(`not an answer to ${name}`);
    return answer;
  }

  #die(error: CaptureError): void {
    if (this.#crash !== undefined || this.#isClosed) return;
    this.#crash = error;
    this.#worker.terminate();
    for (const settle of [...this.#pending]) settle({ ok: false, error });
    for (const listener of this.#crashListeners) listener(error);
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function isAnswer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  return value.ok === true ? 'value' in value : 'error' in value;
}
