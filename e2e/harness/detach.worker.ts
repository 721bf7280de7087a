/** The real dispatcher over a handler that keeps what it gave away, to see whether it is really gone. */
import { expose } from 'comlink';
import { createDispatcher, plain, type Handlers } from '../../workers/dispatch';
import { Failure } from '../../workers/failure';

let given: Uint8Array<ArrayBuffer> | undefined;

const none = (): never => {
  throw new Failure({ kind: 'bug', message: 'not part of this test' });
};

const handlers: Handlers = {
  bytes() {
    given = new Uint8Array(1 << 20).fill(7);
    return { value: given, transfer: [given.buffer] };
  },
  // Tells how many bytes the worker still holds of what it gave.
  count: () => plain({ rows: given?.byteLength ?? -1, events: 0, total: 0 }),
  open: none,
  plan: none,
  stop: none,
  warmUp: none,
  window: none,
  locate: none,
  seekError: none,
  findText: none,
  call: none,
  state: none,
  text: none,
  conversations: none,
  conversation: none,
  conversationCalls: none,
  stream: none,
  findings: none,
  conversationPosition: none,
  conversationSeekError: none,
  align: none,
  checkFilter: none,
  runFilter: none,
  sort: none,
  fieldCatalogue: none,
  fieldValues: none,
  literal: none,
  lines: none,
  explainFilter: none,
  whyRow: none,
  conversationOf: none,
};

expose(createDispatcher(handlers, () => ({ kind: 'bug', message: 'trap' }), () => undefined).methods);
