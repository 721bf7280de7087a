/** Searches the events of a capture beside the engine: it knows none of the index, only where the events stand. */
import { expose, transfer } from 'comlink';
import { createBreather } from './breathe';
import { loadEngine } from './engine';
import type { Engine, SearchTask } from './engine';
import { forceSearchFailure } from './force';
import { CaptureBytes, InflatedBytes, RawBytes } from './reading/bytes';
import type { Origin } from './reading/bytes';
import { ForwardBytes } from './reading/forward';

/** What the engine worker asks of it. */
export interface SearchApi {
  /** Begins with the files of a capture; `module` is the engine as compiled for all workers. */
  open(module: WebAssembly.Module, origins: readonly Origin[]): Promise<void>;
  /** Looks at a part of a filter, one after the other; undefined when it was given up. */
  search(text: string, task: SearchTask): Promise<Uint32Array<ArrayBuffer> | undefined>;
  /** Gives up the parts with these tickets. */
  giveUp(tickets: readonly number[]): void;
}

/** Messages are let in after about this long. */
const stepMs = 4;

interface Opened {
  readonly engine: Engine;
  readonly bytes: CaptureBytes;
  /** Files that are not compressed, by their place in the capture. */
  readonly forward: ReadonlyMap<number, ForwardBytes>;
}

let opened: Promise<Opened> | undefined;
let queue: Promise<unknown> = Promise.resolve();
const givenUp = new Set<number>();
const breathe = createBreather();

async function openAll(module: WebAssembly.Module, origins: readonly Origin[]): Promise<Opened> {
  const engine = await loadEngine(module);
  const bytes = new CaptureBytes();
  const forward = new Map<number, ForwardBytes>();
  for (const [at, { file, points }] of origins.entries()) {
    if (points === undefined) {
      const source = new ForwardBytes(new RawBytes(file));
      forward.set(at, source);
      bytes.add(source);
      continue;
    }
    const inflated = new InflatedBytes(file, engine.createPackedBytes(), { isForward: true });
    inflated.addPoints(points);
    bytes.add(inflated);
  }
  return { engine, bytes, forward };
}

async function search(text: string, task: SearchTask): Promise<Uint32Array<ArrayBuffer> | undefined> {
  const ticket = task[0] ?? 0;
  const known = await opened;
  if (known === undefined) throw new Error('no capture to search');
  if (import.meta.env.MODE === 'test') for (const { file } of known.bytes.origins) forceSearchFailure(file, known.engine);
  if (givenUp.delete(ticket)) return undefined;
  const part = known.engine.createSearch(text, task);
  try {
    let begun = performance.now();
    for (;;) {
      const [file = 0, from = 0, end = 0] = Array.from(part.wants());
      await known.forward.get(file)?.want(from, end);
      if (givenUp.delete(ticket)) return undefined;
      if (!part.step(known.bytes.read)) break;
      if (performance.now() - begun < stepMs) continue;
      await breathe();
      begun = performance.now();
    }
    const found = part.found();
    return transfer(found, [found.buffer]);
  } finally {
    part.free();
  }
}

const api: SearchApi = {
  async open(module, origins) {
    opened = openAll(module, origins);
    await opened;
  },
  search(text, task) {
    const searched = queue.then(() => search(text, task));
    queue = searched.catch(() => undefined);
    return searched;
  },
  giveUp(tickets) {
    for (const ticket of tickets) givenUp.add(ticket);
  },
};

expose(api);
