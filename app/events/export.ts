/** Writes what the list shows to a file, some rows at a time, so that any number of them fits. */
import type { LineKind, ListPosition, ListSpec } from '../../workers/protocol';
import { exportFile } from '../capture/copies';
import { ask } from '../capture/session';
import { runFilterPast } from '../filter/run';
import type { TabId } from '../state/model';

/** What `sysdig` prints without `-p`. */
export const usualFormat = '*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info';

/** Where an export goes. */
export interface Sink {
  /** It is put together in memory, and must fit there. */
  readonly isInMemory: boolean;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All of it is there. */
  close(): Promise<void>;
  /** Nothing of it is kept. */
  abort(): Promise<void>;
}

function download(what: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(what);
  link.download = name;
  link.click();
  // The browser has begun to take it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function intoFile(file: FileSystemWritableFileStream, whenClosed: () => Promise<void>): Sink {
  return {
    isInMemory: false,
    write: (bytes) => file.write(bytes),
    async close() {
      await file.close();
      await whenClosed();
    },
    abort: () => file.abort(),
  };
}

/** The file that the user picks; else one of the page's own on the disk, which is downloaded; else memory. */
export async function openSink(name: string): Promise<Sink> {
  if (window.showSaveFilePicker !== undefined) {
    const handle = await window.showSaveFilePicker({ suggestedName: name });
    return intoFile(await handle.createWritable(), () => Promise.resolve());
  }
  const own = await exportFile();
  if (own !== undefined) return intoFile(await own.createWritable(), async () => download(await own.getFile(), name));
  let kept = new Blob([]);
  return {
    isInMemory: true,
    write(bytes) {
      kept = new Blob([kept, bytes]);
      return Promise.resolve();
    },
    close() {
      download(kept, name);
      return Promise.resolve();
    },
    abort() {
      kept = new Blob([]);
      return Promise.resolve();
    },
  };
}

export interface ExportOrder {
  readonly kind: LineKind;
  /** As `sysdig -p` takes it; `usualFormat` is the line that sysdig prints by itself. */
  readonly format: string;
  /** Names of the columns, for the first line of a table. */
  readonly heads: readonly string[];
}

/** Rows that are asked for at a time: a few milliseconds of the engine. */
const rowsAtOnce = 1000;

function headLine(heads: readonly string[]): string {
  return `${heads.map((head) => (/[",]/.test(head) ? `"${head.replaceAll('"', '""')}"` : head)).join(',')}\n`;
}

/** Writes all rows of a list; answers how many, or why it came to nothing. */
export async function writeList(
  id: TabId,
  list: ListSpec,
  { kind, format, heads }: ExportOrder,
  sink: Sink,
  signal: AbortSignal,
  onProgress: (rows: number, total: number) => void,
): Promise<number> {
  const check = (): void => signal.throwIfAborted();
  if (list.filter !== undefined) {
    const ran = await runFilterPast(id, list.filter, Number.POSITIVE_INFINITY, signal);
    check();
    if (!ran.ok) throw new ExportFailure(ran.error.kind);
  }
  const size = await ask(id, 'count', { list }, signal);
  check();
  if (!size.ok) throw new ExportFailure(size.error.kind);
  const { rows } = size.value;
  if (kind === 'csv') await sink.write(new TextEncoder().encode(headLine(heads)));
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const part = { list, first: first as ListPosition, count: Math.min(rowsAtOnce, rows - first) };
    const answer =
      kind === 'text' && format === usualFormat
        ? await ask(id, 'text', part, signal)
        : await ask(id, 'lines', { ...part, kind, format }, signal);
    check();
    if (!answer.ok) throw new ExportFailure(answer.error.kind);
    const { value } = answer;
    await sink.write(typeof value === 'string' ? new TextEncoder().encode(value) : value);
    check();
    onProgress(first + part.count, rows);
  }
  return rows;
}

/** The engine could not read on. */
export class ExportFailure extends Error {}
