/** One capture in its engine worker: reads the files into the engine and answers what is asked meanwhile and later. */
import type { Handlers, Sealed } from './dispatch';
import { isTrap, plain } from './dispatch';
import type {
  CallDetail,
  CaptureError,
  CaptureSummary,
  ConversationCalls,
  ConversationDetail,
  ConversationName,
  ConversationStream,
  Decoder,
  EventRow,
  FilterCount,
  FilterReason,
  Finding,
  LineKind,
  ListPosition,
  ListSpec,
  Progress,
  Requests,
  RowWindow,
  SortCount,
  StateDetail,
} from './protocol';
import type { Engine, EngineSession, WarmUp } from './engine';
import { checkAborted, Failure, readFailure } from './failure';
import { CaptureBytes } from './reading/bytes';
import type { Origin } from './reading/bytes';
import type { CaptureInflow, Inflow } from './reading/inflow';
import { openRaw } from './reading/raw';
import { orderOf, overlaps, planFiles } from './reading/rolled';
import type { FileHead } from './reading/rolled';
import { headLength, isPacked } from './reading/sniff';
import { Searching } from './searching';
import type { Searcher } from './searching';

/** What a capture needs of its worker. */
export interface Surroundings {
  readonly engine: Engine;
  /** Lets waiting messages be answered. */
  readonly breathe: () => Promise<void>;
  /** Opens a gzip file, inflating here or in a worker of its own. */
  readonly openGzip: (file: File) => CaptureInflow;
  readonly report: (progress: Progress) => void;
  /** Starts workers that search these files. */
  readonly startSearchers: (origins: readonly Origin[]) => readonly Searcher[];
  /** Bytes of memory at which indexing stops, with so many events indexed. */
  readonly memoryLimit: (file: File, events: number) => number;
  /** Test builds only: breaks the engine when a file asks for it. */
  readonly forceFailure?: (file: File, engine: Engine) => void;
}

/** Indexing gives way to other requests after about this long. */
const stepMs = 6;
const smallestStep = 128 << 10;
const largestStep = 4 << 20;
const progressMs = 100;
/** What passes a filter is drawn so often: each time takes from the search what drawing takes. */
const countMs = 200;
/** What is found first is told sooner. */
const firstMs = 24;
/** Bytes of a file that are looked at to say what it is. */
const headBytes = 4 << 10;
/** A file whose first event is behind this many bytes is ordered by its name. */
const longestPreamble = 64 << 20;

/** Handlers of one capture. */
export function createCaptureHandlers(surroundings: Surroundings): Handlers {
  const { engine } = surroundings;
  let opened: OpenCapture | undefined;
  let warmUp: WarmUp | undefined;

  const capture = (): OpenCapture => {
    if (opened === undefined) throw new Failure({ kind: 'bug', message: 'nothing was opened yet' });
    return opened;
  };

  return {
    async open({ files, skipOffset }, signal) {
      if (opened !== undefined) throw new Failure({ kind: 'bug', message: 'this worker has a capture already' });
      warmUp?.free();
      warmUp = undefined;
      opened = new OpenCapture(surroundings, files, engine.createSession(skipOffset), skipOffset === undefined);
      return plain(await opened.index(signal));
    },
    async plan({ files }, signal) {
      const heads = await readHeads(surroundings, files, signal);
      return plain(planFiles(heads));
    },
    warmUp() {
      warmUp ??= engine.createWarmUp();
      const goesOn = warmUp.step();
      if (!goesOn) {
        warmUp.free();
        warmUp = undefined;
      }
      return plain(goesOn);
    },
    stop() {
      return plain(capture().stop());
    },
    count({ list }) {
      return plain(capture().session.count(list));
    },
    window({ list, first, count }) {
      return capture().window(list, first, count);
    },
    locate({ list, at }) {
      return plain(capture().session.locate(list, at));
    },
    seekError({ list, from, step }) {
      return plain(capture().session.seekError(list, from, step));
    },
    async findText({ list, text, from, step }, signal) {
      return plain(await capture().findText(list, text, from, step, signal));
    },
    checkFilter({ text }) {
      return plain(engine.checkFilter(text));
    },
    async runFilter({ text, enough }, signal) {
      return plain(await capture().runFilter(text, enough ?? Infinity, signal));
    },
    async sort({ list }, signal) {
      return plain(await capture().sort(list, signal));
    },
    fieldCatalogue() {
      return plain(engine.fieldCatalogue());
    },
    fieldValues({ list, first, count, names }) {
      return plain(capture().fieldValues(list, first, count, names));
    },
    literal({ row, unit, field }) {
      return plain(capture().literal(row, unit, field));
    },
    lines({ list, first, count, kind, format }) {
      const bytes = capture().lines(list, first, count, kind, format);
      return { value: bytes, transfer: [bytes.buffer] };
    },
    explainFilter({ text }) {
      return plain(capture().session.explainFilter(text));
    },
    whyRow({ text, row }) {
      return plain(capture().whyRow(text, row));
    },
    call({ row }) {
      return plain(capture().call(row));
    },
    state({ row }) {
      return plain(capture().state(row));
    },
    bytes({ row, param }) {
      const bytes = capture().bytes(row, param);
      return { value: bytes, transfer: [bytes.buffer] };
    },
    text({ list, first, count }) {
      return plain(capture().text(list, first, count));
    },
    conversations({ query, first, count }) {
      return sealed(capture().session.conversations(query, first, count));
    },
    conversation({ name }) {
      return plain(capture().conversation(name));
    },
    conversationCalls({ name, first, count, protocol, bytes }) {
      return sealed(capture().conversationCalls(name, first, count, protocol, bytes));
    },
    conversationPosition({ name, row }) {
      return plain(capture().session.conversationPosition(name, row));
    },
    conversationSeekError({ name, from, step }) {
      return plain(capture().session.conversationSeekError(name, from, step));
    },
    stream({ name, direction }) {
      return sealed(capture().stream(name, direction));
    },
    align({ left, right }) {
      return sealed(engine.align(left, right));
    },
    findings() {
      return plain(capture().findings());
    },
    conversationOf({ description, row }) {
      return plain(capture().session.conversationOf(description, row));
    },
  };
}

/** A result with all its columns, which go along. */
function sealed<T extends object | undefined>(value: T): Sealed<T> {
  const columns = value === undefined ? [] : Object.values(value).filter((column) => ArrayBuffer.isView(column));
  return { value, transfer: columns.map((column) => column.buffer as ArrayBuffer) };
}

class OpenCapture {
  readonly session: EngineSession;
  readonly #surroundings: Surroundings;
  readonly #bytes = new CaptureBytes();
  readonly #searching: Searching;
  readonly #bytesTotal: number;
  readonly #isFirstTry: boolean;
  #files: readonly File[];
  /** Positions of files that are not part of it. */
  readonly #apart: number[] = [];
  #bytesBefore = 0;
  #isIndexed = false;
  #stopped: CaptureError | undefined;
  #tickedAt = 0;
  #tickedEvents = 0;
  #stepBytes = smallestStep;
  #breathedAt = 0;

  constructor(surroundings: Surroundings, files: readonly File[], session: EngineSession, isFirstTry: boolean) {
    this.#surroundings = surroundings;
    this.#isFirstTry = isFirstTry;
    this.#files = files;
    this.session = session;
    this.#searching = new Searching(session, () => surroundings.startSearchers(this.#bytes.origins));
    this.#bytesTotal = files.reduce((sum, file) => sum + file.size, 0);
  }

  /** Reads everything. It fails only when nothing could be read; otherwise what was indexed stays, and `stopped` says more. */
  async index(signal: AbortSignal): Promise<CaptureSummary> {
    const order = await inOrder(this.#surroundings, this.#files, signal);
    this.#files = order.map(({ file }) => file);
    this.#tickedAt = performance.now();
    let firstHead: Uint8Array<ArrayBuffer> | undefined;
    for (const { file, position, head: start } of order) {
      if (start !== undefined && this.#isApart(start)) {
        this.#apart.push(position);
        continue;
      }
      try {
        const head = await this.#indexFile(file, signal);
        firstHead ??= head;
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause;
        if (!this.session.isCapture) throw cause;
        this.#stopped = cause.error;
      }
      if (this.#stopped !== undefined) break;
      this.#bytesBefore += file.size;
    }
    this.#isIndexed = true;
    const summary = this.summary();
    const first = this.#files[0];
    if (summary.blocks === 0 && summary.stopped === undefined && first !== undefined) {
      if (this.session.isCapture) throw new Failure({ kind: 'no-events', name: first.name });
      const looksLike = this.#surroundings.engine.looksLike(firstHead ?? new Uint8Array(0)) ?? 'something else';
      throw new Failure({ kind: 'not-a-capture', name: first.name, looksLike });
    }
    this.#tick(this.#stopped === undefined ? this.#bytesTotal : this.#bytesBefore, 'last');
    return summary;
  }

  /** A file that was recorded at the same time as what was read so far belongs to another recording. */
  #isApart(start: FileHead): boolean {
    const { firstNs, files } = this.session.summary();
    const endNs = files.findLast((file) => file.endNs !== undefined)?.endNs;
    return endNs !== undefined && overlaps(firstNs + BigInt(endNs), start);
  }

  stop(): CaptureSummary {
    this.#stopped ??= { kind: 'cancelled' };
    return this.summary();
  }

  summary(): CaptureSummary {
    return {
      ...this.session.summary(),
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
      ...(this.#apart.length === 0 ? {} : { apart: this.#apart }),
    };
  }

  window(list: ListSpec, first: ListPosition, count: number): Sealed<RowWindow> {
    const window = this.session.window(list, first, count, this.#bytes.read);
    const unread = this.#bytes.takeFailure() ?? window.unread;
    return {
      value: unread === undefined ? window : { ...window, unread: this.#named(unread) },
      transfer: [
        window.row.buffer,
        window.num.buffer,
        window.section.buffer,
        window.exitNum.buffer,
        window.exitSection.buffer,
        window.ns.buffer,
        window.latencyNs.buffer,
        window.cpu.buffer,
        window.tid.buffer,
        window.fd.buffer,
        window.requested.buffer,
        window.returned.buffer,
        window.flags.buffer,
      ],
    };
  }

  /** A file that changed in a way only the engine sees has no name there. */
  #named(error: CaptureError): CaptureError {
    return error.kind === 'changed' && error.name === '' ? { ...error, name: this.#files[0]?.name ?? '' } : error;
  }

  async findText(
    list: ListSpec,
    text: string,
    from: ListPosition,
    step: 1 | -1,
    signal: AbortSignal,
  ): Promise<ListPosition | undefined> {
    let position = from;
    let begun = performance.now();
    for (;;) {
      const found = this.#reading(() =>
        this.session.findText(list, text, position, step, this.#bytes.read),
      );
      if (found.state !== 'searching') return found.state === 'found' ? found.position : undefined;
      position = found.position;
      if (performance.now() - begun < stepMs) continue;
      await this.#surroundings.breathe();
      checkAborted(signal);
      begun = performance.now();
    }
  }

  /** Runs a filter until all that is indexed has been looked at, enough calls pass, or it is time to tell how far it is. */
  async runFilter(text: string, enough: number, signal: AbortSignal): Promise<FilterCount> {
    const searching = this.#searching;
    const giveUp = (): void => searching.giveUp(text);
    signal.addEventListener('abort', giveUp);
    try {
      const begun = performance.now();
      let breathed = begun;
      let first: FilterCount | undefined;
      for (;;) {
        // While it is read, the file is not in other hands.
        const hasMore = this.#isIndexed && searching.exchange(text);
        const { count, isElsewhere } = this.#reading(() => this.session.runFilter(text, this.#bytes.read));
        first ??= count;
        const now = performance.now();
        const isFirstFind = count.events > 0 && (first.events === 0 || enough < Infinity);
        if (count.looked === count.total || count.calls >= enough) return count;
        if (now >= begun + (isFirstFind ? firstMs : countMs)) return count;
        if (!isElsewhere && now - breathed < stepMs) continue;
        await (isElsewhere && !hasMore ? searching.change() : this.#surroundings.breathe());
        checkAborted(signal);
        breathed = performance.now();
      }
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Sorts a list to its end, or until it is time to tell how far it is. */
  sort(list: ListSpec, signal: AbortSignal): Promise<SortCount> {
    return this.#stepping(() => this.session.sort(list, this.#bytes.read), (count) => count.done === count.total, signal);
  }

  /** Takes steps until they come to an end, or it is time to answer; lets other requests in between. */
  async #stepping<Count>(step: () => Count, isDone: (count: Count) => boolean, signal: AbortSignal): Promise<Count> {
    const answerBy = performance.now() + progressMs;
    let begun = performance.now();
    for (;;) {
      const count = this.#reading(step);
      const now = performance.now();
      if (isDone(count) || now >= answerBy) return count;
      if (now - begun < stepMs) continue;
      await this.#surroundings.breathe();
      checkAborted(signal);
      begun = performance.now();
    }
  }

  fieldValues(list: ListSpec, first: ListPosition, count: number, names: readonly string[]): Requests['fieldValues']['result'] {
    return this.#reading(() => this.session.fieldValues(list, first, count, names, this.#bytes.read));
  }

  literal(row: EventRow, unit: ListSpec['unit'], field: string): string | undefined {
    return this.#reading(() => this.session.literal(row, unit, field, this.#bytes.read));
  }

  lines(list: ListSpec, first: ListPosition, count: number, kind: LineKind, format: string): Uint8Array<ArrayBuffer> {
    return this.#reading(() => this.session.lines(list, first, count, kind, format, this.#bytes.read));
  }

  whyRow(text: string, row: EventRow): readonly FilterReason[] {
    return this.#reading(() => this.session.whyRow(text, row, this.#bytes.read));
  }

  call(row: EventRow): CallDetail {
    return this.#reading(() => this.session.call(row, this.#bytes.read));
  }

  state(row: EventRow): StateDetail {
    return this.#reading(() => this.session.state(row, this.#bytes.read));
  }

  bytes(row: EventRow, param: number): Uint8Array<ArrayBuffer> {
    return this.#reading(() => this.session.bytes(row, param, this.#bytes.read));
  }

  text(list: ListSpec, first: ListPosition, count: number): string {
    return this.#reading(() => this.session.text(list, first, count, this.#bytes.read));
  }

  conversation(name: ConversationName): ConversationDetail | undefined {
    return this.#reading(() => this.session.conversation(name, this.#bytes.read));
  }

  conversationCalls(
    name: ConversationName,
    first: number,
    count: number,
    protocol: Decoder,
    bytes: number,
  ): ConversationCalls | undefined {
    return this.#reading(() => this.session.conversationCalls(name, first, count, protocol, bytes, this.#bytes.read));
  }

  stream(name: ConversationName, direction: 0 | 1): ConversationStream | undefined {
    return this.#reading(() => this.session.conversationStream(name, direction, this.#bytes.read));
  }

  findings(): readonly Finding[] {
    return this.#reading(() => this.session.findings(this.#bytes.read));
  }

  /** Runs what has to read the file again; a file that can't be read is told, not what became of it in the engine. */
  #reading<T>(run: () => T): T {
    try {
      return run();
    } catch (cause) {
      const failure = this.#bytes.takeFailure();
      if (isTrap(cause) || cause instanceof Failure) throw cause;
      throw new Failure(failure ?? this.#named({ kind: 'changed', name: '' }));
    }
  }

  /** Feeds one file to the engine; gives the first bytes it had, inflated. */
  async #indexFile(file: File, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const inflow = await openInflow(this.#surroundings, file);
    this.#bytes.add(inflow.bytes);
    this.session.nextFile(file.name);
    let head: Uint8Array<ArrayBuffer> | undefined;
    try {
      for (let piece = await inflow.next(); piece !== undefined; piece = await inflow.next()) {
        head ??= piece.slice(0, headBytes);
        await this.#feed(piece, file, inflow, signal);
        if (this.#isFirstTry) this.#surroundings.forceFailure?.(file, this.#surroundings.engine);
        for (const damage of inflow.takeDamages()) this.session.damage(damage);
        if (this.#stopped !== undefined) return head;
      }
    } finally {
      inflow.close();
    }
    for (const damage of inflow.takeDamages()) this.session.damage(damage);
    this.session.finish();
    return head;
  }

  /**
   * Pushes a piece in steps of a few milliseconds, and lets others in between. A stream gives pieces far smaller than
   * that, so it is the clock that says when.
   */
  async #feed(piece: Uint8Array<ArrayBuffer>, file: File, inflow: Inflow, signal: AbortSignal): Promise<void> {
    for (let from = 0; from < piece.length; ) {
      const hasFirstRows = this.#tickedEvents === 0 && this.session.blocks > 0;
      if (hasFirstRows || performance.now() - this.#breathedAt >= stepMs) await this.#pause(file, inflow, signal);
      if (this.#stopped !== undefined) return;
      const begun = performance.now();
      const end = Math.min(piece.length, from + this.#stepBytes);
      const goesOn = this.session.push(piece.subarray(from, end));
      if (!goesOn) this.#stopped ??= this.session.summary().stopped;
      if (end - from === this.#stepBytes) {
        const took = Math.max(0.1, performance.now() - begun);
        const fitting = this.#stepBytes * Math.min(2, stepMs / took);
        this.#stepBytes = Math.min(largestStep, Math.max(smallestStep, fitting & ~0xffff));
      }
      from = end;
    }
  }

  /** Tells how far it is, lets others in, and looks whether to go on. */
  async #pause(file: File, inflow: Inflow, signal: AbortSignal): Promise<void> {
    const { engine, breathe, memoryLimit } = this.#surroundings;
    this.#tick(this.#bytesBefore + inflow.consumed, 'running');
    await breathe();
    checkAborted(signal);
    const limit = memoryLimit(file, this.session.blocks);
    if (!engine.hasRoom(limit)) this.#stopped ??= { kind: 'limit', what: 'memory', limit };
    this.#breathedAt = performance.now();
  }

  /** Tells the page how far it is; at once when the first rows are there. */
  #tick(bytesRead: number, moment: 'running' | 'last'): void {
    const now = performance.now();
    const events = this.session.blocks;
    const isDue = now - this.#tickedAt >= progressMs || (this.#tickedEvents === 0 && events > 0);
    if (!isDue && moment === 'running') return;
    const seconds = (now - this.#tickedAt) / 1000;
    this.#surroundings.report({
      bytesRead,
      bytesTotal: this.#bytesTotal,
      events,
      eventsPerSecond: seconds > 0 ? Math.round((events - this.#tickedEvents) / seconds) : 0,
      summary: this.summary(),
      counts: { calls: this.session.count({ unit: 'calls' }), events: this.session.count({ unit: 'events' }) },
    });
    this.#tickedAt = now;
    this.#tickedEvents = events;
  }
}

async function openInflow(surroundings: Surroundings, file: File): Promise<CaptureInflow> {
  if (file.size === 0) throw new Failure({ kind: 'empty', name: file.name });
  let head: ArrayBuffer;
  try {
    head = await file.slice(0, headLength).arrayBuffer();
  } catch (cause) {
    throw new Failure(readFailure(file, cause, false));
  }
  return isPacked(new Uint8Array(head)) ? surroundings.openGzip(file) : openRaw(file);
}

interface OrderedFile {
  readonly file: File;
  /** Position among the files as they were given. */
  readonly position: number;
  /** What its beginning says; not read for a file that is alone. */
  readonly head: FileHead | undefined;
}

/** Files in the order of recording. */
async function inOrder(
  surroundings: Surroundings,
  files: readonly File[],
  signal: AbortSignal,
): Promise<readonly OrderedFile[]> {
  if (files.length < 2) return files.map((file, position) => ({ file, position, head: undefined }));
  const heads = await readHeads(surroundings, files, signal);
  return orderOf(heads).flatMap((position) => {
    const file = files[position];
    return file === undefined ? [] : [{ file, position, head: heads[position] }];
  });
}

async function readHeads(
  surroundings: Surroundings,
  files: readonly File[],
  signal: AbortSignal,
): Promise<readonly FileHead[]> {
  const heads: FileHead[] = [];
  for (const file of files) heads.push(await readFileHead(surroundings, file, signal));
  return heads;
}

function unknownHead({ name }: File): FileHead {
  return { name, host: undefined, bootNs: 0n, firstNs: undefined, threads: new Set() };
}

/** Reads a file up to its first event. What cannot be read says so when it is opened. */
async function readFileHead(surroundings: Surroundings, file: File, signal: AbortSignal): Promise<FileHead> {
  const session = surroundings.engine.createSession();
  try {
    const inflow = await openInflow(surroundings, file);
    try {
      session.nextFile(file.name);
      const hasEvents = (): boolean => session.blocks > 0;
      let left = longestPreamble;
      while (left > 0 && !hasEvents()) {
        const piece = await inflow.next();
        if (piece === undefined) break;
        for (let from = 0; from < piece.length && !hasEvents(); from += smallestStep) {
          session.push(piece.subarray(from, from + smallestStep));
        }
        left -= piece.length;
        await surroundings.breathe();
        checkAborted(signal);
      }
    } finally {
      inflow.close();
    }
    if (!session.isCapture) return unknownHead(file);
    const { host, firstNs, blocks } = session.summary();
    const { bootNs } = session;
    return { name: file.name, host, bootNs, firstNs: blocks > 0 ? firstNs : undefined, threads: session.listedThreads() };
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.kind === 'cancelled') throw cause;
    return unknownHead(file);
  } finally {
    session.free();
  }
}
