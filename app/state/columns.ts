import type { ColumnLayout, Unit } from './model';

/** Names of the built-in columns in their usual order, as links and settings know them. Any field may stand beside them. */
export const columnIds: Readonly<Record<Unit, readonly string[]>> = {
  calls: ['num', 'exit', 'time', 'cpu', 'process', 'call', 'fd', 'fdname', 'what', 'returned', 'asked', 'took'],
  events: ['num', 'time', 'cpu', 'process', 'dir', 'type', 'info', 'fd', 'fdname'],
};

/** Whether a column is a field: `fd.name`, `evt.arg.res`, `proc.aname[2]`. Built-in columns have no point in their names. */
export function isField(id: string): id is `${string}.${string}` {
  return id.length <= 120 && /^[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+(?:\[[^\],:\s]{0,64}\])?$/.test(id);
}

interface Layouts {
  readonly wide: ColumnLayout;
  /** What happened needs the room more than what it also tells. */
  readonly narrow: ColumnLayout;
}

const layout = (unit: Unit, ...hidden: readonly string[]): ColumnLayout => ({ order: columnIds[unit], hidden, widths: {} });

/** What is shown until the user arranges columns, in windows of either kind. */
export const usualLayouts: Readonly<Record<Unit, Layouts>> = {
  calls: {
    wide: layout('calls', 'exit', 'cpu', 'fdname'),
    narrow: layout('calls', 'exit', 'cpu', 'fd', 'fdname', 'asked'),
  },
  events: { wide: layout('events', 'fd', 'fdname'), narrow: layout('events', 'fd', 'fdname') },
};

/** A layout that shows just these columns, in this order. */
export function layoutOf(unit: Unit, ids: readonly string[]): ColumnLayout {
  const shown = ids.filter((id, at) => ids.indexOf(id) === at && (isField(id) || columnIds[unit].includes(id)));
  const hidden = columnIds[unit].filter((id) => !shown.includes(id));
  return { order: [...shown, ...hidden], hidden, widths: {} };
}

/** The fields that columns show. */
export function fieldsOf({ order, hidden }: ColumnLayout): readonly string[] {
  return order.filter((id) => isField(id) && !hidden.includes(id));
}

/** Column sets for a purpose; undefined is what suits the window. */
export const presets: readonly { readonly name: string; readonly ids: Readonly<Record<Unit, readonly string[]>> | undefined }[] = [
  { name: 'Default', ids: undefined },
  {
    name: 'Containers (-pc)',
    ids: {
      calls: ['num', 'time', 'cpu', 'container.name', 'container.id', 'process', 'thread.vtid', 'call', 'what', 'returned'],
      events: ['num', 'time', 'cpu', 'container.name', 'container.id', 'process', 'thread.vtid', 'dir', 'type', 'info'],
    },
  },
  {
    name: 'Latency',
    ids: {
      calls: ['num', 'time', 'process', 'call', 'took', 'fdname', 'what', 'returned'],
      events: ['num', 'time', 'process', 'dir', 'type', 'evt.latency', 'fdname', 'info'],
    },
  },
  {
    name: 'I/O',
    ids: {
      calls: ['num', 'time', 'process', 'call', 'evt.io_dir', 'fd', 'fdname', 'asked', 'returned', 'evt.buflen', 'took'],
      events: ['num', 'time', 'process', 'dir', 'type', 'evt.io_dir', 'fd', 'fdname', 'evt.buflen', 'info'],
    },
  },
  {
    name: 'Identity',
    ids: {
      calls: ['num', 'time', 'process', 'user.name', 'user.uid', 'group.name', 'ss.gid', 'user.loginuid', 'call', 'what', 'returned'],
      events: ['num', 'time', 'process', 'user.name', 'user.uid', 'group.name', 'ss.gid', 'user.loginuid', 'dir', 'type', 'info'],
    },
  },
];

/** What sysdig prints of the built-in columns; '' where no field says the same. */
const formats: Readonly<Record<string, string>> = {
  num: '%evt.num',
  time: '%evt.outputtime',
  cpu: '%evt.cpu',
  process: '%proc.name (%thread.tid)',
  call: '%evt.type',
  type: '%evt.type',
  dir: '%evt.dir',
  what: '%evt.info',
  info: '%evt.info',
  fd: '%fd.num',
  fdname: '%fd.name',
  returned: '%evt.rawres',
  took: '%evt.latency',
};

/** The columns that are shown as `sysdig -p` takes them. */
export function formatOf({ order, hidden }: ColumnLayout): string {
  const parts = order.filter((id) => !hidden.includes(id)).map((id) => (isField(id) ? `%${id}` : (formats[id] ?? '')));
  return `*${parts.filter((part) => part !== '').join(' ')}`;
}

/** The fields of a format, in order. */
export function fieldsIn(format: string): readonly string[] {
  return [...format.matchAll(/%\d*([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+(?:\[[^\]]*\])?)/g)].flatMap(([, name]) => name ?? []);
}

/** Shows the fields of a format: by the built-in column that says the same where there is one. */
export function layoutOfFormat(unit: Unit, format: string): ColumnLayout {
  const builtIn = (field: string): string => columnIds[unit].find((id) => (formats[id] ?? '').split(' ')[0] === `%${field}`) ?? field;
  const named = fieldsIn(format).map((field) => (field === 'evt.args' ? 'evt.info' : field));
  // The column of the process has its thread, too.
  const wanted = named.includes('proc.name') ? named.filter((field) => field !== 'thread.tid') : named;
  return layoutOf(unit, wanted.map(builtIn));
}
