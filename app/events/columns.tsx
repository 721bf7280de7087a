/** The columns of the event grid: what each one is called, how wide it is, and what stands in its cells. */
import type { ReactNode } from 'react';
import { marked } from '../components/marked';
import { micros, timeText, type TimeContext, type TimeMode } from '../format/time';
import { isField } from '../state/columns';
import type { Unit } from '../state/model';
import type { Row } from './rows';

export interface CellContext {
  readonly time: TimeContext;
  readonly find: string;
  /** The capture has no enter events. */
  readonly exitOnly: boolean;
  /** The list is about one conversation: its name is told above. */
  readonly isConversation: boolean;
  /** The size that was asked for has a column. */
  readonly isAskedShown: boolean;
}

export interface EventColumn {
  readonly id: string;
  readonly header: (time: TimeMode) => string;
  /** What the column is, in words: for menus and tooltips. */
  readonly title: string;
  readonly width: number;
  /** The same in a capture of ten million events or more, where that is not enough. */
  readonly longWidth?: number;
  readonly end?: boolean;
  readonly mono?: boolean;
  /** Takes what the other columns leave. */
  readonly flexible?: boolean;
  /** Text alone where it can be: elements within cells cost a list more than all the rest of it. */
  readonly cell: (row: Row, context: CellContext) => ReactNode;
  /** Colour of the whole cell. */
  readonly tone?: (row: Row) => 'dim' | 'bad' | undefined;
}

const timeHeaders: Readonly<Record<TimeMode, string>> = {
  local: 'Time',
  utc: 'Time (UTC)',
  relative: 'Time (s)',
  delta: 'Δ previous (s)',
  since: 'Since selected (s)',
};

/** Results beyond this are addresses. */
const addressFrom = 2 ** 32;

function returnedText(row: Row): string {
  const { returned } = row;
  if (returned === undefined) return '';
  return returned >= addressFrom ? `0x${returned.toString(16)}` : String(returned);
}

const dim = (text: string): ReactNode => <span className="dim">{text}</span>;

/** The kernel addresses before a unix socket's path say nothing to a reader of a list. */
const socketAddresses = /^[0-9a-f]+->[0-9a-f]+ (?=\S)/;

/** Leaves out a parameter that a column of its own shows. */
function without(info: string, param: string): string {
  return `${info} `.startsWith(`${param} `) ? info.slice(param.length).trimStart() : info;
}

/** Parameters of a call that no other column tells. */
function what(row: Row, context: CellContext): ReactNode {
  const { fd, fdName, errno } = row;
  const { find } = context;
  let { info } = row;
  // `fd=16(<u>NAME) …`: the sign between < and > tells the type of the fd.
  const start = /^fd=(\d+)\(<[^>]{1,3}>/.exec(info);
  const isNamed =
    start !== null && fdName !== '' && Number(start[1]) === fd && info.startsWith(`${fdName})`, start[0].length);
  if (isNamed) info = info.slice(start[0].length + fdName.length + 1).trimStart();
  const size = row.requested === undefined ? '' : `size=${row.requested}`;
  const rest = without(info, size);
  // What was asked for and done needs to be told once only.
  const isSizeTold = rest === info || context.isAskedShown || row.requested === row.returned;
  info = rest;
  if (row.returned !== undefined) info = without(info, `res=${row.returned}${errno === '' ? '' : `(${errno})`}`);
  if (!isSizeTold) info = `${size} ${info}`;
  const told = marked(info, find);
  return isNamed && !context.isConversation ? (
    <>
      <span className="dim">{marked(`${fdName.replace(socketAddresses, '')} `, find)}</span>
      {told}
    </>
  ) : (
    told
  );
}

/** A number with its section in front, where there are several. */
function eventNumber(num: number | undefined, section: number | undefined): ReactNode {
  if (num === undefined || section === undefined) return num === undefined ? '' : String(num);
  return (
    <>
      <span className="dim">{section}.</span>
      {num}
    </>
  );
}

const fixed = (text: string) => (): string => text;
const always = (tone: 'dim') => (): 'dim' => tone;

const shared = {
  num: {
    id: 'num',
    header: fixed('#'),
    title: 'Event number',
    width: 64,
    longWidth: 78, // nine digits
    end: true,
    mono: true,
    cell: (row: Row) => eventNumber(row.num, row.section),
  },
  time: {
    id: 'time',
    header: (mode: TimeMode) => timeHeaders[mode],
    title: 'Time',
    width: 142,
    end: true,
    mono: true,
    cell: (row: Row, { time }: CellContext) => timeText(row.ns, row.previousNs, time),
  },
  cpu: { id: 'cpu', header: fixed('CPU'), title: 'CPU', width: 48, end: true, mono: true, cell: (row: Row) => String(row.cpu) },
  process: {
    id: 'process',
    header: fixed('Process'),
    title: 'Process and thread',
    width: 124,
    mono: true,
    cell: (row: Row, { find }: CellContext) => (
      <>
        {marked(row.process, find)}
        {row.tid === undefined ? null : dim(` (${row.tid})`)}
      </>
    ),
  },
  fd: {
    id: 'fd',
    header: fixed('FD'),
    title: 'File descriptor',
    width: 56,
    mono: true,
    cell: (row: Row) => (row.fd === undefined ? '' : `fd ${row.fd}`),
    tone: always('dim'),
  },
  fdname: {
    id: 'fdname',
    header: fixed('FD name'),
    title: 'What the file descriptor stands for',
    width: 260,
    mono: true,
    cell: (row: Row, { find }: CellContext) => marked(row.fdName, find),
  },
} satisfies Record<string, EventColumn>;

const calls: readonly EventColumn[] = [
  shared.num,
  {
    id: 'exit',
    header: fixed('# exit'),
    title: 'Number of the exit event',
    width: 72,
    longWidth: 78,
    end: true,
    mono: true,
    cell: (row) => eventNumber(row.exitNum, row.exitSection),
  },
  shared.time,
  shared.cpu,
  shared.process,
  {
    id: 'call',
    header: fixed('Call'),
    title: 'System call or event type',
    width: 96,
    mono: true,
    cell: (row, { find }) => marked(row.type, find),
  },
  shared.fd,
  shared.fdname,
  {
    id: 'what',
    header: fixed('What'),
    title: 'Parameters of the call',
    width: 140,
    mono: true,
    flexible: true,
    cell: what,
  },
  {
    id: 'returned',
    header: fixed('Returned'),
    title: 'Result of the call',
    width: 88,
    end: true,
    mono: true,
    cell: (row) => {
      if (row.errno !== '') return `✗ ${row.errno}`;
      if (row.isError) return `✗ ${returnedText(row)}`;
      return row.isOpen ? 'no return' : returnedText(row);
    },
    tone: (row) => (row.errno !== '' || row.isError ? 'bad' : row.isOpen ? 'dim' : undefined),
  },
  {
    id: 'asked',
    header: fixed('Asked'),
    title: 'Size asked for',
    width: 56,
    end: true,
    mono: true,
    cell: (row) => (row.requested === undefined ? '' : String(row.requested)),
    tone: always('dim'),
  },
  {
    id: 'took',
    header: fixed('Took (µs)'),
    title: 'Time from enter to exit',
    width: 100,
    longWidth: 110, // a quarter of an hour
    end: true,
    mono: true,
    cell: (row, { exitOnly }) => {
      if (row.latencyNs !== undefined) return micros(row.latencyNs);
      // Without its enter nobody knows how long a call took; zero would be a lie.
      return exitOnly || row.isExit ? 'not recorded' : '';
    },
    tone: (row) => (row.latencyNs === undefined ? 'dim' : undefined),
  },
];

const events: readonly EventColumn[] = [
  shared.num,
  shared.time,
  shared.cpu,
  shared.process,
  {
    id: 'dir',
    header: fixed('Dir'),
    title: 'Direction: > enter, < exit',
    width: 40,
    mono: true,
    cell: (row) => (row.isExit ? '<' : '>'),
  },
  {
    id: 'type',
    header: fixed('Type'),
    title: 'Event type',
    width: 120,
    mono: true,
    cell: (row, { find }) => marked(row.type, find),
  },
  {
    id: 'info',
    header: fixed('Info'),
    title: 'Parameters as sysdig prints them',
    width: 300,
    mono: true,
    flexible: true,
    cell: (row, { find }) => marked(row.info, find),
  },
  shared.fd,
  shared.fdname,
];

export const eventColumns: Readonly<Record<Unit, readonly EventColumn[]>> = { calls, events };

const columnById: Readonly<Record<Unit, ReadonlyMap<string, EventColumn>>> = {
  calls: new Map(calls.map((column) => [column.id, column])),
  events: new Map(events.map((column) => [column.id, column])),
};

const fieldColumns = new Map<string, EventColumn>();

/** The column of a field: the same object for the same name. */
function fieldColumn(name: string): EventColumn {
  const known = fieldColumns.get(name);
  if (known !== undefined) return known;
  const column: EventColumn = {
    id: name,
    header: fixed(name),
    title: name,
    width: Math.min(220, Math.max(80, 24 + 7 * name.length)),
    mono: true,
    cell: (row, { find }) => marked(row.fields[name] ?? '', find),
  };
  fieldColumns.set(name, column);
  return column;
}

/** A built-in column or that of a field; undefined for what is neither. */
export function columnOf(unit: Unit, id: string): EventColumn | undefined {
  return columnById[unit].get(id) ?? (isField(id) ? fieldColumn(id) : undefined);
}
