/** Entry of the engine worker: one per capture. */
import { expose } from 'comlink';
import { createBreather } from './breathe';
import { createCaptureHandlers } from './capture';
import { createDispatcher } from './dispatch';
import type { Dispatcher } from './dispatch';
import type { Engine } from './engine';
import { loadEngine } from './engine';
import { forcedLimit, forceFailure } from './force';
import type { Api, CaptureError, Progress } from './protocol';
import { InflatedBytes } from './reading/bytes';
import type { CaptureInflow } from './reading/inflow';
import { InflatedInflow, LocalInflating } from './reading/gzip';
import { inflateRemotely } from './reading/remote-inflating';
import { startSearchers } from './searching';

/** For less than this, starting another worker takes longer than inflating here. */
const smallFile = 1 << 20;

/** Indexing stops while the engine can still answer: a 32-bit memory ends at 4 GiB. */
const memoryLimit = 3.5 * 2 ** 30;

let sendProgress: (progress: Progress) => void = () => undefined;
let sendCrash: (error: CaptureError) => void = () => undefined;
let boot: (dispatcher: Promise<Dispatcher>) => void;
/** Requests that come before the engine is loaded wait for it. */
const booted = new Promise<Dispatcher>((resolve) => {
  boot = resolve;
});

async function start(module: WebAssembly.Module): Promise<Dispatcher> {
  const engine = await loadEngine(module);
  const handlers = createCaptureHandlers({
    engine,
    breathe: createBreather(),
    openGzip: (file) => openGzip(module, engine, file),
    report: (progress) => sendProgress(progress),
    startSearchers: (origins) => startSearchers(module, origins),
    memoryLimit: () => memoryLimit,
    ...(import.meta.env.MODE === 'test' ? { forceFailure, memoryLimit: (file, events) => forcedLimit(file, events) ?? memoryLimit } : {}),
  });
  return createDispatcher(
    handlers,
    (cause) => engine.explainTrap(cause),
    (error) => sendCrash(error),
  );
}

function openGzip(module: WebAssembly.Module, engine: Engine, file: File): CaptureInflow {
  const inflating =
    file.size < smallFile ? new LocalInflating(file, engine.createInflater()) : inflateRemotely(module, file);
  return new InflatedInflow(new InflatedBytes(file, engine.createPackedBytes()), inflating);
}

const api: Api = {
  async boot(module) {
    const dispatcher = start(module);
    boot(dispatcher);
    await dispatcher;
  },
  abort(id) {
    void booted.then((dispatcher) => dispatcher.abort(id));
  },
  onProgress(listener) {
    sendProgress = listener;
  },
  onCrash(listener) {
    sendCrash = listener;
  },
  open: async (params, id) => (await booted).methods.open(params, id),
  plan: async (params, id) => (await booted).methods.plan(params, id),
  warmUp: async (params, id) => (await booted).methods.warmUp(params, id),
  stop: async (params, id) => (await booted).methods.stop(params, id),
  count: async (params, id) => (await booted).methods.count(params, id),
  window: async (params, id) => (await booted).methods.window(params, id),
  locate: async (params, id) => (await booted).methods.locate(params, id),
  seekError: async (params, id) => (await booted).methods.seekError(params, id),
  findText: async (params, id) => (await booted).methods.findText(params, id),
  checkFilter: async (params, id) => (await booted).methods.checkFilter(params, id),
  runFilter: async (params, id) => (await booted).methods.runFilter(params, id),
  sort: async (params, id) => (await booted).methods.sort(params, id),
  fieldCatalogue: async (params, id) => (await booted).methods.fieldCatalogue(params, id),
  fieldValues: async (params, id) => (await booted).methods.fieldValues(params, id),
  literal: async (params, id) => (await booted).methods.literal(params, id),
  lines: async (params, id) => (await booted).methods.lines(params, id),
  explainFilter: async (params, id) => (await booted).methods.explainFilter(params, id),
  whyRow: async (params, id) => (await booted).methods.whyRow(params, id),
  call: async (params, id) => (await booted).methods.call(params, id),
  state: async (params, id) => (await booted).methods.state(params, id),
  bytes: async (params, id) => (await booted).methods.bytes(params, id),
  text: async (params, id) => (await booted).methods.text(params, id),
  conversations: async (params, id) => (await booted).methods.conversations(params, id),
  conversation: async (params, id) => (await booted).methods.conversation(params, id),
  conversationCalls: async (params, id) => (await booted).methods.conversationCalls(params, id),
  stream: async (params, id) => (await booted).methods.stream(params, id),
  align: async (params, id) => (await booted).methods.align(params, id),
  findings: async (params, id) => (await booted).methods.findings(params, id),
  conversationPosition: async (params, id) => (await booted).methods.conversationPosition(params, id),
  conversationSeekError: async (params, id) => (await booted).methods.conversationSeekError(params, id),
  conversationOf: async (params, id) => (await booted).methods.conversationOf(params, id),
};

expose(api);
