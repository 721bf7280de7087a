/** Reads single rows out of a window of columns. */
import { rowFlag, type EventRow, type RelNs, type RowWindow } from '../../workers/protocol';
import type { RowFacts, TabId } from '../state/model';

function defined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Sections count from 1; 0 stands for none. */
function numbered(section: number | undefined): number | undefined {
  return section === 0 ? undefined : section;
}

/** One row of a window. */
export interface Row {
  readonly row: EventRow;
  readonly num: number | undefined;
  /** Undefined while the capture has only one. */
  readonly section: number | undefined;
  readonly exitNum: number | undefined;
  readonly exitSection: number | undefined;
  readonly ns: number;
  /** Time of the row above in the list; undefined on the first. */
  readonly previousNs: number | undefined;
  readonly latencyNs: number | undefined;
  readonly cpu: number;
  readonly tid: number | undefined;
  readonly fd: number | undefined;
  readonly requested: number | undefined;
  readonly returned: number | undefined;
  readonly isError: boolean;
  readonly isExit: boolean;
  /** A call that has not returned. */
  readonly isOpen: boolean;
  readonly isUnknown: boolean;
  readonly process: string;
  readonly type: string;
  readonly info: string;
  readonly fdName: string;
  readonly errno: string;
  /** Values of the fields that columns show, by name. */
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** A window with values of fields. */
export interface ListWindow extends RowWindow {
  readonly names: readonly string[];
  /** An array for each name. */
  readonly values: readonly (readonly (string | undefined)[])[];
}

const noFields: Row['fields'] = {};

function fieldsAt(window: RowWindow & Partial<ListWindow>, i: number): Row['fields'] {
  const { names, values } = window;
  if (names === undefined || values === undefined || names.length === 0) return noFields;
  return Object.fromEntries(names.map((name, at) => [name, values[at]?.[i]]));
}

/** Rows that were read already, so that a row that did not change is the same object. */
const read = new WeakMap<RowWindow, (Row | undefined)[]>();

/** The row at a position of the list, if the window has it. */
export function rowAt(window: RowWindow, position: number): Row | undefined {
  const i = position - window.first;
  if (i < 0 || i >= window.length) return undefined;
  let rows = read.get(window);
  if (rows === undefined) {
    rows = [];
    read.set(window, rows);
  }
  rows[i] ??= readRow(window, i);
  return rows[i];
}

function isSame(a: Row, b: Row): boolean {
  const names = Object.keys(a.fields);
  const isSameOf = (key: keyof Row): boolean => (key === 'fields' ? names.every((name) => a.fields[name] === b.fields[name]) : a[key] === b[key]);
  return (Object.keys(a) as (keyof Row)[]).every(isSameOf);
}

/** Takes over rows of the window before that are the same in this one, so that what shows them does not change. */
export function keepSameRows(window: RowWindow, before: RowWindow | undefined): void {
  const held = before === undefined ? undefined : read.get(before);
  if (before === undefined || held === undefined) return;
  const rows: (Row | undefined)[] = [];
  read.set(window, rows);
  const shift = window.first - before.first;
  for (let i = Math.max(0, -shift); i < window.length && i + shift < before.length; i++) {
    const now = readRow(window, i);
    const was = held[i + shift];
    rows[i] = was !== undefined && now !== undefined && isSame(was, now) ? was : now;
  }
}

function readRow(window: RowWindow, i: number): Row | undefined {
  const row = window.row[i];
  if (row === undefined) return undefined;
  const flags = window.flags[i] ?? 0;
  const fd = window.fd[i];
  return {
    row: row as EventRow,
    num: defined(window.num[i]),
    section: numbered(window.section[i]),
    exitNum: defined(window.exitNum[i]),
    exitSection: numbered(window.exitSection[i]),
    ns: window.ns[i] ?? 0,
    previousNs: i > 0 ? window.ns[i - 1] : undefined,
    latencyNs: defined(window.latencyNs[i]),
    cpu: window.cpu[i] ?? 0,
    tid: defined(window.tid[i]),
    fd: fd === undefined || fd < 0 ? undefined : fd,
    requested: defined(window.requested[i]),
    returned: defined(window.returned[i]),
    isError: (flags & rowFlag.error) !== 0,
    isExit: (flags & rowFlag.exit) !== 0,
    isOpen: (flags & rowFlag.open) !== 0,
    isUnknown: (flags & rowFlag.unknown) !== 0,
    process: window.process[i] ?? '',
    type: window.type[i] ?? '',
    info: window.info[i] ?? '',
    fdName: window.fdName[i] ?? '',
    errno: window.errno[i] ?? '',
    fields: fieldsAt(window, i),
  };
}

/** Rows that the lists of the tabs show, so that a row that is selected by a key is known at once. */
const shown = new Map<TabId, { readonly list: string; readonly window: RowWindow }>();

/** Notes which rows a tab shows, of the list with this key. */
export function noteShown(id: TabId, list: string, window: RowWindow | undefined): void {
  if (window === undefined) shown.delete(id);
  else shown.set(id, { list, window });
}

/** Facts of a row that is shown, or was fetched beside those that are. */
export function shownFacts(id: TabId, list: string, position: number): RowFacts | undefined {
  const held = shown.get(id);
  const row = held?.list === list ? rowAt(held.window, position) : undefined;
  return row === undefined ? undefined : factsOf(row);
}

/** What the selection keeps of a row. */
export function factsOf(row: Row): RowFacts {
  return { row: row.row, num: row.num, section: row.section, exitNum: row.exitNum, ns: row.ns as RelNs };
}
