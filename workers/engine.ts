/**
 * The engine as the workers see it: typed answers of one wasm instance, and the only file that calls into the module.
 * Columns come out of it as copies of their own, details as JSON text.
 */
import init, * as wasm from '../wasm/pkg/web';
import type {
  Alignment,
  CallDetail,
  CaptureError,
  CaptureSummary,
  ComparedCalls,
  ConversationCalls,
  ConversationDetail,
  ConversationName,
  ConversationQuery,
  ConversationStream,
  ConversationWindow,
  DamageReport,
  Decoder,
  DescriptionIndex,
  EventRow,
  FieldInfo,
  FilterCheck,
  FilterCount,
  FilterReason,
  FilterStep,
  Finding,
  LineKind,
  ListCount,
  ListPosition,
  ListSpec,
  Requests,
  RowWindow,
  SortCount,
  StateDetail,
} from './protocol';
import { describeThrown, Failure } from './failure';
import type { PackedBytes, ReadBytes } from './reading/bytes';
import type { Inflater } from './reading/gzip';
import { gapsBetween } from './reading/rolled';

type Located = Requests['locate']['result'];
type Place = Requests['locate']['params']['at'];

/** How far a search has come. */
export type Found =
  | { readonly state: 'found'; readonly position: ListPosition }
  | { readonly state: 'searching'; readonly position: ListPosition }
  | { readonly state: 'nowhere' };

/** An open capture in the engine. */
export interface EngineSession {
  /** Event blocks so far. */
  readonly blocks: number;
  nextFile(name: string): void;
  /** Takes inflated bytes, however they are cut. False when indexing has stopped. */
  push(bytes: Uint8Array<ArrayBuffer>): boolean;
  /** The current file ends here. */
  finish(): void;
  /** The packing of the current file is damaged. */
  damage(damage: DamageReport): void;
  /** Whether anything in it made it a capture. */
  readonly isCapture: boolean;
  summary(): CaptureSummary;
  /** When the machine was booted, nanoseconds since the epoch; 0 when that was not recorded. */
  readonly bootNs: bigint;
  /** One number for each thread of the process lists, made of its ids and its name. */
  listedThreads(): ReadonlySet<number>;
  count(list: ListSpec): ListCount;
  window(list: ListSpec, first: ListPosition, count: number, read: ReadBytes): RowWindow;
  locate(list: ListSpec, at: Place): Located;
  seekError(list: ListSpec, from: ListPosition, step: 1 | -1): ListPosition | undefined;
  /** Looks through some rows after (or before) `from`, and says how far it has come. */
  findText(list: ListSpec, text: string, from: ListPosition, step: 1 | -1, read: ReadBytes): Found;
  /** Sorts a list a little further. */
  sort(list: ListSpec, read: ReadBytes): SortCount;
  /** Runs a filter a little further; `isElsewhere`: all that is left is handed out. */
  runFilter(text: string, read: ReadBytes): { readonly count: FilterCount; readonly isElsewhere: boolean };
  /** A part of a running filter for a search, its ticket first; undefined when there is none now. */
  handOut(text: string): SearchTask | undefined;
  /** Takes what was found in the part with this ticket; undefined: it was given up, and `runFilter` looks itself. */
  handIn(text: string, ticket: number, found: Uint32Array | undefined): void;
  fieldValues(list: ListSpec, first: ListPosition, count: number, names: readonly string[], read: ReadBytes): Requests['fieldValues']['result'];
  literal(row: EventRow, unit: ListSpec['unit'], field: string, read: ReadBytes): string | undefined;
  lines(list: ListSpec, first: ListPosition, count: number, kind: LineKind, format: string, read: ReadBytes): Uint8Array<ArrayBuffer>;
  explainFilter(text: string): readonly FilterStep[];
  whyRow(text: string, row: EventRow, read: ReadBytes): readonly FilterReason[];
  call(row: EventRow, read: ReadBytes): CallDetail;
  state(row: EventRow, read: ReadBytes): StateDetail;
  bytes(row: EventRow, param: number, read: ReadBytes): Uint8Array<ArrayBuffer>;
  text(list: ListSpec, first: ListPosition, count: number, read: ReadBytes): string;
  conversations(query: ConversationQuery, first: number, count: number): ConversationWindow;
  conversation(name: ConversationName, read: ReadBytes): ConversationDetail | undefined;
  conversationCalls(
    name: ConversationName,
    first: number,
    count: number,
    protocol: Decoder,
    bytes: number,
    read: ReadBytes,
  ): ConversationCalls | undefined;
  conversationPosition(name: ConversationName, row: EventRow): Requests['conversationPosition']['result'];
  conversationSeekError(name: ConversationName, from: ListPosition, step: 1 | -1): ListPosition | undefined;
  conversationStream(name: ConversationName, direction: 0 | 1, read: ReadBytes): ConversationStream | undefined;
  findings(read: ReadBytes): readonly Finding[];
  conversationOf(description: DescriptionIndex, row: EventRow): ConversationName | undefined;
  free(): void;
}

/** A part of a filter as the engine tells it to a search: numbers, of which the first is its ticket. */
export type SearchTask = Uint32Array<ArrayBuffer>;

/** Looks at a part of a filter in another worker than the index. */
export interface EngineSearch {
  /** Where the bytes stand that the next step reads: the file, the first of them, and the one behind the last. */
  wants(): ArrayLike<number>;
  /** Looks at a few more events; false when there are no more. */
  step(read: ReadBytes): boolean;
  /** What `handIn` takes. */
  found(): Uint32Array<ArrayBuffer>;
  free(): void;
}

/** One instance of the module. */
export interface Engine {
  createSession(skipOffset?: number): EngineSession;
  createInflater(): Inflater;
  /** For reading a gzip file again. */
  createPackedBytes(): PackedBytes;
  /** What the first bytes of a file that is no capture look like. */
  looksLike(head: Uint8Array<ArrayBuffer>): string | undefined;
  /** Reads a filter without running it. */
  checkFilter(text: string): FilterCheck;
  /** All fields that a column can show. */
  fieldCatalogue(): readonly FieldInfo[];
  /** Puts the calls of two conversations side by side. */
  align(left: ComparedCalls, right: ComparedCalls): Alignment;
  createWarmUp(): WarmUp;
  createSearch(text: string, task: SearchTask): EngineSearch;
  /** Whether memory is below `limit`, and what the next step may ask for could be had now. */
  hasRoom(limit: number): boolean;
  readonly memoryBytes: number;
  /** What is known about a trap: a panic's own words, and where in the file it happened. */
  explainTrap(cause: unknown): CaptureError;
  /** Test builds only: ends the module as a fault of ours would. */
  trap?(): void;
  /** Test builds only: ends the module as a full memory would. */
  exhaust?(): void;
}

/** Runs the engine on a made-up capture. */
export interface WarmUp {
  /** False when enough has been done. */
  step(): boolean;
  free(): void;
}

/**
 * Room that has to be left before a step, for a memory of this size. Memory is made to grow by as much or twice, so that
 * of a small capture stays small.
 */
function headroom(memoryBytes: number): number {
  return Math.min(32 << 20, Math.max(256 << 10, memoryBytes >>> 4));
}

/** Makes the engine of this worker. */
export async function loadEngine(module: WebAssembly.Module): Promise<Engine> {
  const exports = await init({ module_or_path: module });
  return {
    createSession: (skipOffset) => new WasmSession(skipOffset),
    createInflater,
    createPackedBytes: () => new wasm.PackedBytes() as PackedBytes,
    looksLike: (head) => wasm.looksLike(head),
    checkFilter: (text) => JSON.parse(wasm.checkFilter(text)) as FilterCheck,
    fieldCatalogue: () => JSON.parse(wasm.fieldCatalogue()) as FieldInfo[],
    align: (left, right) =>
      wasm.alignCalls(left.side, [...left.syscall], left.returned, right.side, [...right.syscall], right.returned) as Alignment,
    createWarmUp: () => new wasm.WarmUp(),
    createSearch: (text, task) => new wasm.Search(text, task) as EngineSearch,
    hasRoom(limit) {
      const { byteLength } = exports.memory.buffer;
      return byteLength < limit && wasm.hasHeadroom(headroom(byteLength));
    },
    get memoryBytes() {
      return exports.memory.buffer.byteLength;
    },
    explainTrap,
    ...(import.meta.env.MODE === 'test' ? faults(exports) : {}),
  };
}

/** Real traps: a pointer to nowhere, and allocations until there are no more. */
function faults(exports: wasm.InitOutput): Required<Pick<Engine, 'trap' | 'exhaust'>> {
  return {
    trap() {
      exports.session_finish(0xfffffff0);
    },
    exhaust() {
      for (;;) exports.__wbindgen_malloc(64 << 20, 1);
    },
  };
}

function createInflater(): Inflater {
  const inflater = new wasm.Inflater();
  return {
    push: (packed) => inflater.push(packed),
    pull: (into, isEnd) => inflater.pull(into, isEnd),
    takePoints: () => inflater.takePoints() as Uint8Array<ArrayBuffer>,
    takeDamages: () => JSON.parse(inflater.takeDamages()) as DamageReport[],
    free: () => inflater.free(),
  };
}

/** An allocation that fails ends in a trap without words. The largest are of this order: no room for one is what it was. */
const largestAllocation = 128 << 20;

function explainTrap(cause: unknown): CaptureError {
  // After a trap only calls that take no object are safe.
  const panic = wasm.lastPanic();
  if (panic === undefined && !wasm.hasHeadroom(largestAllocation)) return { kind: 'limit', what: 'memory', limit: 2 ** 32 };
  const message = panic ?? describeThrown(cause);
  const offset = wasm.applying();
  return offset === undefined ? { kind: 'bug', message } : { kind: 'bug', message, offset };
}

class WasmSession implements EngineSession {
  readonly #session: wasm.Session;

  constructor(skipOffset: number | undefined) {
    this.#session = new wasm.Session(skipOffset);
  }

  get blocks(): number {
    return this.#session.blocks;
  }

  get isCapture(): boolean {
    return this.#session.isCapture;
  }

  get bootNs(): bigint {
    return this.#session.bootNs;
  }

  listedThreads(): ReadonlySet<number> {
    return new Set(this.#session.listedThreads());
  }

  nextFile(name: string): void {
    this.#session.nextFile(name);
  }

  push(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#session.push(bytes);
  }

  finish(): void {
    this.#session.finish();
  }

  damage({ kind, offset, block, field, found, expected }: DamageReport): void {
    this.#session.damage(kind, offset, block, field, found, expected);
  }

  summary(): CaptureSummary {
    const summary = JSON.parse(this.#session.summary()) as Omit<CaptureSummary, 'firstNs' | 'gaps'>;
    // JSON numbers are doubles, which step by 256 ns there.
    return { ...summary, firstNs: this.#session.firstNs, gaps: gapsBetween(summary.files) };
  }

  count(list: ListSpec): ListCount {
    const [rows = 0, events = 0, total = 0] = this.#session.count(list);
    return { rows, events, total };
  }

  window(list: ListSpec, first: ListPosition, count: number, read: ReadBytes): RowWindow {
    const { isUnread, ...window } = this.#session.window(list, first, count, read) as ReadWindow;
    // Why it is unread is known to who reads; the rows say only that they no longer fit the index.
    return isUnread ? { ...window, unread: { kind: 'changed', name: '' } } : window;
  }

  locate(list: ListSpec, at: Place): Located {
    const [by, value] = 'num' in at ? ['num', at.num] : 'row' in at ? ['row', at.row] : ['ns', at.ns];
    const section = 'num' in at ? at.section : undefined;
    const located = this.#session.locate(list, by, value, section);
    if (located === undefined) return undefined;
    const [position = 0, row = 0, exact = 0] = located;
    return { position: position as ListPosition, row: row as EventRow, exact: exact === 1 };
  }

  seekError(list: ListSpec, from: ListPosition, step: 1 | -1): ListPosition | undefined {
    return this.#session.seekError(list, from, step === 1) as ListPosition | undefined;
  }

  findText(list: ListSpec, text: string, from: ListPosition, step: 1 | -1, read: ReadBytes): Found {
    const found = this.#session.findText(list, text, from, step === 1, read);
    if (found === undefined) return { state: 'nowhere' };
    const [position = 0, isHit = 0] = found;
    return { state: isHit === 1 ? 'found' : 'searching', position: position as ListPosition };
  }

  sort(list: ListSpec, read: ReadBytes): SortCount {
    const [done = 0, total = 0, tooMany = 0] = this.#session.sort(list, read);
    if (tooMany === 1) throw new Failure({ kind: 'too-many-to-sort', rows: total / 2 });
    return { done, total };
  }

  runFilter(text: string, read: ReadBytes): { readonly count: FilterCount; readonly isElsewhere: boolean } {
    const [events = 0, calls = 0, looked = 0, total = 0, isElsewhere = 0] = this.#session.runFilter(text, read);
    return { count: { events, calls, looked, total }, isElsewhere: isElsewhere === 1 };
  }

  handOut(text: string): SearchTask | undefined {
    return this.#session.handOut(text) as SearchTask | undefined;
  }

  handIn(text: string, ticket: number, found: Uint32Array | undefined): void {
    this.#session.handIn(text, ticket, found);
  }

  fieldValues(list: ListSpec, first: ListPosition, count: number, names: readonly string[], read: ReadBytes): Requests['fieldValues']['result'] {
    return this.#session.fieldValues(list, first, count, [...names], read) as Requests['fieldValues']['result'];
  }

  literal(row: EventRow, unit: ListSpec['unit'], field: string, read: ReadBytes): string | undefined {
    return this.#session.literal(row, unit === 'calls', field, read);
  }

  lines(list: ListSpec, first: ListPosition, count: number, kind: LineKind, format: string, read: ReadBytes): Uint8Array<ArrayBuffer> {
    return this.#session.lines(list, first, count, kind, format, read) as Uint8Array<ArrayBuffer>;
  }

  explainFilter(text: string): readonly FilterStep[] {
    return JSON.parse(this.#session.explainFilter(text)) as readonly FilterStep[];
  }

  whyRow(text: string, row: EventRow, read: ReadBytes): readonly FilterReason[] {
    return parseDetail(this.#session.whyRow(text, row, read)) as readonly FilterReason[];
  }

  call(row: EventRow, read: ReadBytes): CallDetail {
    return parseDetail(this.#session.call(row, read)) as CallDetail;
  }

  state(row: EventRow, read: ReadBytes): StateDetail {
    return parseDetail(this.#session.state(row, read)) as StateDetail;
  }

  bytes(row: EventRow, param: number, read: ReadBytes): Uint8Array<ArrayBuffer> {
    const bytes = this.#session.bytes(row, param, read);
    if (bytes === undefined) throw new Failure({ kind: 'bug', message: `event ${row} has no parameter ${param}` });
    return bytes as Uint8Array<ArrayBuffer>;
  }

  text(list: ListSpec, first: ListPosition, count: number, read: ReadBytes): string {
    return this.#session.text(list, first, count, read);
  }

  conversations(query: ConversationQuery, first: number, count: number): ConversationWindow {
    const { sort, descending, narrow, group } = query;
    return this.#session.conversations(sort, descending, narrow, group, first, count) as ConversationWindow;
  }

  conversation(name: ConversationName, read: ReadBytes): ConversationDetail | undefined {
    const json = this.#session.conversation(name.key, name.life, read);
    return json === undefined ? undefined : (JSON.parse(json) as ConversationDetail);
  }

  conversationCalls(
    name: ConversationName,
    first: number,
    count: number,
    protocol: Decoder,
    bytes: number,
    read: ReadBytes,
  ): ConversationCalls | undefined {
    const calls = this.#session.conversationCalls(name.key, name.life, first, count, protocol, bytes, read);
    return calls as ConversationCalls | undefined;
  }

  conversationPosition({ key, life }: ConversationName, row: EventRow): Requests['conversationPosition']['result'] {
    const found = this.#session.conversationPosition(key, life, row);
    if (found === undefined) return undefined;
    const [position = 0, exact = 0] = found;
    return { position: position as ListPosition, exact: exact === 1 };
  }

  conversationSeekError({ key, life }: ConversationName, from: ListPosition, step: 1 | -1): ListPosition | undefined {
    return this.#session.conversationSeekError(key, life, from, step === 1) as ListPosition | undefined;
  }

  conversationStream(name: ConversationName, direction: 0 | 1, read: ReadBytes): ConversationStream | undefined {
    return this.#session.conversationStream(name.key, name.life, direction, read) as ConversationStream | undefined;
  }

  findings(read: ReadBytes): readonly Finding[] {
    return JSON.parse(this.#session.findings(read)) as readonly Finding[];
  }

  conversationOf(description: DescriptionIndex, row: EventRow): ConversationName | undefined {
    const name = this.#session.conversationOf(description, row);
    if (name === undefined) return undefined;
    const life = /~(\d+)$/.exec(name);
    return life === null ? { key: name } : { key: name.slice(0, life.index), life: Number(life[1]) };
  }

  free(): void {
    this.#session.free();
  }
}

type ReadWindow = RowWindow & { readonly isUnread: boolean };

/** Details come as JSON, which has no NaN: an event without a number. */
function parseDetail(json: string | undefined): unknown {
  if (json === undefined) throw new Failure({ kind: 'bug', message: 'there is no such row' });
  return JSON.parse(json, (key, value: unknown) => (key === 'num' && value === null ? NaN : value));
}
