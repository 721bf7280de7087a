import type { ColumnLayout, Unit } from './model';

/** Names of the columns in their usual order, as links and settings know them. */
export const columnIds: Readonly<Record<Unit, readonly string[]>> = {
  calls: ['num', 'exit', 'time', 'cpu', 'process', 'call', 'fd', 'fdname', 'what', 'returned', 'asked', 'took'],
  events: ['num', 'time', 'cpu', 'process', 'dir', 'type', 'info', 'fd', 'fdname'],
};

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
