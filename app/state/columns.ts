import type { ColumnLayout, Unit } from './model';

/** Names of the columns in their usual order, as links and settings know them. */
export const columnIds: Readonly<Record<Unit, readonly string[]>> = {
  calls: ['num', 'exit', 'time', 'cpu', 'process', 'call', 'fd', 'fdname', 'what', 'returned', 'asked', 'took'],
  events: ['num', 'time', 'cpu', 'process', 'dir', 'type', 'info', 'fd', 'fdname'],
};

export const usualLayout: Readonly<Record<Unit, ColumnLayout>> = {
  calls: { order: columnIds.calls, hidden: ['exit', 'cpu', 'fdname'], widths: {} },
  events: { order: columnIds.events, hidden: ['fd', 'fdname'], widths: {} },
};
