import { MessageChannel } from 'node:worker_threads';
import { expose, wrap, type Endpoint } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { createDispatcher, plain, type Dispatcher, type Handlers } from './dispatch';
import { checkAborted, Failure } from './failure';
import type { CaptureError, ListPosition } from './protocol';

const list = { unit: 'events' } as const;
const open = new Set<{ close(): void }>();

afterEach(() => {
  for (const port of open) port.close();
  open.clear();
});

/** Node's ports as comlink wants them. */
function endpoint(port: InstanceType<typeof MessageChannel>['port1']): Endpoint {
  open.add(port);
  return {
    postMessage: (message: unknown, transfer?: Transferable[]) => port.postMessage(message, transfer as never),
    addEventListener: (_type, listener) =>
      port.on('message', (data: unknown) => {
        const event = { data } as MessageEvent;
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      }),
    removeEventListener: () => undefined,
  };
}

/** A dispatcher over these handlers, and its methods as they are seen from the other end of a port. */
function connect(handlers: Partial<Handlers>) {
  const missing = (): never => {
    throw new Error('not part of this test');
  };
  const crashes: CaptureError[] = [];
  const dispatcher: Dispatcher = createDispatcher(
    {
      open: missing,
      plan: missing,
      warmUp: missing,
      stop: missing,
      count: missing,
      window: missing,
      locate: missing,
      seekError: missing,
      findText: missing,
      checkFilter: missing,
      runFilter: missing,
      sort: missing,
      fieldCatalogue: missing,
      fieldValues: missing,
      literal: missing,
      lines: missing,
      explainFilter: missing,
      whyRow: missing,
      call: missing,
      state: missing,
      bytes: missing,
      text: missing,
      conversations: missing,
      conversation: missing,
      conversationCalls: missing,
      stream: missing,
      align: missing,
      findings: missing,
      conversationPosition: missing,
      conversationSeekError: missing,
      conversationOf: missing,
      ...handlers,
    },
    () => ({ kind: 'bug', message: 'index out of bounds', offset: 4711 }),
    (error) => crashes.push(error),
  );
  const { port1, port2 } = new MessageChannel();
  expose(dispatcher.methods, endpoint(port1));
  return { remote: wrap<Dispatcher['methods']>(endpoint(port2)), dispatcher, crashes };
}

const forever = () => new Promise<never>(() => undefined);
const trap = () => {
  throw new WebAssembly.RuntimeError('unreachable');
};

describe('a request', () => {
  it('is answered with the value of its handler', async () => {
    const { remote } = connect({ count: () => plain({ rows: 3, events: 5, total: 9 }) });
    expect(await remote.count({ list }, 1)).toEqual({ ok: true, value: { rows: 3, events: 5, total: 9 } });
  });

  it('that fails is answered with plain data', async () => {
    const { remote } = connect({
      count: () => {
        throw new Failure({ kind: 'changed', name: 'web.scap' });
      },
    });
    expect(await remote.count({ list }, 1)).toEqual({ ok: false, error: { kind: 'changed', name: 'web.scap' } });
  });

  it('whose handler throws anything else is a bug, and others go on', async () => {
    const { remote, crashes } = connect({ text: () => plain('still here') });
    expect(await remote.count({ list }, 1)).toEqual({ ok: false, error: { kind: 'bug', message: 'not part of this test' } });
    expect(await remote.text({ list, first: 0 as ListPosition, count: 1 }, 2)).toEqual({ ok: true, value: 'still here' });
    expect(crashes).toEqual([]);
  });

  it('is aborted by its id, and only that one', async () => {
    const { remote, dispatcher } = connect({
      async findText(_params, signal) {
        while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
        checkAborted(signal);
        return plain(undefined);
      },
      open: forever,
    });
    const searching = remote.findText({ list, text: 'x', from: 0 as ListPosition, step: 1 }, 7);
    const opening = remote.open({ files: [] }, 8);
    await new Promise((resolve) => setTimeout(resolve, 5));
    dispatcher.abort(7);
    expect(await searching).toEqual({ ok: false, error: { kind: 'cancelled' } });
    const still = Symbol('still running');
    expect(await Promise.race([opening, Promise.resolve(still)])).toBe(still);
  });
});

describe('a trap', () => {
  const error = { kind: 'bug', message: 'index out of bounds', offset: 4711 };

  it('settles the request that met it, those that wait, and those that come', async () => {
    const { remote, crashes } = connect({ open: forever, count: trap });
    const opening = remote.open({ files: [] }, 1);
    expect(await remote.count({ list }, 2)).toEqual({ ok: false, error });
    expect(await opening).toEqual({ ok: false, error });
    expect(await remote.text({ list, first: 0 as ListPosition, count: 1 }, 3)).toEqual({ ok: false, error });
    expect(crashes).toEqual([error]);
  });

  it('aborts what runs, so that nothing touches the dead engine', async () => {
    let isAborted = false;
    const { remote } = connect({
      async open(_params, signal) {
        signal.addEventListener('abort', () => (isAborted = true));
        return forever();
      },
      count: trap,
    });
    void remote.open({ files: [] }, 1);
    await remote.count({ list }, 2);
    expect(isAborted).toBe(true);
  });

  it('is also recursion without end in the engine', async () => {
    const { remote, crashes } = connect({
      count: () => {
        throw new RangeError('Maximum call stack size exceeded');
      },
    });
    await remote.count({ list }, 1);
    expect(crashes).toEqual([error]);
  });
});
