/**
 * Turns handlers into what comlink exposes. One table, derived from `Requests`: forgetting a handler is a compile error.
 * Everything a handler throws becomes a plain typed error here; a trap of the engine settles every request there is.
 */
import { transfer } from 'comlink';
import { toCaptureError } from './failure';
import type { Answer, CaptureError, RequestName, Requests } from './protocol';

/** A result that its receiver owns, with the buffers that go along instead of being copied. */
export interface Sealed<T> {
  readonly value: T;
  readonly transfer: readonly ArrayBuffer[];
}

/** A result without buffers. */
export function plain<T>(value: T): Sealed<T> {
  return { value, transfer: [] };
}

/** What answers one request. It checks the signal wherever it lets other messages in. */
export type Handler<Name extends RequestName> = (
  params: Requests[Name]['params'],
  signal: AbortSignal,
) => Sealed<Requests[Name]['result']> | Promise<Sealed<Requests[Name]['result']>>;

/** One handler for each request. */
export type Handlers = { readonly [Name in RequestName]: Handler<Name> };

/** A method for each request, as `Api` has them. */
export type Methods = {
  [Name in RequestName]: (params: Requests[Name]['params'], id: number) => Promise<Answer<Requests[Name]['result']>>;
};

/** The engine trapped: what it holds can't be trusted any more. Any other thrown thing only fails its own request. */
export function isTrap(cause: unknown): boolean {
  if (cause instanceof WebAssembly.RuntimeError) return true;
  // Recursion without end inside the module shows as the browser's own stack error.
  return cause instanceof RangeError && /call stack|recursion/i.test(cause.message);
}

export interface Dispatcher {
  readonly methods: Methods;
  /** Aborts the request with this id, if it still runs. */
  abort(id: number): void;
  /** Settles every request, now and later, with `error`. */
  die(error: CaptureError): void;
}

/** `explainTrap` says what is known about a trap and is asked once. */
export function createDispatcher(
  handlers: Handlers,
  explainTrap: (cause: unknown) => CaptureError,
  onCrash: (error: CaptureError) => void,
): Dispatcher {
  const running = new Map<number, { readonly abort: AbortController; readonly die: (error: CaptureError) => void }>();
  let dead: CaptureError | undefined;

  function die(error: CaptureError): void {
    if (dead !== undefined) return;
    dead = error;
    for (const request of running.values()) {
      request.abort.abort();
      request.die(error);
    }
    running.clear();
    onCrash(error);
  }

  async function run<Name extends RequestName>(
    handler: Handler<Name>,
    params: Requests[Name]['params'],
    id: number,
  ): Promise<Answer<Requests[Name]['result']>> {
    if (dead !== undefined) return { ok: false, error: dead };
    const abort = new AbortController();
    const death = new Promise<Answer<never>>((resolve) => {
      running.set(id, { abort, die: (error) => resolve({ ok: false, error }) });
    });
    try {
      return await Promise.race([death, answer(handler, params, abort.signal)]);
    } finally {
      running.delete(id);
    }
  }

  async function answer<Name extends RequestName>(
    handler: Handler<Name>,
    params: Requests[Name]['params'],
    signal: AbortSignal,
  ): Promise<Answer<Requests[Name]['result']>> {
    try {
      const sealed = await handler(params, signal);
      return transfer({ ok: true, value: sealed.value }, [...sealed.transfer]);
    } catch (cause) {
      if (!isTrap(cause)) return { ok: false, error: toCaptureError(cause) };
      die(explainTrap(cause));
      return { ok: false, error: dead ?? toCaptureError(cause) };
    }
  }

  return {
    methods: {
      open: (params, id) => run(handlers.open, params, id),
      plan: (params, id) => run(handlers.plan, params, id),
      warmUp: (params, id) => run(handlers.warmUp, params, id),
      stop: (params, id) => run(handlers.stop, params, id),
      count: (params, id) => run(handlers.count, params, id),
      window: (params, id) => run(handlers.window, params, id),
      locate: (params, id) => run(handlers.locate, params, id),
      seekError: (params, id) => run(handlers.seekError, params, id),
      findText: (params, id) => run(handlers.findText, params, id),
      checkFilter: (params, id) => run(handlers.checkFilter, params, id),
      runFilter: (params, id) => run(handlers.runFilter, params, id),
      sort: (params, id) => run(handlers.sort, params, id),
      fieldCatalogue: (params, id) => run(handlers.fieldCatalogue, params, id),
      fieldValues: (params, id) => run(handlers.fieldValues, params, id),
      literal: (params, id) => run(handlers.literal, params, id),
      lines: (params, id) => run(handlers.lines, params, id),
      explainFilter: (params, id) => run(handlers.explainFilter, params, id),
      whyRow: (params, id) => run(handlers.whyRow, params, id),
      call: (params, id) => run(handlers.call, params, id),
      state: (params, id) => run(handlers.state, params, id),
      bytes: (params, id) => run(handlers.bytes, params, id),
      text: (params, id) => run(handlers.text, params, id),
      conversations: (params, id) => run(handlers.conversations, params, id),
      conversation: (params, id) => run(handlers.conversation, params, id),
      conversationCalls: (params, id) => run(handlers.conversationCalls, params, id),
      conversationPosition: (params, id) => run(handlers.conversationPosition, params, id),
      conversationSeekError: (params, id) => run(handlers.conversationSeekError, params, id),
      stream: (params, id) => run(handlers.stream, params, id),
      align: (params, id) => run(handlers.align, params, id),
      findings: (params, id) => run(handlers.findings, params, id),
      conversationOf: (params, id) => run(handlers.conversationOf, params, id),
    },
    abort(id) {
      running.get(id)?.abort.abort();
    },
    die,
  };
}
